"""他課へのつなぎ: what another section or agency was told, on what ground, and its answer.

Whoever works on the case writes and takes back; a receiver with an account reads what they were sent and answers here;
for one without, the answer that came by telephone or letter is written down.
"""

from typing import Annotated, Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from pydantic import Field

from sync.events import GROUNDS, LAWS, TOLD

from ...actions import handovers as acts
from ...core.errors import DeskError, NotAllowed
from ...models.handovers import ANSWERS, HOW, LAW
from ...models.office_and_cases import CaseFile
from ...queries import handovers
from ...queries.access import demand, may
from ...queries.access_log import note_view, note_views
from ...queries.consent import Ledger
from ..layout.forms import Day, Form, Id, Ids, Line, checked, most, retyped
from ..layout.lookups import books, people
from ..layout.page import changes, say, sees
from ..layout.permissions import see_case
from ..layout.session import me, the_desk

pages = Blueprint("handovers", __name__)
LONGEST = 2000
Words = Annotated[str, most(LONGEST)]


class Letter(Form):
    """`to` is one of the office's list, `other` a body that does not stand there."""

    to: Line = ""
    other: Line = ""
    ground: Id = ""
    receiver: Id = ""
    law: Id = ""
    told: Ids
    answer_by: Day = Field(None, alias="answerBy")
    person: Words = ""
    reason: Words = ""
    text: Words = ""


class Answer(Form):
    answer: Id = ""
    how: Id = ""
    on: Day = None
    why: Words = ""
    by: Words = ""


class Back(Form):
    reason: Words = ""


class Bodies(Form):
    """One a line."""

    bodies: Annotated[str, most(20_000)] = ""


FAULTS = (
    "empty",
    "malformed",
    "consent_for_body_missing",
    "names_person",
    "law_reason_missing",
    "case_closed",
)


@pages.get("/handovers")
def page() -> Any:
    if not sees("handovers"):
        raise NotAllowed("see handovers")
    desk = the_desk()
    mine, waiting = handovers.sent_to(desk, me()), handovers.waiting(me())
    note_views(desk, me(), "handovers", [row.case for row in (*mine, *waiting)])
    return render_template(
        "desk/handovers.html",
        mine=mine,
        waiting=waiting,
        stopped={row.id: handovers.stopped(row, desk.today()) for row in waiting},
        today=desk.today().isoformat(),
        **books(waiting),
    )


@pages.route("/cases/<case>/handovers", methods=["GET", "POST"])
def new(case: str) -> Any:
    """What was handed over of this household, and the form for one more."""
    row = see_case(case)
    demand(me(), "see", "handovers", case)
    letter, wrong = letter_of(Letter.model_validate({})), ""
    if request.method == "POST":
        demand(me(), "change", "handovers", case)
        letter = letter_of(checked(Letter, url_for("handovers.new", case=case)))
        try:
            id_ = acts.send(the_desk(), me(), case, letter)
        except DeskError as error:
            if error.code not in FAULTS:
                raise
            g.refused = True
            wrong = f"{error.code}.{error.detail}" if error.code == "empty" else error.code
        else:
            say("desk.said.handover_sent")
            return redirect(url_for("handovers.one", handover=id_))
    note_view(the_desk(), me(), "handovers", case)
    return _form(row, letter, wrong), 400 if wrong else 200


def letter_of(form: Letter) -> acts.Letter:
    day = form.answer_by or the_desk().today() + handovers.WITHIN
    return acts.Letter(
        to=form.to or form.other,
        ground=form.ground,
        receiver=form.receiver or None,
        law=form.law if form.law in LAWS else None,
        told=[one for one in TOLD if one in form.told],
        answer_by=day.isoformat(),
        person=form.person,
        reason=form.reason,
        text=form.text,
    )


def _form(row: Any, entries: acts.Letter, wrong: str) -> str:
    today, ledger = the_desk().today(), Ledger(row.id)
    names = handovers.bodies()
    return render_template(
        "desk/handover_new.html",
        case=row,
        told=entries,
        wrong=wrong,
        bodies={name: handovers.may_tell(ledger, name, None, today) for name in names},
        receivers=handovers.receivers(),
        grounds=GROUNDS,
        laws=LAWS,
        scopes=TOLD,
        contact=handovers.contact_of(row.id) if may(me(), "see", "contact", row.id) else "",
        may_write=changes("handovers", row.id) and row.status == "active",
        before=handovers.of_case(row.id),
        stopped={one.id: handovers.stopped(one, today) for one in handovers.of_case(row.id)},
        today=today.isoformat(),
        people=people(),
    )


@pages.get("/handovers/<handover>")
def one(handover: str) -> Any:
    return _page(handovers.read(the_desk(), me(), handover))


def _page(row: Any, wrong: str = "") -> str:
    note_view(the_desk(), me(), f"handover {row.id}", row.case)
    case = CaseFile.get_by_id(row.case)
    return render_template(
        "desk/handover.html",
        row=row,
        case=case if may(me(), "see", "core", row.case) else None,
        wrong=wrong,
        form=retyped(Answer),
        answers=ANSWERS,
        how=("here",) if row.receiver == me().id else HOW[1:],
        may_take_back=changes("handovers", row.case) and row.withdrawn_at is None,
        may_answer=may(me(), "change", "handovers", row.case, author=row.receiver)
        and row.withdrawn_at is None,
        stopped=handovers.stopped(row, the_desk().today()),
        today=the_desk().today().isoformat(),
        people=people(),
        law=LAW,
    )


@pages.post("/handovers/<handover>/answer")
def answer(handover: str) -> Any:
    row = handovers.read(the_desk(), me(), handover)
    form, here = checked(Answer, url_for("handovers.one", handover=handover)), row.receiver == me().id
    on = form.on or the_desk().today()
    try:
        acts.answer(
            the_desk(),
            me(),
            handover,
            form.answer,
            form.why,
            by=me().name if here else form.by,
            how="here" if here else form.how,
            on=on.isoformat(),
        )
    except DeskError as error:
        if error.code not in ("empty", "malformed", "reason_missing"):
            raise
        g.refused = True
        return _page(row, "nobody" if error.code == "empty" else error.code), 400
    say("desk.said.handover_answered")
    return redirect(url_for("handovers.one", handover=handover))


@pages.post("/handovers/<handover>/back")
def take_back(handover: str) -> Any:
    row = handovers.read(the_desk(), me(), handover)
    form = checked(Back, url_for("handovers.one", handover=handover))
    try:
        acts.take_back(the_desk(), me(), handover, form.reason)
    except DeskError as error:
        if error.code != "reason_missing":
            raise
        g.refused = True
        return _page(row, "back_reason"), 400
    say("desk.said.handover_withdrawn")
    return redirect(url_for("handovers.new", case=row.case))


@pages.get("/handovers/<handover>/sheet")
def sheet(handover: str) -> Any:
    """つなぐシート, for A4: what may be told, and nothing else of the household."""
    row = handovers.read(the_desk(), me(), handover)
    if handovers.stopped(row, the_desk().today()):
        raise DeskError("handover_stopped")
    note_view(the_desk(), me(), f"handover_sheet {row.id}", row.case)
    return render_template("desk/handover_sheet.html", row=row, people=people(), law=LAW)


@pages.post("/settings/handovers")
def set_bodies() -> Any:
    """The office's list of sections and agencies, one a line."""
    demand(me(), "change", "settings")
    back = url_for("settings.page") + "#handovers"
    acts.set_bodies(the_desk(), me(), checked(Bodies, back).bodies.splitlines())
    say("desk.said.settings")
    return redirect(back)
