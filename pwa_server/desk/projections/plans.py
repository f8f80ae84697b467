"""Events of a plan: its versions, what was said of them, monitoring, who has the ball, the end and the new beginning.

Who has the ball is worked out of all rows of a case each time, so that it is the same in whatever order they came.
"""

from typing import Any

from ..core.clock import day_in_japan
from ..log.event_log import Logged
from ..models.office_and_cases import CaseFile
from ..models.plans import Ball, BallNote, CaseClosing, Monitoring, PlanStep, PlanVersion
from . import bulk

PROMISE = ("organisation", "person", "what", "until")


def plan_written(event: Logged) -> None:
    body = event.body or {}
    PlanVersion.put(
        id=event.id,
        case=event.case,
        plan=body["plan"],
        replaces=body.get("replaces"),
        what=body.get("what", ""),
        content=body["content"],
        **_by(event),
    )
    settle_balls(event.case or "")


def plan_agreed(event: Logged) -> None:
    _step(event, "agreed", (event.body or {})["note"])


def plan_decided(event: Logged) -> None:
    _step(event, "decided", (event.body or {})["reason"])
    settle_balls(event.case or "")


def _step(event: Logged, kind: str, note: str) -> None:
    body = event.body or {}
    columns = {
        "version": body["version"],
        "kind": kind,
        "result": body["result"],
        "on": body["on"],
        "note": note,
    }
    PlanStep.put(id=event.id, case=event.case, **columns, **_by(event))


def plan_monitored(event: Logged) -> None:
    body = event.body or {}
    columns = {name: body[name] for name in ("version", "on", "method", "items", "next", "why")}
    Monitoring.put(id=event.id, case=event.case, next_on=body["nextOn"], **columns, **_by(event))
    for number, ball in enumerate(body["done"]):
        _note(event, f"{event.id} done {number}", ball, "done")
    if body["promise"] is not None:
        _note(event, f"{event.id} passed", body["promise"]["ball"], "passed", body["promise"])
    settle_balls(event.case or "")


def ball_passed(event: Logged) -> None:
    body = event.body or {}
    _note(event, event.id, body["ball"], "passed", body)
    settle_balls(event.case or "")


def ball_noted(event: Logged) -> None:
    body = event.body or {}
    _note(event, event.id, body["ball"], body["how"], body)
    settle_balls(event.case or "")


def _note(event: Logged, id_: str, ball: str, kind: str, values: dict[str, Any] | None = None) -> None:
    words = {name: (values or {}).get(name, "") for name in ("organisation", "person", "what", "note")}
    named = {name: (values or {}).get(name) for name in ("staff", "until")}
    BallNote.put(id=id_, case=event.case, ball=ball, kind=kind, **words, **named, **_by(event))


def settle_balls(case: str) -> None:
    """Every promise of the case, anew: the actions of the version decided last, then what happened to them.

    They rest while the case is closed.
    """
    if bulk.later("balls", case):
        return
    versions = {row.id: row for row in PlanVersion.select().where(PlanVersion.case == case)}
    decisions = PlanStep.select().where((PlanStep.case == case) & (PlanStep.kind == "decided"))
    counts = [row for row in decisions if row.result == "decided" and row.version in versions]
    balls: dict[str, dict[str, Any]] = {}
    since = 0
    if counts:
        last = max(counts, key=lambda row: row.position)
        since = last.position
        balls = {one["id"]: _of_action(one) for one in versions[last.version].content["actions"]}
    for row in BallNote.select().where(BallNote.case == case).order_by(BallNote.position, BallNote.id):
        _happened(balls, row, since)
    Ball.delete().where(Ball.case == case).execute()
    if not balls:
        return
    goes_on = CaseFile.select().where((CaseFile.id == case) & (CaseFile.status == "active")).exists()
    for id_, columns in balls.items():
        if columns["state"] == "open" and not goes_on:
            columns["state"] = "resting"
        Ball.put(id=id_, case=case, **columns)


def _of_action(action: dict[str, Any]) -> dict[str, Any]:
    columns = {name: action[name] for name in PROMISE}
    return columns | {"staff": action.get("staff"), "state": "open", "heard_on": None, "heard": ""}


def _happened(balls: dict[str, dict[str, Any]], row: Any, since: int) -> None:
    """`since`: where the plan was decided; a day moved before that is overtaken by the plan's own."""
    if row.kind == "passed":
        columns = {name: getattr(row, name) for name in ("organisation", "person", "staff", "what", "until")}
        balls[row.ball] = columns | {"state": "open", "heard_on": None, "heard": ""}
    elif row.ball not in balls:
        return
    elif row.kind == "done":
        balls[row.ball]["state"] = "done"
    elif row.kind == "heard":
        balls[row.ball] |= {"heard_on": day_in_japan(row.at).isoformat(), "heard": row.note}
    elif row.position > since and row.until:
        balls[row.ball]["until"] = row.until


def case_closed(event: Logged) -> None:
    body = event.body or {}
    columns = {name: body[name] for name in ("on", "changes", "words", "result", "stays", "untold")}
    again = {"reopened_on": None, "reopened_by": None, "reopened_reason": ""}
    CaseClosing.put(id=event.id, case=event.case, **columns, **again, **_by(event))
    _stands(event.case, "closed")


def case_reopened(event: Logged) -> None:
    body = event.body or {}
    CaseClosing.update(reopened_on=body["on"], reopened_by=event.by, reopened_reason=body["reason"]).where(
        (CaseClosing.id == body["closing"]) & (CaseClosing.case == event.case)
    ).execute()
    _stands(event.case, "active")


def _stands(case: str | None, status: str) -> None:
    """A record that was joined to another stays so."""
    CaseFile.update(status=status).where((CaseFile.id == case) & (CaseFile.status != "merged")).execute()
    settle_balls(case or "")


def _by(event: Logged) -> dict[str, Any]:
    return {"by": event.by, "at": event.at, "position": event.position}


APPLIERS = {
    ("plan.drafted", 1): plan_written,
    ("plan.changed", 1): plan_written,
    ("plan.agreed", 1): plan_agreed,
    ("plan.decided", 1): plan_decided,
    ("plan.monitored", 1): plan_monitored,
    ("ball.passed", 1): ball_passed,
    ("ball.noted", 1): ball_noted,
    ("case.closed", 1): case_closed,
    ("case.reopened", 1): case_reopened,
}
