"""The engagement chart as geometry: a step line of stages, a mark per contact, dots of reaction.

Server-drawn, so it needs no script. A step down looks like a step up, a contact where nobody was met stands in
the same row with a dashed mark, and 90 days without an event make the line dotted (domain 5.2). The table
beneath the drawing says the same in words.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from ...models.visits import SETTLED
from ..layout.words import Words, as_date

UNSURE_AFTER = timedelta(days=90)
LONGEST_GAP = timedelta(days=75)
MONTH_ROOM, YEAR_ROOM = 34, 54
MET = {"met_person"}
NOT_MET = {
    "not_met_left_note",
    "not_met_no_trace",
    "refused_at_door",
    "cancelled_by_household",
    "cancelled_by_worker",
    "stopped_for_safety",
    "not_reached",
}
LETTERS = {"letter", "fax", "left_note", "sms"}


@dataclass(frozen=True)
class Contact:
    """One point of the line, as the read model tells it."""

    at: str
    stage: int | None
    reaction: int | None
    outcome: str
    channel: str
    waiting: bool
    event: str = ""


def line(visits: list[Any]) -> list[Contact]:
    """Contacts as points of the line; hollow is what nobody has approved yet."""
    return [
        Contact(
            row.occurred_at,
            row.stage,
            row.reaction,
            row.outcome,
            row.channel,
            row.review_status not in SETTLED,
            row.stage_event,
        )
        for row in visits
    ]


@dataclass(frozen=True)
class Mark:
    x: float
    letter: str
    title: str
    style: str


@dataclass
class Chart:
    width: float
    height: float
    left: float
    right: float
    mark_y: float
    axis_y: float
    rows: list[tuple[float, str, bool]] = field(default_factory=list)  # y, label, reached
    reaction_rows: list[tuple[float, str, bool]] = field(default_factory=list)
    steps: list[tuple[str, str]] = field(default_factory=list)  # path, class
    stage_dots: list[tuple[float, float, bool]] = field(default_factory=list)  # x, y, hollow
    reaction_dots: list[tuple[float, float, str]] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    months: list[tuple[float, str, str]] = field(default_factory=list)
    breaks: list[float] = field(default_factory=list)  # where the axis skips time
    unsure: tuple[float, float] | None = None  # where to write 未確認
    desc: str = ""
    left_out: int = 0


def draw(
    contacts: list[Contact], words: Words, *, width: float, reactions: bool, step: float
) -> Chart | None:
    """The chart of one person's contacts, oldest first, or None when there is nothing to draw."""
    if not contacts:
        return None
    left, right = (166.0 if width < 500 else 176.0), width - 14
    most = int((right - left) // 19)
    shown = contacts[-most:]
    x = _scale([as_date(contact.at) for contact in shown], left + 14, right - (34 if width > 500 else 20))
    y = [12 + (7 - stage) * step for stage in range(8)]
    mark_y = y[0] + step + 4
    chart = Chart(width, 0, left, right, mark_y, 0, left_out=len(contacts) - len(shown))
    reached = {contact.stage for contact in contacts}
    chart.rows = [(y[s], f"{words.term('stage', s)}　{s}", s in reached) for s in range(8)]
    xs = _apart([x(as_date(contact.at)) for contact in shown], 19, left + 9, right - 9)
    chart.marks = [_mark(contact, place, words) for contact, place in zip(shown, xs, strict=True)]
    _stages(chart, shown, xs, y, words)
    bottom = mark_y + 31
    if reactions:
        bottom = _reactions(chart, shown, xs, words, mark_y + 38)
    chart.axis_y = bottom
    chart.months = _months(shown, x, words)
    days = [as_date(contact.at) for contact in shown]
    chart.breaks = [round((x(a) + x(b)) / 2, 1) for a, b in pairwise(days) if b - a > LONGEST_GAP]
    chart.height = bottom + 42
    chart.desc = _describe(shown, words)
    return chart


def _scale(days: list[date], start: float, end: float) -> Callable[[date], float]:
    """Time along the line. A silence longer than LONGEST_GAP is drawn that long: years apart would leave no room."""
    if days[0] == days[-1]:
        return lambda day: (start + end) / 2
    drawn = [0.0]
    for before, after in pairwise(days):
        drawn.append(drawn[-1] + min((after - before).days, LONGEST_GAP.days))

    def place(day: date) -> float:
        i = max((i for i, one in enumerate(days) if one <= day), default=0)
        at = drawn[i]
        if i + 1 < len(days):
            at += (drawn[i + 1] - drawn[i]) * (day - days[i]).days / max((days[i + 1] - days[i]).days, 1)
        return start + (end - start) * at / drawn[-1]

    return place


def _apart(places: list[float], gap: float, low: float, high: float) -> list[float]:
    """The same places in the same order, none nearer than `gap`, none outside."""
    out: list[float] = []
    for place in places:
        out.append(max(place, out[-1] + gap) if out else max(place, low))
    limit = high
    for i in range(len(out) - 1, -1, -1):
        out[i] = min(out[i], limit)
        limit = out[i] - gap
    return [round(place, 1) for place in out]


def _mark(contact: Contact, x: float, words: Words) -> Mark:
    title = f"{words.day(contact.at)} {words.term('channel', contact.channel)} {words.term('outcome', contact.outcome)}"
    if contact.waiting:
        title += words.t("desk.chart.waiting")
    style = "mark-met" if contact.outcome in MET else "mark-none" if contact.outcome in NOT_MET else ""
    return Mark(x, words.t(f"desk.mark.{kind_of(contact.channel, contact.outcome)}"), title, style)


def kind_of(channel: str, outcome: str) -> str:
    """Which letter stands for a contact."""
    if outcome == "met_person":
        return "met"
    if outcome in ("cancelled_by_household", "cancelled_by_worker"):
        return "cancelled"
    if outcome in ("refused_at_door", "met_family_only", "voice_through_door", "stopped_for_safety"):
        return {"refused_at_door": "refused", "met_family_only": "family", "voice_through_door": "voice"}.get(
            outcome, "stopped"
        )
    if channel in LETTERS:
        return "letter"
    if channel in ("agency_call", "conference"):
        return "agency"
    return "phone" if channel in ("phone", "online") else "absent" if outcome.startswith("not_") else "other"


def _stages(chart: Chart, shown: list[Contact], xs: list[float], y: list[float], words: Words) -> None:
    known = [(c, x) for c, x in zip(shown, xs, strict=True) if c.stage is not None and 0 <= c.stage <= 7]
    for (a, ax), (b, bx) in pairwise(known):
        ya, yb = y[a.stage or 0], y[b.stage or 0]
        late = as_date(b.at) - as_date(a.at) > UNSURE_AFTER
        style = "step-open" if b.waiting else "step-unsure" if late else ""
        chart.steps.append((f"M{ax} {ya:g}H{bx}", style))
        if ya != yb:
            chart.steps.append((f"M{bx} {ya:g}V{yb:g}", "step-open" if b.waiting else ""))
    chart.stage_dots = [(x, y[c.stage or 0], c.waiting) for c, x in known]
    if known and words.today - as_date(known[-1][0].at) > UNSURE_AFTER:
        last, x = known[-1]
        height = y[last.stage or 0]
        chart.steps.append((f"M{x} {height:g}H{min(x + 30, chart.right)}", "step-unsure"))
        chart.unsure = (chart.right, height - 8)


def _reactions(chart: Chart, shown: list[Contact], xs: list[float], words: Words, top: float) -> float:
    height = {value: top + (3 - value) * 19 for value in (3, 2, 1, 0, -1)}
    for value, y in height.items():
        sign = f"+{value}" if value > 0 else "−1" if value < 0 else "0"
        chart.reaction_rows.append((y, f"{words.term('reaction', value)}　{sign}", value == 0))
    for contact, x in zip(shown, xs, strict=True):
        if contact.reaction in height:
            style = "at-open" if contact.waiting else "dot-zero" if contact.reaction == 0 else "dot"
            chart.reaction_dots.append((x, height[contact.reaction], style))
    return top + 4 * 19 + 12


def _months(shown: list[Contact], x: Callable[[date], float], words: Words) -> list[tuple[float, str, str]]:
    """Ticks where months begin, as many as there is room for; the year beneath where it changes.

    A shortened silence has no ticks inside: the next one stands at the contact that ended it.
    """
    days = [as_date(contact.at) for contact in shown]
    silences = [(a, b) for a, b in pairwise(days) if b - a > LONGEST_GAP]
    starts, day = [days[0], *(b for _, b in silences)], days[0]
    while (day := (day.replace(day=1) + timedelta(days=32)).replace(day=1)) <= days[-1]:
        if not any(a < day < b for a, b in silences):
            starts.append(day)
    months: list[tuple[float, str, str]] = []
    year = ""
    for day in sorted(set(starts)):
        place, era = round(x(day), 1), words.era(day)
        if not months or place - months[-1][0] >= (YEAR_ROOM if era != year else MONTH_ROOM):
            months.append((place, words.month(day), era if era != year else ""))
            year = era
    return months


def _describe(shown: list[Contact], words: Words) -> str:
    stages = [contact.stage for contact in shown if contact.stage is not None]
    if not stages:
        return words.t(
            "desk.chart.desc_no_stage",
            count=len(shown),
            first=words.day(shown[0].at),
            last=words.day(shown[-1].at),
        )
    return words.t(
        "desk.chart.desc",
        count=len(shown),
        first=words.day(shown[0].at),
        last=words.day(shown[-1].at),
        begin=stages[0],
        end=stages[-1],
    )
