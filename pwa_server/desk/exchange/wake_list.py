"""Wake-ups: the whole list of each phone, times rounded to five minutes, tags that say nothing (SPEC 7, 11)."""

import hmac
import secrets

from sync.encoding import b64u

from ..core.desk import Desk
from ..models.key_values import get_state, set_state
from ..models.office_and_cases import DeviceRow
from . import relay_lists
from .going_on import going_on
from .relay_client import RelayClient
from .reminders import wakes_for


def send_wakes(desk: Desk, relay: RelayClient) -> None:
    """Send each phone's list when it is another than the relay was told."""
    for device in list(DeviceRow.select().where(DeviceRow.status == "active")):
        with going_on(desk, "reminders", device.id):
            wakes = [{"tag": _tag(desk, what), "at": at} for what, at in wakes_for(desk, device)]
            relay_lists.tell(desk, relay, "wakes", "wakes", device.id, wakes)


def forget_wakes_told(desk: Desk) -> None:
    relay_lists.forget(desk, "wakes")


def _tag(desk: Desk, what: str) -> str:
    """Random-looking, and the same for the same thing, so that a repeat collapses."""
    secret = get_state("wake_secret")
    if secret is None:
        secret = secrets.token_hex(32)
        with desk.write():
            set_state("wake_secret", secret)
    return b64u(hmac.digest(bytes.fromhex(secret), what.encode(), "sha256")[:16])
