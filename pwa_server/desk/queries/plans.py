"""Plans as they stand: the current version, what was said of it, where it is on its way, who has the ball."""

from dataclasses import dataclass
from typing import Any

from ..models.office_and_cases import CaseFile, Staff
from ..models.plans import Ball, CaseClosing, Monitoring, PlanStep, PlanVersion
from .access import Actor, may, sees_all, visible_cases
from .plan_fields import CONTENT, PLAN, cut

CLASSES = ("plan", CONTENT)


def versions(case: str) -> list[Any]:
    """Every version, the oldest first."""
    rows = PlanVersion.select().where(PlanVersion.case == case)
    return list(rows.order_by(PlanVersion.position))


def current(case: str) -> Any:
    """The version written last, or None."""
    rows = PlanVersion.select().where(PlanVersion.case == case)
    return rows.order_by(PlanVersion.position.desc()).first()


def steps_of(version: str) -> list[Any]:
    """What a conference and the city said of it, in the order they said it."""
    return list(PlanStep.select().where(PlanStep.version == version).order_by(PlanStep.position))


def state_of(version: str) -> str:
    """draft | agreed | again | decided | returned: the last word counts."""
    rows = steps_of(version)
    if not rows:
        return "draft"
    last = rows[-1]
    if last.kind == "agreed":
        return "again" if last.result == "again" else "agreed"
    return str(last.result)


def decided(case: str) -> Any:
    """The version that is worked by: the one the city decided last, or None."""
    rows = PlanStep.select().where(
        (PlanStep.case == case) & (PlanStep.kind == "decided") & (PlanStep.result == "decided")
    )
    last = rows.order_by(PlanStep.position.desc()).first()
    return None if last is None else PlanVersion.get_or_none(PlanVersion.id == last.version)


def classes_seen(actor: Actor, case: str, place: str = "desk") -> frozenset[str]:
    return frozenset(one for one in CLASSES if may(actor, "see", one, case, place=place))


def content_for(actor: Actor, row: Any, place: str = "desk") -> dict[str, Any]:
    """A version as this person may read it: what is not for them is not there."""
    return cut(PLAN, row.content, classes_seen(actor, row.case, place))


def balls_of(case: str) -> list[Any]:
    """Open promises, the next first."""
    rows = Ball.select().where((Ball.case == case) & (Ball.state == "open"))
    return list(rows.order_by(Ball.until, Ball.id))


def monitorings(case: str) -> list[Any]:
    rows = Monitoring.select().where(Monitoring.case == case)
    return list(rows.order_by(Monitoring.on, Monitoring.position))


def closings(case: str) -> list[Any]:
    """How it ended, the last end first."""
    rows = CaseClosing.select().where(CaseClosing.case == case)
    return list(rows.order_by(CaseClosing.position.desc()))


def gone() -> frozenset[str]:
    """People of this office who are not here any more."""
    return frozenset(row.id for row in Staff.select(Staff.id).where(~Staff.active))


@dataclass(frozen=True)
class Held:
    """Who has the ball, over all cases this person may see."""

    balls: list[Any]
    nobody: list[Any]  # cases with a plan in which no promise is anybody's who is here


def held(actor: Actor) -> Held:
    """Open promises of running cases by organisation and day; a promise of somebody who left is nobody's."""
    running = CaseFile.select(CaseFile.id).where(CaseFile.status == "active")
    rows = list(
        Ball.select()
        .where((Ball.state == "open") & Ball.case.in_(running))
        .order_by(Ball.organisation, Ball.until, Ball.id)
    )
    planned = list(
        CaseFile.select()
        .where((CaseFile.status == "active") & CaseFile.id.in_(PlanVersion.select(PlanVersion.case)))
        .order_by(CaseFile.no)
    )
    if not sees_all(actor, "plan"):
        mine = {case for case in visible_cases(actor) if may(actor, "see", "plan", case)}
        rows = [row for row in rows if row.case in mine]
        planned = [row for row in planned if row.id in mine]
    left = gone()
    here = {row.case for row in rows if row.staff not in left}
    return Held(rows, [row for row in planned if row.id not in here])
