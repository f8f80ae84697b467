"""気づき: a few lines from a neighbour, a commissioner, an agency; and the office's thanks. For a commissioner also
whom they were asked to keep an eye on: how the name is read, and whether to go in two or ring first. Nothing else.
"""

from typing import Any, Literal

from flask import Blueprint, redirect, render_template, request, url_for

from sync.events import NAMED

from ...actions import community
from ...core.errors import NotAllowed
from ...models.community import Notice
from ...models.office_and_cases import Number, SafetyFlag
from ...queries.access import demand, may, sees_all, shown_flags
from ...queries.access_log import note_view
from ...queries.watched import watched as lines_of_watched
from ..layout.forms import Form, Line, NeededText, Text, read_form, typed
from ..layout.lookups import assigned, people
from ..layout.page import changes, say, sees
from ..layout.session import me, the_desk

pages = Blueprint("notices", __name__)
SHOWN = 100


class Given(Form):
    who: Line = ""
    place: Line = ""
    noticed: NeededText
    named: Literal[NAMED]  # type: ignore[valid-type]


class Answered(Form):
    answer: Literal[community.ANSWERS]  # type: ignore[valid-type]
    thanks: Text = ""


@pages.route("/notices", methods=["GET", "POST"])
def page() -> Any:
    if not sees("notices"):
        raise NotAllowed("see notices")
    wrong: dict[str, str] = {}
    if request.method == "POST":
        given, wrong = read_form(Given)
        if given:
            community.give_notice(the_desk(), me(), **given.model_dump())
            say("desk.said.notice_given")
            return redirect(url_for("notices.page"))
    all_of_them = sees_all(me(), "notices")
    standing = Notice.select().where(~Notice.withdrawn)
    rows = standing if all_of_them else standing.where(Notice.by == me().id)
    return render_template(
        "desk/notices.html",
        rows=list(rows.order_by(Notice.answer.is_null(False), Notice.at.desc()).limit(SHOWN)),
        may_give=may(me(), "change", "notices", author=me().id),
        may_answer=changes("notices"),
        names=people(),
        watched=watched(),
        numbers=[row for row in Number.select().order_by(Number.place) if row.tel],
        choices=community,
        form=typed(Given),
        wrong=wrong,
    )


@pages.post("/notices/<notice>")
def answer(notice: str) -> Any:
    demand(me(), "change", "notices")
    answered, wrong = read_form(Answered)
    if answered is None:
        say(
            "desk.notices.answer_missing" if "answer" in wrong else "desk.notices.thanks_too_long",
            tone="wrong",
        )
    else:
        community.answer_notice(the_desk(), me(), notice, answered.answer, answered.thanks)
        say("desk.said.notice_answered")
    return redirect(url_for("notices.page"))


def watched() -> list[dict[str, Any]]:
    """Households this person was asked to look after, when that is all they may know of them."""
    found = []
    for one in lines_of_watched(me()):
        case = one["case"]
        note_view(the_desk(), me(), "watched", case)
        workers = [one for one in assigned(case) if one != me().id]
        found.append(one | {"safety": safety_kinds(case), "workers": workers})
    return found


def safety_kinds(case: str) -> list[str]:
    """Kinds alone: the words of a card may name more than a commissioner is to know."""
    if not may(me(), "see", "safety", case):
        return []
    flags = SafetyFlag.select().where((SafetyFlag.case == case) & SafetyFlag.active)
    return sorted({row.kind for row in shown_flags(me(), list(flags))})
