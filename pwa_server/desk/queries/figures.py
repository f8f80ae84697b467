"""What is counted, by the day it happened in Japan and never by the day it arrived (domain.md 1.9).

Read off the rows when asked; only a closed month is kept as it was. No figure is per worker.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from ..core.clock import JAPAN, stamp
from ..core.tables import tuples
from ..log.event_log import head
from ..models.consultations import TriageDecision
from ..models.figures import MonthClosed
from ..models.households import CaseMerge
from ..models.office_and_cases import CaseFile, Conference, LogEntry, Member, Visit
from .cases import BY_CONFERENCE, CLASSES, class_letter
from .figure_sources import BREAKDOWNS, FIGURES, HOUSEHOLDS, REPORT, SOURCES, Figure

# Classes of contact in the yearly report, derived from the channel.
CONTACT_CLASSES = {
    "visit": "visit",
    "accompaniment": "accompaniment",
    "phone": "phone",
    "office_visit": "interview",
    "online": "interview",
    "outside": "interview",
    "letter": "letter",
    "fax": "letter",
    "left_note": "letter",
    "sms": "letter",
    "agency_call": "agency",
}
CONTACTS = ("visit", "accompaniment", "phone", "interview", "letter", "agency", "else")
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = tuple(
    (group, tuple(one.name for one in rows)) for group, rows in REPORT
)
ROWS = tuple(FIGURES)
# What a figure is counted from; a test holds that no type is forgotten that changes one.
COUNTED = (
    "visit.logged",
    "visit.corrected",
    "visit.withdrawn",
    "visit.misfiled",
    "member.merged",
    "case.opened",
    "case.begun",
    "case.changed",
    "case.merged",
    "case.merge_undone",
    "case.closed",
    "conference.set",
    "conference.held",
    "conference.planned",
    "conference.changed",
    "conference.cancelled",
    "conference.case_set",
    "consultation.received",
    "consultation.corrected",
    "consultation.ended",
    "consultation.reopened",
    "consultation.became_case",
    "disposal.carried_out",
    "handover.sent",
    "handover.withdrawn",
    "import.rows_taken",
    "import.rows_taken_back",
    "issue.set",
    "issue.written",
    "issue.moved",
    "match.weighed",
    "match.stepped",
    "match.followed",
    "match.undone",
    "opportunity.set",
    "opportunity.written",
    "host.contacted",
    "host.contact_undone",
    "plan.changed",
    "plan.drafted",
    "plan.decided",
    "resource.written",
    "two_values.decided",
)


@dataclass(frozen=True)
class Span:
    """From the first moment of a day to before the first of another, in Japan."""

    first: date
    after: date

    @property
    def bounds(self) -> tuple[str, str]:
        return _starts(self.first), _starts(self.after)

    @property
    def days(self) -> tuple[str, str]:
        return self.first.isoformat(), self.after.isoformat()


def month_span(month: str) -> Span:
    """ "2024-01". Raises ValueError for what is no month."""
    first = date.fromisoformat(f"{month}-01")
    return Span(first, next_month(first))


def next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def fiscal_year(day: date) -> Span:
    """April to March."""
    year = day.year if day.month >= 4 else day.year - 1
    return Span(date(year, 4, 1), date(year + 1, 4, 1))


_COUNTED: WeakKeyDictionary[Any, tuple[int, dict[Span, dict[str, int]]]] = WeakKeyDictionary()


def count(span: Span) -> dict[str, int]:
    """Every figure of a span, from what is known now. Counted anew only after an event that may count."""
    database, position = Visit._meta.database, head()
    before, counted = _COUNTED.get(database, (0, {}))
    if before != position:
        counted = {} if position < before or _may_count(before) else counted
        _COUNTED[database] = (position, counted)
    if span not in counted:
        counted[span] = _count(span)
    return dict(counted[span])


def _may_count(after: int) -> bool:
    """Whether what was added behind this position changes a figure: reading and approving do not."""
    added = LogEntry.select().where((LogEntry.position > after) & LogEntry.type.in_(COUNTED))
    return bool(added.exists())


def _count(span: Span) -> dict[str, int]:
    figures = dict.fromkeys(ROWS, 0) | _contacts(*span.bounds)
    rows = {name: _dated(name, span) for name in SOURCES if name != "contacts"}
    for one in FIGURES.values():
        if one.source in rows:
            figures[one.name] = _counted(one, rows[one.source])
    figures["part_new"] = _first_seen("match_entries", rows["match_entries"], span)
    return figures


def _dated(source: str, span: Span) -> list[Any]:
    """(at, entered, thing, household, tag) of what happened in a span."""
    first, after = span.bounds if SOURCES[source].moments else span.days
    sql = f"select * from ({SOURCES[source].sql}) where at >= ? and at < ?"  # noqa: S608 - our own queries
    return list(Visit._meta.database.execute_sql(sql, (first, after)).fetchall())


def broken_down(name: str, span: Span) -> dict[str, int] | None:
    """Things of a span by their code, every code of the form among them; None where nobody recorded any."""
    source, codes, _ = BREAKDOWNS[name]
    if any(one.source == source and one.name in unrecorded(span) for one in FIGURES.values()):
        return None
    things: dict[str, set[str]] = {code: set() for code in codes}
    for _, _, thing, _, code in _dated(source, span):
        things.setdefault(code, set()).add(thing)
    return {code: len(found) for code, found in things.items()}


def _counted(figure: Figure, rows: list[Any]) -> int:
    """A thing counts once in a span for each household it is about where it is told by household, else once."""
    mine = [row for row in rows if not figure.tags or row[4] in figure.tags]
    if figure.unit == HOUSEHOLDS:
        return len({row[3] for row in mine})
    by_household = figure.name.endswith("_times")
    return len({(row[2], row[3] if by_household else None) for row in mine})


def _first_seen(source: str, rows: list[Any], span: Span) -> int:
    """Households of these rows of which there is nothing before the span."""
    first = (span.bounds if SOURCES[source].moments else span.days)[0]
    sql = f"select distinct household from ({SOURCES[source].sql}) where at < ?"  # noqa: S608 - our own queries
    before = {row[0] for row in Visit._meta.database.execute_sql(sql, (first,)).fetchall()}
    return len({row[3] for row in rows} - before)


def unrecorded(span: Span) -> set[str]:
    """Rows that nothing had fed by the end of a span: they are no nought. What no source feeds is among them."""
    begun = _since()
    empty = {""}
    for name, source in SOURCES.items():
        first = [day for one in (name, source.begins) if one and (day := begun[one]) is not None]
        after = (span.bounds if source.moments else span.days)[1]
        if not first or min(first) >= after:
            empty.add(name)
    return {one.name for one in FIGURES.values() if one.source in empty}


def _since() -> dict[str, str | None]:
    """When each source first says something."""
    database = Visit._meta.database
    queries = {name: f"select min(at) from ({source.sql})" for name, source in SOURCES.items()}  # noqa: S608
    queries["contacts"] = "select min(occurred_at) from visit"  # one look into the index
    return {name: database.execute_sql(sql).fetchone()[0] for name, sql in queries.items()}


def told(span: Span) -> dict[str, int | None]:
    """`count`, and None where nobody has recorded anything that could be counted."""
    nothing = unrecorded(span)
    return {name: None if name in nothing else number for name, number in count(span).items()}


def held_without_a_day() -> int:
    """Conferences noted as held without their day: they are in no month."""
    held = (Conference.status == "held") & (Conference.on.is_null() | (Conference.on == ""))
    return int(Conference.select().where(held).count())


def _contacts(first: str, after: str) -> dict[str, int]:
    """Contacts by class, each time and by household; who was met. One pass over the index alone."""
    figures = dict.fromkeys((one.name for one in FIGURES.values() if one.source == "contacts"), 0)
    with_whom: dict[str, set[str]] = {name: set() for name in (*CONTACTS, "met", "households")}
    people: set[str] = set()
    merged = dict(
        tuples(Member.select(Member.id, Member.merged_into).where(Member.merged_into.is_null(False)))
    )
    for channel, outcome, case, met, number in _contact_rows(first, after):
        kind, persons = CONTACT_CLASSES.get(channel, "else"), json.loads(met)
        figures[kind] += number
        figures["people_times"] += number * len(persons)
        people |= {merged.get(one, one) for one in persons}
        with_whom[kind].add(case)
        with_whom["households"].add(case)
        if outcome == "met_person":
            with_whom["met"].add(case)
            figures["met"] += number if channel == "visit" else 0
    figures |= {f"{kind}_households": len(with_whom[kind]) for kind in CONTACTS}
    figures |= {"households": len(with_whom["households"]), "met_people": len(with_whom["met"])}
    return figures | {"people": len(people), "households_new": len(_new_households(first, after))}


def _contact_rows(first: str, after: str) -> list[Any]:
    rows = Visit._meta.database.execute_sql(
        'select channel, outcome, "case", met, count(*) from visit where occurred_at >= ? and occurred_at < ?'
        " group by 1, 2, 3, 4",
        (first, after),
    )
    return list(rows.fetchall())


def _new_households(first: str, after: str) -> list[Any]:
    """Whose first contact ever lies in the span."""
    rows = Visit._meta.database.execute_sql(
        'select * from (select distinct "case" as household from visit where occurred_at >= ? and occurred_at < ?)'
        ' where not exists (select 1 from visit where "case" = household and occurred_at < ?)',
        (first, after, first),
    )
    return list(rows.fetchall())


def closed(month: str) -> Any | None:
    """The latest closing of this month."""
    return MonthClosed.select().where(MonthClosed.month == month).order_by(MonthClosed.version.desc()).first()


@dataclass(frozen=True)
class Late:
    """Something of a closed month that was entered after its closing."""

    source: str
    at: str
    entered: str
    thing: str
    case: str | None
    tag: str


def late(month: str, since: str) -> list[Late]:
    """What was entered after the month was closed, of every source, the earliest first."""
    span, found = month_span(month), []
    for name, source in SOURCES.items():
        first, after = span.bounds if source.moments else span.days
        sql = f"select * from ({source.sql}) where at >= ? and at < ? and entered > ?"  # noqa: S608 - our own queries
        rows = Visit._meta.database.execute_sql(sql, (first, after, since)).fetchall()
        found += [Late(name, at, entered, thing, case, tag) for at, entered, thing, case, tag in rows]
    return sorted(found, key=lambda one: (one.at, one.source, one.thing))


def changed_since(closing: Any) -> dict[str, int]:
    """By how much each figure of a closed month differs now. What was not counted then has no difference."""
    now = count(month_span(closing.month))
    return {name: now[name] - (closing.figures[name] or 0) if name in closing.figures else 0 for name in ROWS}


LATEST_STAGE = """
select stage, count(*) from (
  select (select stage from visit where visit."case" = running."case" and stage is not null
          order by occurred_at desc, id desc limit 1) as stage
  from (select distinct "case" from assignment where until_at is null) as running)
where stage is not null group by stage
"""


def spread() -> list[int]:
    """How many of the cases somebody accompanies now stand at each stage, by their latest judgement."""
    found = dict(Visit._meta.database.execute_sql(LATEST_STAGE).fetchall())
    return [int(found.get(stage, 0)) for stage in range(8)]


def triage() -> dict[str, dict[str, int]]:
    """Cases by class and kind of conference (domain.md 9.1); undecided ones under "". Letters are never stored."""
    cells = {letter: {"multi_agency": 0, "support": 0, "none": 0} for letter in (*CLASSES, "")}
    rows = CaseFile._meta.database.execute_sql(
        "select triage_decision, conference_status, conference_kind, count(*) from casefile"
        " where status <> 'merged' group by 1, 2, 3"
    )
    for decision, status, kind, number in rows:
        letter = class_letter(decision, status) or ""
        where = kind if letter in BY_CONFERENCE and kind in ("multi_agency", "support") else "none"
        cells[letter][where] += int(number)
    return cells


def triage_on(day: date) -> dict[str, dict[str, int]]:
    """The same as it stood at the end of a day: cases opened by then, the last decision, conferences held by then.

    A conference that was held on a day nobody noted counts as held on any.
    """
    end, last = _starts(day + timedelta(days=1)), day.isoformat()
    cells = {letter: {"multi_agency": 0, "support": 0, "none": 0} for letter in (*CLASSES, "")}
    later_merged = {row.source for row in CaseMerge.select().where(~CaseMerge.undone) if row.at >= end}
    decided = _last_decisions(end)
    tables = _conferences()
    for row in CaseFile.select(CaseFile.id, CaseFile.status).where(CaseFile.opened_on <= last):
        if row.status == "merged" and row.id not in later_merged:
            continue
        decision, kind = decided.get(row.id, ("undecided", None))
        status, kind = _standing(tables.get(row.id, []), last, kind)
        letter = class_letter(decision, status) or ""
        where = kind if letter in BY_CONFERENCE and kind in ("multi_agency", "support") else "none"
        cells[letter][where] += 1
    return cells


def _last_decisions(end: str) -> dict[str, tuple[str, str | None]]:
    rows = TriageDecision.select(TriageDecision.case, TriageDecision.decision, TriageDecision.kind)
    before = rows.where(TriageDecision.at < end).order_by(TriageDecision.position)
    return {case: (decision, kind) for case, decision, kind in tuples(before)}


def _conferences() -> dict[str, list[Any]]:
    by_case: dict[str, list[Any]] = {}
    for row in Conference.select().order_by(Conference.id):
        by_case.setdefault(row.case, []).append(row)
    return by_case


def _standing(rows: list[Any], last: str, decided: str | None) -> tuple[str | None, str | None]:
    """Status and kind, as `projections.cases.settle_conference` has them, at the end of the day `last`."""
    held = [row for row in rows if row.status == "held" and (row.on or "") <= last]
    planned = [row for row in rows if row.status in ("planned", "held") and row not in held]
    said = held or planned or rows
    status = "held" if held else "planned" if planned else None
    return status, said[0].kind if said else decided


def _starts(day: date) -> str:
    return stamp(datetime.combine(day, time(), JAPAN))
