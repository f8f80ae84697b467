"""Consent, safety card and papers of a case.

Pictures are made anew before anybody sees them; other files are only handed out.
"""

import re
from typing import Annotated, Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from pydantic import Field

from ... import actions
from ...core import confined
from ...core.errors import DeskError
from ...core.file_kinds import is_picture
from ...models.households import BODY, GIVERS, OWN, RECIPIENTS, SCOPES, STAFF
from ...models.office_and_cases import CaseDocument, Consent, DocumentFile, Staff
from ...queries import grounds
from ...queries.access import demand
from ...queries.access_log import note_view
from ...queries.gates import OTHER_BODIES
from ...queries.handovers import bodies
from ..layout.forms import Day, Form, Id, Ids, NeededDay, at_field, checked, most, needed, one_of, sent
from ..layout.lookups import people
from ..layout.page import say
from ..layout.permissions import demand_sight, see_case
from ..layout.session import me, the_desk
from ..layout.words import Words

pages = Blueprint("consents", __name__)
PURPOSES = ("sharing", "visits", "family", "participation", "photo", "other")
METHODS = ("oral", "written", "phone", "by_family", "other")
STATUSES = ("given", "partial", "refused", "not_yet")
KINDS = ("consent_form", "letter", "certificate", "plan", "other")
SAFETY = ("two_people", "call_first", "dog", "housing", "violence", "health", "approach", "other")
PICTURE = "image/jpeg"
REFUSED = ("too_big", "empty_file", "bad_picture", "too_large", "many_pages", "raw_picture")
Reason = Annotated[str, most(500)]
NeededReason = Annotated[str, needed(500)]


class Given(Form):
    """A line of the ledger: purpose, how and what was said, on which day; to whom, how far, by whom, until when."""

    purpose: Annotated[str, one_of(PURPOSES)]
    method: Annotated[str, one_of(METHODS)]
    status: Annotated[str, one_of(STATUSES)]
    on: NeededDay
    recipient: Reason = ""
    scope: Reason = ""
    given_by: Reason = Field("", alias="givenBy")
    to: Ids
    scopes: Ids
    by: Id = ""
    until: Day = None


class Withdrawal(Form):
    on: NeededDay
    reason: Reason = ""


class Button(Form):
    do: Id = ""


class Flag(Form):
    kind: Annotated[str, one_of(SAFETY)]
    text: Annotated[str, needed(300)]
    source: Annotated[str, most(200)] = ""
    review_on: NeededDay
    flag: Id = ""


class FlagRemoved(Form):
    flag: Id = ""
    reason: NeededReason


class Paper(Form):
    title: Annotated[str, needed(200)]
    kind: Annotated[str, one_of(KINDS)]


class PaperRemoved(Form):
    reason: NeededReason


HARMLESS = re.compile(r"[^\w.\-（）()　 ]+")


@pages.post("/cases/<case>/consents")
def note_consent(case: str) -> Any:
    see_case(case)
    form = checked(Given, _address(case, "consent"), "desk.error.consent_form")
    to = sorted(set(form.to) & set(recipients()))
    scopes = sorted(set(form.scopes) & set(SCOPES))
    if fault := _fault(form, to, scopes):
        field = "by" if fault == "by_family" else fault
        raise at_field(_address(case, "consent"), field, f"desk.error.consent_{fault}")
    fields = form.model_dump(by_alias=True, mode="json")
    actions.note_consent(the_desk(), me(), case, fields | {"to": to, "scopes": scopes})
    return _back(case, "consent", "desk.said.consent")


def _fault(form: Given, to: list[str], scopes: list[str]) -> str:
    """What does not fit together: to, scopes, by, by_family, until; "" for nothing."""
    if form.by not in GIVERS:
        return "by"
    if form.method == "by_family" and form.by in OWN:
        return "by_family"
    if form.until and form.until < form.on:
        return "until"
    if form.purpose == "sharing" and form.status in ("given", "partial"):
        if not to and not form.recipient:
            return "to"
        if not scopes and not form.scope:
            return "scopes"
    return ""


def recipients() -> dict[str, str]:
    """Whom a line of the ledger can name, in words by code: kinds of bodies, and who works for another one."""
    words: Words = g.words
    recipients = {code: words.t(f"desk.consent.to.{code}") for code in RECIPIENTS}
    rows = Staff.select().where(Staff.role.in_(OTHER_BODIES) & Staff.active).order_by(Staff.kana, Staff.name)
    recipients |= {f"{BODY}{name}": name for name in bodies()}
    return recipients | {f"{STAFF}{row.id}": row.name for row in rows}


def told_to(line: Any) -> str:
    """To whom a line is, in words."""
    known = recipients() | {f"{STAFF}{id_}": name for id_, name in people().items()}
    return _listed([known.get(code, code.removeprefix(BODY)) for code in line.to], line.recipient)


def told_scopes(line: Any) -> str:
    """How far a line goes, in words."""
    return _listed([g.words.term("desk.consent.scopes", code) for code in line.scopes], line.scope)


def _listed(names: list[str], words: str) -> str:
    comma: str = g.words.t("desk.comma")
    return comma.join([*names, *filter(None, [words])])


@pages.get("/cases/<case>/consents/<consent>")
def withdrawing(case: str, consent: str) -> Any:
    """What a withdrawal of this line will stop, said before it is kept."""
    row = see_case(case)
    demand(me(), "change", "core", case)
    line = Consent.get_or_none((Consent.id == consent) & (Consent.case == case))
    if line is None or line.withdrawn_on:
        raise DeskError("not_found")
    note_view(the_desk(), me(), "case", case)
    return render_template(
        "desk/consent_withdraw.html",
        case=row,
        line=line,
        stops=grounds.stops(the_desk(), line),
        told_to=told_to,
        told_scopes=told_scopes,
        today=the_desk().today().isoformat(),
    )


@pages.get("/consent-needs")
def needs() -> Any:
    """Which act asks for what: the table the gate itself reads."""
    demand_sight()
    return render_template("desk/consent_needs.html", needs=grounds.needs())


@pages.post("/cases/<case>/consents/<consent>")
def withdraw(case: str, consent: str) -> Any:
    see_case(case)
    form = checked(
        Withdrawal, url_for("consents.withdrawing", case=case, consent=consent), "desk.error.consent_form"
    )
    actions.withdraw_consent(the_desk(), me(), case, consent, form.on.isoformat(), form.reason)
    return _back(case, "consent", "desk.said.consent_withdrawn")


@pages.post("/cases/<case>/safety")
def safety(case: str) -> Any:
    """Put a flag on the card, look at one again, or take one off with a reason."""
    see_case(case)
    back = _address(case, "s")
    if sent(Button).do == "remove":
        removed = checked(FlagRemoved, back, "desk.error.reason_missing")
        actions.remove_safety(the_desk(), me(), removed.flag, removed.reason)
        return _back(case, "s", "desk.said.safety_removed")
    form = checked(Flag, back, "desk.error.safety_form")
    review_on, flag = form.review_on.isoformat(), form.flag or None
    actions.set_safety(the_desk(), me(), case, form.kind, form.text, form.source, review_on, flag)
    return _back(case, "s", "desk.said.safety")


@pages.post("/cases/<case>/documents")
def add(case: str) -> Any:
    see_case(case)
    back = _address(case, "papers")
    form = checked(Paper, back, "desk.error.document_form")
    file = request.files.get("file")
    if file is None:
        raise at_field(back, "file", "desk.error.document_form")
    content = file.read(actions.MOST_BYTES + 1)
    try:
        if len(content) > actions.MOST_BYTES:
            raise DeskError("too_big")
        name, type_, content, said = as_kept(safe_name(file.filename or ""), content)
        actions.add_document(the_desk(), me(), case, form.title, form.kind, name, type_, content)
    except DeskError as error:
        if error.code not in REFUSED:
            raise
        raise at_field(back, "file", f"desk.error.document_{error.code}") from None
    return _back(case, "papers", said)


def as_kept(name: str, content: bytes) -> tuple[str, str, bytes, str]:
    """(name, type, bytes, what is then said of them): a picture made anew, any other file as it came."""
    if is_picture(content):
        plain = confined.run("picture", content)
        stem = name.rpartition(".")[0] or name
        said = "desk.said.document_first_picture" if plain["moving"] else "desk.said.document_picture"
        return f"{stem}.jpg", PICTURE, plain["jpeg"], said
    if content.startswith(b"%PDF-"):
        return name, "application/pdf", content, "desk.said.document_pdf"
    return name, "application/octet-stream", content, "desk.said.document_file"


def safe_name(name: str) -> str:
    """A name nothing can be hidden in: the last part, letters and digits of any script, no path, no marks."""
    last = re.split(r"[/\\]", name)[-1]
    plain = HARMLESS.sub("_", "".join(char for char in last if char.isprintable())).strip(" ._")
    return plain[-80:] or "file"


@pages.get("/cases/<case>/documents/<document>")
def one(case: str, document: str) -> Any:
    """The bytes, handed out as a file that no browser will run; a picture is shown."""
    see_case(case)
    demand(me(), "see", "visit_facts", case)
    row = CaseDocument.get_or_none((CaseDocument.id == document) & (CaseDocument.case == case))
    file = DocumentFile.get_or_none(DocumentFile.id == document)
    if row is None or file is None or row.removed_reason is not None:
        abort(404)
    note_view(the_desk(), me(), f"document {document}", case)
    answer = Response(bytes(file.bytes), mimetype=row.type)
    shown = row.type == PICTURE
    answer.headers.set("Content-Disposition", "inline" if shown else "attachment", filename=row.name)
    return answer


@pages.post("/cases/<case>/documents/<document>")
def remove(case: str, document: str) -> Any:
    see_case(case)
    form = checked(PaperRemoved, _address(case, "papers"), "desk.error.reason_missing")
    actions.remove_document(the_desk(), me(), case, document, form.reason)
    return _back(case, "papers", "desk.said.document_removed")


def _address(case: str, anchor: str) -> str:
    return url_for("cases.one", case=case) + f"#{anchor}"


def _back(case: str, anchor: str, key: str) -> Any:
    say(key)
    return redirect(_address(case, anchor))
