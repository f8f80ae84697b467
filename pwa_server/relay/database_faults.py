"""What a failed statement means for whoever asked: no room, a database that is away, or two that met.

Judged by the codes of PostgreSQL (its manual, Appendix A) and of SQLite (sqlite.org/rescode.html), never by words.
"""

import sqlite3
from typing import Literal

from peewee import InterfaceError, OperationalError
from playhouse.pool import MaxConnectionsExceeded

Kind = Literal["full", "contended", "away"]
ORDER: tuple[Kind, ...] = (
    "full",
    "contended",
    "away",
)  # which one is told of an error with several behind it

FULL_SQLSTATES = ("53100",)  # disk_full
CONTENDED_SQLSTATES = ("40001", "40P01")  # serialization_failure, deadlock_detected: run it again
# Connections, resources, a server that stops or starts, its disk; and a server that takes no writes (25006), as the
# old primary does after another has taken over.
AWAY_CLASSES = ("08", "53", "57", "58")
AWAY_SQLSTATES = ("25006", "55P03")
SQLITE_FULL = sqlite3.SQLITE_FULL
SQLITE_AWAY = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
)


def kind_of(error: BaseException | None) -> Kind | None:
    """None for a fault of ours. Looks behind the error too: SQLite has undone everything by itself when it finds
    the disk full, and then the undoing that follows fails for want of a transaction and hides the cause.
    """
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        error = error.__cause__ or error.__context__
    kinds = [kind for one in seen if (kind := _of_one(one))]
    return min(kinds, key=ORDER.index, default=None)


def _of_one(error: BaseException) -> Kind | None:
    if isinstance(error, MaxConnectionsExceeded):
        return "away"
    if isinstance(code := getattr(error, "sqlite_errorcode", None), int):
        primary = code & 0xFF
        return "full" if primary == SQLITE_FULL else "away" if primary in SQLITE_AWAY else None
    if isinstance(state := getattr(error, "sqlstate", None), str):
        return _of_sqlstate(state)
    if type(error).__module__.startswith("psycopg") and _is_of_the_line(error):
        return "away"  # it never came to the server, or no answer came back
    return None


def _of_sqlstate(state: str) -> Kind | None:
    if state in FULL_SQLSTATES:
        return "full"
    if state in CONTENDED_SQLSTATES:
        return "contended"
    return "away" if state[:2] in AWAY_CLASSES or state in AWAY_SQLSTATES else None


def _is_of_the_line(error: BaseException) -> bool:
    names = {kind.__name__ for kind in type(error).__mro__}
    return bool(names & {OperationalError.__name__, InterfaceError.__name__})
