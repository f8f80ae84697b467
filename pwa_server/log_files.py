"""What relay and desk say while both run from one terminal: all of it in a file, on the terminal only what went wrong.

A relay or desk that runs by itself writes to its own stderr, where a service manager keeps it.
"""

import subprocess
import sys
import threading
from pathlib import Path
from typing import BinaryIO

from .processes import CannotStart

LARGEST = 5_000_000  # bytes; an older file beside it is kept, one
FOLDER = "logs"


def open_log(data: Path, role: str) -> Path:
    """The role's file, made if it is not there, its owner's alone; a long one makes room."""
    folder = data / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    return made(folder / f"{role}.log")


def made(file: Path) -> Path:
    """Raises CannotStart where it cannot be written."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _ready(file)
    except OSError as error:
        raise CannotStart("cli.log_refused", file=file, why=error.strerror) from None


def _ready(file: Path) -> Path:
    _make_room(file)
    file.touch(mode=0o600)
    return file


def _make_room(file: Path) -> None:
    if file.exists() and file.stat().st_size > LARGEST:
        file.replace(file.with_suffix(".log.1"))


def keep(process: "subprocess.Popen[bytes]", file: Path) -> threading.Thread:
    """Copy what the process says into the file until it ends, and what a person must see to stderr."""
    thread = threading.Thread(target=_copy, args=(process, file), name=f"log {file.stem}", daemon=True)
    thread.start()
    return thread


def _copy(process: "subprocess.Popen[bytes]", file: Path) -> None:
    pipe = process.stdout
    if pipe is None:
        return
    with RotatingFile(file) as log:
        for line in pipe:
            whole = True
            try:
                log.write(line)
            except OSError:  # a full disk must not stop the program that speaks
                whole = False
            if not whole or not _is_routine(line):
                sys.stderr.buffer.write(line)
                sys.stderr.flush()


class RotatingFile:
    """A file that makes room while it is written: months may pass before the next start."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._out: BinaryIO = file.open("ab")
        self._size = file.stat().st_size

    def __enter__(self) -> "RotatingFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._out.close()

    def write(self, line: bytes) -> None:
        """Raises OSError; what was not written is not written later."""
        if self._size > LARGEST:
            self._out.close()
            _make_room(self._file)
            self._file.touch(mode=0o600)
            self._out = self._file.open("ab")
            self._size = self._file.stat().st_size
        self._out.write(line)
        self._out.flush()
        self._size += len(line)


def _is_routine(line: bytes) -> bool:
    """Lines of requests answered, wake-ups sent and people signed in; what went wrong among them names itself."""
    marks = (b'"fault"', b'"level": "warning"', b'"level": "error"')
    return line.startswith(b'{"time"') and not any(word in line for word in marks)
