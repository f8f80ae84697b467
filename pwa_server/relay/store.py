"""The relay's database: one SQLite file, or PostgreSQL shared by many processes. One contract for both.

A process keeps nothing of its own: whatever two processes must agree on lies here, under a lock of the row
or, in SQLite, of the file. Nothing is written outside `write`, so nothing is ever half-written.
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, TypeVar

from peewee import __exception_wrapper__ as peewee_errors  # type: ignore[attr-defined]

from sync.encoding import b64u
from sync.errors import SyncError

from . import tables
from .connections import open_postgresql, open_sqlite
from .database_faults import kind_of
from .log import note, note_fault
from .migrations import POSTGRESQL, SQLITE, migrate

Result = TypeVar("Result")
MOST_KEYS = 10_000  # 65 bytes each, and their names: 3 MB
ROWS_AT_ONCE = 1_000  # SQLite takes 32,766 values in a statement


class Kept:
    """Sign keys of devices by (office, device), the latest used; they are what their devices are named by."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._keys: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, who: tuple[str, str]) -> bytes | None:
        with self._lock:
            if who in self._keys:
                self._keys.move_to_end(who)
            return self._keys.get(who)

    def keep(self, who: tuple[str, str], key: bytes) -> None:
        with self._lock:
            self._keys[who] = key
            while len(self._keys) > self.most:
                self._keys.popitem(last=False)


class Contended(SyncError):
    """PostgreSQL gave this transaction up for another one; nothing of it was kept."""

    def __init__(self) -> None:
        super().__init__("unavailable", "too many write at once; ask again")


class Store:
    """`url`: `sqlite:////absolute/path.db` or `postgresql://…`. Makes or migrates the schema.

    Each attribute named like a class of `tables` is that class bound to this store.
    """

    Fact: type[tables.Fact]
    Office: type[tables.Office]
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
    Nameless: type[tables.Nameless]
    Subscription: type[tables.Subscription]
    WakeList: type[tables.WakeList]
    Wake: type[tables.Wake]
    WatchList: type[tables.WatchList]
    Timer: type[tables.Timer]

    def __init__(self, url: str, *, begin: bool = True) -> None:
        """A PostgreSQL that is away is waited for: every request is `unavailable` until it comes.

        `begin`: not for who only looks; then the schema stays as it is, whichever release made it.
        """
        self.sqlite = url.startswith("sqlite:")
        self._facts: dict[str, str] = {}
        self.db = open_sqlite(url) if self.sqlite else open_postgresql(url, made=self._facts.clear)
        # SQLite's writers would poll for the file's lock; one queue in the process keeps them in order and quick.
        self._writer: AbstractContextManager[Any] = threading.RLock() if self.sqlite else nullcontext()
        self.keys = Kept(MOST_KEYS)
        self._beginning = threading.Lock()
        self._begun = not begin
        self._away = False
        for table in tables.ALL:
            bound = type(table.__name__, (table,), {"Meta": type("Meta", (), _options(table, self.db))})
            setattr(self, table.__name__, bound)
        try:
            with self.connected():
                pass
        except BaseException as error:
            if isinstance(error, SyncError) and error.code == "unavailable" and not self.sqlite:
                return
            self.close()
            raise

    def close(self) -> None:
        """Close every connection. Only when no other thread uses the store any more."""
        self.db.close_all()

    @contextmanager
    def connected(self) -> Iterator[None]:
        """A connection for this thread; used within itself it is the same one. Raises `full`, `unavailable`."""
        if not self.db.is_closed():
            yield
            return
        try:
            with self._told():
                self.db.connect()
                try:
                    self._begin()
                    yield
                finally:
                    self.db.close()
        except SyncError as error:
            if error.code == "unavailable" and not self.sqlite:
                self.db.close_idle()  # they lead to the same server
            raise
        if self._away:
            self._away = False
            note("database_back")

    @contextmanager
    def write(self) -> Iterator[None]:
        """A transaction that may read and then write; all of it is on the disk afterwards, or none (`full`)."""
        how = ("IMMEDIATE",) if self.sqlite else ()
        with self._writer, self.connected(), self._told(), self.db.atomic(*how):
            yield

    def transact(self, act: Callable[[], Result]) -> Result:
        """`act` inside `write`; once more if PostgreSQL gave it up for another. `act` keeps nothing outside of it."""
        try:
            with self.write():
                return act()
        except Contended:
            with self.write():
                return act()

    def look(self) -> None:
        """Ask the database whether it would take a write. Raises `unavailable`, `full`."""
        with self.connected():
            self.db.execute_sql("SELECT version FROM schema LIMIT 1").fetchone()
            if not self.sqlite and self.db.execute_sql("SHOW transaction_read_only").fetchone()[0] == "on":
                raise SyncError("unavailable", "the database takes no writes now")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What the database says, in codes of SPEC 7. A fault of ours stays what it is."""
        try:
            yield
        except SyncError:
            raise
        except Exception as error:
            kind = kind_of(error)
            if kind == "full":
                raise SyncError("full", "no room left to store this; nothing was changed") from error
            if kind == "contended":
                raise Contended from error
            if kind == "away":
                self._note_away(error)
                raise SyncError("unavailable", "the relay's database is away; ask again") from error
            raise

    def _note_away(self, error: BaseException) -> None:
        if not self._away:
            self._away = True
            note_fault("database_away", error)

    def savepoint(self) -> AbstractContextManager[Any]:
        """Inside `write`: what fails within is undone, and the transaction goes on."""
        savepoint: AbstractContextManager[Any] = self.db.atomic()
        return savepoint

    def locked(self, query: Any, *, skip: bool = False) -> Any:
        """The rows of `query`, kept from every other writer until the transaction ends; `skip`: only free rows."""
        if self.sqlite:
            return query  # BEGIN IMMEDIATE holds the whole file
        return query.for_update("FOR UPDATE SKIP LOCKED" if skip else "FOR UPDATE")

    def lock_name(self, *names: str) -> None:
        """Inside `write`: nobody else passes here under this name until the transaction ends."""
        if not self.sqlite:
            self.db.execute_sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (" ".join(names),))

    def alone(self, lock: int) -> bool:
        """Inside `write`: whether no other process holds `lock` now; then it is ours until the transaction ends."""
        if self.sqlite:
            return True
        return bool(self.db.execute_sql("SELECT pg_try_advisory_xact_lock(%s)", (lock,)).fetchone()[0])

    def put(self, table: Any, key: dict[str, Any], values: dict[str, Any]) -> None:
        """Insert the row of `key`, or give it these values."""
        target = [getattr(table, name) for name in key]
        table.insert(**key, **values).on_conflict(conflict_target=target, update=values).execute()

    def put_all(self, table: Any, rows: list[dict[str, Any]], key: list[Any], preserve: list[Any]) -> None:
        """Inside `write`: insert these, many a statement; where `key` is there already, `preserve` is changed."""
        for begin in range(0, len(rows), ROWS_AT_ONCE):
            part = table.insert_many(rows[begin : begin + ROWS_AT_ONCE])
            part.on_conflict(conflict_target=key, preserve=preserve).execute()

    def add(self, table: Any, rows: list[dict[str, Any]]) -> None:
        """Inside `write`: insert these, which all have the same columns. Quick: one statement, asked again for each."""
        columns = ", ".join(f'"{name}"' for name in rows[0])
        slots = ", ".join([self.db.param] * len(rows[0]))
        text = f'INSERT INTO "{table._meta.table_name}" ({columns}) VALUES ({slots})'  # noqa: S608 - names of ours
        with peewee_errors:
            self.db.cursor().executemany(text, [tuple(row.values()) for row in rows])

    def fact(self, key: str) -> str:
        """A value of the meta table: `incarnation` (SPEC 6.1) or `nonce_key`. Neither changes while a database lives,
        so they are read once for every connection made.
        """
        if key not in self._facts:
            with self.connected():
                self._facts.update((row.key, row.value) for row in self.Fact.select())
        return self._facts[key]

    def give_back_pages(self) -> None:
        """Let the disk have back what forgotten envelopes took (SQLite; PostgreSQL does it by itself)."""
        if self.sqlite:
            with self._writer, self.connected():
                self.db.execute_sql("PRAGMA incremental_vacuum(2000)").fetchall()

    @property
    def incarnation(self) -> str:
        return self.fact("incarnation")

    def _begin(self) -> None:
        """Make or migrate the schema, once in a process."""
        if self._begun:
            return
        with self._beginning:
            if not self._begun:
                with self.write():
                    migrate(self.db, SQLITE if self.sqlite else POSTGRESQL)
                    self._settle("incarnation", b64u(os.urandom(16)))
                    self._settle("nonce_key", b64u(os.urandom(32)))
                self._begun = True

    def _settle(self, key: str, value: str) -> None:
        """Keep `value` unless another process was first."""
        self.Fact.insert(key=key, value=value).on_conflict_ignore().execute()


def _options(table: type[tables.Table], db: Any) -> dict[str, Any]:
    return {"database": db, "table_name": table._meta.table_name}
