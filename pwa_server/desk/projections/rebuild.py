"""Builds the read model again from the log alone. The result is the same byte for byte, or something is wrong."""

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ..core.desk import Desk
from ..core.errors import DeskError
from ..core.tables import Row, canonical, in_parts
from ..log.event_log import Logged, replay
from ..models.office_and_cases import (
    READ_MODEL,
    CaseFile,
    Conference,
    DownChain,
    LogEntry,
    Review,
    Visit,
    VisitRead,
    VisitVersion,
)
from .alike import write_all
from .bulk import Bulk, open_bulk
from .cases import settle_conference, touch_many
from .conferences import settle_meeting
from .households import settle_households
from .left_out import LeftOut, hold_logged
from .merges import MERGES
from .plans import settle_balls
from .registry import apply
from .visits import settle_many
from .without_a_case import open_for

log = logging.getLogger("sotto.desk")

BATCH = 500
TELL_EVERY = 5000

# Told how much is done, and of how much: first each event counts one, then what is worked out from them as much again.
Tell = Callable[[int, int], None]


def rebuild(desk: Desk, tell: Tell = lambda _done, _of: None) -> tuple[int, list[str]]:
    """Empty every table of the read model and replay the log, in one transaction.

    Returns how many events were applied and the names of tables that came out different from before.
    """
    with desk.write():
        before = digests()
        for table in READ_MODEL:
            table.delete().execute()
        count = build(tell)
        after = digests()
        DownChain.update(
            built_for=""
        ).execute()  # a desk that runs beside this looks all of it over for each phone
    return count, [name for name in before if before[name] != after[name]]


def build(tell: Tell) -> int:
    """Fill the empty tables from the log. How many events were applied.

    Call inside the outermost `desk.write()`: a savepoint would keep every page it changes in memory. What an event in
    the log has that nobody can apply is held for a person (`left_out.hold_logged`), and the others go on.
    """
    left_out: list[LeftOut] = []
    try:
        count = _build_fast(tell, left_out)
    except DeskError:
        raise
    except Exception:
        log.exception("the log is read event by event, each under a savepoint")
        left_out = []
        count = _build_carefully(tell, left_out)
    hold_logged(left_out)
    return count


def _build_fast(tell: Tell, left_out: list[LeftOut]) -> int:
    written_first = () if _has_merges() else (VisitVersion, Review, VisitRead)
    with without_indexes(Visit):
        with without_indexes(*written_first), open_bulk() as bulk:
            count = _replay(tell, left_out, apply)
            bulk.flush()
        _settle(bulk, lambda done, of: tell(count + count * done // of, 2 * count))
    _work_out(bulk)
    return count


def _build_carefully(tell: Tell, left_out: list[LeftOut]) -> int:
    """Slower: no event, however strange, takes another with it."""
    for table in READ_MODEL:
        table.create_table(safe=True)
        table.delete().execute()
    database = LogEntry._meta.database

    def one(event: Logged) -> None:
        with database.atomic():
            apply(event)

    return _replay(tell, left_out, one)


def _replay(tell: Tell, left_out: list[LeftOut], apply_one: Callable[[Logged], None]) -> int:
    count, of = 0, LogEntry.select().count()
    for event in replay():
        if count % TELL_EVERY == 0:
            tell(count, 2 * of)
        try:
            apply_one(event)
        except DeskError as error:
            if error.code == "malformed":
                left_out.append((event, error.code, error.detail))
                continue
            # It was applied once; a program that no longer can is older than the log.
            raise DeskError("rebuild_failed", f"{event.position} {error}") from error
        except Exception as error:
            if apply_one is apply:
                raise
            left_out.append((event, "failed", type(error).__name__))
            continue
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


def _settle(bulk: Bulk, tell: Tell) -> None:
    """`settle_many` reads the assignments, so hand-overs come with it."""
    visits = list(bulk.waiting["visits"])
    for place, part in enumerate(in_parts(visits, BATCH)):
        if place * BATCH % TELL_EVERY == 0:
            tell(place * BATCH, len(visits))
        settle_many(part)


def _work_out(bulk: Bulk) -> None:
    """What else the appliers left for the end."""
    for meeting in sorted(bulk.waiting["meetings"]):
        settle_meeting(meeting)
    met = {row.case for row in Conference.select(Conference.case).distinct()}
    for case in sorted(met & set(bulk.waiting["conferences"])):
        settle_conference(case)
    opened = {row.id for row in CaseFile.select(CaseFile.id)}
    for case in sorted(bulk.waiting["homeless"].keys() - opened):
        open_for(case)
    for cases in in_parts(sorted(bulk.waiting["households"].keys() & opened), BATCH):
        settle_households(cases)
    for case in sorted(bulk.waiting["balls"]):
        settle_balls(case)
    touch_many(bulk.waiting["cases"])
    write_all()


def digests() -> dict[str, str]:
    """A hash of each table's rows."""
    return {table._meta.name: _digest(table) for table in READ_MODEL}


def dump() -> Iterator[str]:
    """Every row of the read model, one canonical line each, in a fixed order."""
    for table in READ_MODEL:
        yield from _lines(table)


def _digest(table: type[Row]) -> str:
    """The sum of the rows' hashes: the same in whatever order they lie, so none is sorted or kept."""
    total = 0
    rows = table._meta.database.execute_sql(f'select * from "{table._meta.table_name}"')  # noqa: S608 - our own names
    while some := rows.fetchmany(BATCH):
        total += sum(int.from_bytes(hashlib.sha256(repr(row).encode()).digest()) for row in some)
    return f"{total % 2**256:064x}"


def _lines(table: type[Row]) -> Iterator[str]:
    lines = sorted(canonical(row) for row in table.select().dicts().iterator())
    for line in lines:
        yield f"{table._meta.name} {line}"
