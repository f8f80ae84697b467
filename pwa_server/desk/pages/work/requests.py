"""本人からの請求: disclosure, correction and stop of use by the day they are due, each with its answer kept."""

from typing import Any, Literal

from flask import Blueprint, g, redirect, render_template, request, url_for
from pydantic import Field

from ...actions import disposals
from ...actions import requests as acts
from ...actions.disclosure import REASONS
from ...core.errors import DeskError
from ...models.office_and_cases import CaseFile
from ...models.requests import ASKERS, DECISIONS, KINDS, MOST_DAYS
from ...queries import requests
from ...queries.access import demand
from ...queries.access_log import note_view
from ..layout.forms import Form, Line, NeededText, Text, read_form, typed
from ..layout.lookups import people
from ..layout.page import changes, say
from ..layout.session import me, the_desk
from ..layout.words import typed_day

pages = Blueprint("requests", __name__)


class Received(Form):
    kind: Literal[*KINDS]  # type: ignore[valid-type]
    requester: Literal[*ASKERS]  # type: ignore[valid-type]
    on: Line
    no: Line = ""
    words: NeededText


class Decided(Form):
    decided: Literal[*DECISIONS]  # type: ignore[valid-type]
    on: Line
    answer: NeededText


class Part(Form):
    part: Line
    reason: Line = ""


class Checked(Form):
    version: Line
    result: Literal["reads", "asks"]
    note: Text = ""


class Answered(Form):
    on: Line


class Days(Form):
    days: int = Field(ge=1, le=MOST_DAYS)


@pages.get("/requests")
def page() -> Any:
    demand(me(), "see", "requests")
    return _list()


def _list(wrong: str = "") -> str:
    rows, done = requests.open_requests(), requests.answered_requests()
    return render_template(
        "desk/requests.html",
        rows=rows,
        done=done,
        cases=_numbers([row.case for row in [*(row for row, _ in rows), *done]]),
        days=requests.days(),
        most=MOST_DAYS,
        wrong=wrong,
        today=the_desk().today(),
        may_write=changes("requests"),
    )


def _numbers(wanted: list[str]) -> dict[str, str]:
    rows = CaseFile.select(CaseFile.id, CaseFile.no).where(CaseFile.id.in_(wanted))
    return {row.id: row.no for row in rows}


@pages.post("/requests/days")
def set_days() -> Any:
    shape, _ = read_form(Days)
    if shape is None:
        demand(me(), "change", "requests")
        g.refused = True
        return _list(g.words.t("desk.request.wrong_days", most=MOST_DAYS)), 400
    acts.set_days(the_desk(), me(), shape.days)
    say("desk.said.request_days")
    return redirect(url_for("requests.page"))


@pages.route("/requests/new", methods=["GET", "POST"])
def new() -> Any:
    demand(me(), "change", "requests")
    wrong: dict[str, str] = {}
    if request.method == "POST":
        shape, wrong = read_form(Received)
        if shape is not None and not typed_day(shape.on):
            wrong = {"on": g.words.t("desk.form.missing")}
        if shape is not None and not wrong:
            try:
                fields = (shape.kind, shape.requester, shape.on, shape.words, shape.no)
                id_ = acts.receive(the_desk(), me(), *fields)
            except DeskError as error:
                if error.code != "unknown_number":
                    raise
                wrong = {"no": g.words.t("desk.request.unknown_number")}
            else:
                say("desk.said.request_received")
                return redirect(url_for("requests.one", asked=id_))
        g.refused = True
    shown = {"form": typed(Received), "wrong": wrong, "kinds": KINDS, "askers": ASKERS}
    return render_template("desk/request_new.html", **shown), 400 if wrong else 200


@pages.get("/requests/<asked>")
def one(asked: str) -> Any:
    return _one(asked)


def _one(asked: str, wrong: dict[str, str] | None = None, form: dict[str, Any] | None = None) -> Any:
    row = acts.row_of(me(), asked)
    case = CaseFile.get_or_none(CaseFile.id == row.case)
    note_view(the_desk(), me(), "request", row.case if case else None)
    kept, seen = requests.kept(me(), row.case), requests.parts_of(row.id)
    return render_template(
        "desk/request.html",
        row=row,
        case=case,
        due=requests.due(row),
        today=the_desk().today(),
        kept=kept,
        seen=seen,
        unseen=acts.unseen(kept, seen),
        reasons=REASONS,
        decisions=DECISIONS,
        names=people(),
        wrong=wrong or {},
        form=form or {},
        may_write=changes("requests"),
        may_check=acts.may_check(me(), row),
        may_dispose=changes("disposals") and disposals.asked_for(row) is not None,
    )


@pages.post("/requests/<asked>/part")
def part(asked: str) -> Any:
    shape, wrong = read_form(Part)
    if shape is None:
        g.refused = True
        return _one(asked, wrong), 400
    acts.see_part(the_desk(), me(), asked, shape.part, shape.reason)
    say("desk.said.request_part")
    return redirect(url_for("requests.one", asked=asked))


@pages.post("/requests/<asked>/decide")
def decide(asked: str) -> Any:
    demand(me(), "change", "requests")
    shape, wrong = read_form(Decided)
    if shape is not None and not typed_day(shape.on):
        wrong = {"on": g.words.t("desk.form.missing")}
    if shape is None or wrong:
        g.refused = True
        return _one(asked, wrong, typed(Decided)), 400
    try:
        acts.decide(the_desk(), me(), asked, shape.decided, shape.on, shape.answer)
    except DeskError as error:
        if error.code != "disclosure_undecided":
            raise
        g.refused = True
        return _one(asked, {"decided": g.words.t("desk.request.not_all_seen")}, typed(Decided)), 400
    say("desk.said.request_decided")
    return redirect(url_for("requests.one", asked=asked))


@pages.post("/requests/<asked>/check")
def check(asked: str) -> Any:
    demand(me(), "change", "requests")
    shape, wrong = read_form(Checked)
    if shape is not None and shape.result == "asks" and not shape.note:
        wrong = {"note": g.words.t("desk.form.missing")}
    if shape is None or wrong:
        g.refused = True
        return _one(asked, wrong, typed(Checked)), 400
    acts.check(the_desk(), me(), asked, shape.version, shape.result, shape.note)
    say("desk.said.request_checked" if shape.result == "reads" else "desk.said.request_asked")
    return redirect(url_for("requests.one", asked=asked))


@pages.post("/requests/<asked>/answer")
def answer(asked: str) -> Any:
    demand(me(), "change", "requests")
    shape, wrong = read_form(Answered)
    if shape is None or not typed_day(shape.on):
        g.refused = True
        return _one(asked, wrong or {"sent": g.words.t("desk.form.missing")}), 400
    acts.answer(the_desk(), me(), asked, shape.on)
    say("desk.said.request_answered")
    return redirect(url_for("requests.one", asked=asked))


@pages.post("/requests/<asked>/dispose")
def dispose(asked: str) -> Any:
    """What was granted is proposed; a second person carries it out, as any other disposal."""
    acts.row_of(me(), asked)
    made = disposals.propose_asked(the_desk(), me(), asked)
    say("desk.said.disposal_proposed")
    return redirect(url_for("years.one", disposal=made))


@pages.get("/requests/<asked>/sheet")
def sheet(asked: str) -> Any:
    """Everything beside the contacts, as it was decided: what is not shown is not there at all."""
    row = acts.row_of(me(), asked)
    demand(me(), "change", "exports", row.case)
    case = CaseFile.get_or_none(CaseFile.id == row.case)
    note_view(the_desk(), me(), "request_sheet", row.case if case else None)
    seen = requests.parts_of(row.id)
    kept = {part: entries for part, entries in requests.kept(me(), row.case).items() if part in seen}
    return render_template(
        "desk/request_sheet.html", row=row, case=case, kept=kept, seen=seen, due=requests.due(row)
    )
