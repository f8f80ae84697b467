"""Files that strangers made are read in a process of their own, which may use so much time and memory and no more.

A workbook of 22 KiB can ask for minutes and gigabytes, and a fault in a decoder of pictures may be anybody's door. The
process that reads one file has no settings, no keys, no database and no file to write to; it ends with its answer.
Its answer is JSON and bytes, bounded, and is not trusted beyond its shape: no pickle comes back.

`run(task, content)` calls the function that TASKS names, over there. What cannot be read within the bounds is refused
as if it were too big. This file is also that process's program, so it imports the standard library alone.
"""

import json
import resource
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

IMPORTS = Path(__file__).resolve().parents[3]  # holds pwa_server and sync; nothing of ours is loaded to tell
MIB = 1024 * 1024
MOST_IN, MOST_OUT = 32 * MIB, 64 * MIB
AT_ONCE = 2  # files being read together; each may take `Task.memory`
BUSY_SECONDS = 20.0  # how long another file waits for its turn
WALL_TIMES = 4  # a busy machine gives a process less than all its time
LINUX_PR_SET_NO_NEW_PRIVS, LINUX_PR_SET_PDEATHSIG, SIGKILL = 38, 1, 9


@dataclass(frozen=True)
class Task:
    """`place`: module and function, from bytes to what JSON and bytes can say. `seconds` of processor, `memory` MiB."""

    place: str
    seconds: int
    memory: int
    refused: str  # code of the DeskError when the bounds end it


TASKS = {
    "workbook": Task("pwa_server.desk.actions.checklist_import:read_workbook", 6, 512, "file_too_big"),
    "table": Task("pwa_server.desk.core.spreadsheets:read_table", 24, 1024, "file_too_big"),
    "photo": Task("pwa_server.desk.core.pictures:re_encode", 20, 1024, "bad_picture"),
    "picture": Task("pwa_server.desk.core.pictures:clean_picture", 20, 1024, "bad_picture"),
}
_turns = threading.BoundedSemaphore(AT_ONCE)


def run(task: str, content: bytes, *, wait: float = BUSY_SECONDS) -> Any:
    """What the task's function returns, tuples as lists. `wait`: seconds for a turn, -1 for as long as it takes.

    Raises DeskError: what the function refuses with, the task's `refused`, or too_many when no turn came.
    """
    from pwa_server.desk.core.errors import DeskError

    asked = TASKS[task]
    if len(content) > MOST_IN:
        raise DeskError(asked.refused, "too many bytes")
    if not _turns.acquire(timeout=wait):
        raise DeskError("too_many", "other files are being read")
    try:
        run = _read_answer(_ask(task, content, asked.seconds * WALL_TIMES))
    finally:
        _turns.release()
    if run is None:
        raise DeskError(asked.refused, "took too much time or memory")
    if "refused" in run:
        raise DeskError(str(run["refused"]), str(run.get("detail", "")))
    return run.get("answer")


def _ask(task: str, content: bytes, seconds: float) -> bytes:
    """What the process said until it ended, or was ended."""
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own file
        [sys.executable, "-I", "-B", str(Path(__file__).resolve()), task],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a trace there could hold what the file says
        cwd="/",
        env={"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2"},
        start_new_session=True,
    )
    end = threading.Timer(seconds, process.kill)
    feed = threading.Thread(target=_feed, args=(process.stdin, content), daemon=True)
    end.start()
    feed.start()
    try:
        said = process.stdout.read(MOST_OUT + 1) if process.stdout else b""
    finally:
        end.cancel()
        process.kill()
        process.wait()
        feed.join()
        if process.stdout:
            process.stdout.close()
    return said if len(said) <= MOST_OUT else b""


def _feed(pipe: IO[bytes] | None, content: bytes) -> None:
    if pipe is not None:
        with suppress(OSError), pipe:  # it may end before it has read everything
            pipe.write(content)


def _read_answer(said: bytes) -> dict[str, Any] | None:
    """`u32 length ‖ JSON ‖ (u32 length ‖ bytes)…`; None unless it is whole."""
    pieces, place = [], 0
    while place < len(said):
        length = int.from_bytes(said[place : place + 4], "big")
        pieces.append(said[place + 4 : place + 4 + length])
        place += 4 + length
    if place != len(said) or not pieces:
        return None
    try:
        content = json.loads(
            pieces[0], object_hook=lambda one: pieces[one["bytes*"]] if "bytes*" in one else one
        )
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _write_answer(answer: dict[str, Any]) -> bytes:
    pieces: list[bytes] = []

    def place(value: Any) -> dict[str, int]:
        if not isinstance(value, bytes):
            raise TypeError(type(value).__name__)
        pieces.append(value)
        return {"bytes*": len(pieces)}

    pieces[:0] = [json.dumps(answer, default=place).encode()]
    return b"".join(len(piece).to_bytes(4, "big") + piece for piece in pieces)


def _confine(task: Task) -> None:
    """No more memory, time, files, processes or rights than one file needs; and it ends with who asked."""
    for what, most in (
        (resource.RLIMIT_AS, task.memory * MIB),
        (resource.RLIMIT_CPU, task.seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    if sys.platform == "linux":
        import ctypes

        kernel = ctypes.CDLL(None)
        kernel.prctl(LINUX_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        kernel.prctl(LINUX_PR_SET_PDEATHSIG, SIGKILL)


def _main(name: str) -> None:
    task = TASKS[name]
    _confine(task)
    sys.path.insert(0, str(IMPORTS))
    from importlib import import_module

    module, function = task.place.split(":")
    try:
        answer = {"answer": getattr(import_module(module), function)(sys.stdin.buffer.read())}
    except MemoryError:
        return
    except Exception as error:
        if not hasattr(error, "code"):
            raise
        answer = {"refused": error.code, "detail": getattr(error, "detail", "")}
    said = _write_answer(answer)
    sys.stdout.buffer.write(said)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    _main(sys.argv[1])
