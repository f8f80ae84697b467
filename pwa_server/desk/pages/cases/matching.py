"""参加支援: what may be told, places in words, the way with both sides' words, whom to ask, the two papers."""

from datetime import date
from typing import Any, Literal

from flask import Blueprint, g, redirect, render_template, url_for
from flask import request as asked

from sync.events import MATCH_ANSWERS

from ...actions import participation as acts
from ...core.errors import DeskError
from ...models.opportunities import LOADS, Opportunity
from ...models.participation import (
    AFTER,
    ARRANGED,
    HOST,
    MOST_REASONS,
    PERIODS,
    PERSON,
    REASON,
    SIDE_ROADS,
    SIDES,
    STEPS,
    VISIT,
    WHY,
)
from ...queries import named_persons, opportunities
from ...queries import participation as matches
from ...queries.access import demand, may
from ...queries.access_log import note_view
from ..layout.form_values import read_day
from ..layout.forms import Form, Id, Line, Text, read_form, typed
from ..layout.lookups import people
from ..layout.page import changes, say, sees
from ..layout.permissions import see_case
from ..layout.session import me, the_desk

pages = Blueprint("matching", __name__)
FAULTS = ("malformed", "host_consent_missing", "place_unchecked")
NUMBER = "number"  # of a case: it never stands on a paper


class ReasonsForm(Form):
    opportunity: Id = ""
    fits: Text = ""
    minds: Text = ""


class StepForm(Form):
    step: Literal[*STEPS, *SIDE_ROADS]  # type: ignore[valid-type]
    on: Line = ""
    minutes: Line = ""
    person: Text = ""
    host: Text = ""
    company: Line = ""
    why: Literal["", *WHY] = ""  # type: ignore[valid-type]
    next: Literal["", *AFTER] = ""  # type: ignore[valid-type]
    next_on: Line = ""


class HeardForm(Form):
    ask: Line = ""  # side and period of a question that stands
    on: Line = ""
    did: Line
    felt: Line
    next: Line
    next_on: Line = ""
    person_words: Text = ""
    host_words: Text = ""


class ArrangedForm(Form):
    days: Line = ""
    call: Line = ""


class EntryForm(Form):
    entry: Id = ""


class SideForm(Form):
    side: Literal[SIDES]  # type: ignore[valid-type]


@pages.get("/cases/<case>/matching")
def page(case: str) -> Any:
    return _page(case, asked.args.get("match", ""))


def _page(case: str, chosen: str, wrong: str = "", what: str = "") -> str:
    row, today = see_case(case), the_desk().today()
    demand(me(), "see", "matching", case)
    note_view(the_desk(), me(), "matching", case)
    found = matches.matches_of(case)
    places = {one.id: one for one in Opportunity.select()}
    match = next((one for one in found if one.id == chosen), found[0] if found else None)
    entries = matches.entries_of(match.id) if match else []
    shared = matches.told_to_host(case, today)
    place = places.get(match.opportunity) if match else None
    return render_template(
        "desk/matching.html",
        case=row,
        told=shared,
        profile=matches.profile_of(case) if may(me(), "see", "participation_profile", case) else None,
        matches=found,
        places=places,
        match=match,
        place=place,
        entries=entries,
        way=_way(match, entries) if match else [],
        questions=_questions(match, entries) if match else {},
        offers=[_in_words(one) for one in matches.offers(case, today)],
        old={one.id for one in places.values() if opportunities.is_old(one, today)},
        slip=host_lines(match, shared) if match else {},
        talks=opportunities.talks(place.id)[:3] if place and sees("host_contacts") else [],
        may_ring=sees("host_contacts"),
        may_write=changes("matching", case) and row.status == "active",
        steps=STEPS,
        side_roads=SIDE_ROADS,
        periods=PERIODS,
        sides=SIDES,
        answers=MATCH_ANSWERS,
        why=WHY,
        after=AFTER,
        names=people(),
        wrong=wrong,
        what=what,
        typed=_typed(what),
        today=today.isoformat(),
    )


def _in_words(offer: matches.Offer) -> dict[str, Any]:
    def said(reasons: list[matches.Reason]) -> list[str]:
        return [g.words.t(one.key, **one.slots).strip() for one in reasons]

    return {"place": offer.place, "fits": said(offer.fits), "minds": said(offer.minds)}


def _typed(what: str) -> dict[str, Any]:
    """What was typed into the form that was refused."""
    forms: dict[str, type[Form]] = {
        "add": ReasonsForm,
        "reasons": ReasonsForm,
        "step": StepForm,
        "heard": HeardForm,
        "arranged": ArrangedForm,
    }
    return typed(forms[what]) if what in forms else {}


def _way(match: Any, entries: list[Any]) -> list[dict[str, Any]]:
    """Each step with the day it was last taken, and where it stands now; the side roads hang beside it."""
    days = {STEPS[0]: match.begun_on}
    days |= {one.step: one.on for one in entries if one.step and not one.undone}
    steps = [
        {"step": step, "on": days.get(step), "here": match.step == step, "aside": False} for step in STEPS
    ]
    aside = match.step if match.step in SIDE_ROADS else SIDE_ROADS[0]
    here = match.step in SIDE_ROADS
    return [*steps, {"step": aside, "on": match.step_on if here else None, "here": here, "aside": True}]


def _questions(match: Any, entries: list[Any]) -> dict[str, dict[str, matches.FollowUp]]:
    found: dict[str, dict[str, matches.FollowUp]] = {}
    for one in matches.follow_ups(match, entries):
        found.setdefault(one.period, {})[one.side] = one
    return found


def host_lines(match: Any, shared: matches.Told) -> dict[str, str]:
    """All that a host reads: when they come, what may be told, whom to ring. Nothing else is given to the paper."""
    if shared.missing:
        return {}
    lines = {"called": shared.lines.get("called", ""), "days": match.days}
    lines |= {name: text for name, text in shared.lines.items() if name not in lines}
    return {name: text for name, text in (lines | {"call": match.call}).items() if text}


OF_A_PLACE = ("name", "host", "kind", "district", "place", "times", "shortest", "doing", "pay", "care")
OF_A_LOAD = tuple(name for load in LOADS for name in (load, f"{load}_words"))


def person_lines(match: Any, place: Any) -> dict[str, str]:
    """All that the person reads of a place: what everybody may read of it, and when they would come."""
    lines = {name: str(getattr(place, name) or "") for name in (*OF_A_PLACE, *OF_A_LOAD)}
    lines |= {name: "yes" if getattr(place, name) else "" for name in ("alone", "anonymous")}
    return {name: text for name, text in (lines | {"days": match.days}).items() if text}


@pages.post("/cases/<case>/matching")
def add(case: str) -> Any:
    see_case(case)
    demand(me(), "change", "matching", case)
    form, reasons = _reasons()
    if form is None or reasons is None:
        g.refused = True
        return _page(case, "", "reasons", "add"), 400
    match = acts.weigh(the_desk(), me(), case, form.opportunity, *reasons)
    say("desk.said.written_down")
    return redirect(url_for("matching.page", case=case, match=match))


def _reasons() -> tuple[ReasonsForm | None, tuple[list[str], list[str]] | None]:
    """One a line; none where a line is too long or there are too many."""
    form, _ = read_form(ReasonsForm)
    if form is None:
        return None, None
    lines = tuple(
        [one.strip() for one in text.splitlines() if one.strip()] for text in (form.fits, form.minds)
    )
    if any(len(part) > MOST_REASONS or any(len(one) > REASON.longest for one in part) for part in lines):
        return form, None
    return form, (lines[0], lines[1])


def _own(match: str) -> Any:
    """The match, for whoever may change it: what is not theirs is answered like what is not there."""
    row = acts.match_of(me(), match)
    see_case(row.case)
    return acts.changed_by(me(), match)


@pages.post("/matches/<match>/reasons")
def reasons(match: str) -> Any:
    row = _own(match)
    _, lines = _reasons()
    if lines is None:
        g.refused = True
        return _page(row.case, match, "reasons", "reasons"), 400
    acts.weigh_again(the_desk(), me(), match, *lines)
    return _kept(row)


@pages.post("/matches/<match>/arranged")
def arranged(match: str) -> Any:
    """What stands on the host's paper beside the profile: no case's number."""
    row, (form, wrong) = _own(match), read_form(ArrangedForm)
    longest = {one.name: one.longest for one in ARRANGED}
    long = any(len(text) > longest[name] for name, text in typed(ArrangedForm).items())
    numbered = any(kind == NUMBER for kind, _ in named_persons.told(me(), *typed(ArrangedForm).values()))
    if wrong or form is None or long or numbered:
        g.refused = True
        return _page(row.case, match, "named" if numbered else "too_long", "arranged"), 400
    acts.arrange(the_desk(), me(), match, form.days, form.call)
    return _kept(row)


@pages.post("/matches/<match>/steps")
def step(match: str) -> Any:
    row, (form, wrong) = _own(match), read_form(StepForm)
    on, minutes = _day(form.on if form else ""), (form.minutes if form else "")
    if wrong or form is None or on is None or not (minutes.isdecimal() or not minutes) or len(minutes) > 3:
        g.refused = True
        return _page(row.case, match, "step", "step"), 400
    next_on = read_day(form.next_on)
    given = form.model_dump() | {
        "on": on.isoformat(),
        "minutes": int(minutes) if minutes else None,
        "next_on": next_on and next_on.isoformat(),
    }
    try:
        entry = acts.step(the_desk(), me(), match, acts.Step(**given))
    except DeskError as error:
        if error.code not in FAULTS:
            raise
        g.refused = True
        return _page(row.case, match, error.code, "step"), 400
    return _kept(row, entry)


def _day(text: str) -> date | None:
    return read_day(text) if text else the_desk().today()


@pages.post("/matches/<match>/heard")
def heard(match: str) -> Any:
    """What was seen there, or what one side said when it was asked."""
    row, (form, wrong) = _own(match), read_form(HeardForm)
    side, _, period = (form.ask if form else "").partition(" ")
    on = _day(form.on if form else "")
    if wrong or form is None or on is None:
        g.refused = True
        return _page(row.case, match, "heard", "heard"), 400
    next_on = read_day(form.next_on)
    given = form.model_dump(exclude={"ask"}) | {
        "side": side,
        "period": period or VISIT,
        "on": on.isoformat(),
        "next_on": next_on and next_on.isoformat(),
    }
    try:
        entry = acts.follow(the_desk(), me(), match, acts.Heard(**given))
    except DeskError as error:
        if error.code != "malformed":
            raise
        g.refused = True
        return _page(row.case, match, "heard", "heard"), 400
    return _kept(row, entry)


@pages.post("/matches/<match>/undo")
def undo(match: str) -> Any:
    row, (form, _) = _own(match), read_form(EntryForm)
    acts.undo(the_desk(), me(), match, form.entry if form else "")
    say("desk.said.match_undone")
    return redirect(url_for("matching.page", case=row.case, match=match))


def _kept(row: Any, entry: str = "") -> Any:
    back = (url_for("matching.undo", match=row.id), [("entry", entry)]) if entry else None
    say("desk.said.written_down", undo=back)
    return redirect(url_for("matching.page", case=row.case, match=row.id))


@pages.get("/matches/<match>/host-paper")
def host_paper(match: str) -> Any:
    """受入先が読む紙: the whole of it."""
    return _paper(match, HOST)


@pages.get("/matches/<match>/person-paper")
def person_paper(match: str) -> Any:
    """本人に見せる紙."""
    return _paper(match, PERSON)


def _paper(match: str, side: str) -> str:
    row = acts.match_of(me(), match)
    see_case(row.case)
    demand(me(), "see", "matching", row.case)
    note_view(the_desk(), me(), f"match_paper {row.id}", row.case)
    lines, missing = lines_of(row, side)
    return render_template(
        "desk/match_paper.html",
        row=row,
        side=side,
        lines=lines,
        missing=missing,
        loads=LOADS,
        may_write=changes("matching", row.case),
        handed=matches.papers_of(row.id, side),
        names=people(),
    )


def lines_of(row: Any, side: str) -> tuple[dict[str, str], str | None]:
    """What stands on a paper, and what is missing for it."""
    if side == HOST:
        shared = matches.told_to_host(row.case, the_desk().today())
        return host_lines(row, shared), shared.missing
    place = Opportunity.get_or_none(Opportunity.id == row.opportunity)
    return (person_lines(row, place), None) if place else ({}, "not_found")


@pages.post("/matches/<match>/papers")
def hand(match: str) -> Any:
    """Handed over: what stood on it, and when, stays."""
    row, (form, _) = _own(match), read_form(SideForm)
    side = form.side if form else ""
    lines, missing = lines_of(row, side) if side in SIDES else ({}, "malformed")
    if missing:
        raise DeskError(missing)
    acts.hand_paper(the_desk(), me(), match, side, lines)
    say("desk.said.paper_handed")
    return redirect(url_for(f"matching.{side}_paper", match=match))
