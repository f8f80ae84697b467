"""What somebody of another body hears of the households they told of: five things, no more (domain.md 7.1, P4).

`Answer` is all of it. Nothing of a case, a consultation or a visit reaches them but through it: codes and days, their
own name for the household, and the line the office wrote for them.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import fn

from ..core.clock import day_in_japan
from ..models.consultations import BY_NAME, Consultation
from ..models.office_and_cases import CaseFile, Conference, Visit
from ..models.referrals import ASKED, NEEDED, Referral
from ..projections.merges import resolve
from . import consultation_form
from .access import Actor, may
from .cases import class_of

MOST = 200
NO_CASE = "no_case"  # the consultation ended without becoming one
NUMBER = re.compile(
    r"(?<!\d)(?:\d[ -]?){11}\d(?!\d)"
)  # the national number of a person: nobody here may keep it


@dataclass(frozen=True)
class Answer:
    id: str
    called: str  # as they wrote it
    sent_at: str
    received_on: date | None
    letter: str | None  # A | B | C | no_case; None: not decided yet
    meets_on: str | None  # the next conference, else the last that was held
    asked: str
    until: str | None
    linked_on: date | None  # somebody of the office met the person, after the referral


def answers(actor: Actor, today: date) -> list[Answer]:
    """Of this person's own referrals, the newest first."""
    rows = Referral.select().where(Referral.by == actor.id).order_by(Referral.at.desc(), Referral.id)
    return [_answer(row, today) for row in rows.limit(MOST) if _is_told(actor, row)]


def _is_told(actor: Actor, row: Any) -> bool:
    return may(actor, "see", "referrals", row.case, author=row.by)


def _answer(row: Any, today: date) -> Answer:
    consultation = Consultation.get_or_none(Consultation.id == row.id)
    case = case_of(consultation)
    return Answer(
        id=row.id,
        called=row.called,
        sent_at=row.at,
        received_on=_received_on(row, consultation),
        letter=_letter(consultation, case),
        meets_on=_meets_on(case.id, today) if case else None,
        asked=row.asked,
        until=row.until,
        linked_on=_linked_on(case.id, row.at) if case else None,
    )


def case_of(consultation: Any) -> Any:
    """The case a consultation became or was joined to, wherever that lies now."""
    into = resolve(consultation.into) if consultation and consultation.into else None
    return CaseFile.get_or_none(CaseFile.id == into) if into else None


def _received_on(row: Any, consultation: Any) -> date | None:
    """Said by a person, or plain from what they did with it."""
    at = row.taken_at or (consultation.ended_at if consultation else None)
    return day_in_japan(at) if at else None


def _letter(consultation: Any, case: Any) -> str | None:
    if case is not None:
        return class_of(case)
    return NO_CASE if consultation is not None and consultation.state == "ended" else None


def _meets_on(case: str, today: date) -> Any:
    known = Conference.select(fn.MIN(Conference.on), fn.MAX(Conference.on)).where(Conference.case == case)
    planned = (Conference.status == "planned") & (Conference.on >= today.isoformat())
    next_one, _ = known.where(planned).scalar(as_tuple=True)
    _, last_one = known.where(Conference.status == "held").scalar(as_tuple=True)
    return next_one or last_one


def _linked_on(case: str, since: str) -> date | None:
    met = Visit.select(fn.MIN(Visit.occurred_at)).where(
        (Visit.case == case) & (Visit.outcome == "met_person") & (Visit.occurred_at >= since)
    )
    at = met.scalar()
    return day_in_japan(at) if at else None


def read(entries: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """As `consultation_form.read`, of the questions a referral asks. A fault more: "number"."""
    names = [name for part in ASKED.values() for name in part]
    values, wrong = consultation_form.read({name: entries[name] for name in names if name in entries})
    wrong |= {name: "missing" for name in NEEDED if not entries.get(name)}
    wrong |= {name: "number" for name in names if has_number(str(entries.get(name) or ""))}
    return ({}, wrong) if wrong else (values, {})


def has_number(text: str) -> bool:
    return NUMBER.search(unicodedata.normalize("NFKC", text)) is not None


def questions() -> dict[str, list[Any]]:
    return {part: [BY_NAME[name] for name in names] for part, names in ASKED.items()}


def written_from(actor: Actor) -> dict[str, str]:
    """Where this person wrote from the last time: not typed again. The consultation's own may be the office's words."""
    row = Referral.select().where(Referral.by == actor.id).order_by(Referral.at.desc()).first()
    return {"sourceOrg": row.organisation} if row and row.organisation else {}
