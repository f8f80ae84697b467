"""Looks whether the journal's files still are what they were: the desk cannot open their lines, so it compares bytes.

Of each file it remembers how long it was and the hash of that much; a journal only ever grows. What does not fit
stays told, and is not remembered anew: whoever changed a file must not have it forgotten by waiting a day.
"""

import hashlib
from pathlib import Path
from typing import Any

from ..core.desk import Desk
from ..models.key_values import get_state, set_state
from .journal import STATE

KNOWN = "journal_known"  # {file name: [bytes, SHA-256 in hex]}
PART = 1 << 20  # bytes read at once


def faults(desk: Desk) -> list[tuple[str, str]]:
    """[(kind, file name)]: journal_gone (the folder), journal_missing, journal_cut, journal_changed."""
    folder = desk.config.journal_dir
    if folder is None:
        return []
    known = dict(get_state(KNOWN, {}))
    last = get_state(STATE, {"file": "", "size": 0})
    if not folder.is_dir():
        return [("journal_gone", folder.name)] if known or last["file"] else []
    files = {file.name: file for file in folder.glob(f"journal-{desk.keys.office[:12]}-*.sotto")}
    found = []
    for name in sorted({*known, *files, *filter(None, [last["file"]])}):
        size, digest = known.get(name, [0, ""])
        least = max(size, int(last["size"]) if name == last["file"] else 0)
        fault = _fault(files.get(name), size, digest, least)
        if fault:
            found.append((fault, name))
        else:
            known[name] = _remembered(files[name])
    with desk.write():
        set_state(KNOWN, known)
    return found


def _fault(file: Path | None, size: int, digest: str, least: int) -> str:
    if file is None:
        return "journal_missing"
    if file.stat().st_size < least:
        return "journal_cut"
    return "journal_changed" if size and _hash(file, size) != digest else ""


def _remembered(file: Path) -> list[Any]:
    size = file.stat().st_size
    return [size, _hash(file, size)]


def _hash(file: Path, size: int) -> str:
    """SHA-256 of the first `size` bytes, in hex."""
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while size > 0 and (part := content.read(min(PART, size))):
            digest.update(part)
            size -= len(part)
    return digest.hexdigest()
