"""A case: its opening, the decision, conferences, who is assigned, the safety card."""

from collections.abc import Sequence
from typing import Any

from ..core.clock import JAPAN
from ..core.desk import Desk
from ..core.errors import DeskError
from ..models.office_and_cases import CaseFile, SafetyFlag
from ..projections.append_and_apply import new_id
from ..queries.access import Actor, demand, is_assigned, is_one_of_us
from ..queries.gates import pass_gate
from ..queries.owners import can_hold
from .act import act
from .office import staff_row


def open_case(desk: Desk, actor: Actor, body: dict[str, Any]) -> str:
    """Open a case. Returns its id."""
    demand(actor, "change", "core")
    if CaseFile.select().where(CaseFile.no == body["no"]).exists():
        raise DeskError("case_number_taken", body["no"])
    case = new_id()
    with desk.write():
        act(desk, actor, "case.opened", body, case)
        keep_inside(desk, actor, case)
    return case


def keep_inside(desk: Desk, actor: Actor, case: str) -> None:
    """A case that somebody behind a wall opens is their organisation's: else they lost it in the moment of opening."""
    if actor.walled:
        act(desk, actor, "case.entrusted", {"organisation": actor.organisation}, case)


def decide_triage(
    desk: Desk,
    actor: Actor,
    case: str,
    decision: str,
    kind: str | None,
    reason: str,
    *,
    assumed: bool = False,
    review_on: str | None = None,
) -> None:
    """The decision after intake: existing network, conference needed, or not decided."""
    demand(actor, "change", "core", case)
    body: dict[str, Any] = {
        "decision": decision,
        "conferenceKind": kind,
        "reason": reason,
        "assumed": assumed,
        "reviewOn": review_on,
    }
    act(desk, actor, "triage.decided", body, case)


def set_conference(
    desk: Desk,
    actor: Actor,
    case: str,
    kind: str,
    status: str,
    on: str | None,
    conference: str | None = None,
    members: Sequence[dict[str, Any]] = (),
) -> str:
    """Plan a conference, or note that it was held. Returns its id."""
    demand(actor, "change", "core", case)
    if status == "held":
        pass_gate(f"hold_{kind}", case, desk.today(), members=members)
    conference = conference or new_id()
    body: dict[str, Any] = {"conference": conference, "kind": kind, "status": status, "on": on}
    if members:
        body["members"] = list(members)
    act(desk, actor, "conference.set", body, case)
    return conference


def assign(desk: Desk, actor: Actor, case: str, staff: str, from_on: str | None = None) -> None:
    """Assign a person to a case, from today unless said otherwise. Nothing happens if they are already."""
    demand(actor, "change", "core", case)
    if not can_hold(staff_row(staff)) or not is_one_of_us(actor, staff):
        raise DeskError("cannot_hold", staff)
    pass_gate("assign", case, desk.today(), to=staff)
    if not is_assigned(staff, case):
        today = desk.clock().astimezone(JAPAN).date().isoformat()
        act(desk, actor, "case.assigned", {"staff": staff, "from": from_on or today}, case)


def unassign(desk: Desk, actor: Actor, case: str, staff: str, reason: str = "") -> None:
    """End an assignment: the case leaves the person's phone at its next contact."""
    demand(actor, "change", "core", case)
    if is_assigned(staff, case):
        act(desk, actor, "case.unassigned", {"staff": staff, "reason": reason}, case)


def note_case(
    desk: Desk, actor: Actor, case: str, preferences: str, worked: list[str], avoid: list[str]
) -> None:
    """How this person likes to be approached, what worked and what to avoid."""
    if not is_assigned(actor.id, case):
        demand(actor, "change", "core", case)
    act(desk, actor, "case.noted", {"preferences": preferences, "worked": worked, "avoid": avoid}, case)


def set_safety(
    desk: Desk,
    actor: Actor,
    case: str,
    kind: str,
    text: str,
    source: str,
    review_on: str,
    flag: str | None = None,
) -> str:
    """Put a flag on the safety card, or change one. Returns its id."""
    demand(actor, "change", "safety", case)
    flag = flag or new_id()
    today = desk.clock().astimezone(JAPAN).date().isoformat()
    body = {"flag": flag, "kind": kind, "text": text, "source": source, "setOn": today, "reviewOn": review_on}
    act(desk, actor, "safety.set", body, case)
    return flag


def remove_safety(desk: Desk, actor: Actor, flag: str, reason: str) -> None:
    """Take a flag off; the log keeps it."""
    row = SafetyFlag.get_or_none(SafetyFlag.id == flag)
    if row is None:
        raise DeskError("not_found", flag)
    demand(actor, "change", "safety", row.case)
    act(desk, actor, "safety.removed", {"flag": flag, "reason": reason}, row.case)
