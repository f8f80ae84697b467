"""Opens the desk: one SQLCipher file under a raw key that lies elsewhere.

The key file must never be inside the data folder (except in a trial): who copies the folder would have both.
One process holds one desk; SQLite takes one writer, so writers of this process queue on a lock.
"""

import os
import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peewee import DatabaseError
from playhouse.sqlcipher_ext import SqlCipherDatabase

from .core.clock import Clock, stamp, wall_clock
from .core.errors import DeskError
from .projections.schema import bind_tables, bring_up_to_date

if TYPE_CHECKING:
    from pwa_server.config import Config

    from .log.office_keys import Keys

FILE_NAME = "desk.db"
# Pages stay opened in memory: each one SQLite forgets is deciphered anew (KiB, of each thread).
CACHE_KIB = 32 * 1024
PRAGMAS = [
    ("journal_mode", "wal"), ("synchronous", "full"), ("foreign_keys", 1), ("busy_timeout", 15000),
    ("cache_size", -CACHE_KIB),
]  # fmt: skip


class Desk:
    """One office's desk: its database, its keys, its settings and its clock."""

    def __init__(self, db: Any, config: "Config", clock: Clock) -> None:
        self.db = db
        self.config = config
        self.clock = clock
        self._writing = threading.RLock()
        self.syncing = threading.Lock()  # one look at the relay at a time
        self.stirred = threading.Event()  # something changed: look at the relay now
        self.relay: Any = None  # made by `relay_client.relay_of` on first use
        self._keys: Keys | None = None
        self.looked_over: set[str] = set()  # phones whose documents this program has built from the first to the last

    @property
    def keys(self) -> "Keys":
        """The office's keys, read once from the encrypted database."""
        from .log.office_keys import load_keys

        if self._keys is None:
            self._keys = load_keys()
        return self._keys

    def forget_keys(self) -> None:
        """Read the keys again next time (after a new one was made)."""
        self._keys = None

    def now(self) -> str:
        """The desk's time as it is stored."""
        return stamp(self.clock())

    @contextmanager
    def write(self) -> Iterator[None]:
        """One writer at a time. Outermost a transaction, inside a savepoint. Raises DeskError full."""
        try:
            with self._writing, self.db.atomic("IMMEDIATE"):
                yield
        except DatabaseError as error:
            if _was_full(error):
                raise DeskError("full") from None
            raise

    @contextmanager
    def read(self) -> Iterator[None]:
        """Everything read within is of one moment, and nobody who writes waits for it."""
        with self.db.atomic("DEFERRED"):
            yield

    def close(self) -> None:
        """Close this thread's connection."""
        if not self.db.is_closed():
            self.db.close()


def _was_full(error: BaseException | None) -> bool:
    """SQLite ends the whole transaction on a full disk; what is reported last may be that there was none to undo."""
    while error is not None:
        if "disk is full" in str(error) or getattr(error, "code", "") == "full":
            return True
        error = error.__cause__ or error.__context__
    return False


def open_desk(config: "Config", clock: Clock = wall_clock) -> Desk:
    """Open an existing desk.

    Raises DeskError: no_desk, key_missing, key_unreadable, key_in_data_folder, key_wrong.
    """
    path = desk_file(config)
    if not path.exists():
        raise DeskError("no_desk", str(path))
    return _open(path, read_key(config), config, clock)


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
        str(path), passphrase=f"x'{key.hex()}'", pragmas=PRAGMAS if pragmas is None else pragmas,
        check_same_thread=False, timeout=15,
    )  # fmt: skip
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
    path.chmod(0o600)
    desk = Desk(db, config, clock)
    bring_up_to_date(desk)
    return desk


def _refuse_key_beside_data(config: "Config") -> None:
    place = _key_file(config)
    if place.resolve().is_relative_to(config.data.resolve()) and not config.trial:
        raise DeskError("key_in_data_folder", str(place))


def _key_file(config: "Config") -> Path:
    if config.desk_key_file is None:
        raise DeskError("key_missing", "SOTTO_DESK_KEY_FILE")
    return config.desk_key_file
