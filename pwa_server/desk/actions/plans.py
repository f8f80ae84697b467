"""A case's plan: written, agreed to by a conference, decided by the city, followed, and ended."""

from typing import Any

from ..core.clock import JAPAN
from ..core.desk import Desk
from ..core.errors import DeskError
from ..models.office_and_cases import Assignment, CaseFile, FollowUp, Staff
from ..models.plans import Ball, CaseClosing, PlanVersion
from ..projections.append_and_apply import new_id
from ..queries.access import Actor, demand
from ..queries.gates import pass_gate
from ..queries.plan_fields import DECISIONS, RESULTS
from ..queries.plans import current, steps_of
from .act import act

HOW = ("heard", "moved", "done")


def write_plan(
    desk: Desk, actor: Actor, case: str, content: dict[str, Any], what: str = "", saw: str | None = None
) -> str:
    """A first plan, or a new version of the one there is. `saw`: the version its writer looked at. Returns its id.

    Raises DeskError: case_closed, plan_reason_missing, empty (a new version without a word of what is other).
    """
    demand(actor, "change", "plan", case)
    _must_be_open(case)
    pass_gate("plan", case, desk.today(), reason=content["beforeConsent"])
    before = current(case)
    content = _named(content, before)
    if before is None:
        return act(desk, actor, "plan.drafted", {"plan": new_id(), "content": content}, case).id
    if not what.strip():
        raise DeskError("empty")
    body = {"plan": before.plan, "replaces": saw or before.id, "what": what.strip(), "content": content}
    return act(desk, actor, "plan.changed", body, case).id


def _named(content: dict[str, Any], before: Any) -> dict[str, Any]:
    """Goals and actions keep the id of an earlier version, new ones get one; people of this office have theirs."""
    known = {
        one["id"]
        for row in _versions_of(before)
        for name in ("goals", "actions")
        for one in row.content[name]
    }
    named = dict(content)
    for name in ("goals", "actions"):
        taken: set[str] = set()
        rows = []
        for one in content[name]:
            id_ = one["id"] if one["id"] in known - taken else new_id()
            taken.add(id_)
            rows.append(one | {"id": id_})
        named[name] = rows
    for name in ("actions", "roles"):
        named[name] = [one | {"staff": staff_named(one["person"])} for one in named[name]]
    return named


def _versions_of(before: Any) -> list[Any]:
    return [] if before is None else list(PlanVersion.select().where(PlanVersion.case == before.case))


def staff_named(name: str) -> str | None:
    """Who of this office bears this name; nobody when two do."""
    found = list(Staff.select(Staff.id).where((Staff.name == name) & Staff.active)) if name else []
    return str(found[0].id) if len(found) == 1 else None


def agree_plan(desk: Desk, actor: Actor, case: str, version: str, on: str, result: str, note: str) -> None:
    """What a conference found of this version. Raises DeskError: malformed, not_found."""
    demand(actor, "change", "plan", case)
    _must_be_open(case)
    _version(case, version)
    if result not in RESULTS:
        raise DeskError("malformed", "result")
    act(desk, actor, "plan.agreed", {"version": version, "on": on, "result": result, "note": note}, case)


def decide_plan(desk: Desk, actor: Actor, case: str, version: str, on: str, result: str, reason: str) -> None:
    """The city's decision, by the section chief. Its actions become promises that somebody has.

    Raises DeskError: malformed, reason_missing (sent back without one), plan_not_agreed, plan_reason_missing.
    """
    demand(actor, "change", "plan_decision", case)
    _must_be_open(case)
    row = _version(case, version)
    if result not in DECISIONS:
        raise DeskError("malformed", "result")
    if result == "returned" and not reason.strip():
        raise DeskError("reason_missing")
    if result == "decided":
        pass_gate("plan", case, desk.today(), reason=row.content["beforeConsent"])
        found = [one.result for one in steps_of(version) if one.kind == "agreed"]
        if not found or found[-1] == "again":
            raise DeskError("plan_not_agreed")
    body = {"version": version, "on": on, "result": result, "reason": reason.strip()}
    act(desk, actor, "plan.decided", body, case)


def monitor_plan(
    desk: Desk,
    actor: Actor,
    case: str,
    version: str,
    fields: dict[str, Any],
    promise: dict[str, Any] | None,
    done: list[str],
) -> None:
    """How each goal stands, and who has the next promise. `done`: promises that were kept."""
    demand(actor, "change", "plan", case)
    _must_be_open(case)
    row = _version(case, version)
    goals = {one["id"] for one in row.content["goals"]}
    if {one["goal"] for one in fields["items"]} != goals:
        raise DeskError("malformed", "items")
    known = {one.id for one in Ball.select(Ball.id).where(Ball.case == case)}
    passed = (
        None if promise is None else {"ball": new_id(), **promise, "staff": staff_named(promise["person"])}
    )
    body = {"version": version, **fields, "promise": passed, "done": [one for one in done if one in known]}
    act(desk, actor, "plan.monitored", body, case)


def pass_ball(desk: Desk, actor: Actor, case: str, promise: dict[str, Any]) -> None:
    """A promise where nobody had one, or one more."""
    demand(actor, "change", "plan", case)
    _must_be_open(case)
    body = {"ball": new_id(), **promise, "staff": staff_named(promise["person"])}
    act(desk, actor, "ball.passed", body, case)


def note_ball(desk: Desk, actor: Actor, ball: str, how: str, until: str | None, note: str) -> None:
    """It was asked about by voice, its day was changed, or it is done."""
    row = Ball.get_or_none(Ball.id == ball)
    if row is None:
        raise DeskError("not_found", ball)
    demand(actor, "change", "plan", row.case)
    if how not in HOW or (how == "moved") != bool(until):
        raise DeskError("malformed", "how")
    act(desk, actor, "ball.noted", {"ball": ball, "how": how, "until": until, "note": note}, row.case)


def close_case(desk: Desk, actor: Actor, case: str, body: dict[str, Any]) -> None:
    """End the work on a case: assignments end, what was still planned is cancelled, phones let go of it.

    One transaction: a case is never closed with somebody still sent there.
    """
    demand(actor, "change", "plan", case)
    _must_be_open(case)
    with desk.write():
        for due in FollowUp.select().where(
            (FollowUp.case == case) & (FollowUp.state == "open") & FollowUp.known
        ):
            act(desk, actor, "followup.cancelled", {"followup": due.id, "reason": ""}, case)
        for row in Assignment.select().where((Assignment.case == case) & Assignment.until_at.is_null()):
            act(desk, actor, "case.unassigned", {"staff": row.staff, "reason": ""}, case)
        act(desk, actor, "case.closed", body, case)


def reopen_case(desk: Desk, actor: Actor, case: str, reason: str) -> None:
    """The same case goes on, under its number. Who goes there is assigned anew."""
    demand(actor, "change", "plan", case)
    row = CaseFile.get_or_none(CaseFile.id == case)
    closing = (
        CaseClosing.select().where(CaseClosing.case == case).order_by(CaseClosing.position.desc()).first()
    )
    if row is None or row.status != "closed" or closing is None:
        raise DeskError("not_found", case)
    if not reason.strip():
        raise DeskError("reason_missing")
    on = desk.clock().astimezone(JAPAN).date().isoformat()
    act(desk, actor, "case.reopened", {"closing": closing.id, "on": on, "reason": reason.strip()}, case)


def _must_be_open(case: str) -> None:
    row = CaseFile.get_or_none(CaseFile.id == case)
    if row is None:
        raise DeskError("not_found", case)
    if row.status != "active":
        raise DeskError("case_closed", row.no)


def _version(case: str, version: str) -> Any:
    row = PlanVersion.get_or_none((PlanVersion.id == version) & (PlanVersion.case == case))
    if row is None:
        raise DeskError("not_found", version)
    return row
