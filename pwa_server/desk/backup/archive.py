"""A backup's file: a sealed line (the database's key and what to expect, for whoever holds the backup key), then the
encrypted database itself. It is read back from where it lies: page by page, its log walked, its counts compared.
"""

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

from sync.errors import SyncError
from sync.sealing import SealKey, seal

from ..core.errors import DeskError
from ..core.tables import canonical
from ..log.log_chain import walk
from ..models.office_and_cases import LogEntry
from ..open_desk import connect_file
from .checksums import envelopes_in, photos_in

MAGIC = b"sotto backup 1\n"
INFO = b"sotto/1 backup\n"
PIECE = 1024 * 1024
MOST_SEALED = 64 * 1024  # bytes of the sealed line, of which a few hundred are used
MOST_VALUE = 64 * 1024 * 1024  # bytes of one value in a table; the largest of ours is a spreadsheet of 16 MiB
VIRTUAL = re.compile(r"\s*create\s+virtual\s+table", re.IGNORECASE)
KEY_BYTES = 32
KEY_HEX = re.compile(r"[0-9a-f]{64}")


def write_archive(archive: Path, copy: Path, key: bytes, public: bytes, expected: dict[str, Any]) -> None:
    contents = {
        "key": key.hex(),
        "sha256": hash_file(copy),
        "head": expected["head"],
        "counts": expected["counts"],
    }
    sealed = seal(public, INFO, canonical(contents).encode())
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


def check_archive(archive: Path, key: bytes, expected: dict[str, Any], place: Path) -> None:
    """Read back what was written, from where it lies."""
    again = place / "again.db"
    _, told_hash = unpack(archive, again)
    if hash_file(again) != told_hash or look(again, key) != expected:
        raise DeskError("backup_damaged", archive.name)


def unpack(archive: Path, target: Path) -> tuple[bytes, str]:
    """Write the database out of an archive. Returns (the sealed line, the database's hash)."""
    digest = hashlib.sha256()
    with archive.open("rb") as content, target.open("wb") as out:
        if content.read(len(MAGIC)) != MAGIC:
            raise DeskError("not_a_backup", archive.name)
        length = int.from_bytes(content.read(4), "big")
        if length > MOST_SEALED:
            raise DeskError("not_a_backup", archive.name)
        sealed = content.read(length)
        while piece := content.read(PIECE):
            digest.update(piece)
            out.write(piece)
    return sealed, digest.hexdigest()


def open_line(key: SealKey, sealed: bytes) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(key.open(INFO, sealed))
    except SyncError as error:
        raise DeskError("backup_key_wrong") from error
    except (ValueError, RecursionError):
        raise DeskError("not_a_backup") from None
    if not _has_shape(content):
        raise DeskError("not_a_backup")
    return content


def _has_shape(value: Any) -> bool:
    """Whoever has the office's public backup key can seal a line; that it opens says nothing of what is in it."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("key"), str)
        and KEY_HEX.fullmatch(value["key"]) is not None
        and isinstance(value.get("sha256"), str)
        and type(value.get("head")) is int
    )


def look(file: Path, key: bytes) -> dict[str, Any]:
    """Check a database file and tell what is in it. Raises DeskError backup_damaged, log_broken, key_wrong.

    `photos` are those whose bytes are right; what is wrong is named, and does not spoil the rest (`checksums`).
    """
    db = connect_file(file, key, [("query_only", 1), ("trusted_schema", 0), ("cell_size_check", 1)])
    try:
        _refuse_strange_schema(db)
        for check in ("cipher_integrity_check", "integrity_check"):
            faults = [row[0] for row in db.execute_sql(f"pragma {check}").fetchall() if row[0] != "ok"]
            if faults:
                raise DeskError("backup_damaged", str(faults[0]))
        _refuse_large_values(db)
        counts = {
            table: db.execute_sql(f"select count(*) from {table}").fetchone()[0]  # noqa: S608 - our own names
            for table in ("logentry", "received", "visit", "casefile", "blobfile")
        }
        ups = db.execute_sql("select device, run, n from upposition order by device").fetchall()
        photos, wrong_photos = photos_in(db)
        return {
            "head": _walk_log(db),
            "counts": counts,
            "ups": [list(row) for row in ups],
            "photos": photos,
            "wrong_photos": wrong_photos,
            "wrong_envelopes": envelopes_in(db),
        }
    finally:
        db.close()


def _refuse_strange_schema(db: Any) -> None:
    """Triggers and views are code; this desk makes none, so one in a backup was put there to run in it."""
    rows = db.execute_sql("select type, name, coalesce(sql, '') from sqlite_master").fetchall()
    for type_, name, sql in rows:
        strange = VIRTUAL.match(sql) is not None and "using fts5" not in sql.lower()
        if type_ not in ("table", "index") or strange:
            raise DeskError("backup_damaged", f"{type_} {name[:60]}")


def _refuse_large_values(db: Any) -> None:
    """Asked of SQLite before any is read: `length` of a text or blob is known without loading it."""
    for table in db.get_tables():
        quoted = '"' + table.replace('"', '""') + '"'
        columns = [column.name.replace('"', '""') for column in db.get_columns(table)]
        most = ", ".join(f'max(octet_length("{column}"))' for column in columns)
        found = db.execute_sql(f"select {most} from {quoted}").fetchone()  # noqa: S608 - names of the schema, quoted
        if any(size is not None and size > MOST_VALUE for size in found):
            raise DeskError("backup_damaged", f"{table[:60]}: a value of more than {MOST_VALUE} bytes")


def _walk_log(db: Any) -> int:
    """Follow the hash chain of the log in that file, not in ours."""
    names = [field.column_name for field in LogEntry._meta.sorted_fields]
    columns = ", ".join(f'"{name}"' for name in names)
    rows = db.execute_sql(f"select {columns} from logentry order by position")  # noqa: S608
    entries = (LogEntry(**dict(zip(names, values, strict=True))) for values in rows)
    office = db.execute_sql("select key from casekey where \"case\" = ''").fetchone()
    key = office[0] if office and isinstance(office[0], bytes) and len(office[0]) == KEY_BYTES else None
    return walk(entries, key)


def hash_file(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
