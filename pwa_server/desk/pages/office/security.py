"""安全の記録: the security log in words, for those to whom the table gives the access log of everybody."""

import re
from typing import Any

from flask import Blueprint, g, render_template, request

from pwa_server import texts

from ...core.errors import DeskError, NotAllowed
from ...log import security_log
from ...models.office_and_cases import CaseFile
from ...queries import log_checks
from ...queries.access import sees_all
from ..layout.lookups import books, devices, people
from ..layout.session import me

pages = Blueprint("security", __name__)
PAGE = 100
SHORT = 10  # characters of an id that are shown
STATUS = {"400": "malformed", "401": "sign_in", "403": "not_allowed", "404": "not_found", "429": "too_many"}


@pages.get("/security-log")
def page() -> Any:
    if not sees_all(me(), "access_log"):
        raise NotAllowed("see access_log")
    before = request.args.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 12 else 0
    rows = security_log.lines(PAGE + 1, number)
    names, phones = people(), devices()
    return render_template(
        "desk/security_log.html",
        rows=rows[:PAGE],
        more=rows[PAGE - 1].position if len(rows) > PAGE else None,
        count=security_log.length(),
        checked=log_checks.last_look(),
        broken=broken(rows),
        who=lambda row: who(row.who, names),
        about=lambda row: about(row.about, names, phones),
        outcome=outcome,
    )


def broken(rows: list[Any]) -> str:
    """Where the chain breaks, of what is shown or of what the last daily look found; "" where nothing is wrong."""
    try:
        security_log.verify_lines(rows)
    except DeskError as error:
        return error.detail
    return next((one["place"] for one in log_checks.found() if one["kind"] == "security"), "")


def who(id_: str, names: dict[str, str]) -> str:
    if id_ in (security_log.OFFICE, security_log.OPERATOR):
        return str(g.words.t(f"desk.security.who.{id_}"))
    return names.get(id_) or str(g.words.t("desk.security.nobody"))


def about(ids: str, names: dict[str, str], phones: dict[str, Any]) -> str:
    """Whom or what a line is about: people, phones, cases by their name; what has none by the start of its id."""
    return "\u3000".join(_named(one, names, phones) for one in ids.split())


def _named(one: str, names: dict[str, str], phones: dict[str, Any]) -> str:
    words = g.words
    if one in names:
        return names[one]
    if one in phones:
        return str(phones[one].label)
    if texts.has(g.lang, f"desk.security.about.{one}"):
        return str(words.t(f"desk.security.about.{one}"))
    if re.fullmatch(r"[0-9]+(-[0-9]+)?", one):
        return str(words.t("desk.security.about.number", number=one))
    if one.endswith(".sotto"):
        return str(words.t("desk.security.about.file", name=one))
    if re.fullmatch(r"[a-z_]+\.[a-z_]+", one):
        return room(one.split(".")[0])
    if CaseFile.get_or_none(CaseFile.id == one) is not None:
        known = books()["cases"].get(one)
        return str(known.no if known is not None and known.no else words.t("desk.security.about.case"))
    return str(words.t("desk.security.about.id", id=one[:SHORT]))


# As earlier programs named the pages in lines that are kept.
FORMER_ROOMS = {
    "assigned": "assignments",
    "begun": "new_contact",
    "covering": "cover",
    "emergency": "emergency_access",
    "ledger": "consents",
    "lost": "incidents",
    "margin": "annotations",
    "neighbours": "notices",
    "places": "opportunities",
    "profile": "participation",
}


def room(name: str) -> str:
    """What the pages of one address are about."""
    name = FORMER_ROOMS.get(name, name)
    key = f"desk.security.room.{name}"
    return str(g.words.t(key if texts.has(g.lang, key) else f"desk.kept.to.{name}"))


def outcome(code: str) -> str:
    """How it came out; why it was refused, where there is a short word for that."""
    key = f"desk.security.outcome.{STATUS.get(code, code)}"
    return str(g.words.t(key if texts.has(g.lang, key) else "desk.security.outcome.refused"))
