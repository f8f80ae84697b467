"""What the section decides and watches (所管課, domain.md 7.1 P8): plans that wait, and the months of its report."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from ..models.figures import MonthClosed
from ..models.office_and_cases import CaseFile
from ..models.plans import PlanStep, PlanVersion
from .figures import fiscal_year
from .plans import state_of


@dataclass(frozen=True)
class Waiting:
    case: Any
    version: Any
    step: Any  # what the conference said of it
    is_first: bool  # no plan of this case was decided before


def decisions_waiting() -> list[Waiting]:
    """Plans a conference agreed to and the city has not decided, by the day they begin."""
    agreed = PlanStep.select(PlanStep.case).where(PlanStep.kind == "agreed").distinct()
    rows = CaseFile.select().where((CaseFile.status == "active") & CaseFile.id.in_(agreed))
    found = [one for one in map(_waiting, rows) if one is not None]
    return sorted(found, key=lambda one: (str(one.version.content.get("begins") or ""), one.case.no))


def _waiting(case: Any) -> Waiting | None:
    version = (
        PlanVersion.select().where(PlanVersion.case == case.id).order_by(PlanVersion.position.desc()).first()
    )
    if version is None or state_of(version.id) != "agreed":
        return None
    steps = list(PlanStep.select().where(PlanStep.case == case.id).order_by(PlanStep.position))
    said = [one for one in steps if one.version == version.id and one.kind == "agreed"]
    return Waiting(case, version, said[-1], not any(one.result == "decided" for one in steps))


def months(today: date) -> list[tuple[str, bool]]:
    """The months of this fiscal year so far, and whether each was closed."""
    first = fiscal_year(today).first
    names = [f"{year}-{month:02d}" for year, month in _from(first, today)]
    closed = {row.month for row in MonthClosed.select(MonthClosed.month).where(MonthClosed.month.in_(names))}
    return [(name, name in closed) for name in names]


def _from(first: date, today: date) -> list[tuple[int, int]]:
    start, end = first.year * 12 + first.month - 1, today.year * 12 + today.month
    return [(at // 12, at % 12 + 1) for at in range(start, end)]
