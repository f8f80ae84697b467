"""What one phone should hold: documents by path (EVENTS.md), each through the access table.

Only cases the worker is assigned to, only the parts the table gives a phone, nothing that is not needed at a
door. Nothing here knows what the phone already has: `outgoing` compares.
"""

from datetime import timedelta
from typing import Any

from .access import assigned_cases, may, shown_flags, visible_record
from .apply_merge import resolve
from .apply_visit import undone_by
from .clock import JAPAN, day_in_japan, stamp
from .database import Desk
from .model import (
    Assignment,
    Begun,
    BlobFile,
    CaseFile,
    Checklist,
    Comment,
    DeviceRow,
    FollowUp,
    Held,
    Member,
    Number,
    Office,
    Photo,
    Staff,
    Undone,
    Visit,
    VisitRead,
    VisitVersion,
)
from .model_figures import ChecklistRetired
from .reading import (
    class_of,
    hook_of,
    latest_review,
    line_of,
    next_followup,
    promises_of,
    record_of,
    safety_of,
    staff_name,
    visits_of,
)
from .watch import watched_by, watchers_of

Documents = dict[str, dict[str, Any]]
LEASE_DAYS = 14
LAST_CONTACTS = 5
KEPT_PROMISES = 10
AROUND = timedelta(days=7)
RECORDS_FOR = timedelta(days=60)
# What moves with the clock alone is sent along, but is no reason to send.
VOLATILE = ("readyAt", "deskTime")


def documents_for(desk: Desk, device: DeviceRow) -> Documents:
    """Every document of this phone; empty for one that is not active."""
    worker = Staff.get_or_none((Staff.id == device.staff) & Staff.active)
    if device.status != "active" or worker is None:
        return {}
    cases = [case for case in assigned_cases(worker.id) if may(worker, "see", "core", case, place="phone")]
    documents: Documents = {"me": _me(desk, worker, cases), "numbers": _numbers(), "device": _device(desk, device)}
    documents.update(_checklists())
    documents.update({f"case/{case}": _case(desk, worker, case) for case in cases})
    documents["followups"] = {"followups": followups_for(desk, worker, cases)}
    documents.update(_records(desk, worker, device))
    return documents


def _me(desk: Desk, worker: Any, cases: list[str]) -> dict[str, Any]:
    office = Office.select().first()
    people = Staff.select().where(Staff.active).order_by(Staff.id)
    return {
        "office": {
            "id": desk.keys.office, "name": office.name if office else "", "lead": office.lead if office else ""
        },
        "worker": {"id": worker.id, "name": worker.name, "role": worker.role},
        "staff": [{"id": person.id, "name": person.name} for person in people],
        "watchers": watchers_of(worker.id), "watching": watched_by(worker.id), "cases": cases,
        "joined": _joined(worker.id),
        "leaseDays": LEASE_DAYS, "sample": bool(office and office.sample),
    }  # fmt: skip


def _numbers() -> dict[str, Any]:
    rows = Number.select().order_by(Number.place)
    return {
        "numbers": [
            {"id": row.id, "label": {"ja": row.label_ja, "en": row.label_en}, "tel": row.tel, "kind": row.kind}
            for row in rows
        ]
    }


def _device(desk: Desk, device: DeviceRow) -> dict[str, Any]:
    return {"label": device.label, "status": device.status, "staff": device.staff, "deskTime": desk.now()}


def _checklists() -> Documents:
    """The newest version of each that is not retired."""
    retired = ChecklistRetired.select(ChecklistRetired.id)
    rows = Checklist.select().where(Checklist.id.not_in(retired)).order_by(Checklist.id, Checklist.version)
    newest = {row.id: row.body for row in rows}
    return {f"checklist/{id_}": body for id_, body in newest.items()}


def _case(desk: Desk, worker: Any, case: str) -> dict[str, Any]:
    row = CaseFile.get_by_id(case)

    def sees(data_class: str) -> bool:
        return may(worker, "see", data_class, case, place="phone")

    flags = shown_flags(worker, safety_of(case)) if sees("safety") else []
    upcoming = next_followup(case) if sees("followups") else None
    facts = sees("visit_facts")
    return {
        "id": row.id, "no": row.no, "title": row.title, "kana": row.kana if sees("identity") else "",
        "sample": row.sample, "begun": _begun(case) if sees("identity") else None,
        "person": _person(row, sees("health")),
        "household": _household(row, sees("health")), "consent": row.consent,
        "triage": {
            "class": class_of(row), "conferenceKind": row.conference_kind,
            "conferenceStatus": row.conference_status,
        },
        "safety": [
            {"flag": flag.id, "kind": flag.kind, "text": flag.text, "source": flag.source, "setOn": flag.set_on,
             "reviewOn": flag.review_on}
            for flag in flags
        ],
        "safetyCheckedOn": max((flag.set_on for flag in flags), default=row.opened_on),
        "contacts": _contacts(worker, case), "line": line_of(case) if facts else [],
        "hook": hook_of(case) if facts else None,
        "promises": _promises(case) if sees("followups") else [],
        "next": None if upcoming is None else followup_of(upcoming),
        "preferences": row.preferences, "worked": row.worked, "avoid": row.avoid, "issues": row.issues,
        "readyAt": desk.now(),
    }  # fmt: skip


def _joined(staff: str) -> dict[str, str]:
    """Cases this worker began that were joined to another since: what still names them counts there."""
    begun = [row.case for row in Begun.select().where(Begun.by == staff)]
    return {case: into for case in begun if (into := resolve(case)) is not None and into != case}


def _begun(case: str) -> dict[str, Any] | None:
    """What was known when it was begun on a phone; None for a case the office opened."""
    row = Begun.get_or_none(Begun.case == case)
    return None if row is None else dict(row.known)


def _household(case: Any, health: bool) -> dict[str, Any]:
    """As the office has it; what is told of health only to whom it may be."""
    told: dict[str, Any] = dict(case.household)
    if not health:
        told["members"] = [one | {"labels": []} for one in told.get("members", [])]
    return told


def _person(case: Any, health: bool) -> dict[str, Any] | None:
    member = Member.get_or_none(Member.id == case.index_member)
    if member is None:
        return None
    return {
        "id": member.id, "label": member.label, "role": member.role, "roleCertainty": member.role_certainty,
        "sex": member.sex, "ageBand": member.age_band, "labels": member.labels if health else [],
        "index": True, "inHousehold": member.in_household,
    }  # fmt: skip


def _contacts(worker: Any, case: str) -> list[dict[str, Any]]:
    shown = []
    for visit in visits_of(case)[:LAST_CONTACTS]:
        body = visible_record(worker, record_of(visit), case, visit.staff, "phone")
        if body is not None:
            shown.append(
                _with_empty_parts(body)
                | {"id": visit.id, "by": staff_name(visit.staff), "review": visit.review_status}
            )
    return shown


def _with_empty_parts(body: dict[str, Any]) -> dict[str, Any]:
    """What was taken out leaves an empty place, so that a reader finds the shape it knows."""
    notes = {"fact": "", "quote": "", "thirdParty": "", "view": ""} | body.get("notes", {})
    return {"living": {}, "risk": {}, "riskCall": None, "reflection": "", "photos": []} | body | {"notes": notes}


def _promises(case: str) -> list[dict[str, Any]]:
    rows = promises_of(case)
    kept = [row for row in rows if row.kept][-KEPT_PROMISES:]
    return [
        {"id": row.id, "text": row.text, "due": row.due, "to": row.to, "madeOn": row.made_on, "kept": row.kept}
        for row in [*(row for row in rows if not row.kept), *kept]
    ]


def followups_for(desk: Desk, worker: Any, cases: list[str]) -> list[dict[str, Any]]:
    """Overdue, around today, and everything open later: the worker's own, and those nobody else has to do."""
    today = desk.clock().astimezone(JAPAN).date()
    cases = [case for case in cases if may(worker, "see", "followups", case, place="phone")]
    rows = FollowUp.select().where(FollowUp.case.in_(cases) & FollowUp.known).order_by(FollowUp.at, FollowUp.id)
    shown = []
    for row in rows:
        near = abs(day_in_japan(row.at) - today) <= AROUND
        if (row.state == "open" or near) and (row.staff == worker.id or not _has_owner(row)):
            shown.append(followup_of(row))
    return shown


def _has_owner(followup: Any) -> bool:
    """Whether whoever planned it still has the case; else everybody assigned has it before them."""
    return bool(
        Assignment.select()
        .where(
            (Assignment.case == followup.case)
            & (Assignment.staff == followup.staff)
            & Assignment.until_at.is_null()
        )
        .exists()
    )


def followup_of(row: Any) -> dict[str, Any]:
    """A follow-up as phones read it."""
    return {
        "followup": row.id, "case": row.case, "at": row.at, "kind": row.kind, "with": row.with_whom,
        "note": row.note, "state": row.state, "remind": row.remind,
    }  # fmt: skip


def _records(desk: Desk, worker: Any, device: DeviceRow) -> Documents:
    """Where each of the worker's visits stands, for those of the last 60 days and those with an open question."""
    since = stamp(desk.clock() - RECORDS_FOR)
    rows = Visit.select().where(
        (Visit.staff == worker.id) & ((Visit.received_at >= since) | (Visit.review_status == "returned"))
    )
    records = {f"record/{row.id}": _record(worker, row) for row in rows if row.device is not None or _asked(row)}
    records.update(_undone(worker, since))
    held = Held.select().where((Held.device == device.id) & (Held.state == "held") & Held.visit.is_null(False))
    for row in held:
        path = f"record/{row.visit}"
        if path not in records:
            records[path] = {
                "visit": row.visit, "case": row.case, "readBy": [], "review": None, "versions": [], "photos": []
            }  # fmt: skip
        records[path] |= {"state": "held", "reason": row.reason}
    return records


def _undone(worker: Any, since: str) -> Documents:
    """Visits of this worker that were taken back or moved to another household: said, without their words."""
    written = VisitVersion.select().where(
        (VisitVersion.by == worker.id) & VisitVersion.replaces.is_null() & (VisitVersion.received_at >= since)
        & VisitVersion.visit.in_(Undone.select(Undone.visit))
    )  # fmt: skip
    told: Documents = {}
    for version in written:
        undone = undone_by(list(Undone.select().where(Undone.visit == version.visit)), version.by)
        if undone is not None:
            # A photo of what was taken back is needed by nobody; one that moved is the other visit's to confirm.
            photos = [] if undone.moved_as else [photo["blob"] for photo in version.body.get("photos", [])]
            told[f"record/{version.visit}"] = {
                "visit": version.visit, "case": version.case, "state": "undone", "undone": undone.kind,
                "readBy": [], "review": None, "versions": [], "photos": photos,
            }  # fmt: skip
    return told


def _asked(visit: Any) -> bool:
    return bool(visit.review_status == "returned")


def _record(worker: Any, visit: Any) -> dict[str, Any]:
    versions = list(
        VisitVersion.select().where(VisitVersion.visit == visit.id).order_by(*VisitVersion.in_order())
    )
    # Who read what the worker wrote last; the latest reading of each person.
    written = max((row.received_at for row in versions if row.device is not None), default="")
    reads = VisitRead.select().where((VisitRead.visit == visit.id) & (VisitRead.at >= written))
    read_by = {staff_name(row.staff): row.at for row in reads.order_by(VisitRead.at, VisitRead.id)}
    # The words themselves only while the worker has the case.
    shown = visible_record(worker, record_of(visit), visit.case, visit.staff, "phone")
    told: dict[str, Any] = {} if shown is None else {"record": _with_empty_parts(shown)}
    return told | {
        "visit": visit.id, "case": visit.case, "state": "at_office",
        "readBy": [{"name": name, "at": at} for name, at in read_by.items()],
        "review": _review(visit),
        "versions": [_version(row, versions, shown is not None) for row in versions],
        "photos": _safe_photos(visit.id), "comments": _comments(worker, visit),
    }  # fmt: skip


def _comments(worker: Any, visit: Any) -> list[dict[str, Any]]:
    """The conversation beside the visit, for its writer."""
    if not may(worker, "see", "review", visit.case, author=visit.staff, place="phone"):
        return []
    rows = Comment.select().where(Comment.visit == visit.id).order_by(Comment.position)
    return [{"by": staff_name(row.by), "at": row.at, "text": row.text} for row in rows]


def _version(row: Any, versions: list[Any], with_words: bool) -> dict[str, Any]:
    told = {
        "id": row.id, "at": row.at, "by": staff_name(row.by), "changed": row.changed, "comment": row.comment
    }  # fmt: skip
    before = next((one.body for one in versions if one.id == row.replaces), None)
    if with_words:
        told["was"] = {} if before is None else {path: _at(before, path) for path in row.changed}
    return told


def _at(body: Any, path: str) -> Any:
    """What stands at a field path; None where nothing does."""
    for step in path.split("."):
        body = body.get(step) if isinstance(body, dict) else None
    return body


def _review(visit: Any) -> dict[str, Any] | None:
    """The last word of a reviewer; an approval holds for the version that was approved alone."""
    row = latest_review(visit.id)
    if row is None or (row.status == "approved" and row.version != visit.current_version):
        return None
    return {
        "review": row.id, "status": row.status, "by": staff_name(row.by), "at": row.at, "field": row.field,
        "question": row.question, "passage": row.passage,
    }  # fmt: skip


def _safe_photos(visit: str) -> list[str]:
    """A photo leaves the phone when the office has it in a backup, or has it as it came and shows it to a person."""
    named = [row.blob for row in Photo.select().where(Photo.visit == visit).order_by(Photo.place)]
    safe = {row.id for row in BlobFile.select(BlobFile.id).where(BlobFile.id.in_(named) & BlobFile.safe)}
    return [blob for blob in named if blob in safe]
