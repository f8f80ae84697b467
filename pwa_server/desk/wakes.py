"""Wake-ups: the whole list of each phone, times rounded to five minutes, tags that say nothing (SPEC 7, 11)."""

import hashlib
import hmac
import secrets
from typing import Any

from sync.encoding import b64u

from .database import Desk
from .model import DeviceRow
from .relay_client import RelayClient
from .reminders import wakes_for
from .rows import canonical
from .state import get_state, set_state


def send_wakes(desk: Desk, relay: RelayClient) -> None:
    """Send each phone's list when it is another than the relay was told."""
    for device in list(DeviceRow.select().where(DeviceRow.status == "active")):
        wakes = [{"tag": _tag(desk, what), "at": at} for what, at in wakes_for(desk, device)]
        told = get_state(f"wakes {device.id}", {"serial": 0, "list": None})
        if told["list"] == _list(wakes) or (told["list"] is None and not wakes):
            continue
        serial = int(told["serial"]) + 1
        with desk.write():
            set_state(f"wakes {device.id}", {"serial": serial, "list": told["list"]})
        relay.ask("wakes", device=device.id, serial=serial, wakes=wakes)
        with desk.write():
            set_state(f"wakes {device.id}", {"serial": serial, "list": _list(wakes)})


def forget_wakes_told(desk: Desk) -> None:
    """The relay lost its contents: tell every list again."""
    with desk.write():
        for device in DeviceRow.select():
            told = get_state(f"wakes {device.id}")
            if told is not None:
                set_state(f"wakes {device.id}", told | {"list": "lost"})


def _list(wakes: list[dict[str, Any]]) -> str:
    return hashlib.sha256(canonical(wakes).encode()).hexdigest()


def _tag(desk: Desk, what: str) -> str:
    """Random-looking, and the same for the same thing, so that a repeat collapses."""
    secret = get_state("wake_secret")
    if secret is None:
        secret = secrets.token_hex(32)
        with desk.write():
            set_state("wake_secret", secret)
    return b64u(hmac.digest(bytes.fromhex(secret), what.encode(), "sha256")[:16])
