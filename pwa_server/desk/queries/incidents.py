"""The clock of an incident: by when each report is due, counted from when it was known (domain.md 2.3).

The days are a table of the office: ordinances and contracts may be shorter than the usual reading of the law.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ..core.clock import day_in_japan
from ..models.office_and_cases import OfficeOption
from ..models.trust import Incident, IncidentReport

OPTION = "report_days"
# Report → usual days; the last two are one report, whose days are more when somebody meant harm.
USUAL = {"first": 3, "last_first": 5, "full": 30, "full_malicious": 60}
MOST_DAYS = 365
REPORTS = ("first", "last_first", "full", "person")  # `person`: telling those it concerns, which has no day
TOLD = {"last_first": "first"}  # a clock that the report of another ends
HOW = ("told", "not_needed")
MALICIOUS = "stolen"


@dataclass(frozen=True)
class Clock:
    name: str
    days: int | None
    due: date | None
    left: int | None  # days from today; below 0: over
    report: Any  # what was done about it, or None


def days() -> dict[str, int]:
    row = OfficeOption.get_or_none(OfficeOption.id == OPTION)
    values = row.value if row is not None and isinstance(row.value, dict) else {}
    return {name: _days(values.get(name), usual) for name, usual in USUAL.items()}


def _days(values: Any, usual: int) -> int:
    known = isinstance(values, str) and values.isascii() and values.isdecimal() and len(values) < 4
    return min(max(int(values), 1), MOST_DAYS) if known else usual


def clocks(row: Any, today: date) -> list[Clock]:
    """One for each of REPORTS."""
    table, known = days(), day_in_japan(row.noticed_at)
    body = {one.report: one for one in IncidentReport.select().where(IncidentReport.incident == row.id)}
    found = []
    for name in REPORTS:
        within = table.get("full_malicious" if name == "full" and row.kind == MALICIOUS else name)
        due = None if within is None else _after(known, within)
        left = None if due is None else (due - today).days
        found.append(Clock(name, within, due, left, body.get(TOLD.get(name, name))))
    return found


def _after(known: date, within: int) -> date:
    """A stored day may be absurd; then the calendar's end stands for it."""
    return known + timedelta(days=min(within, (date.max - known).days))


def running(today: date) -> list[tuple[Any, list[Clock]]]:
    """Incidents of which something is still to be told or decided, the nearest day first."""
    found = [(row, clocks(row, today)) for row in Incident.select().order_by(Incident.noticed_at)]
    waits = [(row, entry) for row, entry in found if any(one.report is None for one in entry)]
    return sorted(waits, key=lambda one: next_day(one[1]))


def next_day(values: list[Clock]) -> date:
    return min((one.due for one in values if one.report is None and one.due), default=date.max)
