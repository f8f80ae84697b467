"""Where each of a worker's visits stands, for the phone it was written on."""

from datetime import timedelta
from typing import Any

from ...core.clock import stamp
from ...core.desk import Desk
from ...models.office_and_cases import (
    BlobFile,
    Comment,
    DeviceRow,
    Held,
    Photo,
    Undone,
    Visit,
    VisitRead,
    VisitVersion,
)
from ...projections.visits import undone_by
from ...queries.access import asked_once, may, visible_record
from ...queries.cases import latest_review, record_of, staff_name
from ..going_on import going_on
from .case import with_empty_parts

Documents = dict[str, dict[str, Any]]
CASE, RECORD = "case/", "record/"  # how their paths begin
UNCHANGED: dict[str, Any] = {}  # stands for a document that is as it was sent; told by being this very one
RECORDS_FOR = timedelta(days=60)


def records_of(desk: Desk, worker: Any, device: DeviceRow, alike: frozenset[str] = frozenset()) -> Documents:
    """Where each of the worker's visits stands, for those of the last 60 days and those with an open question."""
    since = stamp(desk.clock() - RECORDS_FOR)
    rows = Visit.select().where(
        (Visit.staff == worker.id)
        & ((Visit.review_status == "returned") | (Visit.device.is_null(False) & (Visit.received_at >= since)))
    )
    with asked_once():
        records: Documents = {}
        for visit in rows:
            path = f"{RECORD}{visit.id}"
            records[path] = UNCHANGED
            if path not in alike:
                with going_on(desk, "document", device.id, path):
                    records[path] = _record(worker, visit)
    records.update(_undone(worker, since))
    held = Held.select().where(
        (Held.device == device.id) & (Held.state == "held") & Held.visit.is_null(False)
    )
    for row in held:
        path = f"{RECORD}{row.visit}"
        if row.reason == "conflict" and path in records:
            continue  # its number was used a second time: what was applied first stands as it was (SPEC 4.3)
        if path not in records or records[path] is UNCHANGED:
            records[path] = {
                "visit": row.visit,
                "case": row.case,
                "readBy": [],
                "review": None,
                "versions": [],
                "photos": [],
            }
        records[path] = records[path] | {"state": "held", "reason": row.reason}
    return records


def _undone(worker: Any, since: str) -> Documents:
    """Visits of this worker that were taken back or moved to another household: said, without their words."""
    written = VisitVersion.select().where(
        (VisitVersion.by == worker.id)
        & VisitVersion.replaces.is_null()
        & (VisitVersion.received_at >= since)
        & VisitVersion.visit.in_(Undone.select(Undone.visit))
    )
    found: Documents = {}
    for version in written:
        undone = undone_by(list(Undone.select().where(Undone.visit == version.visit)), version.by)
        if undone is not None:
            # A photo of what was taken back is needed by nobody; one that moved is the other visit's to confirm.
            photos = [] if undone.moved_as else [photo["blob"] for photo in version.body.get("photos", [])]
            found[f"{RECORD}{version.visit}"] = {
                "visit": version.visit,
                "case": version.case,
                "state": "undone",
                "undone": undone.kind,
                "readBy": [],
                "review": None,
                "versions": [],
                "photos": photos,
            }
    return found


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
    record: dict[str, Any] = {} if shown is None else {"record": with_empty_parts(shown)}
    return record | {
        "visit": visit.id,
        "case": visit.case,
        "state": "at_office",
        "readBy": [{"name": name, "at": at} for name, at in read_by.items()],
        "review": _review(visit),
        "versions": [_version(row, versions, shown is not None) for row in versions],
        "photos": _safe_photos(visit.id),
        "comments": _comments(worker, visit),
    }


def _comments(worker: Any, visit: Any) -> list[dict[str, Any]]:
    """The conversation beside the visit, for its writer."""
    if not may(worker, "see", "review", visit.case, author=visit.staff, place="phone"):
        return []
    rows = Comment.select().where(Comment.visit == visit.id).order_by(Comment.position)
    return [{"by": staff_name(row.by), "at": row.at, "text": row.text} for row in rows]


def _version(row: Any, versions: list[Any], with_words: bool) -> dict[str, Any]:
    version = {
        "id": row.id,
        "at": row.at,
        "by": staff_name(row.by),
        "changed": row.changed,
        "comment": row.comment,
    }
    before = next((one.body for one in versions if one.id == row.replaces), None)
    if with_words:
        version["was"] = {} if before is None else {path: _at(before, path) for path in row.changed}
    return version


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
        "review": row.id,
        "status": row.status,
        "by": staff_name(row.by),
        "at": row.at,
        "field": row.field,
        "question": row.question,
        "passage": row.passage,
    }


def _safe_photos(visit: str) -> list[str]:
    """A photo leaves the phone when the office has its picture in a backup, or a person there closed its card.

    One that does not open, or is no picture, is not had: the phone's may be the only good copy (SPEC 4.4).
    """
    named = [row.blob for row in Photo.select().where(Photo.visit == visit).order_by(Photo.place)]
    pictures = BlobFile.id.in_(named) & BlobFile.safe & (BlobFile.state == "here")
    safe = {row.id for row in BlobFile.select(BlobFile.id).where(pictures)}
    closed = Held.id.in_(named) & (Held.kind == "blob") & (Held.state == "dismissed")
    safe |= {row.id for row in Held.select(Held.id).where(closed)}
    return [blob for blob in named if blob in safe]
