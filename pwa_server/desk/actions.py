"""What people at the desk do. Each act: may they (`access`), append the event, apply it, journal it.

When one of these returns, the act is in the log and in its second place. Phones hear of it at the next look
at the relay: `outgoing` compares what each phone has with what it should have.
"""

from typing import Any

from sync.errors import SyncError
from sync.events import BODIES, check_body, check_event

from . import journal
from .access import Actor, demand, is_assigned, may_review
from .access_log import note_view
from .clock import JAPAN
from .database import Desk
from .faults import DeskError, NotAllowed
from .log import Logged
from .model import CaseFile, FollowUp, PromiseMade, Review, SafetyFlag, Staff, Visit, VisitRead, VisitVersion
from .record import make_event, new_id, record


def act(
    desk: Desk, actor: Actor, type_: str, body: dict[str, Any], case: str | None = None, *, id_: str | None = None
) -> Logged:
    """Write one event of this person. The caller has asked `access`. Raises DeskError: malformed, journal_failed."""
    event = make_event(type_, case, body, desk.now(), id_=id_)
    check(event)
    with desk.write():
        logged = record(desk, event, actor.id, actor.id)
        journal.keep(desk, event, actor.id, actor.id)
    desk.stirred.set()
    return logged


def check(event: dict[str, Any]) -> None:
    """Refuse an event no reader would take; those that phones write too must have their shape."""
    try:
        check_event(event)
        if (event["type"], event["v"]) in BODIES:
            check_body(event["type"], event["v"], event["body"])
    except SyncError as error:
        raise DeskError(error.code, error.detail) from error


# --- review ---------------------------------------------------------------------------------------------


def read_visit(desk: Desk, actor: Actor, visit: str) -> Visit:
    """Open a visit: logged as a view, and for those who review told to the phone as "read by NAME"."""
    row = _visit(visit)
    demand(actor, "see", "visit_facts", row.case, author=row.staff)
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


def return_visit(
    desk: Desk, actor: Actor, visit: str, field: str, question: str, version: str | None = None
) -> str:
    """Send a visit back with a question about one field. Returns the review's id; the phone is woken now."""
    row = _reviewed(actor, visit, version)
    if not question.strip():
        raise DeskError("question_missing")
    review = new_id()
    act(
        desk, actor, "visit.returned",
        {"visit": visit, "version": row.current_version, "review": review, "field": field,
         "question": question.strip()},
        row.case,
    )  # fmt: skip
    return review


def correct_visit(
    desk: Desk, actor: Actor, visit: str, replaces: str, changed: list[str], body: dict[str, Any],
    comment: str = "", settles: list[str] | None = None,
) -> None:  # fmt: skip
    """Correct a visit at the desk, or decide between two crossing corrections (`settles` the one not taken)."""
    row = _visit(visit)
    demand(actor, "change", "visit_facts", row.case, author=row.staff)
    told = {
        "visit": visit, "replaces": replaces, "changed": changed, "record": body, "answers": None,
        "comment": comment, "settles": settles or [],
    }  # fmt: skip
    act(desk, actor, "visit.corrected", told, row.case)


def record_visit(desk: Desk, actor: Actor, case: str, body: dict[str, Any]) -> str:
    """Record a visit by hand (told on paper or by telephone). Returns its id."""
    if not is_assigned(actor.id, case):
        demand(actor, "change", "visit_facts", case)
    return act(desk, actor, "visit.logged", {**body, "byHand": True}, case).id


# --- cases ----------------------------------------------------------------------------------------------


def open_case(desk: Desk, actor: Actor, body: dict[str, Any]) -> str:
    """Open a case. Returns its id."""
    demand(actor, "change", "core")
    if CaseFile.select().where(CaseFile.no == body["no"]).exists():
        raise DeskError("case_number_taken", body["no"])
    case = new_id()
    act(desk, actor, "case.opened", body, case)
    return case


def decide_triage(
    desk: Desk, actor: Actor, case: str, decision: str, kind: str | None, reason: str, *, assumed: bool = False
) -> None:
    """The decision after intake: existing network, conference needed, or not decided."""
    demand(actor, "change", "core", case)
    told = {"decision": decision, "conferenceKind": kind, "reason": reason, "assumed": assumed}
    act(desk, actor, "triage.decided", told, case)


def set_conference(
    desk: Desk, actor: Actor, case: str, kind: str, status: str, on: str | None, conference: str | None = None
) -> str:
    """Plan a conference, or note that it was held. Returns its id."""
    demand(actor, "change", "core", case)
    conference = conference or new_id()
    told = {"conference": conference, "kind": kind, "status": status, "on": on}
    act(desk, actor, "conference.set", told, case)
    return conference


def assign(desk: Desk, actor: Actor, case: str, staff: str, from_on: str | None = None) -> None:
    """Assign a person to a case, from today unless said otherwise. Nothing happens if they are already."""
    demand(actor, "change", "core", case)
    _staff(staff)
    if not is_assigned(staff, case):
        today = desk.clock().astimezone(JAPAN).date().isoformat()
        act(desk, actor, "case.assigned", {"staff": staff, "from": from_on or today}, case)


def unassign(desk: Desk, actor: Actor, case: str, staff: str, reason: str = "") -> None:
    """End an assignment: the case leaves the person's phone at its next contact."""
    demand(actor, "change", "core", case)
    if is_assigned(staff, case):
        act(desk, actor, "case.unassigned", {"staff": staff, "reason": reason}, case)


def note_case(
    desk: Desk, actor: Actor, case: str, preferences: str, worked: list[str], avoid: list[str]
) -> None:
    """How this person likes to be approached, what worked and what to avoid."""
    if not is_assigned(actor.id, case):
        demand(actor, "change", "core", case)
    act(desk, actor, "case.noted", {"preferences": preferences, "worked": worked, "avoid": avoid}, case)


def set_safety(
    desk: Desk, actor: Actor, case: str, kind: str, text: str, source: str, review_on: str,
    flag: str | None = None,
) -> str:  # fmt: skip
    """Put a flag on the safety card, or change one. Returns its id."""
    demand(actor, "change", "safety", case)
    flag = flag or new_id()
    today = desk.clock().astimezone(JAPAN).date().isoformat()
    told = {"flag": flag, "kind": kind, "text": text, "source": source, "setOn": today, "reviewOn": review_on}
    act(desk, actor, "safety.set", told, case)
    return flag


def remove_safety(desk: Desk, actor: Actor, flag: str, reason: str) -> None:
    """Take a flag off; the log keeps it."""
    row = SafetyFlag.get_or_none(SafetyFlag.id == flag)
    if row is None:
        raise DeskError("not_found", flag)
    demand(actor, "change", "safety", row.case)
    act(desk, actor, "safety.removed", {"flag": flag, "reason": reason}, row.case)


# --- follow-ups and promises ----------------------------------------------------------------------------


def schedule_followup(
    desk: Desk, actor: Actor, case: str, at: str, kind: str, with_whom: str, note: str = "", *,
    remind: bool = True,
) -> str:  # fmt: skip
    """Plan a follow-up of one's own. Returns its id."""
    if not is_assigned(actor.id, case):
        demand(actor, "change", "followups", case)
    followup = new_id()
    told = {"followup": followup, "at": at, "kind": kind, "with": with_whom, "note": note, "remind": remind}
    act(desk, actor, "followup.scheduled", told, case)
    return followup


def move_followup(desk: Desk, actor: Actor, followup: str, at: str) -> None:
    """Set another time."""
    row = _followup(actor, followup)
    act(desk, actor, "followup.moved", {"followup": followup, "at": at}, row.case)


def finish_followup(desk: Desk, actor: Actor, followup: str, visit: str | None = None) -> None:
    """It was done, by this visit if one is named."""
    row = _followup(actor, followup)
    act(desk, actor, "followup.done", {"followup": followup, "visit": visit}, row.case)


def cancel_followup(desk: Desk, actor: Actor, followup: str, reason: str) -> None:
    """It will not be done."""
    row = _followup(actor, followup)
    act(desk, actor, "followup.cancelled", {"followup": followup, "reason": reason}, row.case)


def keep_promise(desk: Desk, actor: Actor, promise: str) -> None:
    """What was promised was done."""
    row = PromiseMade.get_or_none(PromiseMade.id == promise)
    if row is None:
        raise DeskError("not_found", promise)
    if not is_assigned(actor.id, row.case):
        demand(actor, "change", "followups", row.case)
    act(desk, actor, "promise.kept", {"promise": promise}, row.case)


# --- people and the office ------------------------------------------------------------------------------


def add_staff(desk: Desk, actor: Actor, name: str, kana: str, role: str, email: str) -> str:
    """Add a person. Returns their id; `staff.make_account` lets them sign in."""
    demand(actor, "change", "people")
    staff = new_id()
    told = {"staff": staff, "name": name, "kana": kana, "role": role, "email": email}
    act(desk, actor, "staff.added", told)
    return staff


def change_staff(desk: Desk, actor: Actor, staff: str, **changes: Any) -> None:
    """Change name, kana, role, email or active. Nobody changes their own role."""
    demand(actor, "change", "people")
    _staff(staff)
    if staff == actor.id and ({"role", "active"} & changes.keys()):
        raise NotAllowed("own role")
    act(desk, actor, "staff.changed", {"staff": staff, **changes})
    if changes.get("active") is False or "role" in changes:
        from .staff import end_all_sessions

        end_all_sessions(desk, staff)


def set_numbers(desk: Desk, actor: Actor, numbers: list[dict[str, Any]]) -> None:
    """The emergency numbers every phone carries: the whole list."""
    demand(actor, "change", "settings")
    act(desk, actor, "numbers.set", {"numbers": numbers})


def publish_checklist(desk: Desk, actor: Actor, checklist: dict[str, Any]) -> None:
    """Publish a version of a checklist."""
    demand(actor, "change", "settings")
    told = {"checklist": checklist["id"], **{name: checklist[name] for name in ("version", "title", "intro", "items")}}
    act(desk, actor, "checklist.published", told)


# --- what did not fit -----------------------------------------------------------------------------------


def retry_held(desk: Desk, actor: Actor, held: str) -> bool:
    """Try a held event again (after an update, or when what it needs has come). True when it was applied."""
    from .intake import retry_held as again

    demand(actor, "change", "held")
    return again(desk, held)


def dismiss_held(desk: Desk, actor: Actor, held: str, how: str, comment: str) -> None:
    """Close a held card: it was recorded by hand, or is not needed. What arrived is kept."""
    from .model import Held

    demand(actor, "change", "held")
    row = Held.get_or_none(Held.id == held)
    if row is None:
        raise DeskError("not_found", held)
    with desk.write():
        act(desk, actor, "held.dismissed", {"held": held, "how": how, "comment": comment})
        Held.update(state="dismissed").where(Held.id == held).execute()


def admit_envelope(desk: Desk, actor: Actor, envelope: str) -> None:
    """Take an envelope of a revoked phone from the review box: its events are applied."""
    from .intake import admit

    demand(actor, "change", "devices")
    with desk.write():
        act(desk, actor, "review_box.admitted", {"envelope": envelope})
        admit(desk, envelope)


def reject_envelope(desk: Desk, actor: Actor, envelope: str, reason: str) -> None:
    """Do not take it; the envelope is kept, sealed, with the reason."""
    from .intake import reject

    demand(actor, "change", "devices")
    with desk.write():
        act(desk, actor, "review_box.rejected", {"envelope": envelope, "reason": reason})
        reject(desk, envelope)


def _visit(visit: str) -> Visit:
    row = Visit.get_or_none(Visit.id == visit)
    if row is None:
        raise DeskError("not_found", visit)
    return row


def _reviewed(actor: Actor, visit: str, version: str | None) -> Visit:
    row = _visit(visit)
    if row.staff == actor.id:
        raise DeskError("own_visit", visit)
    if not may_review(actor, row):
        raise NotAllowed("change review")
    if version is not None and version != row.current_version:
        raise DeskError("newer_version", row.current_version)
    return row


def _staff(staff: str) -> Any:
    row = Staff.get_or_none(Staff.id == staff)
    if row is None:
        raise DeskError("not_found", staff)
    return row


def _followup(actor: Actor, followup: str) -> Any:
    row = FollowUp.get_or_none(FollowUp.id == followup)
    if row is None:
        raise DeskError("not_found", followup)
    if not is_assigned(actor.id, row.case):
        demand(actor, "change", "followups", row.case, author=row.staff)
    return row


def open_review(visit: str) -> Any | None:
    """The question that waits for the worker's answer, or None."""
    return (
        Review.select()
        .where((Review.visit == visit) & (Review.status == "returned"))
        .order_by(Review.position.desc())
        .first()
    )
