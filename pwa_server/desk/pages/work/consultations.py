"""相談受付: consultations as a list, the one form for all of them, the page of each, and its printed sheet.

One table declares the form (`models.consultations.FIELDS`). Consent and urgency are needed; nothing else blocks, and
what was typed comes back with the sentence of an error beside its field.
"""

import json
from typing import Annotated, Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from pydantic import Field

from sync.folding import fold, words_of

from ...actions import consultations as acts
from ...core.clock import JAPAN
from ...core.errors import DeskError, NotAllowed
from ...core.tables import among
from ...models.community import Notice
from ...models.consultations import BY_NAME, COLUMNS, ENDINGS, FIELDS, SECTIONS, Consultation, words_in
from ...models.office_and_cases import Begun, CaseFile, Staff
from ...models.referrals import Referral
from ...queries.access import demand, may, sees_all
from ...queries.access_log import note_view
from ...queries.alike import Alike, alike
from ...queries.consultation_form import answers_of, asked, changed, read, reported
from ...queries.shown import all_shown, is_hidden, shown
from ..layout.forms import (
    Form,
    Id,
    Ids,
    Line,
    at_field,
    checked,
    most,
    retyped,
    sent,
    typed,
    typed_names,
)
from ..layout.lookups import people
from ..layout.page import changes, say
from ..layout.sent_json import parse_json
from ..layout.session import me, the_desk

pages = Blueprint("consultations", __name__)
SHOWS = ("open", "ended", "case")
PAGE = 100
MOST = 5000  # consultations that are looked through, the latest
FAULTS = ("number_malformed", "number_names_person", "case_number_taken", "empty", "not_found")
LONGEST_BEFORE = 100_000  # letters of all answers of a form as they stood when it was drawn


class Find(Form):
    q: Annotated[str, most(80)] = ""


class Before(Form):
    """What stood in the form when it was drawn, as JSON."""

    answers: Annotated[str, most(LONGEST_BEFORE)] = Field("", alias="was-answers")


class End(Form):
    how: Id = ""
    note: Annotated[str, most(2000)] = ""


class Become(Form):
    into: Id = ""
    no: Line = ""
    title: Annotated[str, most(80)] = ""


class Number(Form):
    no: Line = ""


class Reported(Form):
    field: Ids


def demand_room() -> None:
    """Consultations have no case yet: the room is for those whose role sees all of the office's."""
    if not sees_all(me(), "core"):
        raise NotAllowed("see consultations")


@pages.post("/consultations/find")
def find() -> Any:
    """Consultations that hold every word asked for, in any spelling; what was asked for stands in no address."""
    demand_room()
    wanted = words_of(checked(Find, url_for("consultations.page")).q)
    rows = Consultation.select().order_by(Consultation.at.desc(), Consultation.id).limit(MOST)
    found = [row for row in all_shown(me(), rows) if wanted and _holds(row, wanted)][:PAGE]
    for row in found:
        note_view(the_desk(), me(), f"consultation {row.id}", row.into)
    return _list(found, "found", None)


def _holds(row: Any, wanted: list[str]) -> bool:
    holds = fold("\n".join(text for column in COLUMNS for text in words_in(row, column)))
    return all(word in holds for word in wanted)


@pages.get("/consultations")
def page() -> Any:
    demand_room()
    chosen = request.args.get("show", "open")
    chosen = chosen if chosen in SHOWS else "open"
    text = request.args.get("from", "")
    start = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    rows = Consultation.select().where(Consultation.state == chosen)
    rows = rows.order_by(Consultation.at.desc(), Consultation.id).offset(start).limit(PAGE + 1)
    found = all_shown(me(), rows)
    return _list(found[:PAGE], chosen, start + PAGE if len(found) > PAGE else None)


def _list(found: list[Any], chosen: str, more: int | None) -> str:
    sizes = {name: Consultation.select().where(Consultation.state == name).count() for name in SHOWS}
    cases = [row.into for row in found if row.into]
    numbers = {row.id: row.no for row in CaseFile.select().where(CaseFile.id.in_(cases))}
    return render_template(
        "desk/consultations.html",
        rows=found,
        chosen=chosen,
        query=typed(Find)["q"],
        sizes=sizes,
        more=more,
        numbers=numbers,
        referred=_referred(found),
        names=people(),
        may_receive=changes("core"),
    )


def _referred(found: list[Any]) -> dict[str, Any]:
    """Those of them that another body sent, by id."""
    if not sees_all(me(), "referrals"):
        return {}
    return {row.id: row for row in Referral.select().where(among(Referral.id, [one.id for one in found]))}


@pages.route("/consultations/new", methods=["GET", "POST"])
def new() -> Any:
    """A blank form, or one begun with what a notice or a phone already told."""
    demand_room()
    demand(me(), "change", "core")
    notice = _notice(request.values.get("notice", ""))
    begun = _begun(request.values.get("begun", ""))
    if request.method == "GET":
        return _form(_known(notice, begun), {}, notice, begun)
    body = _typed()
    _, wrong = read(body)
    if wrong:
        g.refused = True
        return _form(body, wrong, notice, begun), 400
    consultation = acts.receive(the_desk(), me(), body, notice.id if notice else None)
    if begun:
        acts.join_case(the_desk(), me(), consultation, begun.case)
    say("desk.said.consultation_received")
    return redirect(url_for("consultations.one", consultation=consultation))


def _form(entries: dict[str, Any], wrong: dict[str, str], notice: Any = None, begun: Any = None) -> str:
    return render_template(
        "desk/consultation_new.html", told=entries, wrong=wrong, notice=notice, begun=begun, **_around()
    )


def _around() -> dict[str, Any]:
    """What the form and the page of a consultation need besides the answers."""
    return {
        "fields": FIELDS,
        "sections": SECTIONS,
        "reported": reported(),
        "asked": asked,
        "staff_here": list(Staff.select().where(Staff.active).order_by(Staff.kana)),
        "names": people(),
    }


def _typed() -> dict[str, Any]:
    """The form as it was sent, by field."""
    many = [one.name for one in FIELDS if one.kind == "many"]
    entries = typed_names((one.name for one in FIELDS if one.kind != "many"), many)
    return {name: value if name in many else value.strip() for name, value in entries.items()}


def _notice(id_: str) -> Any:
    row = Notice.get_or_none((Notice.id == id_) & ~Notice.withdrawn) if id_ else None
    return row if row and may(me(), "see", "notices", author=row.by) else None


def _begun(case: str) -> Any:
    row = Begun.get_or_none(Begun.case == case) if case else None
    if row is None or not may(me(), "see", "identity", case):
        return None
    note_view(the_desk(), me(), "case", case)
    return row


def _known(notice: Any, begun: Any) -> dict[str, Any]:
    """What need not be typed again. Consent and urgency are never chosen beforehand."""
    today = the_desk().clock().astimezone(JAPAN).date().isoformat()
    found: dict[str, Any] = {
        "receivedOn": today,
        "receivedBy": me().id,
        "sex": "unknown",
        "ageBand": "unknown",
    }
    names = people()
    if notice:
        found |= {
            "route": "family_friend" if notice.named == "yes" else "outreach",
            "discoveredBy": names.get(notice.by, ""),
            "reason": notice.noticed,
            "household": notice.who,
            "address": notice.place,
        }
    if begun:
        known = begun.known
        found |= {
            "route": "outreach",
            "discoveredBy": names.get(begun.by, ""),
            "name": known.get("name", ""),
            "address": known.get("place", ""),
            "household": known.get("age", ""),
            "sourceOrg": known.get("through", ""),
        }
    return found


def _one(consultation: str) -> Any:
    """The consultation as this person may read it; looked at, it leaves a line."""
    row = acts.consultation_row(me(), "see", consultation)
    note_view(the_desk(), me(), f"consultation {row.id}", row.into)
    return shown(me(), row)


@pages.get("/consultations/<consultation>")
def one(consultation: str) -> Any:
    return _page(_one(consultation))


def _page(row: Any, entries: dict[str, Any] | None = None, wrong: dict[str, str] | None = None) -> str:
    may_write = changes("core", row.case)
    answers = answers_of(row)
    into = CaseFile.get_or_none(CaseFile.id == row.into) if row.into else None
    return render_template(
        "desk/consultation.html",
        row=row,
        answers=answers,
        told=entries or answers,
        before=json.dumps(answers, ensure_ascii=False) if may_write else "",
        wrong=wrong or {},
        may_write=may_write,
        into=shown(me(), into) if into else None,
        notice=_notice(row.notice or ""),
        referral=_referral(row.id),
        may_answer=changes("referrals"),
        alikes=look_alikes(row) if may_write and row.state != "case" else [],
        endings=ENDINGS,
        next_number=acts.next_number(the_desk()) if may_write else "",
        form=retyped(Before, End, Become),
        is_hidden=is_hidden,
        columns=BY_NAME,
        **_around(),
    )


def _referral(consultation: str) -> Any:
    row = Referral.get_or_none(Referral.id == consultation)
    return shown(me(), row) if row and may(me(), "see", "referrals", row.case, author=row.by) else None


def look_alikes(row: Any) -> list[Alike]:
    """What may be the same household, as far as this person may know of it."""
    if not may(me(), "see", "contact"):
        return []
    itself = frozenset(one for one in (row.id, row.into, row.notice) if one)
    return alike(answers_of(row), but=itself)


@pages.post("/consultations/<consultation>")
def correct(consultation: str) -> Any:
    """Only what a person changed is written, so a form left open takes nothing back."""
    row = _one(consultation)
    demand(me(), "change", "core", row.case)
    typed = _typed()
    _, wrong = read(typed)
    if wrong:
        g.refused = True
        return _page(row, typed, wrong), 400
    answers = {name: value for name, value in answers_of(row).items() if value is not None}
    answers |= changed(_before(), typed)
    done = acts.correct(the_desk(), me(), consultation, answers)
    say("desk.said.consultation_corrected" if done else "desk.said.nothing_changed")
    return redirect(url_for("consultations.one", consultation=consultation))


def _before() -> dict[str, Any]:
    """What stood in the form when it was drawn."""
    content = parse_json(sent(Before).answers or "{}")
    return {name: content[name] for name in BY_NAME if name in content} if isinstance(content, dict) else {}


@pages.post("/consultations/<consultation>/end")
def end(consultation: str) -> Any:
    row = _one(consultation)
    demand(me(), "change", "core", row.case)
    form = checked(End, url_for("consultations.one", consultation=consultation))
    if form.how == "reopen":
        acts.reopen(the_desk(), me(), consultation)
        say("desk.said.consultation_reopened")
        return redirect(url_for("consultations.one", consultation=consultation))
    try:
        acts.end(the_desk(), me(), consultation, form.how, form.note)
    except DeskError as error:
        if error.code not in ("malformed", "empty"):
            raise
        g.refused = True
        wrong = {"how": "missing"} if error.code == "malformed" else {"note": "missing"}
        return _page(row, wrong={f"end-{name}": fault for name, fault in wrong.items()}), 400
    say("desk.said.consultation_ended")
    return redirect(url_for("consultations.one", consultation=consultation))


@pages.post("/consultations/<consultation>/case")
def become_case(consultation: str) -> Any:
    """A case of its own, or part of one the office knows. Look-alikes are decided on before a second one is made."""
    row = _one(consultation)
    demand(me(), "change", "core", row.case)
    form = checked(Become, url_for("consultations.one", consultation=consultation))
    into, found = form.into, look_alikes(row)
    joined = {one.case for one in found if one.case}
    if found and not into:
        g.refused = True
        return _page(row, wrong={"case-into": "missing"}), 400
    try:
        if into in joined:
            case = acts.join_case(the_desk(), me(), consultation, into)
        else:
            case = acts.make_case(the_desk(), me(), consultation, form.no, form.title)
    except DeskError as error:
        if error.code not in FAULTS:
            raise
        g.refused = True
        place = "case-title" if error.code == "empty" else "case-no"
        return _page(row, wrong={place: error.code}), 400
    say("desk.said.consultation_case", no=CaseFile.get_by_id(case).no)
    return redirect(url_for("cases.one", case=case))


@pages.get("/consultations/<consultation>/sheet")
def sheet(consultation: str) -> Any:
    """受付票, for A4: what was answered, and the thick edge of what goes to the state."""
    row = acts.consultation_row(me(), "see", consultation)
    note_view(the_desk(), me(), f"consultation_sheet {row.id}", row.into)
    seen = shown(me(), row)
    into = CaseFile.get_or_none(CaseFile.id == row.into) if row.into else None
    return render_template(
        "desk/consultation_sheet.html",
        row=seen,
        answers=answers_of(seen),
        into=into,
        is_hidden=is_hidden,
        **_around(),
    )


@pages.post("/cases/<case>/number")
def number(case: str) -> Any:
    """The office's own number of a case."""
    demand(me(), "change", "core", case)
    back = url_for("cases.one", case=case) + "#number"
    try:
        acts.set_case_number(the_desk(), me(), case, checked(Number, back).no)
    except DeskError as error:
        if error.code not in FAULTS:
            raise
        raise at_field(back, "no", f"desk.error.{error.code}") from None
    say("desk.said.household")
    return redirect(back)


@pages.post("/settings/reported")
def reported_fields() -> Any:
    demand(me(), "change", "settings")
    acts.set_reported(the_desk(), me(), sent(Reported).field)
    say("desk.said.settings")
    return redirect(url_for("settings.page") + "#reported")
