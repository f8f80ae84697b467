"""Connections to the relay's database: one SQLite file, or PostgreSQL by any address that libpq takes."""

import heapq
import select
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from peewee import PostgresqlDatabase
from peewee import __exception_wrapper__ as peewee_errors  # type: ignore[attr-defined]
from playhouse.db_url import parse
from playhouse.pool import (
    MaxConnectionsExceeded,
    PoolConnection,
    PooledPostgresqlDatabase,
    PooledSqliteDatabase,
)

MOST = 32  # connections of one process: its threads, the one for wakes, the one that sweeps, and room
LIVES_SECONDS = 300  # a connection is made anew after that, so that a server put beside gets its share
SQLITE_WAIT_SECONDS = 20

# Used where the address does not say otherwise. A server that is gone without a word is given up within seconds.
POSTGRESQL_DEFAULTS: dict[str, Any] = {
    "connect_timeout": 4,  # seconds, for each host of the address
    "tcp_user_timeout": 10_000,  # ms until what was sent must be acknowledged
    "keepalives": 1,
    "keepalives_idle": 10,  # seconds
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "application_name": "sotto-relay",
}


def open_sqlite(url: str) -> Any:
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
        timeout=SQLITE_WAIT_SECONDS,
        max_connections=MOST,
        check_same_thread=False,
        autoconnect=False,
    )


def open_postgresql(url: str, *, made: Callable[[], None]) -> Any:
    """`made`: called whenever a connection is made, for what was kept of an earlier server."""
    from psycopg.conninfo import conninfo_to_dict

    given = conninfo_to_dict(url)  # several hosts, sockets, files of passwords: whatever libpq reads
    defaults = {name: value for name, value in POSTGRESQL_DEFAULTS.items() if name not in given}
    # A statement prepared on one server is unknown to the next: none are, and pgbouncer may share by transaction.
    return Connections(
        "postgresql://" + url.partition("://")[2],
        made=made,
        prefer_psycopg3=True,
        max_connections=MOST,
        stale_timeout=LIVES_SECONDS,
        autoconnect=False,
        prepare_threshold=None,
        **defaults,
    )


class Connections(PooledPostgresqlDatabase):  # type: ignore[misc]  # playhouse has no types
    """peewee's pool holds two locks while it connects: one server that does not answer would keep all threads from
    the connections that are there. Here a place is taken under the lock, and the connection made outside of it.
    """

    def __init__(self, database: str, *, made: Callable[[], None], **settings: Any) -> None:
        self.made = made
        super().__init__(database, **settings)

    def connect(self, reuse_if_open: bool = False) -> bool:
        """For this thread alone; the thread's own state needs no lock."""
        if not self._state.closed:
            return super().connect(reuse_if_open)  # type: ignore[no-any-return]  # says that it is open
        with peewee_errors:
            connection = self._connect()
            self._state.reset()
            self._state.set_connection(connection)
            if self.server_version is None:
                self._set_server_version(connection)
        return True

    def _connect(self) -> Any:
        place = object()
        with self._pool_lock:
            while self._connections:
                at, _, connection = heapq.heappop(self._connections)
                if time.time() - at > LIVES_SECONDS or self._is_closed(connection):
                    self._close_raw(connection)
                    continue
                self._in_use[self.conn_key(connection)] = PoolConnection(at, connection, time.time())
                return connection
            if len(self._in_use) >= MOST:
                raise MaxConnectionsExceeded("every connection is in use")
            self._in_use[self.conn_key(place)] = PoolConnection(time.time(), None, time.time())
        try:
            connection = PostgresqlDatabase._connect(self)  # type: ignore[attr-defined]  # the pool's own would hold its lock
        except BaseException:
            with self._pool_lock:
                self._in_use.pop(self.conn_key(place), None)
            raise
        with self._pool_lock:
            self._in_use.pop(self.conn_key(place), None)
            self._in_use[self.conn_key(connection)] = PoolConnection(time.time(), connection, time.time())
        self.made()
        return connection

    def _is_closed(self, connection: Any) -> bool:
        """Without a question to the server: on a line where nothing was asked, bytes mean that it hung up."""
        if connection.closed:
            return True
        waiting = select.poll()
        waiting.register(connection.fileno(), select.POLLIN)
        return bool(waiting.poll(0))
