"""A household handed over to another section or agency: told, taken back, answered (domain.md 1.7, 2.1, 2.2)."""

from dataclasses import dataclass, field
from typing import Any

from sync.events import GROUNDS, TOLD

from ..core.desk import Desk
from ..core.errors import DeskError
from ..models.handovers import ANSWERS, HOW, LAW, Handover
from ..models.office_and_cases import CaseFile, Staff
from ..projections.append_and_apply import new_id
from ..queries.access import Actor, demand, demand_row
from ..queries.gates import pass_handover
from ..queries.handovers import OPTION, RECEIVERS, contact_of
from .act import act


@dataclass(frozen=True)
class Letter:
    """What is told, to whom, and on what ground, as somebody wrote it."""

    to: str
    ground: str
    text: str
    answer_by: str
    person: str = ""
    receiver: str | None = None
    law: str | None = None
    reason: str = ""
    told: list[str] = field(default_factory=list)
    contact: str = ""


def send(desk: Desk, actor: Actor, case: str, letter: Letter) -> str:
    """Hand over. Returns its id.

    Raises DeskError: case_closed, empty (no section, no text), malformed, consent_for_body_missing, names_person,
    law_reason_missing.
    """
    demand(actor, "change", "handovers", case)
    row = CaseFile.get_or_none(CaseFile.id == case)
    if row is None:
        raise DeskError("not_found", case)
    if row.status != "active":
        raise DeskError("case_closed", row.no)
    if not letter.to.strip() or not letter.text.strip():
        raise DeskError("empty", "to" if not letter.to.strip() else "text")
    if letter.ground not in GROUNDS or not set(letter.told) <= set(TOLD):
        raise DeskError("malformed", "ground")
    if letter.receiver is not None and not _receives(letter.receiver):
        raise DeskError("malformed", "receiver")
    body = body_of(case, letter)
    pass_handover(case, Letter(**{**letter.__dict__, "contact": body["contact"]}), desk.today())
    act(desk, actor, "handover.sent", body, case)
    return str(body["handover"])


def _receives(staff: str) -> bool:
    row = Staff.get_or_none(Staff.id == staff)
    return row is not None and bool(row.active) and row.role in RECEIVERS


def body_of(case: str, letter: Letter) -> dict[str, Any]:
    """The event: name and address stand in it only when they are told."""
    return {
        "handover": new_id(),
        "to": letter.to.strip(),
        "person": letter.person.strip(),
        "receiver": letter.receiver,
        "ground": letter.ground,
        "law": letter.law if letter.ground == LAW else None,
        "reason": letter.reason.strip(),
        "told": letter.told,
        "contact": contact_of(case) if "address" in letter.told else "",
        "text": letter.text.strip(),
        "answerBy": letter.answer_by,
    }


def take_back(desk: Desk, actor: Actor, handover: str, reason: str) -> None:
    """Its receiver reads it no more; what they read is not unread. Raises DeskError: not_found, reason_missing."""
    row = Handover.get_or_none(Handover.id == handover)
    row = demand_row(actor, "change", "handovers", row)
    if not reason.strip():
        raise DeskError("reason_missing")
    if row.withdrawn_at is None:
        body = {"handover": handover, "reason": reason.strip()}
        act(desk, actor, "handover.withdrawn", body, row.case)


def answer(
    desk: Desk, actor: Actor, handover: str, answered: str, why: str, *, by: str, how: str, on: str
) -> None:
    """Taken, or not taken and why: by its receiver here, or written down at the desk for one without an account.

    Raises DeskError: not_found, malformed, reason_missing (not taken, without one), empty (nobody named).
    """
    row = Handover.get_or_none(Handover.id == handover)
    row = demand_row(actor, "change", "handovers", row, "receiver")
    if answered not in ANSWERS or how not in HOW:
        raise DeskError("malformed", "answer")
    if answered == "not_taken" and not why.strip():
        raise DeskError("reason_missing")
    if not by.strip():
        raise DeskError("empty", "by")
    body = {
        "handover": handover,
        "answer": answered,
        "why": why.strip(),
        "by": by.strip(),
        "how": how,
        "on": on,
    }
    act(desk, actor, "handover.answered", body, row.case)


def set_bodies(desk: Desk, actor: Actor, names: list[str]) -> None:
    """The office's own list of sections and agencies it hands over to."""
    demand(actor, "change", "settings")
    known = list(dict.fromkeys(name.strip()[:100] for name in names if name.strip()))
    act(desk, actor, "office.option_set", {"name": OPTION, "value": known})
