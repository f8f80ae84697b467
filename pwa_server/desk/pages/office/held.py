"""預かり: what arrived and could not be read in. Nothing here is lost; a person tries again, or closes the card."""

from typing import Annotated, Any

from flask import Blueprint, g, redirect, render_template, url_for

from pwa_server import texts
from sync.limits import MAX_EVENTS

from ... import actions
from ...exchange.open_envelope import Contents, contents, envelope_of
from ...models.office_and_cases import Held, Received
from ...queries.access import demand
from ...queries.access_log import note_view
from ..layout import counts
from ..layout.forms import Form, Id, at_field, checked, most
from ..layout.lookups import books, devices
from ..layout.page import say
from ..layout.session import me, the_desk

pages = Blueprint("held", __name__)
MOST_TOLD = 5_000  # values of one envelope on a page
HOW = ("recorded_by_hand", "not_needed")


@pages.get("/held")
def page() -> Any:
    demand(me(), "see", "held")
    past = list(Held.select().where(Held.state != "held").order_by(Held.at.desc()).limit(30))
    return render_template(
        "desk/held.html", rows=counts.held_rows(), past=past, devices=devices(), reason=reason, **books()
    )


def reason(row: Any) -> str:
    """Why it is here and what will happen, in words."""
    return str(g.words.term("desk.held.reason", row.reason))


@pages.get("/held/<path:held>")
def one(held: str) -> Any:
    demand(me(), "see", "held")
    row = Held.get_or_none(Held.id == held)
    if row is None:
        return redirect(url_for("held.page"))
    note_view(the_desk(), me(), f"held {held}", row.case)
    lines, inside = what_came(row)
    return render_template(
        "desk/held_one.html",
        row=row,
        told=lines[:MOST_TOLD],
        more=max(0, len(lines) - MOST_TOLD),
        inside=inside,
        devices=devices(),
        reason=reason,
        event_name=event_name,
        place_name=place_name,
        **books(),
    )


def what_came(row: Any) -> tuple[list[tuple[str, str]], str]:
    """What a person may read of it, by path; and a sentence about an envelope, "" where its content says enough."""
    if row.kind == "stretch":
        return [], str(g.words.t("desk.held.inside.stretch"))
    if row.kind != "envelope":
        notes = row.event.get("body", {}) if isinstance(row.event, dict) else {}
        return texts_of(notes), ""
    received = Received.get_or_none(Received.id == row.envelope)
    if received is None:
        return [], ""
    found = contents(the_desk(), envelope_of(received))
    if found.state == "sealed":
        return [], ""
    named = [event.get("case") for event in found.events if isinstance(event, dict)]
    for case in {case for case in named if isinstance(case, str)}:
        note_view(the_desk(), me(), f"held {row.id}", case)
    return texts_of(found.body), about(found)


def about(found: Contents) -> str:
    """What is so of an envelope that opened."""
    return str(g.words.t(f"desk.held.inside.{found.state}", count=len(found.events), most=MAX_EVENTS))


def event_name(row: Any) -> str:
    """What kind of entry it is, in words; a newer program's by its own name."""
    return str(g.words.term("desk.event", row.type or row.kind))


def place_name(path: str) -> str:
    """A field of a visit in words, whatever record it stands in; another place as it is spelled."""
    plain = path.removeprefix("record.")
    return g.words.t(f"desk.field.{plain}") if texts.has(g.lang, f"desk.field.{plain}") else path


def texts_of(body: Any, path: str = "") -> list[tuple[str, str]]:
    """Every readable value of an event nobody could apply, with its path: so that it can be recorded by hand."""
    if isinstance(body, dict):
        return [pair for name, value in body.items() for pair in texts_of(value, f"{path}.{name}".strip("."))]
    if isinstance(body, list):
        return [pair for i, value in enumerate(body) for pair in texts_of(value, f"{path}.{i + 1}")]
    return [(path, str(body))] if body not in (None, "", False) else []


class Decision(Form):
    do: Id = ""
    comment: Annotated[str, most(1000)] = ""


@pages.post("/held/<path:held>")
def decide(held: str) -> Any:
    desk, back = the_desk(), url_for("held.one", held=held)
    form = checked(Decision, back)
    if form.do == "retry":
        done = actions.retry_held(desk, me(), held)
        say("desk.said.retried" if done else "desk.said.still_held", tone="" if done else "wait")
        return redirect(url_for("held.page"))
    if form.do not in HOW or not form.comment:
        raise at_field(back, "comment", "desk.error.comment_missing")
    actions.dismiss_held(desk, me(), held, form.do, form.comment)
    say("desk.said.dismissed")
    return redirect(url_for("held.page"))
