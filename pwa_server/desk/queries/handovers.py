"""Hand-overs to another section or agency as one person may read them, and to whom the office hands over."""

from datetime import date, timedelta
from typing import Any

from sync.events import TOLD

from ..core.desk import Desk
from ..core.errors import DeskError
from ..models.handovers import Handover
from ..models.office_and_cases import CaseFile, Member, OfficeOption, Staff
from .access import Actor, demand_row, may, sees_all
from .consent import Ledger
from .gates import handover_missing, telling_to_body
from .participation import Reason

OPTION = "handover_bodies"
# Where most cities hand over to (domain.md 7.1 P4), until the office has written its own list.
USUAL = (
    "健康増進課",
    "障害の相談センター",
    "地域包括支援センター",
    "住宅課",
    "困窮の窓口",
    "子育て相談センター",
    "教育委員会",
    "社会福祉協議会",
)
RECEIVERS = ("agency", "participation")  # roles that read here what they were sent
WITHIN = timedelta(days=14)  # for an answer, unless another day is named
MOST = 200


def bodies() -> list[str]:
    """The sections and agencies of the office's own list."""
    row = OfficeOption.get_or_none(OfficeOption.id == OPTION)
    return [str(one) for one in row.value] if row and isinstance(row.value, list) else list(USUAL)


def receivers() -> list[Any]:
    """Who of another body has an account here."""
    rows = Staff.select().where(Staff.active & Staff.role.in_(RECEIVERS))
    return list(rows.order_by(Staff.kana, Staff.name))


def may_tell(ledger: Ledger, to: str, receiver: str | None, today: date) -> list[str]:
    """What the person agreed that this body is told."""
    return [one for one in TOLD if ledger.agreed(telling_to_body(to, receiver, frozenset({one})), today)]


def contact_of(case: str) -> str:
    """Name, reading, address and telephone of the person, in one line; "" where nothing is known."""
    row = CaseFile.get_or_none(CaseFile.id == case)
    person = Member.get_or_none(Member.id == row.index_member) if row else None
    if person is None:
        return ""
    name = f"{person.name}（{person.reading}）" if person.name and person.reading else person.name
    return "　".join(one for one in (name or person.reading, person.address, person.telephone) if one)


def read(desk: Desk, actor: Actor, id_: str) -> Any:
    """One hand-over, for whoever may read it. Raises DeskError: not_found, handover_stopped; NotAllowed.

    Its receiver reads it while its ground stands, its case goes on and nobody took it back.
    """
    row = Handover.get_or_none(Handover.id == id_)
    row = demand_row(actor, "see", "handovers", row, "receiver")
    if row.receiver == actor.id and stopped(row, desk.today()):
        raise DeskError("handover_stopped")
    return row


def stopped(row: Any, today: date) -> str | None:
    """Why its receiver reads it no more: withdrawn, case_closed, or what its ground lacks now; None while they do."""
    if row.withdrawn_at is not None:
        return "withdrawn"
    case = CaseFile.get_or_none(CaseFile.id == row.case)
    if case is None or case.status != "active":
        return "case_closed"
    return handover_missing(row.case, row, today)


def sent_to(desk: Desk, actor: Actor) -> list[Any]:
    """What this person was sent and may read, unanswered first, the newest first."""
    rows = Handover.select().where(Handover.receiver == actor.id).order_by(Handover.at.desc(), Handover.id)
    found = [row for row in rows.limit(MOST) if not stopped(row, desk.today())]
    return sorted(found, key=lambda row: row.answer is not None)


def of_case(case: str) -> list[Any]:
    """All of one household, the newest first."""
    rows = Handover.select().where(Handover.case == case)
    return list(rows.order_by(Handover.at.desc(), Handover.id))


def waiting(actor: Actor) -> list[Any]:
    """Unanswered ones of running cases this person works on, by the day an answer is due."""
    running = CaseFile.select(CaseFile.id).where(CaseFile.status == "active")
    rows = Handover.select().where(
        Handover.answer.is_null() & Handover.withdrawn_at.is_null() & Handover.case.in_(running)
    )
    found = rows.order_by(Handover.answer_by, Handover.id).limit(MOST)
    if sees_all(actor, "handovers"):
        return list(found)
    return [row for row in found if may(actor, "see", "handovers", row.case)]


def overdue(actor: Actor, today: date) -> list[Any]:
    """Those whose day for an answer is over."""
    return [row for row in waiting(actor) if row.answer_by < today.isoformat()]


def coded(row: Any) -> list[Reason]:
    """What a hand-over says in codes and days, for the copy the person gets (`participation.coded`)."""
    codes = [Reason("", {"day": row.at}), Reason(f"desk.handover.ground.{row.ground}")]
    codes += [Reason(f"desk.handover.law.{row.law}")] if row.law else []
    codes += [Reason(f"desk.consent.scopes.{one}") for one in row.told]
    codes += (
        [Reason("desk.handover.withdrawn"), Reason("", {"day": row.withdrawn_at})] if row.withdrawn_at else []
    )
    if row.answer is None:
        return codes
    codes += [Reason(f"desk.handover.answer.{row.answer}"), Reason(f"desk.handover.how.{row.answered_how}")]
    return [*codes, Reason("", {"day": row.answered_on})]
