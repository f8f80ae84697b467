"""Takes the events of one envelope into the log, each under a savepoint of its own (SPEC 4.3)."""

import logging
from dataclasses import dataclass, field
from typing import Any

from sync.chain import START
from sync.envelope import Envelope
from sync.errors import SyncError
from sync.events import check_body, check_event
from sync.roster import read_position

from ..core.desk import Desk
from ..core.errors import DeskError
from ..core.tables import canonical
from ..log.event_log import is_disposed, knows
from ..models.office_and_cases import BlobFile, DeviceNote, DeviceRow, Photo, Received
from ..projections.append_and_apply import record
from ..queries import access_log
from . import belonging
from .hold import hold
from .open_envelope import events_of, open_body

log = logging.getLogger("sotto.desk")


@dataclass
class Taken:
    """What one look at the box brought."""

    envelopes: int = 0
    events: int = 0
    held: int = 0
    devices: set[str] = field(default_factory=set)


def take_events(desk: Desk, received: Any, envelope: Envelope, taken: Taken) -> None:
    """Open an envelope and take each event under a savepoint of its own. Call inside `desk.write()`."""
    try:
        body = open_body(desk, envelope)
        events = events_of(body, envelope)
    except SyncError as error:
        hold(desk, received, received.id, "envelope", error.code, error.detail)
        taken.held += 1
        return
    if "forgot" in body and not _has_forgotten(received.device, body["forgot"]):
        hold(desk, received, f"{received.id}-missing", "stretch", "missing", canonical(body["forgot"])[:200])
        taken.held += 1
    for place, event in enumerate(events):
        if take_event(desk, received, event, place):
            taken.events += 1
        else:
            taken.held += 1
    if any(_is_of_disposed(event) for event in events):
        # What it says of records that two people disposed of is kept nowhere; what else was in it is taken in or held.
        Received.update(frame=None).where(Received.id == received.id).execute()


def _is_of_disposed(event: Any) -> bool:
    case = event.get("case") if isinstance(event, dict) else None
    return isinstance(case, str) and is_disposed(case)


def _has_forgotten(device: str, position: Any) -> bool:
    """Does this desk have the last envelope that this phone forgot as safe (SPEC 4.5)?

    If not, what was called safe is not here: this desk was restored from a backup older than the phone was told of.
    """
    try:
        forgot = read_position(position)
    except SyncError:
        return False
    taken = (Received.device == device) & Received.status.in_(["applied", "admitted"])
    return forgot == START or Received.select().where(taken & (Received.id == forgot.id)).exists()


def take_event(desk: Desk, received: Any, event: Any, place: int, *, decided: bool = False) -> bool:
    """Apply one event, or hold it. True when it is in the log (now or before). `decided`: a person wants it."""
    name = f"{received.id}-{place}"
    try:
        check_event(event)
        known = knows(event)
        if known == "known":
            return True
        if known == "conflict":
            raise SyncError("conflict")
        if is_disposed(event["case"]):
            # That it came, from whom and when, is told to a person; what it says is not kept.
            event = event | {"body": {}}
            raise SyncError("disposed")
        check_body(event["type"], event["v"], event["body"], event["at"])
        if not decided:
            belonging.check(desk, event, DeviceRow.get_by_id(received.device).staff)
    except SyncError as error:
        hold(desk, received, name, "event", error.code, error.detail, event)
        return False
    except Exception as error:  # a fault of ours in looking at one event stops no other
        log.exception("an event could not be looked at")
        hold(desk, received, name, "event", "failed", type(error).__name__, event)
        return False
    return _record(desk, received, event, name)


def _record(desk: Desk, received: Any, event: dict[str, Any], name: str) -> bool:
    by = DeviceRow.get_by_id(received.device).staff
    try:
        with desk.write():
            record(desk, event, received.device, by)
            _after(desk, event, received.device, by)
    except Exception as error:  # whatever is wrong with one event, the others go on
        reason = error.code if isinstance(error, DeskError) else "failed"
        if reason == "full":
            raise  # nothing is wrong with the event: all of it waits for room
        hold(desk, received, name, "event", reason, type(error).__name__, event)
        return False
    return True


def _after(desk: Desk, event: dict[str, Any], device: str, by: str) -> None:
    """What an event does outside the read model."""
    if event["type"] == "case.viewed":
        access_log.write_view(desk, by, "case", event["case"], "phone", event["body"]["at"])
    elif event["type"] == "device.noted":
        values = event["body"] | {"saidAt": event["at"], "heardAt": desk.now()}
        DeviceNote.put(device=device, body=values, at=event["at"])
    elif event["type"] in ("visit.logged", "visit.corrected"):
        visit = event["id"] if event["type"] == "visit.logged" else event["body"]["visit"]
        for photo in Photo.select().where(Photo.visit == visit):
            if not BlobFile.select().where(BlobFile.id == photo.blob).exists():
                BlobFile.create(
                    id=photo.blob,
                    state="wanted",
                    reason="",
                    jpeg=None,
                    thumb=None,
                    sealed=None,
                    safe=False,
                    dropped=False,
                    at=desk.now(),
                    tries=0,
                )
