"""Stopping a phone and ordering it to erase itself; the relay hears of both with the next round."""

from sync.encoding import b64u
from sync.wipe import make_order

from ..core.desk import Desk
from ..exchange.roster import find_device, name_what_is_missing
from ..log.security_log import OFFICE, security_event
from ..models.key_values import get_state, set_state
from ..models.office_and_cases import DeviceRow, DownEnvelope
from ..queries.access import Actor, demand
from .act import act


def revoke(desk: Desk, actor: Actor, device: str, reason: str) -> None:
    """From now on this phone gets nothing more; what it still sends goes to the review box."""
    demand(actor, "change", "devices")
    _revoke(desk, actor, device, reason)


def end_phones(desk: Desk, actor: Actor, staff: str, reason: str) -> None:
    """The same for every phone of a person whose account begins anew; the caller has asked who may do that."""
    for row in list(DeviceRow.select().where((DeviceRow.staff == staff) & (DeviceRow.status == "active"))):
        _revoke(desk, actor, row.id, reason)


def _revoke(desk: Desk, actor: Actor, device: str, reason: str) -> None:
    if find_device(device).status == "active":
        act(desk, actor, "device.revoked", {"device": device, "reason": reason})
        _forget_what_was_for(desk, device)
        name_what_is_missing(desk, find_device(device))


def wipe(desk: Desk, actor: Actor, device: str, reason: str = "") -> None:
    """Order the phone to erase itself. It obeys even while locked, as soon as it hears of it."""
    demand(actor, "change", "devices")
    order_wipe(desk, actor, device, reason)


def order_wipe(desk: Desk, actor: Actor, device: str, reason: str) -> None:
    """The same for a caller that has asked `access` itself (a worker reports their own phone lost)."""
    row = find_device(device)
    with desk.write():
        if row.status == "active":
            act(desk, actor, "device.revoked", {"device": device, "reason": reason})
            _forget_what_was_for(desk, device)
        serial = int(get_state("wipe_serial", 0)) + 1
        data, sig = make_order(desk.keys.sign, device, serial, desk.now())
        security_event(desk, "key.used", who=OFFICE, about=f"wipe_order {device}")
        set_state("wipe_serial", serial)
        set_state(f"wipe {device}", {"bytes": b64u(data), "sig": b64u(sig), "told": False})
        act(desk, actor, "device.wiped", {"device": device})


def _forget_what_was_for(desk: Desk, device: str) -> None:
    with desk.write():
        DownEnvelope.delete().where(DownEnvelope.device == device).execute()
