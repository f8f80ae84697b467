"""Issues of the area with the households behind them: only as numbers that no difference can bring back to one.

Every number is a multiple of three, rounded down, and of what was given before this month began. So two numbers, of two
places or of two months, never differ by one household that somebody knows of (domain.md 1.8: three at least).
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from ..core.clock import JAPAN, stamp
from ..models.issues import FIELDS, STATES, CommunityIssue, IssueEvidence, IssueProposal, IssueStep, IssueTalk
from ..models.office_and_cases import OfficeOption
from ..models.resources import DISTRICTS_OPTION
from ..projections.merges import resolve
from .access import Actor, may

STEP = 3  # households


def districts() -> list[str]:
    """The office's own table of districts."""
    row = OfficeOption.get_or_none(OfficeOption.id == DISTRICTS_OPTION)
    return [str(one) for one in row.value] if row else []


@dataclass(frozen=True)
class Counted:
    """Numbers of households, each a multiple of three. 0: fewer than three, which is never told apart from none."""

    households: int
    districts: list[tuple[str, int]]
    noticed: list[tuple[str, int]]


def counted(issue: str, today: date) -> Counted:
    rows = _evidence(issue, today)
    return Counted(
        _rounded(len({case for case, _, _ in rows})),
        _told(Counter(district for _, district, _ in rows)),
        _told(Counter(noticed for _, _, noticed in rows)),
    )


def _evidence(issue: str, today: date) -> set[tuple[str, str, str]]:
    """{(household, district, who noticed)} of what was given before this month; merged records are one household."""
    begins = stamp(datetime.combine(today.replace(day=1), time(), JAPAN))
    rows = IssueEvidence.select().where(
        (IssueEvidence.issue == issue) & IssueEvidence.given & (IssueEvidence.at < begins)
    )
    found = {resolve(row.case) or row.case: row for row in rows.order_by(IssueEvidence.at, IssueEvidence.id)}
    return {(case, row.district, row.noticed) for case, row in found.items()}


def _rounded(number: int) -> int:
    return number - number % STEP


def _told(numbers: Counter[str]) -> list[tuple[str, int]]:
    """Parts that reach three, the largest first; an unnamed part is not one."""
    rounded = [(name, _rounded(number)) for name, number in numbers.items() if name and number >= STEP]
    return sorted(rounded, key=lambda one: (-one[1], one[0]))


def board() -> dict[str, list[Any]]:
    rows = list(CommunityIssue.select().order_by(CommunityIssue.at.desc(), CommunityIssue.id))
    board: dict[str, list[Any]] = {state: [] for state in STATES}
    for row in rows:
        board.get(row.state, board[STATES[0]]).append(row)  # one in a state nobody knows is not lost
    return board


def steps(issue: str) -> list[Any]:
    return list(IssueStep.select().where(IssueStep.issue == issue).order_by(IssueStep.position.desc()))


def proposals(issue: str) -> list[Any]:
    rows = IssueProposal.select().where(IssueProposal.issue == issue)
    return list(rows.order_by(IssueProposal.at.desc(), IssueProposal.id))


def talks(issue: str) -> list[Any]:
    rows = IssueTalk.select().where(IssueTalk.issue == issue)
    return list(rows.order_by(IssueTalk.on.desc(), IssueTalk.id))


def may_rewrite(actor: Actor, row: Any) -> bool:
    """Whoever began it, and who steers issues; anybody else proposes."""
    steers = may(actor, "change", "community_steps")
    return steers or (row.begun_by == actor.id and may(actor, "change", "community_issues"))


def of_case(case: str) -> set[str]:
    """Issues this household is counted for."""
    rows = IssueEvidence.select().where((IssueEvidence.case == case) & IssueEvidence.given)
    return {row.issue for row in rows}


__all__ = [
    "FIELDS", "Counted", "board", "counted", "districts", "may_rewrite", "of_case", "proposals", "steps",
    "talks",
]  # fmt: skip
