"""A sick colleague's day, handed over in one press. A phone only asks; this is where rights are given, and taken back.

The colleague is assigned what they lack for that day, and the open follow-ups of the day move to them. When the day is
over one press ends what was assigned for it.
"""

from typing import Any

from ..core.clock import day_in_japan
from ..core.desk import Desk
from ..core.errors import DeskError
from ..models.cover import CoverAsked
from ..models.office_and_cases import FollowUp
from ..queries.access import Actor, demand, is_assigned, is_one_of_us
from ..queries.gates import pass_gate
from ..queries.owners import FOLLOWUP_HOLDERS, can_hold
from .act import act
from .followups import assign_followup
from .office import staff_row


def grant_cover(desk: Desk, actor: Actor, cover: str, to: str) -> int:
    """The colleague goes. Returns how many follow-ups they have now. Raises DeskError: not_found, malformed."""
    row = _open(actor, cover)
    if not can_hold(staff_row(to), FOLLOWUP_HOLDERS) or not is_one_of_us(actor, to):
        raise DeskError("cannot_hold", to)
    if to == row.staff:
        raise DeskError("malformed", "to")
    due = day_of(row.staff, row.on)
    lacking = sorted({one.case for one in due if not is_assigned(to, one.case)})
    for case in {one.case for one in due}:
        demand(actor, "change", "core", case)
    demand(actor, "change", "core")
    with desk.write():
        for case in lacking:
            pass_gate("assign", case, desk.today(), to=to)
            body = {"staff": to, "from": row.on, "note": row.note, "takenFrom": row.staff}
            act(desk, actor, "case.assigned", body, case)
        for one in due:
            assign_followup(desk, actor, one.id, to)
        ids = [one.id for one in due]
        _decide(desk, actor, cover, {"granted": True, "to": to, "cases": lacking, "followups": ids})
    return len(due)


def refuse_cover(desk: Desk, actor: Actor, cover: str) -> None:
    """The day stays with whose it is; somebody rings them."""
    demand(actor, "change", "core")
    _open(actor, cover)
    _decide(desk, actor, cover, {"granted": False, "to": None, "cases": [], "followups": []})


def end_cover(desk: Desk, actor: Actor, cover: str) -> None:
    """The day is over: what was assigned for it ends, and open follow-ups go back to whose they were."""
    demand(actor, "change", "core")
    row = CoverAsked.get_or_none((CoverAsked.id == cover) & (CoverAsked.state == "granted"))
    if row is None or not is_one_of_us(actor, row.staff):
        raise DeskError("not_found", cover)
    moved = FollowUp.select().where(FollowUp.id.in_(row.followups) & (FollowUp.staff == row.takes))
    takes = str(row.takes)
    with desk.write():
        for one in list(moved.where(FollowUp.state == "open")):
            if is_assigned(row.staff, one.case):
                assign_followup(desk, actor, one.id, row.staff)
        for case in row.cases:
            if is_assigned(takes, case):
                act(desk, actor, "case.unassigned", {"staff": takes, "reason": "", "to": row.staff}, case)
        act(desk, actor, "cover.ended", {"cover": cover})


def day_of(staff: str, on: str) -> list[Any]:
    """The open follow-ups of this person's on this day, in order of time."""
    rows = FollowUp.select().where((FollowUp.staff == staff) & (FollowUp.state == "open") & FollowUp.known)
    return [row for row in rows.order_by(FollowUp.at, FollowUp.id) if day_in_japan(row.at).isoformat() == on]


def _open(actor: Actor, cover: str) -> CoverAsked:
    row: CoverAsked | None = CoverAsked.get_or_none((CoverAsked.id == cover) & (CoverAsked.state == "asked"))
    if row is None or not is_one_of_us(actor, row.staff):
        raise DeskError("not_found", cover)
    return row


def _decide(desk: Desk, actor: Actor, cover: str, fields: dict[str, Any]) -> None:
    act(desk, actor, "cover.decided", {"cover": cover, **fields})
