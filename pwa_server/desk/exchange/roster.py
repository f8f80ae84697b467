"""Phones: the signed roster that lies on the relay, revoking, wiping, and learning from a newer roster.

A revocation sticks: a desk restored from an old backup takes it back from its own roster on the relay before
it says anything itself (SPEC 5).
"""

import json
from typing import Any

from sync.chain import Position
from sync.encoding import b64u, unb64u
from sync.errors import SyncError
from sync.roster import Device, make_roster, read_roster, roster_id
from sync.sealing import open_sealed, seal

from ..core.desk import Desk
from ..core.errors import DeskError
from ..core.tables import canonical
from ..log.security_log import OFFICE, security_event
from ..models.key_values import get_state, set_state
from ..models.office_and_cases import (
    DeviceNote,
    DeviceRow,
    DownChain,
    Held,
    PhoneStatement,
    Received,
)
from ..projections.append_and_apply import make_event, record
from .going_on import going_on
from .inbox import meet_strangers, position_of
from .relay_client import RelayClient, as_bytes

NOTE_INFO = b"sotto/1 roster note\n"
MOST_LABEL = 60


def send_wipes(desk: Desk, relay: RelayClient) -> None:
    """Hand over the orders the relay does not have yet."""
    for row in DeviceRow.select().where(DeviceRow.status == "wiped"):
        order = get_state(f"wipe {row.id}")
        if order is not None and not order["told"]:
            relay.ask("wipe", device=row.id, order={"bytes": order["bytes"], "sig": order["sig"]})
            with desk.write():
                set_state(f"wipe {row.id}", order | {"told": True})


def tell_wipes_again(desk: Desk) -> None:
    """The relay lost its contents."""
    with desk.write():
        for row in DeviceRow.select().where(DeviceRow.status == "wiped"):
            order = get_state(f"wipe {row.id}")
            if order is not None:
                set_state(f"wipe {row.id}", order | {"told": False})


def publish_roster(desk: Desk, relay: RelayClient, held_there: int) -> bool:
    """Put the roster on the relay when it tells something new, or the relay's is older. True when it was sent."""
    devices = []
    for row in DeviceRow.select().order_by(DeviceRow.id):
        with going_on(desk, "roster", row.id):
            devices.append(_entry(desk, row))
    keys = desk.keys
    seals = [key.public for key in keys.seals.values()]
    content = canonical(
        [[b64u(key) for key in seals]]
        + [[one.id, one.status, one.up.run, one.up.n, one.up.id] for one in devices]
    )
    serial = int(get_state("roster_serial", 0))
    if content == get_state("roster_told") and held_there == serial > 0:
        return False
    serial += 1  # never by what the relay says: one it signed and this desk does not know was adopted before
    data, sig = make_roster(keys.sign, serial, desk.now(), seals, devices)
    security_event(desk, "key.used", who=OFFICE, about=f"roster {serial}")
    with desk.write():
        set_state("roster_serial", serial)  # used, whatever becomes of the request
        set_state("roster_id", roster_id(data))
    relay.ask("roster", bytes=b64u(data), sig=b64u(sig), sign=b64u(keys.sign.public))
    with desk.write():
        set_state("roster_told", content)
        set_state("roster_confirmed", serial)
    return True


def _entry(desk: Desk, row: Any) -> Device:
    status = "active" if row.status == "active" else "revoked"
    return Device(row.id, unb64u(row.sign), unb64u(row.seal), status, position_of(row.id), _note(desk, row))


def _note(desk: Desk, row: Any) -> bytes:
    """Whose phone it is, for this office's own eyes. Made once: sealing anew would change the roster each time."""
    name = f"note {row.id}"
    known = get_state(name)
    if known is None:
        text = canonical({"staff": row.staff, "label": row.label[:MOST_LABEL]}).encode()
        known = b64u(seal(desk.keys.seal.public, NOTE_INFO, text))
        with desk.write():
            set_state(name, known)
    return unb64u(known)


def is_of_another_life(serial: int, id_: str) -> bool:
    """Whether a roster tells what this desk does not know of: it was put back, and then signed, or did before, others.

    Two lives of one desk may have given the same serial to two rosters; a relay of before this rule names none.
    """
    own, known = int(get_state("roster_serial", 0)), get_state("roster_id")
    return serial > own or (serial == own and bool(id_) and known is not None and id_ != known)


def adopt_roster(desk: Desk, relay: RelayClient) -> None:
    """This desk was put back: take devices and revocations from its own other roster, then go on above it."""
    answer = relay.ask("roster_read")
    data = as_bytes(answer, "bytes")
    roster = read_roster(data, as_bytes(answer, "sig"), desk.keys.office)
    if not is_of_another_life(roster.serial, roster_id(data)):
        return  # the relay named one it does not have
    with desk.write():
        for device in roster.devices:
            _adopt_device(desk, device)
        set_state("roster_serial", roster.serial)
        set_state("roster_id", roster_id(data))
        set_state("roster_told", None)  # what it says of positions is newer than what this desk holds
        DownChain.update(snapshot_wanted=True).execute()
    for device in roster.devices:
        meet_strangers(desk, device.id)


def _adopt_device(desk: Desk, device: Device) -> None:
    row = DeviceRow.get_or_none(DeviceRow.id == device.id)
    if row is None:
        note = _read_note(desk, device.note)
        body = {
            "device": device.id,
            "staff": note.get("staff", ""),
            "sign": b64u(device.sign),
            "seal": b64u(device.seal),
            "label": note.get("label", ""),
        }
        _record(desk, "device.enrolled", body)
        row = DeviceRow.get_by_id(device.id)
    if device.status == "revoked" and row.status == "active":
        _record(desk, "device.revoked", {"device": device.id, "reason": "roster"})
    _note_missing(device.id, device.up)
    name_what_is_missing(desk, DeviceRow.get_by_id(device.id))


def _record(desk: Desk, type_: str, body: dict[str, Any]) -> None:
    record(desk, make_event(type_, None, body, desk.now()), "roster", "roster")


def _read_note(desk: Desk, note: bytes) -> dict[str, Any]:
    for key in desk.keys.seals.values():
        try:
            read: dict[str, Any] = json.loads(open_sealed(key, NOTE_INFO, note))
        except (SyncError, ValueError):
            continue
        return read
    return {}


def _note_missing(device: str, up: Position) -> None:
    """What this phone had given the office after the backup was made: gone unless the phone still keeps it."""
    here = position_of(device)
    if (up.run, up.n) > (here.run, here.n):
        first = here.n + 1 if here.run == up.run else 1
        missing = [one for one in get_state("missing", []) if one["device"] != device]
        set_state("missing", [*missing, {"device": device, "run": up.run, "first": first, "last": up.n}])


def lacks(device: str) -> int:
    """Envelopes this phone had given the office before a backup was brought back, and which have not come again."""
    for one in get_state("missing", []):
        here = position_of(device) if one["device"] == device else None
        if here is not None and (here.run, here.n) < (one["run"], one["last"]):
            return int(one["last"]) - (here.n if here.run == one["run"] else int(one["first"]) - 1)
    return 0


def name_what_is_missing(desk: Desk, row: Any) -> None:
    """A phone that is heard no more cannot say what was called safe and is not here (SPEC 4.5): a person is told."""
    here = position_of(row.id)
    lacks = [one for one in get_state("missing", []) if one["device"] == row.id]
    if row.status == "active" or not lacks or (here.run, here.n) >= (lacks[0]["run"], lacks[0]["last"]):
        return
    name = f"{row.id}-missing"
    if not Held.select().where(Held.id == name).exists():
        with desk.write():
            Held.create(
                id=name,
                digest=name,
                kind="stretch",
                envelope=None,
                device=row.id,
                by=row.staff,
                case=None,
                type="",
                visit=None,
                reason="missing",
                detail=canonical(lacks[0])[:200],
                event=None,
                at=desk.now(),
                tries=0,
                state="held",
            )


def find_device(device: str) -> Any:
    row = DeviceRow.get_or_none(DeviceRow.id == device)
    if row is None:
        raise DeskError("not_found", device)
    return row


def writes_from_two_places(device: str) -> bool:
    """Whether this phone's chain forked: it was cloned, or put back from a copy."""
    return bool(Received.select().where((Received.device == device) & (Received.status == "fork")).exists())


def told_by_phone(device: str) -> dict[str, Any]:
    """What the phone last said of itself: unsent, app, notifications, storage; empty when it was never heard."""
    statement = PhoneStatement.get_or_none(PhoneStatement.device == device)
    note = DeviceNote.get_or_none(DeviceNote.device == device)
    state: dict[str, Any] = {}
    if statement is not None:
        state |= {"heard_at": statement.at, "unsent": statement.body["unsent"], "app": statement.body["app"]}
    if note is not None:
        state |= {
            "notifications": note.body["notifications"],
            "storage": note.body["storage"],
            "persisted": note.body["persisted"],
        }
    return state
