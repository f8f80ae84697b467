"""Backups that were read back, and bringing one back. Only what is in such a backup is *safe* (SPEC 3.8).

A backup is one file: a sealed line (the database's key and what to expect, for whoever holds the backup key)
and the encrypted database itself. It counts only after it was opened again from the place where it lies,
checked page by page, its log walked and its counts compared.
"""

import hashlib
import json
import os
import re
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peewee import DatabaseError

from sync.encoding import unb64u
from sync.errors import SyncError
from sync.sealing import SealKey, seal

from .clock import Clock, moment, wall_clock
from .database import Desk, connect_file, desk_file, open_desk, read_key, write_key
from .faults import DeskError
from .journal import read_journal
from .keys import add_seal_key
from .log import START, head, knows, link
from .model import BackupRun, BlobFile, LogEntry, UpPosition
from .record import new_id, record
from .rows import canonical
from .state import bump, get_state, set_state

if TYPE_CHECKING:
    from pwa_server.config import Config

MAGIC = b"sotto backup 1\n"
INFO = b"sotto/1 backup\n"
KEPT = 10
PIECE = 1024 * 1024


@dataclass(frozen=True)
class Exposure:
    """What would be lost if this machine burned now."""

    last_backup: str | None
    staff_actions: int  # since the last backup, without a second place
    phone_events: int  # since the last backup; phones still keep them
    second_place: bool


def backup(desk: Desk) -> Path:
    """Make a sealed backup, read it back and check it; then its records are safe. Returns the file.

    Raises DeskError: no_backup_dir, backup_failed (nothing became safe).
    """
    folder = desk.config.backup_dir
    if folder is None:
        raise DeskError("no_backup_dir")
    public = desk.keys.backup_public
    if public is None:
        raise DeskError("backup_failed", "no backup key")
    key = read_key(desk.config)
    name = _next_name(folder, desk)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=desk.config.desk_data) as place:
            copy = Path(place) / "copy.db"
            _copy_database(desk, copy, key)
            expected = _look(copy, key)
            _write_archive(folder / name, copy, key, public, expected)
            _check_archive(folder / name, key, expected, Path(place))
    except (OSError, DeskError, DatabaseError) as error:
        (folder / name).unlink(missing_ok=True)
        _note_run(desk, folder / name, 0, False, str(error))
        raise DeskError("backup_failed", str(error)) from error
    _note_run(desk, folder / name, expected["head"], True, "")
    _mark_safe(desk, expected)
    _thin_out(folder, desk.keys.office)
    return folder / name


def _next_name(folder: Path, desk: Desk) -> str:
    """Numbered, because only the newest are kept and a clock that was wrong would call old ones new."""
    made = _archives(folder, desk.keys.office)
    number = 1 + (_number(made[-1]) if made else 0)
    return f"sotto-{desk.keys.office[:12]}-{number:06d}-{desk.now().replace(':', '')}.backup"


def _archives(folder: Path, office: str) -> list[Path]:
    """Oldest first."""
    return sorted(folder.glob(f"sotto-{office[:12]}-*.backup"), key=_number)


def _number(archive: Path) -> int:
    found = re.search(r"-([0-9]{6,})-[^-]+-[^-]+-[^-]+\.backup$", archive.name)
    return int(found[1]) if found else 0


def _copy_database(desk: Desk, copy: Path, key: bytes) -> None:
    """An online copy under the same key: writers go on meanwhile."""
    target = connect_file(copy, key, [("journal_mode", "delete"), ("synchronous", "full")])
    try:
        desk.db.connection().backup(target.connection())
    finally:
        target.close()


def _look(file: Path, key: bytes) -> dict[str, Any]:
    """Check a database file and tell what is in it. Raises DeskError backup_damaged, log_broken, key_wrong."""
    db = connect_file(file, key, [("query_only", 1)])
    try:
        for check in ("cipher_integrity_check", "integrity_check"):
            faults = [row[0] for row in db.execute_sql(f"pragma {check}").fetchall() if row[0] != "ok"]
            if faults:
                raise DeskError("backup_damaged", str(faults[0]))
        counts = {
            table: db.execute_sql(f"select count(*) from {table}").fetchone()[0]  # noqa: S608 - our own names
            for table in ("logentry", "received", "visit", "casefile", "blobfile")
        }
        ups = db.execute_sql("select device, run, n from upposition order by device").fetchall()
        photos = db.execute_sql("select id from blobfile where state <> 'wanted' order by id").fetchall()
        return {
            "head": _walk_log(db), "counts": counts, "ups": [list(row) for row in ups],
            "photos": [row[0] for row in photos],
        }  # fmt: skip
    finally:
        db.close()


def _walk_log(db: Any) -> int:
    """Follow the hash chain of the log in that file, not in ours."""
    names = [field.column_name for field in LogEntry._meta.sorted_fields]
    columns = ", ".join(f'"{name}"' for name in names)
    chain, count = START, 0
    rows = db.execute_sql(f"select {columns} from logentry order by position")  # noqa: S608
    for values in rows:
        entry = LogEntry(**dict(zip(names, values, strict=True)))
        chain, count = link(chain, entry), count + 1
        if entry.position != count or bytes(entry.chain) != chain:
            raise DeskError("log_broken", str(entry.position))
    return count


def _write_archive(archive: Path, copy: Path, key: bytes, public: bytes, expected: dict[str, Any]) -> None:
    told = {"key": key.hex(), "sha256": _hash_file(copy), "head": expected["head"], "counts": expected["counts"]}
    sealed = seal(public, INFO, canonical(told).encode())
    part = archive.with_suffix(".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out, copy.open("rb") as content:
        out.write(MAGIC + len(sealed).to_bytes(4, "big") + sealed)
        while piece := content.read(PIECE):
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    part.replace(archive)
    _sync_folder(archive.parent)


def _check_archive(archive: Path, key: bytes, expected: dict[str, Any], place: Path) -> None:
    """Read back what was written, from where it lies."""
    again = place / "again.db"
    _, told_hash = _unpack(archive, again)
    if _hash_file(again) != told_hash or _look(again, key) != expected:
        raise DeskError("backup_damaged", archive.name)


def _unpack(archive: Path, target: Path) -> tuple[bytes, str]:
    """Write the database out of an archive. Returns (the sealed line, the database's hash)."""
    digest = hashlib.sha256()
    with archive.open("rb") as content, target.open("wb") as out:
        if content.read(len(MAGIC)) != MAGIC:
            raise DeskError("not_a_backup", archive.name)
        sealed = content.read(int.from_bytes(content.read(4), "big"))
        while piece := content.read(PIECE):
            digest.update(piece)
            out.write(piece)
    return sealed, digest.hexdigest()


def _hash_file(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _note_run(desk: Desk, archive: Path, position: int, ok: bool, detail: str) -> None:
    size = archive.stat().st_size if ok else 0
    with desk.write():
        BackupRun.create(
            id=new_id(), at=desk.now(), position=position, path=str(archive), bytes=size, ok=ok, detail=detail
        )


def _mark_safe(desk: Desk, expected: dict[str, Any]) -> None:
    """What stands in the copy that was read back, and nothing newer, is safe."""
    with desk.write():
        for device, run, n in expected["ups"]:
            UpPosition.update(safe_run=run, safe_n=n).where(UpPosition.device == device).execute()
        for blob in expected["photos"]:
            BlobFile.update(safe=True).where((BlobFile.id == blob) & ~BlobFile.safe).execute()
        set_state("backed_up", {"head": expected["head"], "at": desk.now(), "changes": get_state("changes", 0)})
        bump()
    desk.stirred.set()


def _thin_out(folder: Path, office: str) -> None:
    """Keep the newest; a backup holds erased cases until it is gone."""
    for old in _archives(folder, office)[:-KEPT]:
        old.unlink()


def backup_if_due(desk: Desk, every: timedelta) -> Path | None:
    """A backup when something new came since the last, and not more often than that."""
    last = get_state("backed_up", {"head": 0, "at": None})
    pending = head() > last["head"] or _something_unsafe()
    # A time to come was written by a clock that was wrong; waiting for it, nothing would become safe.
    due = last["at"] is None or not timedelta() <= desk.clock() - moment(last["at"]) < every
    return backup(desk) if pending and due and desk.config.backup_dir is not None else None


def _something_unsafe() -> bool:
    """Photos, and envelopes that brought nothing to the log: what is held is kept as well."""
    photos = BlobFile.select().where((BlobFile.state != "wanted") & ~BlobFile.safe)
    moved = (UpPosition.run != UpPosition.safe_run) | (UpPosition.n != UpPosition.safe_n)
    return bool(photos.exists() or UpPosition.select().where(moved).exists())


def exposure(desk: Desk) -> Exposure:
    """What the desk tells about its own safety."""
    last = get_state("backed_up", {"head": 0, "at": None})
    since = LogEntry.select().where(LogEntry.position > last["head"])
    staff = since.where(LogEntry.source == LogEntry.by).count()
    return Exposure(last["at"], staff, since.count() - staff, desk.config.journal_dir is not None)


def restore(config: "Config", archive: Path, key: SealKey, clock: Clock = wall_clock) -> int:
    """A new data folder from a backup and the journal. Returns how many acts the journal added.

    The relay's roster is adopted and every phone gets a new run at the next look at the relay (SPEC 5).
    Raises DeskError: desk_exists, not_a_backup, backup_key_wrong, backup_damaged, key_exists_other.
    """
    if desk_file(config).exists():
        raise DeskError("desk_exists", str(desk_file(config)))
    config.desk_data.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = desk_file(config).with_suffix(".part")
    try:
        sealed, digest = _unpack(archive, part)
        told = _open_line(key, sealed)
        database_key = bytes.fromhex(told["key"])
        if digest != told["sha256"] or _look(part, database_key)["head"] != told["head"]:
            raise DeskError("backup_damaged", archive.name)
        _place_key(config, database_key)
        part.replace(desk_file(config))
    finally:
        part.unlink(missing_ok=True)
    desk = open_desk(config, clock)
    try:
        return _apply_journal(desk, key)
    finally:
        desk.close()


def _open_line(key: SealKey, sealed: bytes) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(key.open(INFO, sealed))
    except SyncError as error:
        raise DeskError("backup_key_wrong") from error
    return told


def _place_key(config: "Config", database_key: bytes) -> None:
    """The key file, written anew unless it is there and the same."""
    if config.desk_key_file is not None and config.desk_key_file.exists():
        if read_key(config) != database_key:
            raise DeskError("key_exists_other", str(config.desk_key_file))
        return
    if config.desk_key_file is None:
        raise DeskError("key_missing", "SOTTO_DESK_KEY_FILE")
    write_key(config.desk_key_file, database_key)


def _apply_journal(desk: Desk, key: SealKey) -> int:
    count = 0
    with desk.write():
        set_state("restored_at", desk.now())
        set_state("cursor", {"incarnation": "", "number": 0})
    if desk.config.journal_dir is None:
        return 0
    for entry in read_journal(desk.config.journal_dir, desk.keys.office, key):
        if "seal" in entry:
            add_seal_key(desk, SealKey.from_bytes(unb64u(entry["seal"])), entry["made_at"])
        elif knows(entry["event"]) is None:
            record(desk, entry["event"], entry["source"], entry["by"])
            count += 1
    return count


