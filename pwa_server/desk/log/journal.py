"""The second place of staff actions: an append-only file on another disk, sealed to the backup key.

A phone keeps what it wrote until the office has it safe; a person at the desk has no such copy. So each of
their events is here, on the disk, before the page says it is done. The desk itself cannot read
the file: custodians hold the key. `sotto restore` applies it over the backup (journal_reading.py).

A file is frames `u32 length ‖ sealed`. Inside each line stand its number and the link of the line before it, so
that one that was taken out, changed or moved shows. A tail leaves no gap: how far the journal reached stands in the
desk's database, so in every backup, and in a small file beside the backups, which lie on another disk.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from sync.encoding import b64u
from sync.sealing import seal

from ..core.desk import Desk
from ..core.errors import DeskError
from ..core.tables import canonical
from ..models.key_values import get_state, set_state

INFO = b"sotto/1 journal\n"
STATE = "journal"
FIRST_FILE = "journal_from"
START = bytes(32).hex()
LENGTH = 4  # bytes that say how long a sealed line is
MOST_LINE = 16 * 1024 * 1024  # bytes of one sealed line; a form of the desk is smaller


@dataclass(frozen=True)
class Head:
    """The last line of a journal: its number, 0 before the first, and its link in hex."""

    n: int = 0
    link: str = START


def keep(desk: Desk, event: dict[str, Any], source: str, by: str) -> None:
    """Append one event, on the disk when this returns. Raises DeskError journal_failed."""
    _append(desk, {"event": event, "source": source, "by": by})


def keep_all(desk: Desk, events: list[dict[str, Any]], source: str, by: str) -> None:
    """The same for many of one act: all are on the disk when this returns. Raises DeskError journal_failed."""
    if events:
        _append(desk, *({"event": event, "source": source, "by": by} for event in events))


def keep_key(desk: Desk, private: bytes, made_at: str) -> None:
    """Append a seal key: what phones seal to it must be readable after a restore. Raises DeskError journal_failed."""
    _append(desk, {"seal": b64u(private), "made_at": made_at})


def begin_anew(desk: Desk) -> None:
    """The lines from here on are sealed to another key, in a file of their own; those before are in the next backup.

    Call inside `desk.write()`. Raises DeskError journal_failed.
    """
    folder = desk.config.journal_dir
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        base = f"journal-{desk.keys.office[:12]}-{desk.now()[:10]}"
        files = sorted(folder.glob(f"{base}*.sotto"))
        file = files[-1].with_name(f"{files[-1].stem}a.sotto") if files else folder / f"{base}.sotto"
        file.touch(mode=0o600, exist_ok=False)
    except OSError as error:
        raise DeskError("journal_failed", str(error)) from error
    set_state(FIRST_FILE, file.name)


def first_file() -> str:
    """The first file that the current backup key opens; of a restored desk, as it was when the backup was made."""
    return str(get_state(FIRST_FILE, ""))


def link(before: str, sealed: bytes) -> str:
    """What the line after this one names."""
    return hashlib.sha256(b"sotto/1 journal line\n" + before.encode() + b"\n" + sealed).hexdigest()


def _append(desk: Desk, *entries: dict[str, Any]) -> None:
    folder = desk.config.journal_dir
    if folder is None:
        return
    public = desk.keys.backup_public
    if public is None:
        raise DeskError("journal_failed", "no backup key")
    with desk.write():
        last = get_state(STATE, {"n": 0, "link": START, "file": "", "size": 0})
        head, lines = Head(last["n"], last["link"]), []
        for entry in entries:
            line = entry | {"n": head.n + 1, "before": head.link}
            lines.append(seal(public, INFO, canonical(line).encode()))
            head = Head(head.n + 1, link(head.link, lines[-1]))
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = _file_to_append(folder, desk, last)
            size = _write(file, lines)
        except OSError as error:
            raise DeskError("journal_failed", str(error)) from error
        set_state(STATE, {"n": head.n, "link": head.link, "file": file.name, "size": size})
    _tell(desk, head)


def _file_to_append(folder: Path, desk: Desk, last: dict[str, Any]) -> Path:
    """Today's file. One that ends in half a line, after a power cut, is left as it is and followed by another."""
    base = f"journal-{desk.keys.office[:12]}-{desk.now()[:10]}"
    files = sorted(folder.glob(f"{base}*.sotto"))
    if not files:
        return folder / f"{base}.sotto"
    file = files[-1]
    known = (file.name, file.stat().st_size) == (last["file"], last["size"])
    return file if known or _is_whole(file) else file.with_name(f"{file.stem}a.sotto")


def _write(file: Path, lines: list[bytes]) -> int:
    """One wait for the disk for all of them. The file's size afterwards, in bytes."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "ab") as out:
        out.write(b"".join(len(sealed).to_bytes(LENGTH, "big") + sealed for sealed in lines))
        out.flush()
        os.fsync(out.fileno())
        return os.fstat(out.fileno()).st_size


def frames(file: Path) -> Iterator[bytes | None]:
    """The sealed lines of a file; None for a last one that is not whole, or says a length no line has."""
    with file.open("rb") as content:
        while start := content.read(LENGTH):
            yield (sealed := _frame(start, content))
            if sealed is None:
                return


def _frame(start: bytes, content: BinaryIO) -> bytes | None:
    length = int.from_bytes(start, "big")
    if len(start) < LENGTH or length > MOST_LINE:
        return None
    sealed = content.read(length)
    return sealed if len(sealed) == length else None


def _is_whole(file: Path) -> bool:
    return all(sealed is not None for sealed in frames(file))


# How far it reached, told where whoever writes to the journal's disk does not reach.


def backed_up_head() -> Head:
    """The journal's head as this database knows it; of a restored one, as it was when the backup was made."""
    known = get_state(STATE)
    return Head() if known is None else Head(int(known["n"]), str(known["link"]))


def go_on_from(head: Head) -> None:
    """The next line follows this one. Call inside `desk.write()`."""
    set_state(STATE, {"n": head.n, "link": head.link, "file": "", "size": 0})


def head_file(folder: Path, office: str) -> Path:
    return folder / f"journal-{office[:12]}.head"


def _tell(desk: Desk, head: Head) -> None:
    """Beside the backups. A disk that is gone stops nobody: the line itself is written, and its backup told."""
    if desk.config.backup_dir is None or not desk.config.backup_dir.is_dir():
        return
    file = head_file(desk.config.backup_dir, desk.keys.office)
    part = file.with_suffix(".part")
    try:
        part.write_text(json.dumps({"n": head.n, "link": head.link}), "ascii")
        part.replace(file)
    except OSError:
        return


def told_head(folder: Path, office: str) -> Head | None:
    """What stands beside the backups; None when nothing readable does."""
    try:
        content = json.loads(head_file(folder, office).read_bytes()[:200])
        return Head(int(content["n"]), bytes.fromhex(content["link"]).hex())
    except (OSError, ValueError, KeyError, TypeError):
        return None
