"""What was done to somebody's account or phone, as a list that the person and the office are shown.

A row an event; nothing else follows from it. `APPLIERS` also holds the events that are only that.
"""

from collections.abc import Callable
from typing import Any

from ..log.event_log import Logged
from ..models.office_and_cases import DeviceRow
from ..models.trust import AccountChange, StaffProposal
from . import office, trust

Body = dict[str, Any]
Told = tuple[str, str, Body]  # whose account, what, and more to say about it


def _added(body: Body, _: Logged) -> Told:
    return body["staff"], "added" if body.get("active", True) else "asked_add", {"role": body["role"]}


def _changed(body: Body, _: Logged) -> Told:
    return body["staff"], _kind_of(body), {"role": body["role"]} if "role" in body else {}


def _proposed(body: Body, _: Logged) -> Told:
    return body["staff"], f"asked_{_kind_of(body['changes'])}", body["changes"]


def _decided(body: Body, event: Logged) -> Told | None:
    row = StaffProposal.get_or_none(StaffProposal.id == body["proposal"])
    if row is None or row.decided_by != event.by:
        return None
    kind = _kind_of(row.changes) if row.accepted else "refused"
    return row.staff, kind, row.changes | {"asked_by": row.by}


def _kind_of(changes: Body) -> str:
    if "role" in changes:
        return "role"
    if "recover" in changes:
        return "recovered"
    if "active" in changes:
        return "added" if changes["active"] else "stopped"
    if "organisation" in changes:
        return "moved"
    return "renamed"


def _phone(kind: str) -> Callable[[Body, Logged], Told | None]:
    def told(body: Body, _: Logged) -> Told | None:
        row = DeviceRow.get_or_none(DeviceRow.id == body["device"])
        return None if row is None else (row.staff, kind, {"label": row.label})

    return told


def _plain(kind: str) -> Callable[[Body, Logged], Told]:
    return lambda body, _: (body["staff"], kind, {})


def _factor(body: Body, _: Logged) -> Told:
    return body["staff"], f"factor_{body['factor']}", {}


# Every event about an account or a phone of one; `tests/desk_pages/test_account_acts.py` asks for each.
CHANGES: dict[str, Callable[[Body, Logged], Told | None]] = {
    "staff.added": _added,
    "staff.changed": _changed,
    "staff.proposed": _proposed,
    "staff.decided": _decided,
    "staff.recovered": _plain("recovered"),
    "staff.signed_out": _plain("signed_out"),
    "staff.factor_set": _factor,
    "device.enrolled": _phone("phone_in"),
    "device.let_in": _phone("phone_let_in"),
    "device.revoked": _phone("phone_stopped"),
    "device.wiped": _phone("phone_wiped"),
}


def only_told(_: Logged) -> None:
    """An event that changes accounts, which are not in the read model: what is told of it is all there is."""


def told(applier: Callable[[Logged], None]) -> Callable[[Logged], None]:
    def apply_and_tell(event: Logged) -> None:
        applier(event)
        found = CHANGES[event.type](event.body or {}, event)
        if found is not None:
            staff, kind, more = found
            AccountChange.put(id=event.id, staff=staff, kind=kind, more=more, by=event.by, at=event.at)

    return apply_and_tell


APPLIERS = {
    ("staff.added", 1): told(office.staff_added),
    ("staff.changed", 1): told(office.staff_changed),
    ("staff.proposed", 1): told(trust.staff_proposed),
    ("staff.decided", 1): told(trust.staff_decided),
    ("staff.recovered", 1): told(only_told),
    ("staff.signed_out", 1): told(only_told),
    ("staff.factor_set", 1): told(only_told),
    ("device.enrolled", 1): told(office.device_enrolled),
    ("device.revoked", 1): told(office.device_revoked),
    ("device.wiped", 1): told(office.device_wiped),
    ("device.let_in", 1): told(office.device_let_in),
}
