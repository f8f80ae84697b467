"""What may be told of a person to a host, which places fit them in words, and when both sides are asked again.

`told_to_host` is the one way out: papers, the desk's slip and phones take what they show from it.
"""

import calendar
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from ..core.tables import Row, among
from ..models.office_and_cases import CaseFile
from ..models.opportunities import LOADS, Opportunity
from ..models.participation import (
    NOT_REACHED,
    PERIODS,
    SIDES,
    TELLABLE,
    Match,
    MatchEntry,
    MatchPaper,
    ParticipationProfile,
)
from .access import Actor, asked_once, may, sees_all, visible_cases
from .gates import why_not
from .opportunities import is_old

MONTHS = {"month": 1, "quarter": 3}
WEEK = timedelta(days=7)
MOST_OFFERS = 12
TELL = "host"


@dataclass(frozen=True)
class Told:
    """`missing`: the code of what is not agreed; then nothing is told. `kept`: how many lines the person keeps."""

    missing: str | None
    lines: dict[str, str]
    kept: int


def profile_of(case: str) -> Any:
    return ParticipationProfile.get_or_none(ParticipationProfile.case == case)


def told_to_host(case: str, today: date) -> Told:
    """Of the profile what the person said may be told, while their consent stands; nothing else is read here."""
    row = profile_of(case)
    if row is None:
        return Told(why_not(TELL, case, today), {}, 0)
    texts = {name: row.company if name == "company" else row.texts.get(name, "") for name in TELLABLE}
    written = {name: text for name, text in texts.items() if text}
    missing = why_not(TELL, case, today)
    lines = {} if missing else {name: text for name, text in written.items() if name in row.told}
    return Told(missing, lines, sum(name not in row.told for name in written))


@dataclass(frozen=True)
class Reason:
    """A sentence by its key, with what stands in its slots."""

    key: str
    slots: dict[str, Any] = field(default_factory=dict)


@dataclass
class Offer:
    """A place, and in words what fits this person and what does not."""

    place: Any
    fits: list[Reason] = field(default_factory=list)
    minds: list[Reason] = field(default_factory=list)

    def say(self, is_good: bool, key: str, **slots: Any) -> None:
        mark, words = ("fit", self.fits) if is_good else ("mind", self.minds)
        words.append(Reason(f"desk.match.{mark}.{key}", slots))


def offers(case: str, today: date) -> list[Offer]:
    """Places not thought of yet, those checked last first. No order by fit: nobody is measured here."""
    profile = profile_of(case)
    limits = profile.limits if profile else {}
    taken = {row.opportunity for row in matches_of(case)}
    rows = Opportunity.select().where((Opportunity.state != "resting") & Opportunity.id.not_in(taken))
    rows = rows.order_by(Opportunity.verified_until.desc(), Opportunity.name, Opportunity.id)
    return [offer_of(row, limits, today) for row in rows.limit(MOST_OFFERS)]


def offer_of(place: Any, limits: dict[str, Any], today: date) -> Offer:
    offer = Offer(place)
    wanted = limits.get("minutes")
    if wanted and place.shortest:
        offer.say(place.shortest <= wanted, "minutes", n=place.shortest, wanted=wanted)
    for name in LOADS:
        most, there = limits.get(name), getattr(place, name)
        if most and there:
            words = getattr(place, f"{name}_words")
            offer.say(there <= most, f"load.{name}", n=there, wanted=most, words=words)
    for name in ("anonymous", "alone"):
        if limits.get(name):
            offer.say(getattr(place, name), name)
    if place.pay:
        offer.say(False, "pay", words=place.pay)
    if place.state != "open":
        offer.say(False, f"state.{place.state}")
    if is_old(place, today):
        offer.say(False, "old")
    return offer


def matches_of(case: str) -> list[Any]:
    """The one that moved last first."""
    rows = Match.select().where(Match.case == case)
    return list(rows.order_by(Match.step_on.desc(), Match.at.desc(), Match.id))


def entries_of(match: str) -> list[Any]:
    """By the day they happened; what was taken back stays to be read as such."""
    rows = MatchEntry.select().where(MatchEntry.match == match)
    return list(rows.order_by(MatchEntry.on, MatchEntry.position))


def entries_by_match(some: list[str]) -> dict[str, list[Any]]:
    """`entries_of` each of them, asked for at once."""
    found: dict[str, list[Any]] = {match: [] for match in some}
    for row in (
        MatchEntry.select().where(among(MatchEntry.match, some)).order_by(MatchEntry.on, MatchEntry.position)
    ):
        found[row.match].append(row)
    return found


@dataclass(frozen=True)
class FollowUp:
    """One question to one side. `heard`: the entry that answered it; `tried`: the last that reached nobody."""

    match: str
    period: str
    side: str
    due: date
    heard: Any
    tried: Any

    @property
    def on(self) -> date:
        """The day to ask: later than due where somebody was not reached and another day was named."""
        moved = self.tried.next_on if self.tried is not None else None
        return max(self.due, date.fromisoformat(moved)) if moved else self.due


def follow_ups(match: Any, entries: list[Any] | None = None) -> list[FollowUp]:
    """After a week, a month and three months, of both sides, since somebody takes part; none while they do not."""
    started = _day(match.started)
    if started is None:
        return []
    standing = [one for one in (entries_of(match.id) if entries is None else entries) if not one.undone]
    found = []
    for period in PERIODS:
        for side in SIDES:
            asked = [
                one
                for one in standing
                if (one.period, one.side) == (period, side) and one.on >= match.started
            ]
            heard = next((one for one in asked if one.went != NOT_REACHED), None)
            tried = asked[-1] if asked and heard is None else None
            found.append(FollowUp(match.id, period, side, due_on(started, period), heard, tried))
    return found


def due_on(started: date, period: str) -> date:
    """A week later, or the same day of a later month; its last day where it has no such day."""
    if period not in MONTHS:
        return started + WEEK
    months = started.month - 1 + MONTHS[period]
    year, month = started.year + months // 12, months % 12 + 1
    return date(year, month, min(started.day, calendar.monthrange(year, month)[1]))


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def open_matches(actor: Actor) -> list[Any]:
    """Matches of running cases this person works on, by the day they moved last."""
    rows = _running(actor, Match).order_by(Match.step_on.desc(), Match.id)
    return _theirs(actor, list(rows))


def _running(actor: Actor, table: Any) -> Any:
    """Rows of running cases. Who sees some cases alone is asked for those alone: others' are not gone through."""
    running = CaseFile.select(CaseFile.id).where(CaseFile.status == "active")
    rows = table.select().where(table.case.in_(running))
    return rows if sees_all(actor, "matching") else rows.where(among(table.case, visible_cases(actor)))


def _theirs(actor: Actor, rows: list[Any]) -> list[Any]:
    with asked_once():
        return [row for row in rows if may(actor, "see", "matching", row.case)]


def due(some: list[Any], today: date) -> list[tuple[Any, FollowUp]]:
    """(match, question) of everything to ask by today of these matches, the earliest first."""
    begun = [match for match in some if match.started]
    by_match = entries_by_match([match.id for match in begun])
    found = [
        (match, one)
        for match in begun
        for one in follow_ups(match, by_match[match.id])
        if one.heard is None and one.on <= today
    ]
    return sorted(found, key=lambda pair: (pair[1].on, pair[1].match, pair[1].side))


def without_match(actor: Actor) -> list[str]:
    """Cases with a profile and no place thought of yet."""
    rows = _running(actor, ParticipationProfile).where(
        ParticipationProfile.case.not_in(Match.select(Match.case))
    )
    return [row.case for row in _theirs(actor, list(rows.order_by(ParticipationProfile.case)))]


def coded(row: Any) -> list[Reason]:
    """What a row says in codes and days, which `field_classes.written` leaves out; [] for rows that are not of here.

    A day is a Reason without a key, with the slot `day` (DATE); a place's name one with the slot `text`.
    """
    return CODED_OF[type(row)](row) if type(row) in CODED_OF else []


def _codes(*values: tuple[str, Any]) -> list[Reason]:
    """(group of texts, code), of those that were said; "" is the group of days."""
    return [
        Reason(f"{group}.{code}") if group else Reason("", {"day": str(code)})
        for group, code in values
        if code
    ]


def _of_profile(row: Any) -> list[Reason]:
    limits = row.limits
    codes = [("part.line", "company"), ("part.company", row.company)] if row.company else []
    codes += [("desk.profile", "told" if row.told else ""), *(("part.line", name) for name in row.told)]
    codes += [("desk.profile", "limits" if any(limits.values()) else "")]
    codes += [("desk.places.minutes", limits.get("minutes"))]
    for name in LOADS:
        if limits.get(name):
            codes += [("desk.places.load", name), ("desk.places.level", limits[name])]
    return _codes(*codes, *(("desk.profile", name) for name in ("anonymous", "alone") if limits.get(name)))


def _of_match(row: Any) -> list[Reason]:
    place = Opportunity.get_or_none(Opportunity.id == row.opportunity)
    where = [Reason("", {"text": place.name})] if place and place.name else []
    return where + _codes(("", row.begun_on), ("part.step", row.step), ("", row.step_on))


def _of_entry(row: Any) -> list[Reason]:
    codes = _codes(("desk.match", "undone" if row.undone else ""), ("", row.on), ("part.step", row.step))
    codes += [Reason("desk.match.minutes", {"n": row.minutes})] if row.minutes else []
    codes += _codes(("part.period", row.period), ("part.side", row.side), ("part.did", row.went))
    codes += _codes(("part.felt", row.felt), ("desk.match.why", row.why))
    return codes + _codes(("desk.match.after" if row.step else "part.next", row.next), ("", row.next_on))


def _of_paper(row: Any) -> list[Reason]:
    return _codes(("desk.match", f"{row.side}_paper"), ("", row.on))


CODED_OF: dict[type[Row], Callable[[Any], list[Reason]]] = {
    ParticipationProfile: _of_profile,
    Match: _of_match,
    MatchEntry: _of_entry,
    MatchPaper: _of_paper,
}


def papers_of(match: str, side: str) -> list[Any]:
    """Papers that were handed over, the latest first."""
    rows = MatchPaper.select().where((MatchPaper.match == match) & (MatchPaper.side == side))
    return list(rows.order_by(MatchPaper.on.desc(), MatchPaper.id))
