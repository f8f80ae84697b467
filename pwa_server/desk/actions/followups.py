"""Follow-ups and promises."""

from typing import Any

from ..core.desk import Desk
from ..core.errors import DeskError
from ..models.office_and_cases import FollowUp, PromiseMade
from ..projections.append_and_apply import new_id
from ..queries.access import NOBODYS, Actor, demand, demand_row, is_assigned
from ..queries.owners import FOLLOWUP_HOLDERS, can_hold
from .act import act
from .office import staff_row


def schedule_followup(
    desk: Desk,
    actor: Actor,
    case: str,
    at: str,
    kind: str,
    with_whom: str,
    note: str = "",
    *,
    remind: bool = True,
    staff: str | None = None,
) -> str:
    """Plan a follow-up of one's own, or for somebody else (`staff`). Returns its id."""
    if not is_assigned(actor.id, case):
        demand(actor, "change", "followups", case)
    followup = new_id()
    body = {"followup": followup, "at": at, "kind": kind, "with": with_whom, "note": note, "remind": remind}
    with desk.write():
        act(desk, actor, "followup.scheduled", body, case)
        if staff is not None and staff != actor.id:
            assign_followup(desk, actor, followup, staff)
    return followup


def assign_followup(desk: Desk, actor: Actor, followup: str, staff: str) -> None:
    """Somebody else does it: it leaves the one phone and comes to the other. They must have the case."""
    row = _followup(actor, followup)
    demand(actor, "change", "followups", row.case)
    if not can_hold(staff_row(staff), FOLLOWUP_HOLDERS):
        raise DeskError("cannot_hold", staff)
    if not is_assigned(staff, row.case) and staff != actor.id:
        raise DeskError("not_assigned", staff)
    if staff != row.staff:
        act(desk, actor, "followup.assigned", {"followup": followup, "staff": staff}, row.case)


def move_followup(desk: Desk, actor: Actor, followup: str, at: str) -> None:
    """Set another time."""
    row = _followup(actor, followup)
    act(desk, actor, "followup.moved", {"followup": followup, "at": at}, row.case)


def finish_followup(desk: Desk, actor: Actor, followup: str, visit: str | None = None) -> None:
    """It was done, by this visit if one is named."""
    row = _followup(actor, followup)
    act(desk, actor, "followup.done", {"followup": followup, "visit": visit}, row.case)


def cancel_followup(desk: Desk, actor: Actor, followup: str, reason: str) -> None:
    """It will not be done."""
    row = _followup(actor, followup)
    act(desk, actor, "followup.cancelled", {"followup": followup, "reason": reason}, row.case)


def keep_promise(desk: Desk, actor: Actor, promise: str) -> None:
    """What was promised was done."""
    row: Any = PromiseMade.get_or_none(PromiseMade.id == promise)
    if not is_assigned(actor.id, NOBODYS if row is None else row.case):
        row = demand_row(actor, "change", "followups", row)
    act(desk, actor, "promise.kept", {"promise": promise}, row.case)


def _followup(actor: Actor, followup: str) -> Any:
    row = FollowUp.get_or_none(FollowUp.id == followup)
    if not is_assigned(actor.id, NOBODYS if row is None else row.case):
        row = demand_row(actor, "change", "followups", row, "staff")
    return row
