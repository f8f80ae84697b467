"""Today's card of a colleague who cannot go: who goes instead, in one press; and when the day is over, its end."""

from typing import Any

from flask import Blueprint, g, redirect, url_for

from ... import actions
from ...actions.cover import day_of
from ...models.cover import CoverAsked
from ...queries import owners
from ...queries.access import is_one_of_us
from ..layout.assured import for_phone
from ..layout.forms import Form, Id, sent
from ..layout.page import changes, say
from ..layout.session import me, the_desk

pages = Blueprint("cover", __name__)


class Decision(Form):
    do: Id = ""
    to: Id = ""


@pages.post("/today/cover/<cover>")
def decide(cover: str) -> Any:
    form, desk = sent(Decision), the_desk()
    if form.do == "grant":
        given = actions.grant_cover(desk, me(), cover, form.to)
        say(for_phone("desk.said.cover_granted", form.to), n=given)
    elif form.do == "end":
        actions.end_cover(desk, me(), cover)
        say("desk.said.cover_ended")
    else:
        actions.refuse_cover(desk, me(), cover)
        say("desk.said.cover_refused")
    return redirect(url_for("today.page") + "#cover")


def covers() -> dict[str, Any]:
    """What waits for a decision, and what goes on although its day is over; who may go."""
    if not changes("core"):
        return {"asked": [], "over": [], "colleagues": []}
    today = g.words.today.isoformat()
    asked = CoverAsked.select().where(CoverAsked.state == "asked").order_by(CoverAsked.at, CoverAsked.id)
    over = (
        CoverAsked.select()
        .where((CoverAsked.state == "granted") & (CoverAsked.on < today))
        .order_by(CoverAsked.on)
    )
    return {
        "asked": [
            {"row": row, "day": day_of(row.staff, row.on)} for row in asked if is_one_of_us(me(), row.staff)
        ],
        "over": [row for row in over if is_one_of_us(me(), row.staff)],
        "colleagues": [row for row in owners.holders(me()) if row.role == "worker"],
    }
