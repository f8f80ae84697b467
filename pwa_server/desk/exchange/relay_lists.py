"""Lists the relay keeps for each phone (wakes, watches): told whole, and only when another than it was told.

The serial goes up before the relay is asked, so that an answer lost on the way never brings an older list back.
"""

import hashlib
from typing import Any

from ..core.desk import Desk
from ..core.tables import canonical
from ..models.key_values import get_state, set_state
from ..models.office_and_cases import DeviceRow
from .relay_client import RelayClient


def tell(desk: Desk, relay: RelayClient, verb: str, member: str, device: str, entries: list[Any]) -> None:
    """`verb`: what the relay is asked, `member`: how the list is called in it (SPEC 7)."""
    name, now = f"{verb} {device}", _digest(entries)
    state = get_state(name, {"serial": 0, "list": None})
    if state["list"] == now or (state["list"] is None and not entries):
        return
    serial = int(state["serial"]) + 1
    with desk.write():
        set_state(name, {"serial": serial, "list": state["list"]})
    relay.ask(verb, device=device, serial=serial, **{member: entries})
    with desk.write():
        set_state(name, {"serial": serial, "list": now})


def forget(desk: Desk, verb: str) -> None:
    """The relay lost its contents: tell every list again."""
    with desk.write():
        for device in DeviceRow.select(DeviceRow.id):
            state = get_state(f"{verb} {device.id}")
            if state is not None:
                set_state(f"{verb} {device.id}", state | {"list": "lost"})


def _digest(entries: list[Any]) -> str:
    return hashlib.sha256(canonical(entries).encode()).hexdigest()
