"""参加のてがかり: what a person likes and needs when they take part somewhere, and what they said may be passed on."""

from typing import Annotated, Any

from flask import Blueprint, redirect, render_template, url_for

from ...actions import community
from ...core.errors import DeskError
from ...models.community import Opportunity, ParticipationProfile
from ...queries.access import demand, may
from ...queries.access_log import note_view
from ...queries.gates import why_not
from ..layout.forms import Form, Id, at_field, checked, most
from ..layout.lookups import people
from ..layout.page import changes, say, sees
from ..layout.permissions import see_case
from ..layout.session import me, the_desk

pages = Blueprint("participation", __name__)
LONGEST = 1000
Box = Annotated[str, most(LONGEST)]


class Profile(Form):
    likes: Box = ""
    pace: Box = ""
    avoid: Box = ""
    shareable: Box = ""
    company: Id = ""


BOXES = tuple(name for name in Profile.model_fields if name != "company")


@pages.get("/cases/<case>/participation")
def page(case: str) -> Any:
    row = see_case(case)
    demand(me(), "see", "participation_profile", case)
    note_view(the_desk(), me(), "participation", case)
    known = ParticipationProfile.get_or_none(ParticipationProfile.case == case)
    taking = Opportunity.select().where(Opportunity.state == "open")
    open_places = taking.order_by(Opportunity.calm.desc(), Opportunity.name)
    return render_template(
        "desk/profile.html",
        case=row,
        known=known,
        boxes=BOXES,
        company=community.COMPANY,
        names=people(),
        may_write=changes("participation_profile", case),
        sees_consent=may(me(), "see", "core", case),
        agreed=why_not("host", case, the_desk().today()) is None,
        rows=list(open_places) if sees("opportunities") else [],
    )


@pages.post("/cases/<case>/participation")
def keep(case: str) -> Any:
    see_case(case)
    back = url_for("participation.page", case=case)
    try:
        community.set_profile(the_desk(), me(), case, checked(Profile, back).model_dump())
    except DeskError as error:
        if error.code != "malformed":
            raise
        raise at_field(back, "company", "desk.error.fields_missing") from None
    say("desk.said.written_down")
    return redirect(back)
