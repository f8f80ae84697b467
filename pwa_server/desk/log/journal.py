"""The second place of staff actions: an append-only file on another disk, sealed to the backup key.

A phone keeps what it wrote until the office has it safe; a person at the desk has no such copy. So each of
their events is here, on the disk, before the page says it is done. The desk itself cannot read
the file: custodians hold the key. `sotto restore` applies it over the backup.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sync.encoding import b64u
from sync.errors import SyncError
from sync.sealing import SealKey, seal

from ..core.desk import Desk
from ..core.errors import DeskError
from ..core.tables import canonical

INFO = b"sotto/1 journal\n"


def keep(desk: Desk, event: dict[str, Any], source: str, by: str) -> None:
    """Append one event, on the disk when this returns. Raises DeskError journal_failed."""
    _append(desk, {"event": event, "source": source, "by": by})


def keep_key(desk: Desk, private: bytes, made_at: str) -> None:
    """Append a seal key: what phones seal to it must be readable after a restore. Raises DeskError journal_failed."""
    _append(desk, {"seal": b64u(private), "made_at": made_at})


def _append(desk: Desk, entry: dict[str, Any]) -> None:
    folder = desk.config.journal_dir
    if folder is None:
        return
    file_name = folder / f"journal-{desk.keys.office[:12]}-{desk.now()[:10]}.sotto"
    public = desk.keys.backup_public
    if public is None:
        raise DeskError("journal_failed", "no backup key")
    sealed = seal(public, INFO, canonical(entry).encode())
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(file_name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "ab") as file:
            file.write(len(sealed).to_bytes(4, "big") + sealed)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise DeskError("journal_failed", str(error)) from error


def read_journal(folder: Path, office: str, key: SealKey) -> Iterator[dict[str, Any]]:
    """Every entry in the order of writing. A torn last entry (power cut) ends a file and is no fault."""
    for file in sorted(folder.glob(f"journal-{office[:12]}-*.sotto")):
        content, place = file.read_bytes(), 0
        while place + 4 <= len(content):
            length = int.from_bytes(content[place : place + 4], "big")
            sealed = content[place + 4 : place + 4 + length]
            place += 4 + length
            if len(sealed) < length:
                break
            try:
                yield json.loads(key.open(INFO, sealed))
            except SyncError as error:
                raise DeskError("journal_unreadable", file.name) from error
