"""What the section decides and watches (所管課, domain.md 7.1 P8): plans that wait, and the months of its report."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from ..core.tables import among
from ..models.figures import MonthClosed
from ..models.office_and_cases import CaseFile, DeviceRow
from ..models.organisations import Organisation
from ..models.plans import PlanStep, PlanVersion
from . import organisations
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


@dataclass(frozen=True)
class Contractor:
    id: str
    name: str
    people: int
    phones: int  # in use
    cases: int  # that go on
    ends: str | None  # the last day of the contract that ends last


def contractors() -> list[Contractor]:
    """Those in use, by name. Nothing of what their people do is counted, and no figure orders them."""
    rows = Organisation.select().where(Organisation.active & (Organisation.kind == "contractor"))
    sizes = organisations.sizes()
    return [
        Contractor(
            row.id,
            row.name,
            sizes[row.id]["people"],
            _phones(row.id),
            sizes[row.id]["cases"],
            next((one.ends for one in organisations.contracts(row.id)), None),
        )
        for row in rows.order_by(Organisation.name, Organisation.id)
    ]


def _phones(organisation: str) -> int:
    people = [row.id for row in organisations.people_of(organisation)]
    return int(
        DeviceRow.select().where((DeviceRow.status == "active") & among(DeviceRow.staff, people)).count()
    )


def months(today: date) -> list[tuple[str, bool]]:
    """The months of this fiscal year so far, and whether each was closed."""
    first = fiscal_year(today).first
    names = [f"{year}-{month:02d}" for year, month in _from(first, today)]
    closed = {row.month for row in MonthClosed.select(MonthClosed.month).where(MonthClosed.month.in_(names))}
    return [(name, name in closed) for name in names]


def _from(first: date, today: date) -> list[tuple[int, int]]:
    start, end = first.year * 12 + first.month - 1, today.year * 12 + today.month
    return [(at // 12, at % 12 + 1) for at in range(start, end)]
