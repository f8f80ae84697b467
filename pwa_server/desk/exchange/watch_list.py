"""Who is woken when somebody who went out alone is not back: those they named, then whoever is on call (SPEC 6.7).

The lists lie at the relay beforehand, so that nothing of this needs the desk at night.
"""

from typing import Any

from ..core.desk import Desk
from ..models.office_and_cases import Assignment, DeviceNote, DeviceRow, Staff, Watchers
from ..queries.access import assigned_cases
from ..queries.on_call import on_call as on_call
from ..queries.on_call import organisation_of, woken
from . import relay_lists
from .going_on import going_on
from .relay_client import RelayClient

SECOND_STEP = 600  # seconds later
MOST_DEVICES = 32


def send_watches(desk: Desk, relay: RelayClient) -> None:
    """Tell the relay each phone's list when it is another than it was told."""
    for device in list(DeviceRow.select().where(DeviceRow.status == "active")):
        with going_on(desk, "watch", device.id):
            relay_lists.tell(desk, relay, "watch", "steps", device.id, steps_for(device))


def forget_watches_told(desk: Desk) -> None:
    relay_lists.forget(desk, "watch")


def steps_for(device: DeviceRow) -> list[dict[str, Any]]:
    called = woken().of(organisation_of(device.staff))
    first, second = watchers_of(device.staff), [one for one in called if one != device.staff]
    return [
        {"after": 0, "devices": _devices(first or second)},
        {"after": SECOND_STEP, "devices": _devices([one for one in second if one not in first])},
    ]


def watchers_of(staff: str) -> list[str]:
    """Those this person named; else the colleagues who have a case in common."""
    active = {row.id for row in Staff.select(Staff.id).where(Staff.active)}
    named = Watchers.get_or_none(Watchers.id == staff)
    here = [] if named is None else [one for one in named.staff if one in active and one != staff]
    if here:  # those who left watch nobody: then as if none were named
        return here
    return sorted(_colleagues(staff) & active)


def watched_by(staff: str) -> list[dict[str, str]]:
    """Whose phones this person is woken for. As `watchers_of` of everybody would tell, asked the other way round."""
    rows = list(
        DeviceRow.select()
        .where((DeviceRow.status == "active") & (DeviceRow.staff != staff))
        .order_by(DeviceRow.id)
    )
    called, where = woken(), {row.id: row.organisation for row in Staff.select()}
    mine = {row.id for row in rows if staff in called.of(where.get(row.staff, ""))}
    if len(mine) < len(rows):
        here = {row.id for row in Staff.select(Staff.id).where(Staff.active)}
        named = {row.id: row.staff for row in Watchers.select() if here.intersection(row.staff) - {row.id}}
        near = _colleagues(staff)
        active = staff in here
        watchers = {one for one, people in named.items() if staff in people} | (near - named.keys())
        rows = [row for row in rows if row.id in mine or (active and row.staff in watchers)]
    return [{"device": row.id, "staff": row.staff} for row in rows]


def _colleagues(staff: str) -> set[str]:
    """Who else is assigned to an active case of this person."""
    shared = Assignment.select(Assignment.staff).where(
        Assignment.case.in_(assigned_cases(staff))
        & Assignment.until_at.is_null()
        & (Assignment.staff != staff)
    )
    return {row.staff for row in shared}


def phones_of_staff() -> dict[str, bool]:
    """Whoever has a phone in use, and whether it shows what it is woken for, as far as it said so itself."""
    shows = {row.device for row in DeviceNote.select() if row.body["notifications"] == "granted"}
    found: dict[str, bool] = {}
    for row in DeviceRow.select().where(DeviceRow.status == "active"):
        found[row.staff] = found.get(row.staff, False) or row.id in shows
    return found


def _devices(people: list[str]) -> list[str]:
    rows = DeviceRow.select().where((DeviceRow.status == "active") & DeviceRow.staff.in_(people))
    return [row.id for row in rows.order_by(DeviceRow.id)][:MOST_DEVICES]
