"""What a phone should hold, read in one moment while nobody waits for it; and what of it need not be read again.

Careful, not clever: events that are known to speak of one case, and of one visit in it, let the others be; after any
other event everything is built anew, as it is once a day and by each program that starts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..core.clock import JAPAN
from ..core.desk import Desk
from ..log.event_log import head, since
from ..models.key_values import get_state
from ..models.office_and_cases import (
    DownChain,
    FollowUp,
    Held,
    Photo,
    PromiseMade,
    Sent,
    Undone,
    Visit,
    VisitVersion,
)
from ..projections.merges import resolve
from .documents.all import documents_for
from .documents.visit import CASE, RECORD, Documents

MOST_EVENTS = 500  # more than an office's morning; then all is built anew

OF_A_VISIT = frozenset(
    {
        "visit.logged",
        "visit.corrected",
        "visit.read",
        "visit.approved",
        "visit.returned",
        "visit.approval_undone",
        "visit.commented",
    }
)
OF_A_CASE: dict[str, tuple[str, Any] | None] = {
    "followup.scheduled": ("followup", FollowUp),
    "followup.done": ("followup", FollowUp),
    "followup.cancelled": ("followup", FollowUp),
    "followup.moved": ("followup", FollowUp),
    "promise.kept": ("promise", PromiseMade),
    "case.noted": None,
    "plan.drafted": None,
    "plan.changed": None,
    "plan.agreed": None,
    "plan.decided": None,
    "plan.monitored": None,
    "ball.passed": None,
    "ball.noted": None,
    "handover.sent": None,
    "handover.withdrawn": None,
    "handover.answered": None,
    "profile.set": None,
    "profile.written": None,
    "match.weighed": None,
    "match.arranged": None,
    "match.stepped": None,
    "match.followed": None,
    "match.undone": None,
    "match.paper_handed": None,
}
OF_NO_DOCUMENT = frozenset({"case.viewed", "device.noted", "access_log.headed"})


Touched = tuple[set[str | None], set[str]] | None  # cases and visits the log speaks of; None: perhaps any


@dataclass(frozen=True)
class Look:
    """What changes after it is the next look's."""

    position: int  # of the log's end
    built_for: str
    documents: Documents | None  # None: all is as it was at the last look
    whole: bool  # no document is left out as unchanged


def look(
    desk: Desk,
    device: Any,
    known: dict[tuple[int, int], Touched],
    build: Callable[..., Documents] = documents_for,
) -> Look:
    """What this phone should hold, as of one moment.

    `known`: what the log speaks of between two positions; most phones were last looked after at the same time.
    `build`: makes the documents (desk, device, those that are as they were).
    """
    with desk.read():
        position, changes = head(), get_state("changes", 0)
        built_for = f"{position} {changes} {desk.clock().astimezone(JAPAN).date().isoformat()}"
        chain = DownChain.get_or_none(DownChain.device == device.id)
        if chain is None or chain.snapshot_wanted or device.id not in desk.looked_over:
            return Look(position, built_for, build(desk, device), whole=True)
        if chain.built_for == built_for:
            return Look(position, built_for, None, whole=False)
        alike = _alike(device.id, chain.built_for.split(), built_for.split(), known)
        return Look(position, built_for, build(desk, device, alike), whole=not alike)


Looks = Callable[[Desk, Any, dict[tuple[int, int], Touched]], Look]


def _alike(
    device: str, before: list[str], now: list[str], known: dict[tuple[int, int], Touched]
) -> frozenset[str]:
    """Paths of documents this phone was sent that are as they were when it was last looked after."""
    if len(before) != len(now) or before[2] != now[2]:
        return frozenset()  # another day
    span = (int(before[0]), int(now[0]))
    if span not in known:
        known[span] = _touched(*span)
    touched = known[span]
    if touched is None:
        return frozenset()
    cases, visits = touched
    sent = [row.path for row in Sent.select(Sent.path).where((Sent.device == device) & (Sent.hash != ""))]
    alike = {path for path in sent if path.startswith(CASE) and path.removeprefix(CASE) not in cases}
    records = {path.removeprefix(RECORD) for path in sent if path.startswith(RECORD)} - visits
    records -= {
        row.visit
        for row in Held.select(Held.visit).where((Held.device == device) & Held.visit.is_null(False))
    }
    if before[1] != now[1]:  # outside the log only what is held changes, and which photos are safe
        records -= {row.visit for row in Photo.select(Photo.visit).where(Photo.visit.in_(records)).distinct()}
    return frozenset(alike | {f"{RECORD}{visit}" for visit in records})


def _touched(before: int, now: int) -> Touched:
    if not 0 <= now - before <= MOST_EVENTS:
        return None
    cases: set[str | None] = set()
    visits: set[str] = set()
    for event in since(before):
        if event.type in OF_NO_DOCUMENT:
            continue
        if event.case is None or event.body is None:
            return None
        cases |= {event.case, resolve(event.case)}
        if event.type in OF_A_VISIT:
            visit = event.id if event.type == "visit.logged" else event.body["visit"]
            visits.add(visit)
            if Undone.select().where((Undone.visit == visit) | (Undone.moved_as == visit)).exists():
                return None  # what it promised may stand in another case
            cases |= {row.case for row in Visit.select(Visit.case).where(Visit.id == visit)}
            cases |= {
                row.case for row in VisitVersion.select(VisitVersion.case).where(VisitVersion.visit == visit)
            }
        elif event.type in OF_A_CASE:
            if (named := OF_A_CASE[event.type]) is not None:
                name, table = named
                cases |= {row.case for row in table.select(table.case).where(table.id == event.body[name])}
        else:
            return None
    return cases, visits
