"""What one phone should hold: documents by path (EVENTS.md), each through the access table.

Only cases the worker is assigned to, only the parts the table gives a phone, nothing that is not needed at a
door. Nothing here knows what the phone already has: `outgoing` compares.
"""

from collections.abc import Callable
from typing import Any

from ...core.desk import Desk
from ...models.figures import ChecklistRetired
from ...models.office_and_cases import Begun, Checklist, DeviceRow, Number, Office, Sent, Staff
from ...projections.merges import resolve
from ...queries.access import asked_once, assigned_cases, may
from ...queries.on_call import woken
from ...queries.quiet_hours import quiet_of
from ..going_on import going_on
from ..watch_list import phones_of_staff, watched_by, watchers_of
from .case import case_of
from .cover import covers_of
from .followups import followups_for
from .notices import notices_of
from .visit import CASE, UNCHANGED, Documents, records_of

LEASE_DAYS = 14
# What moves with the clock alone is sent along, but is no reason to send.
VOLATILE = ("readyAt", "deskTime")


def documents_for(desk: Desk, device: DeviceRow, alike: frozenset[str] = frozenset()) -> Documents:
    """Every document of this phone; empty for one that is not active. For paths in `alike`, UNCHANGED stands."""
    worker = Staff.get_or_none((Staff.id == device.staff) & Staff.active)
    if device.status != "active" or worker is None:
        return {}
    with asked_once():
        return _documents(desk, worker, device, alike)


def _documents(desk: Desk, worker: Any, device: DeviceRow, alike: frozenset[str]) -> Documents:
    cases = [case for case in assigned_cases(worker.id) if may(worker, "see", "core", case, place="phone")]
    documents: Documents = {"device": _device(desk, device)}
    whole = {
        "me": lambda: {"me": _me(desk, worker, cases)},
        "numbers": lambda: {"numbers": _numbers()},
        "checklist": _checklists,
        "notices": lambda: notices_of(desk, worker) if sees_notices(worker) else {},
        "followups": lambda: {"followups": {"followups": followups_for(desk, worker, cases)}},
        "record": lambda: records_of(desk, worker, device, alike),
    }
    for name, make in whole.items():
        documents.update(_made(desk, device, name, make))
    for case in cases:
        path = f"{CASE}{case}"
        documents[path] = UNCHANGED
        if path not in alike:
            with going_on(desk, "document", device.id, path):
                documents[path] = case_of(desk, worker, case)
    return documents


def _made(desk: Desk, device: DeviceRow, name: str, make: Callable[[], Documents]) -> Documents:
    """These documents; what cannot be made stays on the phone as it was sent last."""
    sent = Sent.select(Sent.path).where((Sent.device == device.id) & (Sent.hash != ""))
    found: list[Documents] = [{row.path: UNCHANGED for row in sent if row.path.split("/")[0] == name}]
    with going_on(desk, "document", device.id, name):
        found.append(make())
    return found[-1]


def sees_notices(worker: Any) -> bool:
    return may(worker, "see", "notices", author=worker.id, place="phone")


def _me(desk: Desk, worker: Any, cases: list[str]) -> dict[str, Any]:
    office = Office.select().first()
    people = Staff.select().where(Staff.active).order_by(Staff.id)
    phones = phones_of_staff()
    return {
        "office": {
            "id": desk.keys.office,
            "name": office.name if office else "",
            "lead": office.lead if office else "",
        },
        "worker": {"id": worker.id, "name": worker.name, "role": worker.role},
        "staff": [
            {"id": one.id, "name": one.name, "phone": one.id in phones, "woken": phones.get(one.id, False)}
            for one in people
        ],
        "onCall": woken().of(worker.organisation),
        "watchers": watchers_of(worker.id),
        "watching": watched_by(worker.id),
        "cases": cases,
        "quiet": quiet_of(worker.id),
        "covers": covers_of(desk, worker.id),
        "joined": _joined(worker.id),
        "leaseDays": LEASE_DAYS,
        "sample": bool(office and office.sample),
    }


def _numbers() -> dict[str, Any]:
    rows = Number.select().order_by(Number.place)
    return {
        "numbers": [
            {
                "id": row.id,
                "label": {"ja": row.label_ja, "en": row.label_en},
                "tel": row.tel,
                "kind": row.kind,
            }
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


def _joined(staff: str) -> dict[str, str]:
    """Cases this worker began that were joined to another since: what still names them counts there."""
    begun = [row.case for row in Begun.select().where(Begun.by == staff)]
    return {case: into for case in begun if (into := resolve(case)) is not None and into != case}
