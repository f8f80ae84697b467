"""A worker forgot how their phone opens: the office hands its storage key back under a fresh code (SPEC 8.6).

The key is opened here twice, for a moment: to see that it can be, and when the supervisor has pressed *same*. It is
never kept, and nothing is read with it.
"""

from typing import Any

from sync.encoding import unb64u
from sync.errors import SyncError
from sync.let_in import Locked, locked_of, make_note, second_slot, unwrap_key
from sync.strict_json import read_json

from ..core.desk import Desk
from ..core.errors import DeskError
from ..exchange.relay_client import RelayError, relay_of
from ..log.security_log import OFFICE, security_event
from ..models.office_and_cases import DeviceRow
from ..queries.access import Actor
from .act import act


def asked_by(desk: Desk, p1: bytes, staff: str) -> Locked | None:
    """Whether the phone that answered asks to be let in, or None. SyncError when it may not be."""
    locked = locked_of(p1)
    if locked is None:
        return None
    row = DeviceRow.get_or_none(DeviceRow.id == locked.device)
    if row is None or row.staff != staff or row.status != "active":
        raise SyncError("unknown_device", "not a phone of this worker")
    unwrap_key(desk.keys.seals.values(), locked)
    return locked


def make_ready(desk: Desk, slot: str) -> None:
    """The place where the key will be handed over, before the phone is answered."""
    relay_of(desk).ask("enrol_open", slot=second_slot(slot))


def hand_over(desk: Desk, actor: Actor, row: Any) -> None:
    """*same* was pressed. The key goes to the keys that answered, and the log says who did it."""
    p1 = bytes(row.p1)
    locked = asked_by(desk, p1, row.staff)
    if locked is None:
        raise DeskError("not_answered", "nobody asked to be let in")
    key = unwrap_key(desk.keys.seals.values(), locked)
    security_event(desk, "key.used", who=OFFICE, about=f"let_in {locked.device}")
    note = make_note(desk.keys.sign, unb64u(read_json(p1)["seal"], 65), locked.device, p1, key)
    try:
        relay_of(desk).ask("enrol_answer", slot=second_slot(row.id), p2=note)
    except RelayError as error:
        if error.code != "code_used":  # the answer to an earlier press was lost: the key is there
            raise
    act(desk, actor, "device.let_in", {"device": locked.device})


def lets_in(p1: bytes | None) -> str | None:
    """The phone a meeting lets its worker in to, or None: it takes a phone in."""
    locked = locked_of(bytes(p1)) if p1 else None
    return locked.device if locked else None
