"""Events about the office itself: people, numbers, checklists, phones."""

from ..log.event_log import Logged
from ..models.figures import ChecklistDraft, ChecklistRetired
from ..models.office_and_cases import Checklist, DeviceRow, Number, Office, OfficeOption, Staff
from ..models.organisations import WALLED, Organisation

Body = dict[str, object]


def office_created(event: Logged) -> None:
    body = event.body or {}
    Office.put(id=event.id, name=body["name"], lead=body["lead"], sample=body.get("sample", False))


def staff_added(event: Logged) -> None:
    body = event.body or {}
    Staff.put(
        id=body["staff"],
        name=body["name"],
        kana=body.get("kana", ""),
        role=body["role"],
        email=body.get("email", ""),
        active=bool(body.get("active", True)),
        **place(body.get("organisation", "")),
    )


def place(organisation: str) -> dict[str, object]:
    """The columns of whoever belongs to it. One nobody wrote down stands behind a wall too: nothing opens by a gap."""
    row = Organisation.get_or_none(Organisation.id == organisation) if organisation else None
    walled = bool(organisation) and (row is None or row.kind in WALLED)
    return {"organisation": organisation, "walled": walled}


def staff_changed(event: Logged) -> None:
    """Any of name, kana, role, email, active, organisation."""
    body = event.body or {}
    columns: dict[str, object] = {
        name: body[name] for name in ("name", "kana", "role", "email", "active") if name in body
    }
    if "organisation" in body:
        columns |= place(body["organisation"])
    if columns:
        Staff.update(**columns).where(Staff.id == body["staff"]).execute()


def numbers_set(event: Logged) -> None:
    """The whole list, in its order."""
    Number.delete().execute()
    for place, number in enumerate((event.body or {})["numbers"]):
        label = number.get("label", {})
        Number.create(
            id=number["id"],
            place=place,
            label_ja=label.get("ja", ""),
            label_en=label.get("en", ""),
            tel=number.get("tel", ""),
            kind=number["kind"],
        )


def checklist_published(event: Logged) -> None:
    """A version never changes once published; a newer one stands beside it. It is offered again if it was retired."""
    body = event.body or {}
    ChecklistDraft.delete().where(ChecklistDraft.id == body["checklist"]).execute()
    ChecklistRetired.delete().where(ChecklistRetired.id == body["checklist"]).execute()
    known = Checklist.get_or_none(
        (Checklist.id == body["checklist"]) & (Checklist.version == body["version"])
    )
    if known is None:
        content = {name: body[name] for name in ("title", "intro", "items") if name in body}
        Checklist.create(
            id=body["checklist"],
            version=body["version"],
            body={"id": body["checklist"], "version": body["version"], **content},
        )


def device_enrolled(event: Logged) -> None:
    body = event.body or {}
    known = DeviceRow.get_or_none(DeviceRow.id == body["device"])
    DeviceRow.put(
        id=body["device"],
        staff=body["staff"],
        label=body.get("label", ""),
        sign=body["sign"],
        seal=body["seal"],
        enrolled_at=event.at,
        # A revocation sticks, even where the enrolment is told again.
        status="active" if known is None else known.status,
        revoked_at=None if known is None else known.revoked_at,
        revoked_reason="" if known is None else known.revoked_reason,
    )


def device_revoked(event: Logged) -> None:
    body = event.body or {}
    DeviceRow.update(status="revoked", revoked_at=event.at, revoked_reason=body.get("reason", "")).where(
        (DeviceRow.id == body["device"]) & (DeviceRow.status == "active")
    ).execute()


def device_wiped(event: Logged) -> None:
    """The order was given: the phone erases itself as soon as it hears of it."""
    body = event.body or {}
    DeviceRow.update(status="wiped").where(DeviceRow.id == body["device"]).execute()
    DeviceRow.update(revoked_at=event.at).where(
        (DeviceRow.id == body["device"]) & DeviceRow.revoked_at.is_null()
    ).execute()


def device_let_in(_event: Logged) -> None:
    """Somebody was let in to a phone they could not open: told in the log, and nothing here follows from it."""


def option_set(event: Logged) -> None:
    body = event.body or {}
    OfficeOption.put(id=body["name"], value=body["value"])
