"""Opens the desk: one SQLCipher file under a raw key that lies elsewhere.

The key file must never be inside the data folder (except in a trial): who copies the folder would have both.
One process holds one desk; SQLite takes one writer, so writers of this process queue on a lock.
"""

import os
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peewee import DatabaseError
from playhouse.sqlcipher_ext import SqlCipherDatabase

from .core.clock import Clock, wall_clock
from .core.desk import Desk
from .core.errors import DeskError
from .log.event_log import head
from .log.office_keys import load_keys
from .models.key_values import get_state, set_state
from .projections.schema import bind_tables, bring_up_to_date
from .queries.search import make_index

if TYPE_CHECKING:
    from pwa_server.config import Config

FILE_NAME = "desk.db"
# Pages stay opened in memory: each one SQLite forgets is deciphered anew (KiB, of each thread).
CACHE_KIB = 32 * 1024
# When the file was last written anew, with no remains of what was deleted; since then they are overwritten.
COMPACTED = "compacted"
PRAGMAS = [
    ("journal_mode", "wal"),
    ("synchronous", "full"),
    ("foreign_keys", 1),
    ("busy_timeout", 15000),
    ("cache_size", -CACHE_KIB),
    ("secure_delete", 1),  # what is deleted is overwritten: pages nobody uses hold nothing of a record
]


def open_desk(config: "Config", clock: Clock = wall_clock) -> Desk:
    """Open an existing desk.

    Raises DeskError: no_desk, key_missing, key_unreadable, key_in_data_folder, key_wrong.
    """
    path = desk_file(config)
    if not path.exists():
        raise DeskError("no_desk", str(path))
    return _open(path, read_key(config), config, clock)


def open_to_look(config: "Config", clock: Clock = wall_clock) -> Desk:
    """An existing desk for a command that only looks: it makes no table, builds nothing anew and can write nothing.

    Raises DeskError as `open_desk`.
    """
    path = desk_file(config)
    if not path.exists():
        raise DeskError("no_desk", str(path))
    db = connect_file(path, read_key(config), [("query_only", 1), ("busy_timeout", 15000)])
    bind_tables(db, make=False)
    return Desk(db, config, clock, load_keys)


def create_desk_file(config: "Config", clock: Clock = wall_clock) -> Desk:
    """Make the data folder, the key file and an empty desk. Raises DeskError: desk_exists and those above."""
    path = desk_file(config)
    if path.exists():
        raise DeskError("desk_exists", str(path))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _refuse_key_beside_data(config)
    key_file = _key_file(config)
    if not key_file.exists():
        write_key(key_file, secrets.token_bytes(32))
    return _open(path, read_key(config), config, clock)


def desk_file(config: "Config") -> Path:
    """Where the database of this desk lies."""
    return config.desk_data / FILE_NAME


def write_key(key_file: Path, key: bytes) -> None:
    """Write a key file only its owner reads. Never over an existing one."""
    key_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_key(config: "Config") -> bytes:
    """The database's raw key: 64 hexadecimal digits in a file of their own."""
    _refuse_key_beside_data(config)
    place = _key_file(config)
    try:
        text = place.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise DeskError("key_missing", str(place)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise DeskError("key_unreadable", f"{place}: {error}") from None
    if not re.fullmatch("[0-9a-fA-F]{64}", text):
        raise DeskError("key_unreadable", f"{place}: not 64 hexadecimal digits")
    return bytes.fromhex(text)


def connect_file(path: Path, key: bytes, pragmas: list[tuple[str, object]] | None = None) -> Any:
    """A peewee database on an encrypted file; opening it proves the key. Raises DeskError key_wrong."""
    db = SqlCipherDatabase(
        str(path),
        passphrase=f"x'{key.hex()}'",
        pragmas=PRAGMAS if pragmas is None else pragmas,
        check_same_thread=False,
        timeout=15,
    )
    try:
        db.connect()
        db.execute_sql("select count(*) from sqlite_master")
    except DatabaseError as error:
        db.close()
        if "not a database" in str(error) or "hmac" in str(error):
            raise DeskError("key_wrong", str(path)) from None
        raise
    return db


def _open(path: Path, key: bytes, config: "Config", clock: Clock) -> Desk:
    db = connect_file(path, key)
    bind_tables(db)
    make_index(db)
    path.chmod(0o600)
    desk = Desk(db, config, clock, load_keys)
    bring_up_to_date(desk)
    if get_state(COMPACTED) is None and head() == 0:
        note_compacted(desk)  # a new one
    return desk


def note_compacted(desk: Desk) -> None:
    with desk.write():
        set_state(COMPACTED, desk.now())


def _refuse_key_beside_data(config: "Config") -> None:
    place = _key_file(config)
    if place.resolve().is_relative_to(config.data.resolve()) and not config.trial:
        raise DeskError("key_in_data_folder", str(place))


def _key_file(config: "Config") -> Path:
    if config.desk_key_file is None:
        raise DeskError("key_missing", "SOTTO_DESK_KEY_FILE")
    return config.desk_key_file
