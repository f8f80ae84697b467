"""Takes in what phones sent. First everything is stored as it came; only then does anybody try to read it.

An envelope moves the position even when nothing in it could be understood: what fails is *held* with its
reason (`holding`), its neighbours are applied (`taking`), and nothing that arrived is ever let go because of an
error (SPEC 4.2-4.3).
"""

from typing import Any

from sync.chain import Position, judge
from sync.encoding import NONE
from sync.envelope import Envelope
from sync.errors import SyncError

from ..core.desk import Desk
from ..models.key_values import get_state, set_state
from ..models.office_and_cases import DeviceRow, Received, UpPosition
from .hold import hold
from .open_envelope import envelope_of, public_of
from .retry_held import close_repeats, retry_waiting
from .take_events import Taken, take_events

STRANGERS_KEPT = 256
AT_ONCE = 25  # envelopes under one commit; in between, staff may write


def store(
    desk: Desk, parsed: list[Envelope | SyncError], review: set[str], cursor: dict[str, Any]
) -> list[str]:
    """Keep a batch as it came and move the cursor, in one transaction. Returns the devices it concerns."""
    devices = []
    with desk.write():
        for envelope in parsed:
            if isinstance(envelope, SyncError) or not _store_one(desk, envelope, review):
                set_state("strange_envelopes", get_state("strange_envelopes", 0) + 1)
            elif envelope.header.from_ not in devices:
                devices.append(envelope.header.from_)
        set_state("cursor", cursor)
    return devices


def _store_one(desk: Desk, envelope: Envelope, review: set[str]) -> bool:
    header = envelope.header
    if header.to != desk.keys.office:
        return False
    device = DeviceRow.get_or_none(DeviceRow.id == header.from_)
    if device is None:
        # A phone this desk does not know (yet: a restored desk learns it from the roster).
        if Received.select().where(Received.status == "stranger").count() >= STRANGERS_KEPT:
            return False
        status = "stranger"
    else:
        try:
            envelope.verify(public_of(device))
        except SyncError:
            return False
        status = "new" if device.status == "active" and envelope.id not in review else "for_review"
    if not Received.select().where(Received.id == envelope.id).exists():
        frame = envelope.to_frame()
        Received.create(
            id=envelope.id,
            device=header.from_,
            run=header.run,
            n=header.n,
            prev=header.prev,
            frame=frame,
            received_at=desk.now(),
            status=status,
            bytes=len(frame),
        )
    return True


def meet_strangers(desk: Desk, device: str) -> None:
    """Look again at what came from a phone before this desk knew it."""
    row = DeviceRow.get_by_id(device)
    for received in Received.select().where((Received.device == device) & (Received.status == "stranger")):
        try:
            envelope_of(received).verify(public_of(row))
        except SyncError:
            continue
        status = "new" if row.status == "active" else "for_review"
        with desk.write():
            Received.update(status=status).where(Received.id == received.id).execute()


def settle(desk: Desk, device: str) -> Taken:
    """Accept everything of this phone that is next in its chain; set aside what is not."""
    taken = Taken()
    while True:
        waiting = (
            Received.select()
            .where((Received.device == device) & Received.status.in_(["new", "waiting"]))
            .order_by(Received.run, Received.n, Received.id)
        )
        moved = [_settle_some(desk, some, taken) for some in _in_parts(list(waiting), AT_ONCE)]
        if not any(moved):
            break
    if taken.events:
        taken.events += retry_waiting(desk, device)
    close_repeats(desk, device)
    return taken


def _settle_some(desk: Desk, some: list[Any], taken: Taken) -> bool:
    """One commit for a few: the disk's own confirmation takes longer than all the rest of one."""
    with desk.write():
        moved = [_settle_one(desk, received, taken) for received in some]  # each, whatever the others said
    return any(moved)


def _in_parts(rows: list[Any], size: int) -> list[list[Any]]:
    return [rows[at : at + size] for at in range(0, len(rows), size)]


def _settle_one(desk: Desk, received: Any, taken: Taken) -> bool:
    """True when the position moved: then what was waiting may be next."""
    envelope = envelope_of(received)
    with desk.write():
        verdict = judge(position_of(received.device), envelope, _Accepted(received.device, received.run))
        if verdict in ("next", "new_run"):
            _accept(desk, received, envelope, taken)
            return True
        if verdict in ("fork", "old_run"):
            hold(desk, received, received.id, "envelope", verdict)
            taken.held += 1
        status = "waiting" if verdict == "gap" else verdict
        if status != received.status:
            Received.update(status=status).where(Received.id == received.id).execute()
    return False


class _Accepted:
    """The ids accepted from one phone in one run, asked one at a time."""

    def __init__(self, device: str, run: int) -> None:
        self._chain = (Received.device == device) & (Received.run == run) & (Received.status == "applied")

    def __contains__(self, id_: object) -> bool:
        return bool(Received.select().where(self._chain & (Received.id == id_)).exists())


def _accept(desk: Desk, received: Any, envelope: Envelope, taken: Taken) -> None:
    safe_run, safe_n = _safe(received.device)
    UpPosition.put(
        device=received.device,
        run=received.run,
        n=received.n,
        id=received.id,
        safe_run=safe_run,
        safe_n=safe_n,
    )
    Received.update(status="applied").where(Received.id == received.id).execute()
    taken.envelopes += 1
    taken.devices.add(received.device)
    take_events(desk, received, envelope, taken)


def position_of(device: str) -> Position:
    """What of this phone is in the office's log."""
    row = UpPosition.get_or_none(UpPosition.device == device)
    return Position(0, 0, NONE) if row is None else Position(row.run, row.n, row.id)


def _safe(device: str) -> tuple[int, int]:
    row = UpPosition.get_or_none(UpPosition.device == device)
    return (0, 0) if row is None else (row.safe_run, row.safe_n)
