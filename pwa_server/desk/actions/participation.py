"""Taking part: what a person shares, places thought of with them, each step and what was heard, papers handed over."""

from dataclasses import dataclass
from typing import Any

from sync.events import MATCH_ANSWERS

from ..core.desk import Desk
from ..core.errors import DeskError
from ..models.opportunities import LEAST_LOAD, LOADS, MOST_LOAD, SHORTEST, Opportunity
from ..models.participation import (
    AFTER,
    COMPANY,
    HOST,
    MOST_REASONS,
    PERIODS,
    SIDE_ROADS,
    SIDES,
    STEPS,
    TELLABLE,
    VISIT,
    WHY,
    Match,
    MatchEntry,
)
from ..projections.append_and_apply import new_id
from ..queries.access import Actor, demand, demand_row
from ..queries.gates import pass_gate
from ..queries.opportunities import is_old
from ..queries.participation import TELL
from .act import act

ASKED = "asked"


def write_profile(desk: Desk, actor: Actor, case: str, body: dict[str, Any]) -> None:
    """`body`: texts, company, told, limits, as `profile.written` has them. Raises malformed."""
    demand(actor, "change", "participation_profile", case)
    limits = body["limits"]
    levels = (None, *range(LEAST_LOAD, MOST_LOAD + 1))
    if body["company"] not in ("", *COMPANY) or not set(body["told"]) <= set(TELLABLE):
        raise DeskError("malformed", "profile")
    if limits["minutes"] not in (None, *SHORTEST) or any(limits[name] not in levels for name in LOADS):
        raise DeskError("malformed", "limits")
    act(desk, actor, "profile.written", body, case)


def weigh(desk: Desk, actor: Actor, case: str, opportunity: str, fits: list[str], minds: list[str]) -> str:
    """A place thought of with this person. Returns the match's id. Raises not_found, malformed."""
    demand(actor, "change", "matching", case)
    if Opportunity.get_or_none(Opportunity.id == opportunity) is None:
        raise DeskError("not_found", opportunity[:40])
    return _weigh(desk, actor, case, new_id(), opportunity, fits, minds)


def weigh_again(desk: Desk, actor: Actor, match: str, fits: list[str], minds: list[str]) -> None:
    row = changed_by(actor, match)
    _weigh(desk, actor, row.case, row.id, row.opportunity, fits, minds)


def _weigh(
    desk: Desk, actor: Actor, case: str, match: str, opportunity: str, fits: list[str], minds: list[str]
) -> str:
    if max(len(fits), len(minds)) > MOST_REASONS:
        raise DeskError("malformed", "reasons")
    body = {"match": match, "opportunity": opportunity, "fits": fits, "minds": minds}
    act(desk, actor, "match.weighed", body, case)
    return match


def arrange(desk: Desk, actor: Actor, match: str, days: str, call: str) -> None:
    """What stands on the host's paper beside the profile."""
    row = changed_by(actor, match)
    act(desk, actor, "match.arranged", {"match": row.id, "days": days, "call": call}, row.case)


@dataclass(frozen=True)
class Step:
    """One step as somebody wrote it; `why`, `next` and `next_on` of a pause or a change, and never needed."""

    step: str
    on: str
    minutes: int | None = None
    person: str = ""
    host: str = ""
    company: str = ""
    why: str = ""
    next: str = ""
    next_on: str | None = None


def step(desk: Desk, actor: Actor, match: str, values: Step) -> str:
    """Forward, back, to the side: all the same. Returns the entry's id.

    A host is asked only with the person's consent, and after the place was looked at again: host_consent_missing,
    place_unchecked. What happened is written down without it. Raises malformed.
    """
    row = changed_by(actor, match)
    if values.step not in (*STEPS, *SIDE_ROADS) or values.on > desk.today().isoformat():
        raise DeskError("malformed", "step")
    if values.why not in ("", *WHY) or values.next not in ("", *AFTER):
        raise DeskError("malformed", "why")
    if values.step == ASKED:
        pass_gate(TELL, row.case, desk.today())
        place = Opportunity.get_or_none(Opportunity.id == row.opportunity)
        if place is None or is_old(place, desk.today()):
            raise DeskError("place_unchecked")
    body = {name: value for name, value in values.__dict__.items() if name != "next_on"}
    return act(desk, actor, "match.stepped", body | {"match": row.id, "nextOn": values.next_on}, row.case).id


@dataclass(frozen=True)
class Heard:
    """What was seen on a day there (`period` visit), or what one side said when it was asked."""

    side: str
    period: str
    on: str
    did: str
    felt: str
    next: str
    next_on: str | None = None
    person_words: str = ""
    host_words: str = ""


def follow(desk: Desk, actor: Actor, match: str, values: Heard) -> str:
    row = changed_by(actor, match)
    if values.side not in SIDES or values.period not in (VISIT, *PERIODS):
        raise DeskError("malformed", "side")
    answers = MATCH_ANSWERS[values.side]
    if any(getattr(values, part) not in codes for part, codes in answers.items()):
        raise DeskError("malformed", "answer")
    if values.on > desk.today().isoformat():
        raise DeskError("malformed", "answer")
    body = {name: getattr(values, name) for name in ("side", "period", "on", "did", "felt", "next")}
    words = {"personWords": values.person_words, "hostWords": values.host_words, "nextOn": values.next_on}
    return act(desk, actor, "match.followed", {"match": row.id} | body | words, row.case).id


def undo(desk: Desk, actor: Actor, match: str, entry: str) -> None:
    """What was written by mistake: the way is as if it had not been."""
    row = changed_by(actor, match)
    found = MatchEntry.get_or_none((MatchEntry.id == entry) & (MatchEntry.match == row.id))
    if found is None or found.undone:
        raise DeskError("not_found", entry[:40])
    act(desk, actor, "match.undone", {"match": row.id, "entry": entry}, row.case)


def hand_paper(desk: Desk, actor: Actor, match: str, side: str, lines: dict[str, str]) -> str:
    """A paper was handed over; what stood on it is kept. A host's asks the gate."""
    row = changed_by(actor, match)
    if side not in SIDES:
        raise DeskError("malformed", "side")
    if side == HOST:
        pass_gate(TELL, row.case, desk.today())
    paper, on = new_id(), desk.today().isoformat()
    body = {"match": row.id, "paper": paper, "side": side, "lines": lines, "on": on}
    act(desk, actor, "match.paper_handed", body, row.case)
    return paper


def changed_by(actor: Actor, match: str) -> Any:
    """The match, for whoever may change it. Raises not_found, NotAllowed."""
    row = match_of(actor, match)
    demand(actor, "change", "matching", row.case)
    return row


def match_of(actor: Actor, match: str) -> Any:
    """The match, for whoever sees its case. Raises not_found, NotAllowed."""
    row: Any = Match.get_or_none(Match.id == match)
    return demand_row(actor, "see", "core", row)
