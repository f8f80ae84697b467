"""活躍の場: where somebody may take part. Nobody is named on this page."""

from typing import Annotated, Any

from flask import Blueprint, redirect, render_template, url_for

from ...actions import community
from ...core.errors import DeskError
from ...models.community import Opportunity
from ...queries.access import demand
from ..layout.forms import Day, Form, WrongForm, Yes, checked, most
from ..layout.page import changes, say
from ..layout.session import me, the_desk

pages = Blueprint("opportunities", __name__)
SHORT, LONG = 80, 1000
CALM = range(1, 6)
USUALLY_CALM = 3
Short = Annotated[str, most(SHORT)]


class Place(Form):
    name: Short = ""
    host: Short = ""
    kind: Short = ""
    place: Short = ""
    times: Short = ""
    state: Short = ""
    note: Annotated[str, most(LONG)] = ""
    anonymous: Yes = False
    calm: Short = ""
    verified_until: Day = None


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
    back = url_for("opportunities.page") + "#places"
    form = checked(Place, back)
    until = form.verified_until
    fields = form.model_dump(exclude={"calm", "verified_until"}) | {
        "calm": int(form.calm) if form.calm in map(str, CALM) else USUALLY_CALM,
        "verifiedUntil": until.isoformat() if until else None,
    }
    try:
        community.set_opportunity(the_desk(), me(), fields, place)
    except DeskError as error:
        if error.code not in ("empty", "malformed"):
            raise
        raise WrongForm(back, {}, "desk.error.fields_missing") from None
    say("desk.said.written_down")
    return redirect(back)
