"""Events that one act writes by the hundred, applied as one: what follows from many of them is worked out once."""

from collections.abc import Iterator
from contextlib import contextmanager

from ..core.desk import Desk
from ..core.errors import DeskError
from ..core.tables import among, in_parts
from ..log.event_log import Batch, Logged
from ..models.households import CaseMerge
from ..models.office_and_cases import CaseFile, Visit
from .alike import settle_cases
from .bulk import Bulk, open_bulk
from .cases import settle_hand_over, touch_many
from .households import settle_households
from .registry import apply
from .visits import settle_many
from .without_a_case import open_for

AT_ONCE = 500
# What may be written so: whatever else these leave for later would not be worked out here.
TYPES = frozenset(
    {
        "case.opened",
        "member.set",
        "case.assigned",
        "case.unassigned",
        "case.entrusted",
        "followup.assigned",
        "staff.changed",
        "transfer.made",
        "transfer.taken_back",
        "visit.logged",
        "visit.withdrawn",
        "import.rows_taken",
        "import.rows_taken_back",
    }
)


class Together:
    """Appends to the log and applies, as `append_and_apply.record` does for one."""

    def __init__(self, desk: Desk) -> None:
        self._batch = Batch(desk)

    def record(self, event: dict[str, object], source: str, by: str) -> Logged:
        if event["type"] not in TYPES:
            raise DeskError("malformed", str(event["type"]))
        logged = self._batch.append(event, source, by)
        apply(logged)
        return logged

    def end(self, bulk: Bulk) -> None:
        self._batch.flush()
        bulk.flush()


@contextmanager
def together(desk: Desk) -> Iterator[Together]:
    """Call inside `desk.write()`. All of it is written at the end, or nothing."""
    known = {row.source: row.target for row in CaseMerge.select().where(~CaseMerge.undone)}
    with open_bulk(known) as bulk:
        some = Together(desk)
        yield some
        some.end(bulk)
    _work_out(bulk)


def _work_out(bulk: Bulk) -> None:
    waiting = bulk.waiting
    for visits in in_parts(list(waiting["visits"]), AT_ONCE):
        settle_many(visits)
    named = sorted(waiting["homeless"].keys() | waiting["households"].keys())
    opened = {row.id for row in CaseFile.select(CaseFile.id).where(among(CaseFile.id, named))}
    for case in sorted(waiting["homeless"].keys() - opened):
        open_for(case)
    settle_households(sorted(waiting["households"].keys() & opened))
    visited = Visit.select(Visit.case).where(among(Visit.case, list(waiting["hand_overs"]))).distinct()
    for row in visited:
        settle_hand_over(row.case)
    touch_many(waiting["cases"])
    settle_cases(list(waiting["alike"]))
