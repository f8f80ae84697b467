"""Acts of trust: opening a case in an emergency, handing cases over, and what only two people may change together."""

from datetime import timedelta
from typing import Any

from ..accounts.passwords import half_password, new_password
from ..accounts.staff import end_all_sessions, make_account
from ..core.clock import JAPAN, stamp
from ..core.desk import Desk
from ..core.errors import DeskError, NotAllowed
from ..models.office_and_cases import Assignment, CaseFile, FirstHalf, FollowUp, Staff
from ..models.organisations import WALLED, Organisation
from ..models.trust import AccessGrant, StaffProposal
from ..queries import account_rules
from ..queries.access import ROLES, Actor, demand, is_assigned, is_one_of_us, may
from ..queries.account_rules import NO, TWO
from ..queries.gates import pass_gate
from ..queries.organisations import above_walls
from ..queries.owners import CASE_HOLDERS, FOLLOWUP_HOLDERS, can_hold, held_by
from .act import act
from .devices import end_phones
from .followups import assign_followup
from .office import add_staff, change_staff, staff_row

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
    body = {"reason": reason, "until": stamp(desk.clock() + GRANT_LASTS)}
    return act(desk, actor, "access.granted", body, case).id


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
    if not can_hold(person) or to == from_ or not is_one_of_us(actor, to):
        raise DeskError("malformed", "to")
    pass_gate("assign", case, desk.today(), to=to)
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


def _hand_on(desk: Desk, actor: Actor, staff: str, to: str, note: str) -> int:
    held = held_by(desk, staff)
    if not (held.cases or held.followups) or not may(actor, "change", "core"):
        return 0
    if not to:
        raise DeskError("still_holds", staff)
    return hand_over_all(desk, actor, staff, to, note)


# --- accounts: what one person asks for and another decides -------------------------------------------------


def add_person(
    desk: Desk, actor: Actor, name: str, kana: str, role: str, email: str
) -> tuple[str, str | None]:
    """Their id, and their first password; None where a second person has to agree first."""
    with desk.write():
        staff = add_staff(desk, actor, name, kana, role, email)
        if staff_row(staff).active:
            password = new_password()
            make_account(desk, staff, email, password)
            return staff, password
        propose(desk, actor, staff, {"active": True})
    return staff, None


def change_role(desk: Desk, actor: Actor, staff: str, role: str) -> str | None:
    """Another role. Where two decide it is only proposed: returns the proposal's id. Else it is done."""
    if role not in ROLES:
        raise DeskError("malformed", "role")
    row = staff_row(staff)
    allowed = account_rules.of_role(actor, row.role, role)
    if staff == actor.id or allowed == NO:  # before any case of theirs is looked at
        raise NotAllowed("role")
    running = Assignment.select(Assignment.case).where(
        (Assignment.staff == staff) & Assignment.until_at.is_null()
    )
    for one in list(running):
        pass_gate("assign", one.case, desk.today(), to=staff, role=role)
    if allowed == TWO:
        return propose(desk, actor, staff, {"role": role})
    if role not in CASE_HOLDERS and held_by(desk, staff).cases:
        raise DeskError("still_holds", staff)
    change_staff(desk, actor, staff, role=role)
    return None


def change_organisation(desk: Desk, actor: Actor, staff: str, organisation: str) -> str | None:
    """To another organisation; "" is the office's own. Returns the proposal's id where two decide.

    Raises DeskError: malformed, last_above_walls.
    """
    row = staff_row(staff)
    if account_rules.of_organisation(actor, row, False) == NO:  # before anything more is looked for
        raise NotAllowed("organisation")
    to = Organisation.get_or_none(Organisation.id == organisation)
    walled = to is not None and to.kind in WALLED
    allowed = account_rules.of_organisation(actor, row, walled)
    if (organisation and (to is None or not to.active)) or organisation == row.organisation:
        raise DeskError("malformed", "organisation")
    if walled:
        refuse_last(row)
    if allowed == TWO:
        return propose(desk, actor, staff, {"organisation": organisation})
    with desk.write():
        act(desk, actor, "staff.changed", {"staff": staff, "organisation": organisation})
        end_all_sessions(desk, staff)
    return None


def refuse_last(row: Any) -> None:
    """Somebody of the office itself can always open every case: the last of them does not go behind a wall."""
    if not row.walled and not any(one.id != row.id for one in above_walls()):
        raise DeskError("last_above_walls", row.id)


def stop(desk: Desk, actor: Actor, staff: str, to: str = "", note: str = "") -> str | None:
    """Somebody leaves; what they hold goes to `to`. Returns the proposal's id where two decide.

    Whoever may hand cases over must; an administrator may not, and must be able to stop somebody all the same: then
    the morning page of those who may says what has nobody (`owners.ownerless`). Raises DeskError still_holds.
    """
    allowed = account_rules.of("stop", actor, staff_row(staff))
    if allowed == NO:
        raise NotAllowed("stop")
    if allowed == TWO:
        return propose(desk, actor, staff, {"active": False})
    with desk.write():
        _hand_on(desk, actor, staff, to, note)
        change_staff(desk, actor, staff, active=False)
    return None


def recover(desk: Desk, actor: Actor, staff: str) -> tuple[str | None, str]:
    """Somebody cannot sign in any more. Returns (proposal's id, first half of the password), or (None, all of it)."""
    row = staff_row(staff)
    if not row.active:
        raise DeskError("not_found", staff)
    allowed = account_rules.of("recover", actor, row)
    if allowed == NO:
        raise NotAllowed("recover")
    if allowed == TWO:
        asked = propose(desk, actor, staff, {"recover": True})
        return asked, FirstHalf.get_by_id(asked).half
    password = new_password()
    with desk.write():
        act(desk, actor, "staff.recovered", {"staff": staff})
        begin_anew(desk, actor, row, password)
    return None, password


def propose(desk: Desk, actor: Actor, staff: str, changes: dict[str, Any]) -> str:
    """Ask for a change that needs a second person."""
    row = staff_row(staff)
    if NO in _rules(actor, row, changes):
        raise NotAllowed("own account" if staff == actor.id else "account")
    with desk.write():
        for open_ in StaffProposal.select().where(StaffProposal.open & (StaffProposal.staff == staff)):
            if open_.changes == changes:
                raise DeskError("already_asked", open_.id)
        asked = act(desk, actor, "staff.proposed", {"staff": staff, "changes": changes}).id
        if {"active": True}.items() <= changes.items() or "recover" in changes:
            FirstHalf.put(proposal=asked, half=half_password(), at=desk.now())
    return asked


def _rules(actor: Actor, row: Any, changes: dict[str, Any]) -> set[str]:
    if "role" in changes:
        own = row.id == actor.id
        return {NO if own else account_rules.of_role(actor, row.role, changes["role"])}
    if "recover" in changes:
        return {account_rules.of("recover", actor, row)}
    if "organisation" in changes:
        return {account_rules.of_organisation(actor, row, False)}
    return {account_rules.of("add" if changes.get("active") else "stop", actor, row)}


def may_decide(actor: Actor, proposal: Any) -> bool:
    """Whether this person can be the second of the two, and whoever asked still could ask."""
    if (
        not actor.active
        or actor.walled
        or actor.role not in account_rules.DECIDERS
        or actor.id in (proposal.by, proposal.staff)
    ):
        return False
    asked_by, row = Staff.get_or_none(Staff.id == proposal.by), Staff.get_or_none(Staff.id == proposal.staff)
    return asked_by is not None and row is not None and NO not in _rules(asked_by, row, proposal.changes)


def decide(desk: Desk, actor: Actor, proposal: str, accepted: bool) -> tuple[Any, str]:
    """Accept or refuse what another person asked for. Returns the proposal, and the second half of a first password
    where there is one. Raises NotAllowed for one's own.
    """
    row = StaffProposal.get_or_none((StaffProposal.id == proposal) & StaffProposal.open)
    if row is None:
        raise DeskError("not_found", proposal)
    decides = actor.role in account_rules.DECIDERS and actor.active and not actor.walled
    if actor.id in (row.by, row.staff) or not decides:
        raise NotAllowed("own proposal")
    if accepted and not may_decide(actor, row):
        raise NotAllowed("whoever asked may not any more")
    return _carry_out(desk, actor, row, accepted)


def agree_as_operator(desk: Desk, operator: Actor, staff: str) -> tuple[Any, str]:
    """Where nobody at the desk can be the second of two: whoever holds the machine is. As `decide`.

    An office whose only decider is alone could else never let a second one in. Raises NotAllowed while somebody can.
    """
    row = StaffProposal.get_or_none((StaffProposal.staff == staff) & StaffProposal.open)
    if row is None:
        raise DeskError("not_found", staff)
    if any(may_decide(one, row) for one in Staff.select().where(Staff.active)):
        raise NotAllowed("somebody at the desk can decide this")
    return _carry_out(desk, operator, row, True)


def _carry_out(desk: Desk, actor: Actor, row: Any, accepted: bool) -> tuple[Any, str]:
    with desk.write():
        if not StaffProposal.get_by_id(row.id).open:  # somebody else decided at this very moment
            raise DeskError("not_found", row.id)
        act(desk, actor, "staff.decided", {"proposal": row.id, "accepted": accepted})
        first = FirstHalf.get_or_none(FirstHalf.proposal == row.id)
        FirstHalf.delete().where(FirstHalf.proposal == row.id).execute()
        if not accepted:
            return row, ""
        end_all_sessions(desk, row.staff)
        person = staff_row(row.staff)
        if (
            first is None
        ):  # a change that gives no password, or asked for before there were halves: then recover
            return row, ""
        second = half_password()
        begin_anew(desk, actor, person, f"{first.half}-{second}")
    return row, second


def begin_anew(desk: Desk, actor: Actor, person: Any, password: str) -> None:
    """A first password; what opened the account before, and the phones that stood for it, end."""
    make_account(desk, person.id, person.email, password)
    end_phones(desk, actor, person.id, "recovered")


def open_proposals() -> list[Any]:
    return list(StaffProposal.select().where(StaffProposal.open).order_by(StaffProposal.at))


def asked_halves(actor: Actor) -> dict[str, str]:
    """First halves of passwords this person asked for, by proposal: to hand over beside the other's half."""
    mine = {row.id for row in open_proposals() if row.by == actor.id}
    return {row.proposal: row.half for row in FirstHalf.select() if row.proposal in mine}
