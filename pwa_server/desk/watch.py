"""Who is woken when somebody who went out alone is not back: those they named, then whoever is on call (SPEC 6.7).

The lists lie at the relay beforehand, so that nothing of this needs the desk at night.
"""

from typing import Any

from . import told_lists
from .access import assigned_cases
from .database import Desk
from .model import Assignment, DeviceRow, Staff, Watchers
from .on_call import on_call as on_call
from .relay_client import RelayClient

SECOND_STEP = 600  # seconds later
MOST_DEVICES = 32


def send_watches(desk: Desk, relay: RelayClient) -> None:
    """Tell the relay each phone's list when it is another than it was told."""
    for device in list(DeviceRow.select().where(DeviceRow.status == "active")):
        told_lists.tell(desk, relay, "watch", "steps", device.id, steps_for(device))


def forget_watches_told(desk: Desk) -> None:
    told_lists.forget(desk, "watch")


def steps_for(device: DeviceRow) -> list[dict[str, Any]]:
    first, second = watchers_of(device.staff), [one for one in on_call() if one != device.staff]
    return [
        {"after": 0, "devices": _devices(first or second)},
        {"after": SECOND_STEP, "devices": _devices([one for one in second if one not in first])},
    ]


def watchers_of(staff: str) -> list[str]:
    """Those this person named; else the colleagues who have a case in common."""
    active = {row.id for row in Staff.select(Staff.id).where(Staff.active)}
    named = Watchers.get_or_none(Watchers.id == staff)
    if named is not None and named.staff:
        return [one for one in named.staff if one in active and one != staff]
    shared = Assignment.select(Assignment.staff).where(
        Assignment.case.in_(assigned_cases(staff)) & Assignment.until_at.is_null() & (Assignment.staff != staff)
    )
    return sorted({row.staff for row in shared} & active)


def watched_by(staff: str) -> list[dict[str, str]]:
    """Whose phones this person is woken for."""
    rows = DeviceRow.select().where((DeviceRow.status == "active") & (DeviceRow.staff != staff))
    calls = staff in on_call()
    return [
        {"device": row.id, "staff": row.staff}
        for row in rows.order_by(DeviceRow.id)
        if calls or staff in watchers_of(row.staff)
    ]


def _devices(people: list[str]) -> list[str]:
    rows = DeviceRow.select().where((DeviceRow.status == "active") & DeviceRow.staff.in_(people))
    return [row.id for row in rows.order_by(DeviceRow.id)][:MOST_DEVICES]

