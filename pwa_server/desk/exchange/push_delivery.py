"""Whether reminders reach the phones, as the relay tells it; and what to do by voice where they do not.

Nothing is due without either a delivery or, ten minutes later, a line on the desk that asks a person to call.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ..core.clock import read_stamp, stamp
from ..core.desk import Desk
from ..models.key_values import get_state, set_state
from ..models.office_and_cases import DeviceRow, FollowUp
from ..queries.quiet_hours import after_all, quiet_of_each
from .relay_client import RelayClient
from .reminders import round_five

ASKED_EVERY = timedelta(seconds=60)
GRACE = timedelta(minutes=10)
LOOKED_BACK = timedelta(hours=24)
KEPT = 300
STATE, FALLBACKS = "push_state", "push_fallbacks"


@dataclass(frozen=True)
class Missed:
    """A reminder that is due and reached nobody. `why`: none | off | failing | unknown."""

    followup: Any
    due: str
    why: str


def look(desk: Desk, relay: RelayClient) -> None:
    """Ask the relay how its pushes went, at most once a minute, and note which reminders fell back to a person."""
    known = get_state(STATE)
    if known is not None and desk.clock() - read_stamp(known["at"]) < ASKED_EVERY:
        return
    answer = relay.ask("push_state")
    devices = {
        one["device"]: one for one in answer.get("devices", []) if isinstance(one, dict) and "device" in one
    }
    with desk.write():
        set_state(STATE, {"at": desk.now(), "devices": devices})
        noted = dict(get_state(FALLBACKS, {}))
        for one in missed(desk):
            noted.setdefault(f"{one.followup.id} {one.due}", {"at": desk.now(), "why": one.why, "by": None})
        set_state(FALLBACKS, dict(sorted(noted.items(), key=lambda pair: str(pair[1]["at"]))[-KEPT:]))


def state_of(device: str) -> dict[str, Any] | None:
    """subscribed, delivered, failures, problem of one phone; None when the relay told nothing of it."""
    state = get_state(STATE) or {"devices": {}}
    found: dict[str, Any] | None = state["devices"].get(device)
    return found


def missed(desk: Desk) -> list[Missed]:
    """Reminders of the last day that were due ten minutes ago and came to no phone of their worker."""
    now = desk.clock()
    state = get_state(STATE)
    is_old = state is None or now - read_stamp(state["at"]) > GRACE
    rows = FollowUp.select().where(
        (FollowUp.state == "open")
        & FollowUp.known
        & FollowUp.remind
        & (FollowUp.at >= stamp(now - LOOKED_BACK))
        & (FollowUp.at <= stamp(now - GRACE))
    )
    phones: dict[str, list[str]] = {}
    for row in DeviceRow.select().where(DeviceRow.status == "active"):
        phones.setdefault(row.staff, []).append(row.id)
    found: list[Missed] = []
    due_now = list(rows.order_by(FollowUp.at, FollowUp.id))
    quiet = quiet_of_each({one.staff for one in due_now})
    for one in due_now:
        due = after_all(round_five(one.at), quiet[one.staff])
        if read_stamp(due) > now - GRACE:
            continue
        why = _why(due, phones.get(one.staff, []), (state or {}).get("devices", {}), is_old)
        if why:
            found.append(Missed(one, due, why))
    return found


def _why(due: str, phones: list[str], devices: dict[str, Any], is_old: bool) -> str:
    """Why nobody was reached; "" when a phone was."""
    states = [devices[one] for one in phones if one in devices]
    if any(one.get("delivered") and read_stamp(one["delivered"]) >= read_stamp(due) for one in states):
        return ""
    if is_old:
        return "unknown"
    if not phones:
        return "none"
    return "failing" if any(one.get("subscribed") or one.get("problem") for one in states) else "off"


def calls_to_make(desk: Desk) -> list[Missed]:
    """What nobody has called about yet."""
    state = get_state(FALLBACKS, {})
    return [one for one in missed(desk) if not state.get(f"{one.followup.id} {one.due}", {}).get("by")]


def note_called(desk: Desk, followup: str, by: str) -> None:
    """Somebody told the worker by voice."""
    with desk.write():
        noted = dict(get_state(FALLBACKS, {}))
        for one in missed(desk):
            if one.followup.id == followup:
                name = f"{followup} {one.due}"
                noted[name] = {"at": desk.now(), "why": one.why} | noted.get(name, {}) | {"by": by}
        set_state(FALLBACKS, noted)


def fallbacks_of(staff: str) -> int:
    """How many reminders of this person a colleague had to give by voice, of those still remembered."""
    ids = [name.split(" ")[0] for name in get_state(FALLBACKS, {})]
    theirs = {
        row.id for row in FollowUp.select(FollowUp.id).where(FollowUp.id.in_(ids) & (FollowUp.staff == staff))
    }
    return sum(one in theirs for one in ids)
