"""Reading, approving, returning and correcting a visit."""

from typing import Any

from ..core.desk import Desk
from ..core.errors import DeskError, NotAllowed
from ..models.office_and_cases import Review, Visit, VisitFlag, VisitRead, VisitVersion
from ..projections.append_and_apply import new_id
from ..queries.access import Actor, demand, demand_row, may, may_review
from ..queries.access_log import note_view
from ..queries.cases import latest_review
from .act import act
from .followups import finish_followup, schedule_followup


def read_visit(desk: Desk, actor: Actor, visit: str) -> Visit:
    """Open a visit: logged as a view, and for those who review told to the phone as "read by NAME"."""
    row = Visit.get_or_none(Visit.id == visit)
    row = demand_row(actor, "see", "visit_facts", row, "staff")
    note_view(desk, actor, f"visit {visit}", row.case)
    if may_review(actor, row):
        version = VisitVersion.get_by_id(row.current_version)
        seen = VisitRead.select().where(
            (VisitRead.visit == visit) & (VisitRead.staff == actor.id) & (VisitRead.at >= version.received_at)
        )
        if not seen.exists():
            act(desk, actor, "visit.read", {"visit": visit}, row.case)
    return row


def approve(desk: Desk, actor: Actor, visit: str, version: str | None = None) -> None:
    """Approve the version that was looked at. Raises DeskError: newer_version, own_visit, NotAllowed."""
    row = _reviewed(actor, visit, version)
    act(desk, actor, "visit.approved", {"visit": visit, "version": row.current_version}, row.case)


def undo_approval(desk: Desk, actor: Actor, visit: str) -> bool:
    """Take the approval back: the visit waits again. False when none stands."""
    row = _reviewed(actor, visit, None)
    last = latest_review(visit)
    if row.review_status != "approved" or last is None:
        return False
    act(desk, actor, "visit.approval_undone", {"visit": visit, "review": last.id}, row.case)
    return True


def return_visit(
    desk: Desk,
    actor: Actor,
    visit: str,
    field: str,
    question: str,
    version: str | None = None,
    passage: str | None = None,
) -> str:
    """Send a visit back with a question about one field, or one sentence of it (`passage`).

    Returns the review's id; the phone is woken now.
    """
    row = _reviewed(actor, visit, version)
    if not question.strip():
        raise DeskError("question_missing")
    review = new_id()
    body = {
        "visit": visit,
        "version": row.current_version,
        "review": review,
        "field": field,
        "question": question.strip(),
    }
    if passage:
        body["passage"] = passage
    act(desk, actor, "visit.returned", body, row.case)
    return review


def flag_visit(desk: Desk, actor: Actor, visit: str, text: str, on: str) -> str:
    """Mark a visit to come back to on a day. Returns the mark's id."""
    row = visit_row(visit)
    demand(actor, "change", "review", row.case)
    flag = new_id()
    act(desk, actor, "visit.flagged", {"flag": flag, "visit": visit, "text": text, "on": on}, row.case)
    return flag


def settle_flag(desk: Desk, actor: Actor, flag: str, comment: str = "") -> None:
    """It was come back to."""
    row = VisitFlag.get_or_none(VisitFlag.id == flag)
    if row is None:
        raise DeskError("not_found", flag)
    demand(actor, "change", "review", row.case)
    act(desk, actor, "visit.flag_settled", {"flag": flag, "comment": comment}, row.case)


def comment_visit(desk: Desk, actor: Actor, visit: str, text: str) -> None:
    """A word in the conversation beside a visit, between its writer and those who review."""
    row = visit_row(visit)
    if not may_converse(actor, row):
        raise NotAllowed("comment")
    act(desk, actor, "visit.commented", {"visit": visit, "text": text}, row.case)


def may_converse(actor: Actor, visit: Visit) -> bool:
    """Whether this person takes part in the conversation beside the visit: those who review, and its writer."""
    return may(actor, "change", "review", visit.case) or may(
        actor, "see", "review", visit.case, author=visit.staff
    )


def correct_visit(
    desk: Desk,
    actor: Actor,
    visit: str,
    replaces: str,
    changed: list[str],
    body: dict[str, Any],
    comment: str = "",
    settles: list[str] | None = None,
    answers: str | None = None,
) -> None:
    """Correct a visit at the desk, answer a question about it (`answers` the review), or decide between two crossing
    corrections (`settles` the one not taken).
    """
    row = visit_row(visit)
    demand(actor, "change", "visit_facts", row.case, author=row.staff)
    fields = {
        "visit": visit,
        "replaces": replaces,
        "changed": changed,
        "record": body,
        "answers": answers,
        "comment": comment,
        "settles": settles or [],
    }
    act(desk, actor, "visit.corrected", fields, row.case)


def may_record(actor: Actor, case: str) -> bool:
    """Whether this person may write down a contact with this household: who reads of its contacts, and writes own."""
    return may(actor, "see", "visit_facts", case) and may(
        actor, "change", "visit_facts", case, author=actor.id
    )


def record_visit(
    desk: Desk,
    actor: Actor,
    case: str,
    body: dict[str, Any],
    *,
    closes: list[str] | None = None,
    agreed: dict[str, Any] | None = None,
) -> str:
    """Write down a contact at the desk: a call, a letter, a fax, somebody at the counter. Returns its id.

    `closes`: the follow-ups that are done with it; `agreed`: the next one, as `schedule_followup` takes it. All of it
    is one act, or none.
    """
    if not may_record(actor, case):
        raise NotAllowed("change visit_facts")
    with desk.write():
        visit = act(desk, actor, "visit.logged", {**body, "byHand": True}, case).id
        for followup in closes or ():
            finish_followup(desk, actor, followup, visit)
        if agreed:
            schedule_followup(desk, actor, case, **agreed)
    return visit


def open_review(visit: str) -> Any | None:
    """The question that waits for the worker's answer, or None."""
    return (
        Review.select()
        .where((Review.visit == visit) & (Review.status == "returned"))
        .order_by(Review.position.desc())
        .first()
    )


def visit_row(visit: str) -> Visit:
    row = Visit.get_or_none(Visit.id == visit)
    if row is None:
        raise DeskError("not_found", visit)
    return row


def _reviewed(actor: Actor, visit: str, version: str | None) -> Visit:
    row = visit_row(visit)
    if row.staff == actor.id:
        raise DeskError("own_visit", visit)
    if not may_review(actor, row):
        raise NotAllowed("change review")
    if version is not None and version != row.current_version:
        raise DeskError("newer_version", row.current_version)
    return row
