"""Consent, safety card and papers of a case.

Pictures are made anew before anybody sees them; other files are only handed out.
"""

import re
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for

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
from ..layout.form_values import read_day
from ..layout.lookups import people
from ..layout.page import say
from ..layout.permissions import demand_sight, see_case
from ..layout.session import me, the_desk
from ..layout.words import Words

pages = Blueprint("ledger", __name__)
PURPOSES = ("sharing", "visits", "family", "participation", "photo", "other")
METHODS = ("oral", "written", "phone", "by_family", "other")
STATUSES = ("given", "partial", "refused", "not_yet")
KINDS = ("consent_form", "letter", "certificate", "plan", "other")
SAFETY = ("two_people", "call_first", "dog", "housing", "violence", "health", "approach", "other")
PICTURE = "image/jpeg"
REFUSED = ("too_big", "empty_file", "bad_picture", "too_large", "many_pages", "raw_picture")
HARMLESS = re.compile(r"[^\w.\-（）()　 ]+")


@pages.post("/cases/<case>/consents")
def note_consent(case: str) -> Any:
    see_case(case)
    form, on = request.form, read_day(request.form.get("on", ""))
    chosen = (form.get("purpose"), form.get("method"), form.get("status"))
    if on is None or chosen[0] not in PURPOSES or chosen[1] not in METHODS or chosen[2] not in STATUSES:
        return _back(case, "consent", "desk.error.consent_form", wrong=True)
    told: dict[str, Any] = {
        name: form.get(name, "").strip()[:500] for name in ("recipient", "scope", "givenBy")
    }
    told |= {"purpose": chosen[0], "method": chosen[1], "status": chosen[2], "on": on.isoformat()}
    codes = _codes(told)
    if isinstance(codes, str):
        return _back(case, "consent", f"desk.error.consent_{codes}", wrong=True)
    actions.note_consent(the_desk(), me(), case, told | codes)
    return _back(case, "consent", "desk.said.consent")


def _codes(told: dict[str, Any]) -> dict[str, Any] | str:
    """To whom, how far, who said it and until when, as ticked; or what is wrong: to, scopes, by, by_family, until."""
    form, until = request.form, read_day(request.form.get("until", ""))
    to = sorted(set(form.getlist("to")) & set(recipients()))
    scopes = sorted(set(form.getlist("scopes")) & set(SCOPES))
    if form.get("by") not in GIVERS:
        return "by"
    if told["method"] == "by_family" and form["by"] in OWN:
        return "by_family"
    if form.get("until") and (until is None or until.isoformat() < told["on"]):
        return "until"
    if told["purpose"] == "sharing" and told["status"] in ("given", "partial"):
        if not to and not told["recipient"]:
            return "to"
        if not scopes and not told["scope"]:
            return "scopes"
    return {"to": to, "scopes": scopes, "by": form["by"], "until": until and until.isoformat()}


def recipients() -> dict[str, str]:
    """Whom a line of the ledger can name, in words by code: kinds of bodies, and who works for another one."""
    words: Words = g.words
    told = {code: words.t(f"desk.consent.to.{code}") for code in RECIPIENTS}
    rows = Staff.select().where(Staff.role.in_(OTHER_BODIES) & Staff.active).order_by(Staff.kana, Staff.name)
    told |= {f"{BODY}{name}": name for name in bodies()}
    return told | {f"{STAFF}{row.id}": row.name for row in rows}


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
    on = read_day(request.form.get("on", ""))
    if on is None:
        return _back(case, "consent", "desk.error.consent_form", wrong=True)
    reason = request.form.get("reason", "").strip()[:500]
    actions.withdraw_consent(the_desk(), me(), case, consent, on.isoformat(), reason)
    return _back(case, "consent", "desk.said.consent_withdrawn")


@pages.post("/cases/<case>/safety")
def safety(case: str) -> Any:
    """Put a flag on the card, look at one again, or take one off with a reason."""
    see_case(case)
    form, until = request.form, read_day(request.form.get("review_on", ""))
    if form.get("do") == "remove":
        reason = form.get("reason", "").strip()[:500]
        if not reason:
            return _back(case, "s", "desk.error.reason_missing", wrong=True)
        actions.remove_safety(the_desk(), me(), form.get("flag", ""), reason)
        return _back(case, "s", "desk.said.safety_removed")
    text = form.get("text", "").strip()[:300]
    if not text or until is None or form.get("kind") not in SAFETY:
        return _back(case, "s", "desk.error.safety_form", wrong=True)
    source = form.get("source", "").strip()[:200]
    actions.set_safety(
        the_desk(), me(), case, form["kind"], text, source, until.isoformat(), form.get("flag") or None
    )
    return _back(case, "s", "desk.said.safety")


@pages.post("/cases/<case>/documents")
def add(case: str) -> Any:
    see_case(case)
    file, title = request.files.get("file"), request.form.get("title", "").strip()[:200]
    kind = request.form.get("kind", "")
    if file is None or not title or kind not in KINDS:
        return _back(case, "papers", "desk.error.document_form", wrong=True)
    content = file.read(actions.MOST_BYTES + 1)
    try:
        if len(content) > actions.MOST_BYTES:
            raise DeskError("too_big")
        name, type_, content, said = as_kept(safe_name(file.filename or ""), content)
        actions.add_document(the_desk(), me(), case, title, kind, name, type_, content)
    except DeskError as error:
        if error.code not in REFUSED:
            raise
        return _back(case, "papers", f"desk.error.document_{error.code}", wrong=True)
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
    reason = request.form.get("reason", "").strip()[:500]
    if not reason:
        return _back(case, "papers", "desk.error.reason_missing", wrong=True)
    actions.remove_document(the_desk(), me(), case, document, reason)
    return _back(case, "papers", "desk.said.document_removed")


def _back(case: str, anchor: str, key: str, *, wrong: bool = False) -> Any:
    say(key, tone="wrong" if wrong else "")
    return redirect(url_for("cases.one", case=case) + f"#{anchor}")
