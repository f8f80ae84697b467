"""The relay's database: one SQLite file, or PostgreSQL shared by many processes. One contract for both.

A process keeps nothing of its own: whatever two processes must agree on lies here, under a lock of the row
or, in SQLite, of the file. Nothing is written outside `write`, so nothing is ever half-written.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from peewee import PeeweeException
from peewee import __exception_wrapper__ as peewee_errors  # type: ignore[attr-defined]
from playhouse.db_url import parse
from playhouse.pool import PooledPostgresqlDatabase, PooledSqliteDatabase

from sync.encoding import b64u
from sync.errors import SyncError

from . import tables
from .migrations import POSTGRESQL, SQLITE, migrate

POOL = 32
WAIT_SECONDS = 20
DISK_FULL_SQLSTATES = ("53100",)  # PostgreSQL: disk_full


class Store:
    """`url`: `sqlite:////absolute/path.db` or `postgresql://…`. Makes or migrates the schema.

    Each attribute named like a class of `tables` is that class bound to this store.
    """

    Fact: type[tables.Fact]
    Roster: type[tables.Roster]
    Device: type[tables.Device]
    Box: type[tables.Box]
    StoredEnvelope: type[tables.StoredEnvelope]
    StatementRow: type[tables.StatementRow]
    UsedNonce: type[tables.UsedNonce]
    WipeOrder: type[tables.WipeOrder]
    Slot: type[tables.Slot]
    Blob: type[tables.Blob]
    BlobPart: type[tables.BlobPart]
    BlobName: type[tables.BlobName]
    Subscription: type[tables.Subscription]
    WakeList: type[tables.WakeList]
    Wake: type[tables.Wake]
    WatchList: type[tables.WatchList]
    Timer: type[tables.Timer]

    def __init__(self, url: str) -> None:
        self.sqlite = urlsplit(url).scheme == "sqlite"
        self.db = _open_sqlite(url) if self.sqlite else _open_postgresql(url)
        # SQLite's writers would poll for the file's lock; one queue in the process keeps them in order and quick.
        self._writer: AbstractContextManager[Any] = threading.RLock() if self.sqlite else nullcontext()
        for table in tables.ALL:
            bound = type(table.__name__, (table,), {"Meta": type("Meta", (), _options(table, self.db))})
            setattr(self, table.__name__, bound)
        try:
            self._begin()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close every connection. Only when no other thread uses the store any more."""
        self.db.close_all()

    @contextmanager
    def connected(self) -> Iterator[None]:
        """A connection for this thread; used within itself it is the same one."""
        if not self.db.is_closed():
            yield
            return
        self.db.connect()
        try:
            yield
        finally:
            self.db.close()

    @contextmanager
    def write(self) -> Iterator[None]:
        """A transaction that may read and then write; all of it is on the disk afterwards, or none (`full`)."""
        with self._writer, self.connected():
            try:
                with self.db.atomic("IMMEDIATE") if self.sqlite else self.db.atomic():
                    yield
            except PeeweeException as error:
                if _disk_is_full(error):
                    raise SyncError("full", "no room left to store this; nothing was changed") from error
                raise

    def savepoint(self) -> AbstractContextManager[Any]:
        """Inside `write`: what fails within is undone, and the transaction goes on."""
        savepoint: AbstractContextManager[Any] = self.db.atomic()
        return savepoint

    def locked(self, query: Any, *, skip: bool = False) -> Any:
        """The rows of `query`, kept from every other writer until the transaction ends; `skip`: only free rows."""
        if self.sqlite:
            return query  # BEGIN IMMEDIATE holds the whole file
        return query.for_update("FOR UPDATE SKIP LOCKED" if skip else "FOR UPDATE")

    def put(self, table: Any, key: dict[str, Any], values: dict[str, Any]) -> None:
        """Insert the row of `key`, or give it these values."""
        target = [getattr(table, name) for name in key]
        table.insert(**key, **values).on_conflict(conflict_target=target, update=values).execute()

    def add(self, table: Any, rows: list[dict[str, Any]]) -> None:
        """Inside `write`: insert these, which all have the same columns. Quick: one statement, asked again for each."""
        columns = ", ".join(f'"{name}"' for name in rows[0])
        slots = ", ".join([self.db.param] * len(rows[0]))
        text = f'INSERT INTO "{table._meta.table_name}" ({columns}) VALUES ({slots})'  # noqa: S608 - names of ours
        with peewee_errors:
            self.db.cursor().executemany(text, [tuple(row.values()) for row in rows])

    def fact(self, key: str) -> str:
        """A value of the meta table: `incarnation` (SPEC 6.1) or `nonce_key`."""
        with self.connected():
            value: str = self.Fact.get_by_id(key).value
            return value

    def give_back_pages(self) -> None:
        """Let the disk have back what forgotten envelopes took (SQLite; PostgreSQL does it by itself)."""
        if self.sqlite:
            with self._writer, self.connected():
                self.db.execute_sql("PRAGMA incremental_vacuum(2000)").fetchall()

    @property
    def incarnation(self) -> str:
        return self.fact("incarnation")

    def _begin(self) -> None:
        with self.write():
            migrate(self.db, SQLITE if self.sqlite else POSTGRESQL)
            self._settle("incarnation", b64u(os.urandom(16)))
            self._settle("nonce_key", b64u(os.urandom(32)))

    def _settle(self, key: str, value: str) -> None:
        """Keep `value` unless another process was first."""
        self.Fact.insert(key=key, value=value).on_conflict_ignore().execute()


def _options(table: type[tables.Table], db: Any) -> dict[str, Any]:
    return {"database": db, "table_name": table._meta.table_name}


def _open_sqlite(url: str) -> Any:
    place = parse(url, unquote_user=True)["database"]
    Path(place).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pragmas = {
        "auto_vacuum": "incremental",
        "journal_mode": "wal",
        "synchronous": "full",  # an answer `stored` must survive a power cut
        "journal_size_limit": 16 * 1024 * 1024,
    }
    return PooledSqliteDatabase(
        place,
        pragmas=pragmas,
        timeout=WAIT_SECONDS,
        max_connections=POOL,
        check_same_thread=False,
        autoconnect=False,
    )


def _open_postgresql(url: str) -> Any:
    settings = parse(url, unquote_password=True, unquote_user=True)
    settings = {"connect_timeout": WAIT_SECONDS, **settings}
    database = settings.pop("database")
    return PooledPostgresqlDatabase(
        database, prefer_psycopg3=True, max_connections=POOL, stale_timeout=300, autoconnect=False, **settings
    )


def _disk_is_full(error: BaseException | None) -> bool:
    """Looks behind the error too: SQLite has undone everything by itself when it finds the disk full, and then
    the undoing that follows fails for want of a transaction and hides the cause."""
    while error is not None:
        if getattr(error, "sqlstate", None) in DISK_FULL_SQLSTATES or "disk is full" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False
