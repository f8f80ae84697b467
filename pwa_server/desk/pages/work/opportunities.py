"""活躍の場: where somebody may take part. Nobody is named on this page."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from ...actions import community
from ...core.errors import DeskError
from ...models.community import Opportunity
from ...queries.access import demand
from ..layout.page import changes, say
from ..layout.session import me, the_desk
from ..layout.words import typed_day

pages = Blueprint("places", __name__)
SHORT, LONG = 80, 1000
CALM = range(1, 6)


@pages.get("/places")
def page() -> Any:
    demand(me(), "see", "opportunities")
    rows = list(
        Opportunity.select().order_by(Opportunity.state == "resting", Opportunity.name, Opportunity.id)
    )
    return render_template(
        "desk/places.html",
        rows=rows,
        may_places=changes("opportunities"),
        choices=community,
        calm=CALM,
    )


@pages.post("/places")
def add() -> Any:
    return keep_place(None)


@pages.post("/places/<place>")
def change(place: str) -> Any:
    return keep_place(place)


def keep_place(place: str | None) -> Any:
    form = request.form
    calm = form.get("calm", "")
    told = {name: text(name, SHORT) for name in ("name", "host", "kind", "place", "times", "state")} | {
        "note": text("note", LONG),
        "anonymous": form.get("anonymous") == "yes",
        "calm": int(calm) if calm in ("1", "2", "3", "4", "5") else 3,
        "verifiedUntil": day("verified_until"),
    }
    return kept(lambda: community.set_opportunity(the_desk(), me(), told, place), "places")


def kept(keep: Any, part: str) -> Any:
    try:
        keep()
    except DeskError as error:
        if error.code not in ("empty", "malformed"):
            raise
        say("desk.error.fields_missing", tone="wrong")
    else:
        say("desk.said.written_down")
    return redirect(url_for("places.page") + f"#{part}")


def text(name: str, longest: int) -> str:
    return request.form.get(name, "").strip()[:longest]


def day(name: str) -> str | None:
    given = typed_day(request.form.get(name, ""))
    return None if given is None else given.isoformat()
