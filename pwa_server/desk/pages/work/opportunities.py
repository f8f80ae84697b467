"""活躍の場・受入先: where somebody may take part, and what was talked over with its host. Nobody is named here."""

from dataclasses import replace
from typing import Annotated, Any, Literal

from flask import Blueprint, g, redirect, render_template, request, url_for

from ...actions import opportunities as acts
from ...models.opportunities import (
    CONTACT,
    FIELDS,
    HOW,
    KINDS,
    LEAST_LOAD,
    LOADS,
    MOST_LOAD,
    SAID,
    SHORTEST,
    STATES,
)
from ...queries import free_texts, issues, named_persons, opportunities
from ...queries.access import ROLES, cell, demand
from ...queries.access_log import note_view
from ...queries.opportunities import CHECK_AGAIN, Wanted
from ..layout.form_values import read_day
from ..layout.forms import Form, Line, checked, most, read_form, typed, typed_names
from ..layout.lookups import people
from ..layout.page import changes, say, sees
from ..layout.session import me, the_desk

pages = Blueprint("opportunities", __name__)
LEVELS = tuple(str(level) for level in range(LEAST_LOAD, MOST_LOAD + 1))
MINUTES = tuple(str(one) for one in SHORTEST)
CONTACTS = "host_contacts"  # the class of how a host is reached
BLANK = dict.fromkeys(("kind", "state", "shortest", *LOADS), "")


class PlaceForm(Form):
    """What is chosen; its texts are `FIELDS`."""

    kind: Literal[KINDS]  # type: ignore[valid-type]
    state: Literal[STATES]  # type: ignore[valid-type]
    district: Line = ""
    people: Literal["", *LEVELS] = ""  # type: ignore[valid-type]
    noise: Literal["", *LEVELS] = ""  # type: ignore[valid-type]
    gaze: Literal["", *LEVELS] = ""  # type: ignore[valid-type]
    talk: Literal["", *LEVELS] = ""  # type: ignore[valid-type]
    shortest: Literal["", *MINUTES] = ""  # type: ignore[valid-type]
    alone: Literal["", "yes"] = ""
    anonymous: Literal["", "yes"] = ""
    verified_until: Line = ""
    nobody: Literal["", "yes"] = ""


class Find(Form):
    q: Annotated[str, most(80)] = ""


class TalkForm(Form):
    on: Line = ""
    how: Literal[HOW]  # type: ignore[valid-type]
    nobody: Literal["", "yes"] = ""


@pages.get("/places")
def page() -> Any:
    demand(me(), "see", "opportunities")
    return _list(_wanted())


@pages.post("/places/find")
def find() -> Any:
    """What is asked for stands in no address: somebody may type a name."""
    demand(me(), "see", "opportunities")
    return _list(replace(_wanted(), words=checked(Find, url_for("opportunities.page")).q))


def _wanted() -> Wanted:
    args = request.args
    load = args.get("load", "")
    return Wanted(
        kind=args.get("kind", "") if args.get("kind") in KINDS else "",
        district=args.get("district", "") if args.get("district") in issues.districts() else "",
        state=args.get("state", "") if args.get("state") in STATES else "",
        load=int(load) if load in LEVELS else None,
        anonymous=args.get("anonymous") == "yes",
        old=args.get("old") == "yes",
    )


def _list(wanted: Wanted) -> str:
    today = the_desk().today()
    rows, every = opportunities.listed(wanted, today), opportunities.listed(Wanted(), today)
    opened = next((row for row in every if row.id == request.args.get("open")), None)
    return render_template(
        "desk/places.html",
        rows=rows,
        every=len(every),
        wanted=wanted,
        opened=opened,
        old={row.id for row in every if opportunities.is_old(row, today)},
        districts=issues.districts(),
        kinds=KINDS,
        states=STATES,
        levels=LEVELS,
        loads=LOADS,
        again=(today + CHECK_AGAIN).isoformat(),
        names=people(),
        may_write=changes("opportunities"),
        may_ring=sees(CONTACTS),
    )


@pages.get("/places/print")
def sheet() -> Any:
    """What may be gone to now, for a wall or a meeting."""
    demand(me(), "see", "opportunities")
    rows = [row for row in opportunities.listed(Wanted(), the_desk().today()) if row.state != "resting"]
    return render_template("desk/places_print.html", rows=rows, loads=LOADS)


@pages.route("/places/new", methods=["GET", "POST"])
def new() -> Any:
    demand(me(), "change", "opportunities")
    return _keep(None) if request.method == "POST" else _form(BLANK, {})


@pages.route("/places/<opportunity>/change", methods=["GET", "POST"])
def change(opportunity: str) -> Any:
    demand(me(), "change", "opportunities")
    row = acts.row_of(opportunity)
    if request.method == "POST":
        return _keep(row)
    note_view(the_desk(), me(), f"host {row.id}")  # its contact stands in the form
    values = {one.name: getattr(row, one.name) for one in (*FIELDS, CONTACT)}
    values |= {name: getattr(row, name) or "" for name in ("kind", "state", "district", "verified_until")}
    values |= {name: str(getattr(row, name) or "") for name in (*LOADS, "shortest")}
    values |= {name: "yes" if getattr(row, name) else "" for name in ("alone", "anonymous")}
    return _form(values, {}, row)


def _form(values: dict[str, Any], wrong: dict[str, str], row: Any = None, found: Any = ()) -> str:
    return render_template(
        "desk/place_edit.html",
        told=values,
        wrong=wrong,
        row=row,
        found=found,
        sure=named_persons.SURE,
        fields={one.name: one for one in (*FIELDS, CONTACT)},
        districts=issues.districts(),
        kinds=KINDS,
        states=STATES,
        loads=LOADS,
        levels=LEVELS,
        shortest=list(MINUTES),
        again=(the_desk().today() + CHECK_AGAIN).isoformat(),
        keepers=[g.words.t(f"role.{role}") for role in ROLES if cell(role, CONTACTS)[0]],
    )


def _keep(row: Any) -> Any:
    written = typed_names(one.name for one in (*FIELDS, CONTACT))
    texts, wrong = free_texts.read((*FIELDS, CONTACT), written)
    chosen, faults = read_form(PlaceForm)
    until = read_day(typed(PlaceForm)["verified_until"])
    if typed(PlaceForm)["verified_until"].strip() and until is None:
        wrong["verified_until"] = "wrong"
    wrong |= dict.fromkeys(faults, "wrong")
    found = named_persons.told(me(), *(written[one.name] for one in FIELDS))
    if wrong or chosen is None or named_persons.refused(found, chosen.nobody == "yes"):
        g.refused = True
        return _form(written | typed(PlaceForm), wrong, row, found), 400
    body = texts | chosen.model_dump(exclude={"nobody"})
    body |= {name: int(body[name]) if body[name] else None for name in (*LOADS, "shortest")}
    body |= {name: body[name] == "yes" for name in ("alone", "anonymous")}
    body["district"] = body["district"] if body["district"] in issues.districts() else ""
    body["verified_until"] = until and until.isoformat()
    id_ = acts.write(the_desk(), me(), body, row.id if row else None)
    say("desk.said.written_down")
    return redirect(url_for("opportunities.page", open=id_))


@pages.post("/places/<opportunity>/check")
def check(opportunity: str) -> Any:
    """Asked again, and still so: until half a year from now."""
    until = the_desk().today() + CHECK_AGAIN
    acts.check(the_desk(), me(), opportunity, until.isoformat())
    say("desk.said.place_checked", day=g.words.day(until.isoformat()))
    return redirect(url_for("opportunities.page", open=opportunity))


@pages.route("/places/<opportunity>/host", methods=["GET", "POST"])
def host(opportunity: str) -> Any:
    """How the host is reached, and what was talked over: opened by a click, and noted."""
    demand(me(), "see", CONTACTS)
    row = acts.row_of(opportunity)
    wrong: dict[str, str] = {}
    found: list[tuple[str, str]] = []
    if request.method == "POST":
        demand(me(), "change", CONTACTS)
        wrong, found = _talk(row)
        if not wrong and not found:
            say("desk.said.written_down")
            return redirect(url_for("opportunities.host", opportunity=row.id))
        g.refused = True
    note_view(the_desk(), me(), f"host {row.id}")
    return render_template(
        "desk/place_host.html",
        row=row,
        talks=opportunities.talks(row.id),
        told=typed(TalkForm) | typed_names([SAID.name]),
        wrong=wrong,
        found=found,
        sure=named_persons.SURE,
        how=HOW,
        today=the_desk().today().isoformat(),
        names=people(),
        may_write=changes(CONTACTS),
    ), 400 if wrong or found else 200


def _talk(row: Any) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """What is wrong, and what in it may tell who is meant; nothing of either: it was kept."""
    words = typed_names([SAID.name])
    body, wrong = free_texts.read((SAID,), words)
    chosen, faults = read_form(TalkForm)
    on = read_day(typed(TalkForm)["on"]) or the_desk().today()
    wrong |= dict.fromkeys(faults, "missing")
    found = named_persons.told(me(), *words.values())
    if wrong or chosen is None:
        return wrong, found
    if named_persons.refused(found, chosen.nobody == "yes"):
        return {}, found
    acts.note_contact(the_desk(), me(), row.id, on.isoformat(), chosen.how, body["words"])
    return {}, []


@pages.post("/places/talks/<contact>/undo")
def undo(contact: str) -> Any:
    opportunity = acts.undo_contact(the_desk(), me(), contact)
    say("desk.said.talk_undone")
    return redirect(url_for("opportunities.host", opportunity=opportunity))
