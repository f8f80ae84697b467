"""Builds the read model again from the log alone. The result is the same byte for byte, or something is wrong."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from peewee import CompositeKey

from .apply import apply
from .apply_case import settle_conference, touch_many
from .apply_merge import MERGES
from .apply_visit import settle_many
from .bulk import Bulk, open_bulk
from .database import Desk
from .faults import DeskError
from .log import replay
from .model import READ_MODEL, Conference, LogEntry, Review, Visit, VisitRead, VisitVersion
from .rows import Row, canonical

BATCH = 500


def rebuild(desk: Desk) -> tuple[int, list[str]]:
    """Empty every table of the read model and replay the log, in one transaction.

    Returns how many events were applied and the names of tables that came out different from before.
    """
    with desk.write():
        before = digests()
        for table in READ_MODEL:
            table.delete().execute()
        written_first = () if _has_merges() else (VisitVersion, Review, VisitRead)
        with without_indexes(Visit):
            with without_indexes(*written_first), open_bulk() as bulk:
                count = _replay()
                bulk.flush()
            _settle(bulk)
        _work_out(bulk)
        after = digests()
    return count, [name for name in before if before[name] != after[name]]


def _replay() -> int:
    count = 0
    for event in replay():
        try:
            apply(event)
        except DeskError as error:
            # It was applied once; a program that no longer can is older than the log.
            raise DeskError("rebuild_failed", f"{event.position} {error}") from error
        count += 1
    return count


@contextmanager
def without_indexes(*tables: Any) -> Iterator[None]:
    """Rows go in first, each index is made once from all of them: an order of magnitude fewer pages are touched."""
    for table in tables:
        table._schema.drop_indexes()
    yield
    for table in tables:
        table._schema.create_indexes()


def _has_merges() -> bool:
    """Merges read back what was written before them, by case: only then are these indexes of use on the way."""
    return LogEntry.select().where(LogEntry.type.in_(MERGES)).exists()


def _settle(bulk: Bulk) -> None:
    """`settle_many` reads the assignments, so hand-overs come with it."""
    visits = list(bulk.waiting["visits"])
    for place in range(0, len(visits), BATCH):
        settle_many(visits[place : place + BATCH])


def _work_out(bulk: Bulk) -> None:
    """What else the appliers left for the end."""
    met = {row.case for row in Conference.select(Conference.case).distinct()}
    for case in sorted(met & set(bulk.waiting["conferences"])):
        settle_conference(case)
    touch_many(bulk.waiting["cases"])


def digests() -> dict[str, str]:
    """A hash of each table's rows."""
    return {table._meta.name: _digest(table) for table in READ_MODEL}


def dump() -> Iterator[str]:
    """Every row of the read model, one canonical line each, in a fixed order."""
    for table in READ_MODEL:
        yield from _lines(table)


def _digest(table: type[Row]) -> str:
    """Over the rows as they are stored, in the order of their key; nothing is held in memory."""
    digest = hashlib.sha256()
    key: Any = table._meta.primary_key
    names = key.field_names if isinstance(key, CompositeKey) else (key.column_name,)
    order = ",".join(f'"{table._meta.fields[name].column_name}"' for name in names)
    rows = table._meta.database.execute_sql(f'select * from "{table._meta.table_name}" order by {order}')  # noqa: S608
    while some := rows.fetchmany(BATCH):
        digest.update(repr(some).encode())
    return digest.hexdigest()


def _lines(table: type[Row]) -> Iterator[str]:
    lines = sorted(canonical(row) for row in table.select().dicts().iterator())
    for line in lines:
        yield f"{table._meta.name} {line}"
