"""What is counted, by the day it happened in Japan and never by the day it arrived (domain.md 1.9).

Read off the rows when asked; only a closed month is kept as it was. No figure is per worker.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from weakref import WeakKeyDictionary

from ..core.clock import JAPAN, stamp
from ..log.event_log import head
from ..models.consultations import Consultation
from ..models.figures import MonthClosed
from ..models.handovers import ANSWERS, Handover
from ..models.office_and_cases import CaseFile, Conference, LogEntry, Visit
from ..models.opportunities import HostContact, Opportunity
from ..models.participation import Match, MatchEntry
from .cases import BY_CONFERENCE, CLASSES, class_letter

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
# What stands in the report, group by group. Those in PEOPLE count households or persons: small ones stay inside.
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "multi_agency",
        (
            "consultations",
            "ended",
            "support_held",
            "support_cases",
            "multi_held",
            "multi_cases",
            "handovers",
            "handovers_taken",
            "handovers_not_taken",
        ),
    ),
    (
        "outreach",
        (
            "households",
            "visit",
            "met",
            "met_people",
            "accompaniment",
            "phone",
            "interview",
            "letter",
            "agency",
            "else",
        ),
    ),
    (
        "participation",
        (
            "part_people",
            "part_matches",
            "part_seen",
            "part_tried",
            "part_joined",
            "part_settled",
            "part_places",
            "part_talks",
        ),
    ),
)
# Steps of taking part that have a row of their own.
PART_STEPS = ("seen", "tried", "joined", "settled")
ROWS = tuple(row for _, rows in GROUPS for row in rows)
# What a figure is counted from.
COUNTED = (
    "visit.logged",
    "visit.corrected",
    "visit.withdrawn",
    "visit.misfiled",
    "case.opened",
    "case.begun",
    "case.changed",
    "case.merged",
    "case.merge_undone",
    "conference.set",
    "conference.held",
    "conference.case_set",
    "consultation.ended",
    "consultation.reopened",
    "consultation.became_case",
    "import.rows_taken_back",
    "match.weighed",
    "match.stepped",
    "match.followed",
    "match.undone",
    "handover.sent",
    "handover.withdrawn",
    "handover.answered",
    "opportunity.set",
    "opportunity.written",
    "host.contacted",
    "host.contact_undone",
)
PEOPLE = (
    "consultations",
    "ended",
    "support_cases",
    "multi_cases",
    "handovers",
    "handovers_taken",
    "handovers_not_taken",
    "households",
    "met_people",
    "part_people",
    "part_matches",
    *(f"part_{step}" for step in PART_STEPS),
)


@dataclass(frozen=True)
class Span:
    """From the first moment of a day to before the first of another, in Japan."""

    first: date
    after: date

    @property
    def bounds(self) -> tuple[str, str]:
        return _starts(self.first), _starts(self.after)


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
    figures = dict.fromkeys(ROWS, 0)
    first, after = span.bounds
    for channel, outcome, number in _contacts(first, after):
        figures[CONTACT_CLASSES.get(channel, "else")] += number
        if channel == "visit" and outcome == "met_person":
            figures["met"] += number
    figures["households"], figures["met_people"] = _households(first, after)
    days = (span.first.isoformat(), span.after.isoformat())
    opened = (CaseFile.opened_on >= days[0]) & (CaseFile.opened_on < days[1])
    figures["consultations"] = int(CaseFile.select().where(opened).count())
    over = (Consultation.ended_at >= first) & (Consultation.ended_at < after)
    figures["ended"] = int(Consultation.select().where((Consultation.state == "ended") & over).count())
    for kind, name in (("support", "support"), ("multi_agency", "multi")):
        held = (Conference.kind == kind) & (Conference.status == "held")
        within = (Conference.on >= days[0]) & (Conference.on < days[1])
        rows = list(Conference.select(Conference.meeting, Conference.case).where(held & within))
        figures[f"{name}_held"] = len({row.meeting for row in rows})
        figures[f"{name}_cases"] = len({row.case for row in rows})
    return figures | _handed_over((first, after), days) | _taking_part(*days)


def _handed_over(moments: tuple[str, str], days: tuple[str, str]) -> dict[str, int]:
    """Told to another section by when it was sent, what it answered by the day of the answer."""
    stands = Handover.withdrawn_at.is_null()
    sent = Handover.select().where(stands & (Handover.at >= moments[0]) & (Handover.at < moments[1]))
    when = (Handover.answered_on >= days[0]) & (Handover.answered_on < days[1])
    heard = [row.answer for row in Handover.select(Handover.answer).where(stands & when)]
    return {"handovers": int(sent.count())} | {f"handovers_{one}": heard.count(one) for one in ANSWERS}


def _taking_part(first: str, after: str) -> dict[str, int]:
    """Whoever took a step or was heard of, each once; places thought of, found, and talks with hosts."""
    within = (MatchEntry.on >= first) & (MatchEntry.on < after) & ~MatchEntry.undone
    entries = list(MatchEntry.select(MatchEntry.case, MatchEntry.match, MatchEntry.step).where(within))
    begun = (Match.begun_on >= first) & (Match.begun_on < after)
    found = (Opportunity.found_on >= first) & (Opportunity.found_on < after)
    talked = (HostContact.on >= first) & (HostContact.on < after) & ~HostContact.undone
    steps = {f"part_{step}": len({row.match for row in entries if row.step == step}) for step in PART_STEPS}
    return steps | {
        "part_people": len({row.case for row in entries}),
        "part_matches": int(Match.select().where(begun).count()),
        "part_places": int(Opportunity.select().where(found).count()),
        "part_talks": int(HostContact.select().where(talked).count()),
    }


def held_without_a_day() -> int:
    """Conferences noted as held without their day: they are in no month."""
    held = (Conference.status == "held") & (Conference.on.is_null() | (Conference.on == ""))
    return int(Conference.select().where(held).count())


def _contacts(first: str, after: str) -> list[tuple[str, str, int]]:
    rows = Visit._meta.database.execute_sql(
        "select channel, outcome, count(*) from visit where occurred_at >= ? and occurred_at < ? group by 1, 2",
        (first, after),
    )
    return [(channel, outcome, int(number)) for channel, outcome, number in rows]


def _households(first: str, after: str) -> tuple[int, int]:
    """Cases with a contact, and those whose person was met: each once, in one pass over the span alone."""
    row = Visit._meta.database.execute_sql(
        'select count(distinct "case"), count(distinct case when outcome = \'met_person\' then "case" end)'
        " from visit where occurred_at >= ? and occurred_at < ?",
        (first, after),
    ).fetchone()
    return int(row[0]), int(row[1])


def closed(month: str) -> Any | None:
    """The latest closing of this month."""
    return MonthClosed.select().where(MonthClosed.month == month).order_by(MonthClosed.version.desc()).first()


def late(month: str, since: str) -> list[Any]:
    """Contacts of this month that arrived after it was closed, the earliest first."""
    first, after = month_span(month).bounds
    when = (Visit.occurred_at >= first) & (Visit.occurred_at < after) & (Visit.received_at > since)
    return list(Visit.select().where(when).order_by(Visit.occurred_at, Visit.id))


def late_figures(visits: list[Any]) -> dict[str, int]:
    """What they would add."""
    figures = dict.fromkeys(ROWS, 0)
    for visit in visits:
        figures[CONTACT_CLASSES.get(visit.channel, "else")] += 1
        if visit.channel == "visit" and visit.outcome == "met_person":
            figures["met"] += 1
    return figures


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


def _starts(day: date) -> str:
    return stamp(datetime.combine(day, time(), JAPAN))
