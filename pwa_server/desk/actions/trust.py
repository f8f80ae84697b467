"""Acts of trust: opening a case in an emergency, handing cases over, and what only two people may change together."""

from datetime import timedelta
from typing import Any

from ..core.clock import JAPAN, stamp
from ..core.desk import Desk
from ..core.errors import DeskError, NotAllowed
from ..models.office_and_cases import Assignment, CaseFile, FollowUp, Staff
from ..models.trust import AccessGrant, StaffProposal
from ..queries.access import ROLES, Actor, demand, is_assigned, may
from ..queries.owners import CASE_HOLDERS, FOLLOWUP_HOLDERS, can_hold, held_by
from .act import act
from .followups import assign_followup
from .office import change_staff, staff_row

GRANT_LASTS = timedelta(hours=24)
SHORTEST_REASON = 8
LONGEST_REASON = 500


def open_in_emergency(desk: Desk, actor: Actor, case: str, reason: str) -> str:
    """Break the glass: this case is readable for this person for 24 hours. Returns the grant's id.

    Raises DeskError: not_found, reason_missing, and NotAllowed for roles to which no cell gives it.
    """
    from ..queries.access import cell

    if not actor.active or "granted" not in cell(actor.role, "identity")[0]:
        raise NotAllowed("emergency access")
    if CaseFile.get_or_none(CaseFile.id == case) is None:
        raise DeskError("not_found", case)
    reason = reason.strip()[:LONGEST_REASON]
    if len(reason) < SHORTEST_REASON:
        raise DeskError("reason_missing")
    told = {"reason": reason, "until": stamp(desk.clock() + GRANT_LASTS)}
    return act(desk, actor, "access.granted", told, case).id


def running_grants(desk: Desk, staff: str) -> frozenset[str]:
    """The cases this person may read now because they opened them."""
    rows = AccessGrant.select(AccessGrant.case).where(
        (AccessGrant.staff == staff) & (AccessGrant.until > desk.now())
    )
    return frozenset(row.case for row in rows)


def take_notice(desk: Desk, actor: Actor, grant: str) -> None:
    """A supervisor or chief has seen that a case was opened. Nobody takes note of their own."""
    row = AccessGrant.get_or_none(AccessGrant.id == grant)
    if row is None:
        raise DeskError("not_found", grant)
    if row.staff == actor.id or not may(actor, "see", "access_log"):
        raise NotAllowed("own grant")
    if row.noticed_by is None:
        act(desk, actor, "access.noticed", {"grant": grant}, row.case)


def hand_over(desk: Desk, actor: Actor, case: str, from_: str | None, to: str, note: str) -> None:
    """Assign a case, end the assignment it is taken over from and hand on what is open of it, in one step.

    Raises DeskError malformed.
    """
    demand(actor, "change", "core", case)
    person = Staff.get_or_none(Staff.id == to)
    if not can_hold(person) or to == from_:
        raise DeskError("malformed", "to")
    today = desk.clock().astimezone(JAPAN).date().isoformat()
    with desk.write():
        if from_ is not None and is_assigned(from_, case):
            act(desk, actor, "case.unassigned", {"staff": from_, "reason": note, "to": to}, case)
        if not is_assigned(to, case):
            act(
                desk,
                actor,
                "case.assigned",
                {"staff": to, "from": today, "note": note, "takenFrom": from_},
                case,
            )
        if from_ is not None and can_hold(person, FOLLOWUP_HOLDERS):
            theirs = FollowUp.select().where(
                (FollowUp.staff == from_) & (FollowUp.case == case) & FollowUp.known
            )
            for row in list(theirs.where(FollowUp.state == "open").order_by(FollowUp.at, FollowUp.id)):
                assign_followup(desk, actor, row.id, to)


def hand_over_all(desk: Desk, actor: Actor, from_: str, to: str, note: str) -> int:
    """Every running case of a person who leaves or falls ill, and whatever else they were to do. Returns how many."""
    rows = Assignment.select(Assignment.case).where(
        (Assignment.staff == from_) & Assignment.until_at.is_null()
    )
    theirs = FollowUp.select(FollowUp.case).where((FollowUp.staff == from_) & (FollowUp.state == "open"))
    cases = sorted({row.case for row in rows} | {row.case for row in theirs.where(FollowUp.known)})
    with desk.write():
        for case in cases:
            hand_over(desk, actor, case, from_, to, note)
    return len(cases)


def stop_person(desk: Desk, actor: Actor, staff: str, to: str, note: str) -> int:
    """Somebody leaves; what they hold goes to `to`. Returns how many cases. Raises DeskError still_holds.

    Whoever may hand cases over must; an administrator may not, and must be able to stop somebody all the same: then
    the morning page of those who may says what has nobody (`owners.ownerless`).
    """
    demand(actor, "change", "people")
    with desk.write():
        cases = _hand_on(desk, actor, staff, to, note)
        change_staff(desk, actor, staff, active=False)
    return cases


def _hand_on(desk: Desk, actor: Actor, staff: str, to: str, note: str) -> int:
    told = held_by(desk, staff)
    if not (told.cases or told.followups) or not may(actor, "change", "core"):
        return 0
    if not to:
        raise DeskError("still_holds", staff)
    return hand_over_all(desk, actor, staff, to, note)


# --- administrators: one asks, another decides -----------------------------------------------------------


def change_role(desk: Desk, actor: Actor, staff: str, role: str) -> str | None:
    """Another role. To or from administrator it is only proposed: returns the proposal's id. Else it is done."""
    demand(actor, "change", "people")
    if role not in ROLES:
        raise DeskError("malformed", "role")
    row = staff_row(staff)
    if "administrator" in (role, row.role):
        return propose(desk, actor, staff, {"role": role})
    if role not in CASE_HOLDERS and held_by(desk, staff).cases:
        raise DeskError("still_holds", staff)
    change_staff(desk, actor, staff, role=role)
    return None


def propose(desk: Desk, actor: Actor, staff: str, changes: dict[str, Any]) -> str:
    """Ask for a change that needs a second person."""
    demand(actor, "change", "people")
    staff_row(staff)
    if staff == actor.id:
        raise NotAllowed("own role")
    return act(desk, actor, "staff.proposed", {"staff": staff, "changes": changes}).id


def decide(desk: Desk, actor: Actor, proposal: str, accepted: bool) -> Any:
    """Accept or refuse what another person asked for. Returns the proposal. Raises NotAllowed for one's own."""
    demand(actor, "change", "people")
    row = StaffProposal.get_or_none((StaffProposal.id == proposal) & StaffProposal.open)
    if row is None:
        raise DeskError("not_found", proposal)
    if actor.id in (row.by, row.staff):
        raise NotAllowed("own proposal")
    with desk.write():
        act(desk, actor, "staff.decided", {"proposal": proposal, "accepted": accepted})
        if accepted:
            from ..accounts.staff import end_all_sessions

            end_all_sessions(desk, row.staff)
    return row


def open_proposals() -> list[Any]:
    return list(StaffProposal.select().where(StaffProposal.open).order_by(StaffProposal.at))
