"""The triage board (domain.md 1.4): cases by the letter that follows from decision and conference, and its history."""

from typing import Any

from peewee import fn

from ..core.tables import among, tuples
from ..models.consultations import TriageDecision
from ..models.office_and_cases import CaseFile, Conference, Member
from ..projections.without_a_case import MARK
from . import figures
from .cases import CLASSES, in_class

UNDECIDED = "undecided"
LANES = (UNDECIDED, "B", "A", "C")  # as a case travels
DECISIONS = ("undecided", "needs_conference", "existing_network")
FIRST = {UNDECIDED: 50} | dict.fromkeys(CLASSES, 4)  # cards of a lane; the rest is in the list of cases


def _active() -> Any:
    """Households that go on; a record of what belongs to none is no household."""
    return CaseFile.select().where((CaseFile.status == "active") & ~CaseFile.no.startswith(MARK))


def in_lane(lane: str) -> Any:
    """The query of one lane."""
    if lane in CLASSES:
        return _active().where(in_class(lane))
    return _active().where(CaseFile.triage_decision.not_in([wanted for wanted, _ in CLASSES.values()]))


def cards(lane: str) -> list[Any]:
    """The cases of a lane whose review comes first, then by number."""
    order = (fn.COALESCE(CaseFile.triage_review_on, "9999"), CaseFile.no, CaseFile.id)
    return list(in_lane(lane).order_by(*order).limit(FIRST[lane]))


def beside(cases: list[Any]) -> dict[str, dict[str, Any]]:
    """Conference day and size of the household of these cases, by case."""
    ids = [row.id for row in cases]
    beside: dict[str, dict[str, Any]] = {id_: {"on": None, "people": 0} for id_ in ids}
    for row in Conference.select().where(among(Conference.case, ids)).order_by(Conference.on):
        beside[row.case]["on"] = row.on or beside[row.case]["on"]
    sizes = Member.select(Member.case, fn.COUNT(Member.id)).where(
        among(Member.case, ids) & Member.in_household & Member.merged_into.is_null()
    )
    for case, count in tuples(sizes.group_by(Member.case)):
        beside[case]["people"] = count
    return beside


def table() -> dict[str, dict[str, int]]:
    """Letter → total, and cases by kind of their main conference; "all" is the three together (domain.md 9.1).

    Every case that was ever opened counts, closed ones too; the lanes hold those that go on.
    """
    cells = figures.triage()
    found = {name: {"total": sum(cells[name].values())} | cells[name] for name in CLASSES}
    columns = next(iter(found.values())).keys()
    return found | {"all": {one: sum(found[name][one] for name in CLASSES) for one in columns}}


def sizes() -> dict[str, int]:
    """How many cases each lane holds."""
    return {name: int(in_lane(name).count()) for name in LANES}


def overdue(today: str) -> int:
    """Cases whose review day is over."""
    return int(_active().where(CaseFile.triage_review_on < today).count())


def history(case: str) -> list[Any]:
    """Every decision about a case, the latest first."""
    rows = TriageDecision.select().where(TriageDecision.case == case)
    return list(rows.order_by(TriageDecision.position.desc()))
