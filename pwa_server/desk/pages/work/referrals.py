"""つなぎ: the small desk of another body. What came back, and a form of five minutes; and the office's answer to it.

Whoever refers reads `queries.referrals.Answer` of each of their own, what they noticed with its answer, and nothing
else of a household.
"""

from typing import Annotated, Any

from flask import Blueprint, g, redirect, render_template, url_for

from ...actions import referrals as acts
from ...core.errors import DeskError, NotAllowed
from ...models.community import Notice
from ...models.office_and_cases import Number
from ...models.referrals import LONGEST_ASKED, LONGEST_CALLED
from ...queries import referrals
from ...queries.access import demand, may
from ...queries.consultation_form import reported
from ..layout.forms import Day, Form, at_field, checked, most, read_form, typed, typed_names
from ..layout.lookups import people
from ..layout.page import opens, say
from ..layout.session import me, the_desk

pages = Blueprint("referrals", __name__)
NOTICES = 20


class Called(Form):
    called: Annotated[str, most(LONGEST_CALLED)] = ""


class Asked(Form):
    asked: Annotated[str, most(LONGEST_ASKED)] = ""
    until: Day = None


@pages.get("/referrals")
def page() -> Any:
    if not opens("referrals"):
        raise NotAllowed("see referrals")
    return _page(referrals.written_from(me()), {})


def _page(values: dict[str, Any], wrong: dict[str, str]) -> str:
    return render_template(
        "desk/referrals.html",
        answers=referrals.answers(me(), the_desk().today()),
        notices=_notices(),
        parts_asked=referrals.questions(),
        told=values,
        wrong=wrong,
        called=typed(Called)["called"],
        longest_called=LONGEST_CALLED,
        reported=reported(),
        names=people(),
        numbers=[row for row in Number.select().order_by(Number.place) if row.tel],
    )


def _notices() -> list[Any]:
    if not may(me(), "see", "notices", author=me().id):
        return []
    own = Notice.select().where(~Notice.withdrawn & (Notice.by == me().id))
    return list(own.order_by(Notice.at.desc()).limit(NOTICES))


@pages.post("/referrals")
def send() -> Any:
    """Pressed, it is at the office; what is missing is said beside its field, and nothing typed is lost."""
    if not opens("referrals"):
        raise NotAllowed("change referrals")
    body = _typed()
    _, wrong = referrals.read(body)
    called, wrong_called = read_form(Called)
    if called is None or wrong_called:
        wrong["called"] = "too_long"
    elif referrals.has_number(called.called):
        wrong["called"] = "number"
    if called is None or wrong:
        g.refused = True
        return _page(body, wrong), 400
    acts.send(the_desk(), me(), body, called.called)
    say("desk.said.referral_sent")
    return redirect(url_for("referrals.page"))


def _typed() -> dict[str, Any]:
    asked = [one for part in referrals.questions().values() for one in part]
    many = [one.name for one in asked if one.kind == "many"]
    entries = typed_names((one.name for one in asked if one.kind != "many"), many)
    return {name: value if name in many else value.strip() for name, value in entries.items()}


@pages.post("/referrals/<referral>/take")
def take(referral: str) -> Any:
    demand(me(), "change", "referrals")
    acts.take(the_desk(), me(), referral)
    say("desk.said.referral_taken")
    return redirect(url_for("consultations.one", consultation=referral) + "#referral")


@pages.post("/referrals/<referral>/ask")
def ask(referral: str) -> Any:
    """What the office asks of whoever referred: a line written for them, without a name."""
    demand(me(), "change", "referrals")
    back = url_for("consultations.one", consultation=referral) + "#referral"
    form = checked(Asked, back)
    try:
        acts.ask(the_desk(), me(), referral, form.asked, form.until)
    except DeskError as error:
        if error.code != "names_person":
            raise
        raise at_field(back, "asked", "desk.referrals.names_person") from None
    say("desk.said.referral_asked" if form.asked else "desk.said.referral_asked_nothing")
    return redirect(back)
