"""Plans as they stand: the current version, what was said of it, where it is on its way, who has the ball."""

from dataclasses import dataclass
from typing import Any

from peewee import fn

from ..core.tables import among
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
    """Who has the ball, over the cases this person may see: a page of promises, and how many there are."""

    balls: list[Any]  # of people who are here, the nearest day first
    dropped: list[Any]  # of people of this office who left
    nobody: list[Any]  # cases with a plan in which no promise is anybody's who is here
    sizes: dict[str, int]


def held(actor: Actor, today: str, show: str = "all", start: int = 0, page: int = 200) -> Held:
    """Open promises of running cases. `show`: all, late (their day lies before `today`), nobody."""
    opened = Ball.select().where(Ball.state == "open")
    cases = CaseFile.select().where(
        (CaseFile.status == "active") & CaseFile.id.in_(PlanVersion.select(PlanVersion.case))
    )
    if not sees_all(actor, "plan"):
        mine = [case for case in visible_cases(actor) if may(actor, "see", "plan", case)]
        opened, cases = opened.where(among(Ball.case, mine)), cases.where(among(CaseFile.id, mine))
    is_gone = Ball.staff.in_(sorted(gone()))
    here = opened.where(Ball.staff.is_null() | ~is_gone)
    dropped, late = opened.where(is_gone), here.where(Ball.until < today)
    having = Ball.select().where(
        (Ball.case == CaseFile.id) & (Ball.state == "open") & (Ball.staff.is_null() | ~is_gone)
    )
    nobody = cases.where(~fn.EXISTS(having)).order_by(CaseFile.no, CaseFile.id)
    left = dropped.count()
    sizes = {
        "all": opened.count() - left,
        "late": opened.where(Ball.until < today).count() - dropped.where(Ball.until < today).count(),
        "nobody": nobody.count() + left,
    }
    shown = {"late": late, "nobody": late.where(False)}.get(show, here)
    first = show != "late" and start == 0
    return Held(
        list(shown.order_by(Ball.until, Ball.id).limit(page).offset(start)),
        list(dropped.order_by(Ball.until, Ball.id).limit(page)) if first else [],
        list(nobody.limit(page)) if first else [],
        sizes,
    )
