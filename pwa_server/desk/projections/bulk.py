"""Replaying a long log: rows are written many at a time, and what is worked out from many rows is worked out once.

`rebuild` opens this, and `together` for the few kinds of events that one act writes by the hundred. The result is the
one that event by event gives, because whatever waits here is worked out from the rows of one visit or one case alone,
in any order (`settle_many`). Nothing may be read back in between from the tables written through `put`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from ..core.tables import Row

BATCH = 2000


class Bulk:
    """What waits: rows by table, and ids of what is to be worked out, each with the last value told."""

    def __init__(self) -> None:
        self.rows: dict[type[Row], list[dict[str, Any]]] = {}
        self.merges: dict[str, str] = {}  # record → the one it counts to (`apply_merge`)
        self.waiting: dict[str, dict[str, int]] = {
            name: {}
            for name in (
                "visits",
                "cases",
                "hand_overs",
                "meetings",
                "conferences",
                "homeless",
                "households",
                "balls",
                "alike",
            )
        }

    def flush(self) -> None:
        for table, rows in self.rows.items():
            table.put_many(rows)
        self.rows = {}


_open: ContextVar[Bulk | None] = ContextVar("bulk", default=None)


@contextmanager
def open_bulk(merges: dict[str, str] | None = None) -> Iterator[Bulk]:
    """Inside, `put` and `later` collect. Whoever opens it flushes and works out what waited.

    `merges`: those there are already, record → the one it counts to.
    """
    bulk = Bulk()
    bulk.merges |= merges or {}
    token = _open.set(bulk)
    try:
        yield bulk
    finally:
        _open.reset(token)


def put(table: type[Row], **values: Any) -> None:
    """`table.put`, or into the pile."""
    bulk = _open.get()
    if bulk is None:
        table.put(**values)
        return
    rows = bulk.rows.setdefault(table, [])
    rows.append(values)
    if len(rows) >= BATCH:
        table.put_many(rows)
        bulk.rows[table] = []


def later(what: str, id_: str, value: int = 0) -> bool:
    """True when this is noted for later; False when the caller does it now."""
    bulk = _open.get()
    if bulk is None:
        return False
    bulk.waiting[what][id_] = value
    return True


def no_longer(what: str, id_: str) -> None:
    """What waited is overtaken by what was written now."""
    bulk = _open.get()
    if bulk is not None:
        bulk.waiting[what].pop(id_, None)


def is_open() -> bool:
    """Whether a long log is replayed: what is worked out of many rows is worked out at its end."""
    return _open.get() is not None


def catch_up() -> None:
    """For the few appliers that read rows back: what waits is written first."""
    bulk = _open.get()
    if bulk is not None:
        bulk.flush()


def merges() -> dict[str, str] | None:
    """The merges so far, kept in memory while a long log is replayed; None when the tables are to be asked."""
    bulk = _open.get()
    return None if bulk is None else bulk.merges


def forget(cases: list[str]) -> None:
    """Their rows are gone: nothing is worked out for them."""
    bulk = _open.get()
    if bulk is not None:
        for waiting in bulk.waiting.values():
            for case in cases:
                waiting.pop(case, None)


def forget_cases(cases: list[str]) -> None:
    """Their rows are thrown away and read again: what waited for them does not count."""
    bulk = _open.get()
    if bulk is not None:
        for case in cases:
            bulk.waiting["cases"].pop(case, None)
