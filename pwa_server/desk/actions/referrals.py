"""A referral of another body arrives as a consultation; the office says that it is here, and what it asks of them."""

from datetime import date
from typing import Any

from ..core.desk import Desk
from ..core.errors import DeskError, NotAllowed
from ..models.consultations import Consultation
from ..models.referrals import LONGEST_ASKED, LONGEST_CALLED, Referral
from ..projections.append_and_apply import new_id
from ..queries import referrals
from ..queries.access import Actor, demand, demand_row, may
from ..queries.consultation_form import changed
from ..queries.gates import pass_referral
from .act import act


def send(desk: Desk, actor: Actor, fields: dict[str, Any], called: str) -> str:
    """Whoever has referrals of their own tells the office of a household, with or without consent. Returns its id.

    `fields`: answers by field of `models.referrals.ASKED`. Raises DeskError malformed with the fields that are wrong.
    """
    if not may(actor, "change", "referrals", author=actor.id):
        raise NotAllowed("change referrals")
    answers, wrong = referrals.read(fields)
    if wrong or referrals.has_number(called):
        raise DeskError("malformed", " ".join(wrong) or "called")
    referral = new_id()
    answers |= {"receivedOn": desk.today().isoformat(), "informant": getattr(actor, "name", "")}
    body = {"consultation": referral, "notice": None, "answers": changed({}, answers)}
    with desk.write():
        act(desk, actor, "consultation.received", body, referral)
        typed = {
            "referral": referral,
            "called": called.strip()[:LONGEST_CALLED],
            "organisation": fields.get("sourceOrg") or "",
        }
        act(desk, actor, "referral.sent", typed, referral)
    return referral


def take(desk: Desk, actor: Actor, referral: str) -> None:
    """It is here, and somebody has read it."""
    row = referral_row(actor, referral)
    if row.taken_at is None:
        act(desk, actor, "referral.taken", {"referral": referral}, referral)


def ask(desk: Desk, actor: Actor, referral: str, asked: str, until: date | None) -> None:
    """What the office asks of whoever sent it; "" takes it back. Raises names_person, malformed."""
    row = referral_row(actor, referral)
    asked = asked.strip()
    if len(asked) > LONGEST_ASKED:
        raise DeskError("malformed", "asked")
    consultation = Consultation.get_by_id(row.id)
    pass_referral(referrals.case_of(consultation), consultation, asked)
    body = {"referral": referral, "asked": asked, "until": until.isoformat() if until and asked else None}
    with desk.write():
        take(desk, actor, referral)
        act(desk, actor, "referral.asked", body, referral)


def referral_row(actor: Actor, referral: str) -> Any:
    """For those who answer referrals. Raises NotAllowed, not_found."""
    demand(actor, "change", "referrals")
    row: Any = Referral.get_or_none(Referral.id == referral)
    return demand_row(actor, "change", "referrals", row)
