"""A consultation from its first word: taken from anybody, corrected, ended, or a case. Never refused."""

from typing import Any

from ..core.clock import JAPAN, plain
from ..core.desk import Desk
from ..core.errors import DeskError
from ..models.community import Notice
from ..models.consultations import ENDINGS, FIELDS, OF_A_PERSON, REPORTED_OPTION, Consultation, answer
from ..models.office_and_cases import Begun, CaseFile
from ..projections.alike import digits, folded
from ..projections.append_and_apply import new_id
from ..queries.access import Actor, demand, demand_row
from ..queries.consultation_form import NUMBER, answers_of, changed, read
from .act import act
from .households import change_case, note_consent, set_member

# What a consultation says of consent, as a case says it.
CONSENT = {"given": "given", "not_asked": "not_yet", "difficult": "not_yet", "refused": "refused"}


def receive(desk: Desk, actor: Actor, fields: dict[str, Any], notice: str | None = None) -> str:
    """Take a consultation. `fields`: answers by field; only consent and urgency are needed. Returns its id.

    Raises DeskError malformed with the names of the fields that are wrong.
    """
    demand(actor, "change", "core")
    answers = _checked(fields)
    if notice is not None and Notice.get_or_none(Notice.id == notice) is None:
        raise DeskError("not_found", notice)
    consultation = new_id()
    body = {"consultation": consultation, "notice": notice, "answers": changed({}, answers)}
    act(desk, actor, "consultation.received", body, consultation)
    return consultation


def correct(desk: Desk, actor: Actor, consultation: str, fields: dict[str, Any]) -> dict[str, Any]:
    """The form filled in anew. Returns the fields that were changed."""
    row = consultation_row(actor, "change", consultation)
    changes = changed(answers_of(row), _checked(fields))
    if changes:
        body = {"consultation": consultation, "changes": changes}
        act(desk, actor, "consultation.corrected", body, consultation)
    return changes


def end(desk: Desk, actor: Actor, consultation: str, how: str, note: str) -> None:
    """It ends here: information was given, it was referred on, or something else that the note says."""
    row = consultation_row(actor, "change", consultation)
    if how not in ENDINGS:
        raise DeskError("malformed", "how")
    if how != "information" and not note.strip():
        raise DeskError("empty", "note")
    if row.state != "open":
        raise DeskError("not_open", consultation)
    body = {"consultation": consultation, "how": how, "note": note.strip()}
    act(desk, actor, "consultation.ended", body, consultation)


def reopen(desk: Desk, actor: Actor, consultation: str) -> None:
    """It goes on after all."""
    row = consultation_row(actor, "change", consultation)
    if row.state == "ended":
        act(desk, actor, "consultation.reopened", {"consultation": consultation}, consultation)


def make_case(desk: Desk, actor: Actor, consultation: str, number: str, title: str) -> str:
    """The consultation becomes a case of its own, with all that is known carried over. Returns the case's id.

    Raises DeskError: number_malformed, number_names_person, case_number_taken, empty.
    """
    row = _open_row(actor, consultation)
    demand(actor, "change", "contact")
    answers = answers_of(row)
    if not title.strip():
        raise DeskError("empty", "title")
    with desk.write():
        check_number(number, [answers])
        act(desk, actor, "case.opened", _opening(row, answers, number, title.strip()), consultation)
        _carry_over(desk, actor, row, answers, consultation)
        body = {"consultation": consultation, "into": consultation}
        act(desk, actor, "consultation.became_case", body, consultation)
    return consultation


def join_case(desk: Desk, actor: Actor, consultation: str, case: str) -> str:
    """The consultation is about a household the office knows; what the case lacks is carried over. Returns its id."""
    row = _open_row(actor, consultation)
    known = CaseFile.get_or_none((CaseFile.id == case) & (CaseFile.status == "active"))
    if known is None:
        raise DeskError("not_found", case)
    demand(actor, "change", "core", case)
    with desk.write():
        body = {"consultation": consultation, "into": case}
        if Begun.get_or_none(Begun.case == case) is not None and known.index_member:
            _tell_member(desk, actor, case, known.index_member, answers_of(row))
        act(desk, actor, "consultation.became_case", body, consultation)
    return case


def set_case_number(desk: Desk, actor: Actor, case: str, number: str) -> None:
    """Give a case another number of the office's own. Raises as `make_case`."""
    demand(actor, "change", "core", case)
    answers = [answers_of(row) for row in Consultation.select().where(Consultation.into == case)]
    with desk.write():
        check_number(number, answers, case)
        change_case(desk, actor, case, {"no": number}, 0)


def set_reported(desk: Desk, actor: Actor, names: list[str]) -> None:
    """Which fields the office reports to the state."""
    demand(actor, "change", "settings")
    known = [one.name for one in FIELDS if one.name in names]
    act(desk, actor, "office.option_set", {"name": REPORTED_OPTION, "value": known})


def check_number(number: str, fields: list[dict[str, Any]], but: str | None = None) -> None:
    """A number is the office's own, stands once, and says nothing of the person."""
    if not NUMBER.fullmatch(number):
        raise DeskError("number_malformed", number[:40])
    for answers in fields:
        if _names(number, answers):
            raise DeskError("number_names_person", number)
    if len(digits(number)) >= MOST_DIGITS:
        raise DeskError("number_names_person", number)
    if CaseFile.select().where((CaseFile.no == number) & (CaseFile.id != (but or ""))).exists():
        raise DeskError("case_number_taken", number)


# What is ticked of `consentScope`, as the ledger's code; of them only the team is every agency.
LEDGER = {"source": "source", "team": "agencies", "host": "host"}
NOBODY_NAMED = "だれへかは聞いていない"
MOST_DIGITS = 10  # so many digits are a telephone number, or the national number of a person


def _names(number: str, answers: dict[str, Any]) -> bool:
    inside = folded(number)
    words = [folded(part) for name in ("name", "reading") for part in str(answers.get(name) or "").split()]
    birth = digits(answers.get("birthDate") or "")
    personal = [word for word in words if len(word) > 1] + [one for one in (birth, birth[2:]) if one]
    telephone = digits(answers.get("telephone") or "")
    personal += [telephone] if len(telephone) > 5 else []
    return any(one in inside for one in personal)


def next_number(desk: Desk) -> str:
    """The first number that is free in this fiscal year's row: R8-001."""
    today = desk.clock().astimezone(JAPAN).date()
    start = f"R{today.year - 2018 - (today.month < 4)}-"
    taken = {row.no for row in CaseFile.select(CaseFile.no).where(CaseFile.no.startswith(start))}
    return next(no for n in range(1, len(taken) + 2) if (no := f"{start}{n:03d}") not in taken)


def consultation_row(actor: Actor, action: str, consultation: str) -> Any:
    """Raises DeskError not_found, NotAllowed."""
    row: Any = Consultation.get_or_none(Consultation.id == consultation)
    return demand_row(actor, action, "core", row)


def _open_row(actor: Actor, consultation: str) -> Any:
    row = consultation_row(actor, "change", consultation)
    if row.state == "case":
        raise DeskError("not_open", consultation)
    return row


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    answers, wrong = read(fields)
    if wrong:
        raise DeskError("malformed", " ".join(wrong))
    return answers


def _opening(row: Any, answers: dict[str, Any], number: str, title: str) -> dict[str, Any]:
    """`case.opened` as the consultation tells it. Names and addresses are not in it (`_tell_member`)."""
    member: dict[str, Any] = {
        "id": f"{row.id} person",
        "label": "A",
        "role": "self",
        "roleCertainty": "stated",
        "sex": answers["sex"] or "unknown",
        "ageBand": answers["ageBand"] or "unknown",
        "labels": [],
        "index": True,
        "inHousehold": True,
    }
    complaints = [answers[name] for name in ("personComplaint", "familyComplaint") if answers[name]]
    return {
        "no": number,
        "title": title,
        "kana": "",
        "sample": False,
        "intake": {"receivedOn": answers["receivedOn"] or plain(row.at)[:10], "consultation": row.id},
        "referral": {"agency": answers["sourceOrg"] or "", "domain": answers["sourceDomain"] or ""},
        "consent": {"status": CONSENT[answers["consent"]]},
        "household": {
            "summary": answers["household"] or "",
            "members": [member],
            "unions": [],
            "parentage": [],
        },
        "issues": [{"no": n, "text": text} for n, text in enumerate(complaints, 1)],
    }


def _carry_over(desk: Desk, actor: Actor, row: Any, answers: dict[str, Any], case: str) -> None:
    _tell_member(desk, actor, case, f"{row.id} person", answers)
    wishes = "\n".join(answers[name] for name in ("accommodation", "introduceAs") if answers[name])
    if wishes:
        change_case(desk, actor, case, {"preferences": wishes}, 0)
    if answers["consent"] == "given":
        line = {
            "purpose": "sharing",
            "recipient": _recipients(answers),
            "to": [LEDGER[code] for code in answers["consentScope"] or []],
            "scope": "",
            "scopes": ["all"],
            "by": "person",
            "until": None,
            "method": "oral" if answers["consentMethod"] == "oral" else "written",
            "status": "given",
            "givenBy": "",
            "on": answers["consentOn"] or answers["receivedOn"] or plain(row.at)[:10],
        }
        note_consent(desk, actor, case, line)


def _recipients(answers: dict[str, Any]) -> str:
    """What the ledger says in words beside the codes: who the source is, or that nobody was named."""
    ticked = answers["consentScope"] or []
    if not ticked:
        return NOBODY_NAMED
    return answers["sourceOrg"] or "" if "source" in ticked else ""


def _tell_member(desk: Desk, actor: Actor, case: str, member: str, answers: dict[str, Any]) -> None:
    names = OF_A_PERSON
    fields = {name: answers[name] for name in names if answers[name]}
    if fields:
        set_member(desk, actor, case, member, fields)


__all__ = [
    "answer",
    "check_number",
    "correct",
    "end",
    "join_case",
    "make_case",
    "next_number",
    "receive",
    "reopen",
]
