"""Takes in what phones sent. First everything is stored as it came; only then does anybody try to read it.

An envelope moves the position even when nothing in it could be understood: what fails is *held* with its
reason, its neighbours are applied, and nothing that arrived is ever let go because of an error (SPEC 4.2-4.3).
"""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from peewee import SQL

from sync.chain import START, Position, judge
from sync.encoding import NONE, unb64u
from sync.envelope import Envelope, parse_batch
from sync.errors import SyncError
from sync.events import check_body, check_event
from sync.limits import MAX_EVENTS
from sync.plaintext import unpack
from sync.roster import read_position
from sync.sealing import open_sealed

from . import access_log
from .database import Desk
from .faults import DeskError
from .log import knows
from .model import BlobFile, DeviceNote, DeviceRow, Held, Photo, Received, UpPosition, Visit
from .record import record
from .rows import canonical
from .state import bump, get_state, set_state

STRANGERS_KEPT = 256
AT_ONCE = 25  # envelopes under one commit; in between, staff may write


@dataclass
class Taken:
    """What one look at the box brought."""

    envelopes: int = 0
    events: int = 0
    held: int = 0
    devices: set[str] = field(default_factory=set)


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
            envelope.verify(_public(device))
        except SyncError:
            return False
        status = "new" if device.status == "active" and envelope.id not in review else "for_review"
    if not Received.select().where(Received.id == envelope.id).exists():
        frame = envelope.to_frame()
        Received.create(
            id=envelope.id, device=header.from_, run=header.run, n=header.n, prev=header.prev, frame=frame,
            received_at=desk.now(), status=status, bytes=len(frame),
        )  # fmt: skip
    return True


def meet_strangers(desk: Desk, device: str) -> None:
    """Look again at what came from a phone before this desk knew it."""
    row = DeviceRow.get_by_id(device)
    for received in Received.select().where((Received.device == device) & (Received.status == "stranger")):
        try:
            _envelope(received).verify(_public(row))
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
    _close_repeats(desk, device)
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
    envelope = _envelope(received)
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


def open_events(desk: Desk, envelope: Envelope) -> list[Any]:
    """The events of an envelope. SyncError: unreadable, unknown_body."""
    return events_of(open_body(desk, envelope), envelope)


def open_body(desk: Desk, envelope: Envelope) -> dict[str, Any]:
    key = desk.keys.seals.get(envelope.header.key)
    if key is None:
        raise SyncError("unreadable", "a seal key this desk does not have")
    body = unpack(open_sealed(key, envelope.header_bytes, envelope.sealed))
    if body.get("v") != 1:
        raise SyncError("unknown_body", str(body.get("v"))[:20])
    return body


def events_of(body: dict[str, Any], envelope: Envelope) -> list[Any]:
    """Only the first envelope of a run may bring none (SPEC 3.5)."""
    events = body.get("events")
    least = 0 if envelope.header.n == 1 else 1
    if not isinstance(events, list) or not least <= len(events) <= MAX_EVENTS:
        raise SyncError("unreadable", "events")
    return events


def _has_forgotten(device: str, told: Any) -> bool:
    """Does this desk have the last envelope that this phone forgot as safe (SPEC 4.5)?

    If not, what was called safe is not here: this desk was restored from a backup older than the phone was told of.
    """
    try:
        forgot = read_position(told)
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
        check_body(event["type"], event["v"], event["body"])
        if not decided:
            _check_theirs(event, received.device)
    except SyncError as error:
        hold(desk, received, name, "event", error.code, error.detail, event)
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


def _check_theirs(event: dict[str, Any], device: str) -> None:
    """A phone corrects only what its worker wrote; another's visit is a person's matter."""
    if event["type"] == "visit.corrected":
        visit = Visit.get_or_none(Visit.id == event["body"]["visit"])
        if visit is not None and visit.staff != DeviceRow.get_by_id(device).staff:
            raise SyncError("not_theirs")


def _after(desk: Desk, event: dict[str, Any], device: str, by: str) -> None:
    """What an event does outside the read model."""
    if event["type"] == "case.viewed":
        access_log.write_view(desk, by, "case", event["case"], "phone", event["body"]["at"])
    elif event["type"] == "device.noted":
        told = event["body"] | {"saidAt": event["at"], "heardAt": desk.now()}
        DeviceNote.put(device=device, body=told, at=event["at"])
    elif event["type"] in ("visit.logged", "visit.corrected"):
        visit = event["id"] if event["type"] == "visit.logged" else event["body"]["visit"]
        for photo in Photo.select().where(Photo.visit == visit):
            if not BlobFile.select().where(BlobFile.id == photo.blob).exists():
                BlobFile.create(
                    id=photo.blob, state="wanted", reason="", jpeg=None, thumb=None, sealed=None, safe=False,
                    dropped=False, at=desk.now(), tries=0,
                )  # fmt: skip


def hold(
    desk: Desk, received: Any, name: str, kind: str, reason: str, detail: str = "", event: Any = None
) -> None:
    """Keep what could not be applied, once, with its reason."""
    told = event if isinstance(event, dict) else {}
    digest = name if event is None else hashlib.sha256(canonical(event).encode()).hexdigest()
    known = Held.select().where((Held.digest == digest) & (Held.device == received.device))
    if known.exists() or Held.select().where(Held.id == name).exists():
        return
    Held.create(
        id=name, digest=digest, kind=kind, envelope=received.id, device=received.device,
        by=DeviceRow.get_by_id(received.device).staff, case=_text(told.get("case")),
        type=_text(told.get("type")) or "", visit=_visit_of(told), reason=reason, detail=detail, event=event,
        at=desk.now(), tries=0, state="held",
    )  # fmt: skip
    bump()


def _visit_of(event: dict[str, Any]) -> str | None:
    body = event.get("body")
    if event.get("type") == "visit.logged":
        return _text(event.get("id"))
    return _text(body.get("visit")) if isinstance(body, dict) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def retry_held(desk: Desk, held: str) -> bool:
    """Try again: after an update, or by a person's decision. True when nothing of it is held any more."""
    row = Held.get_or_none((Held.id == held) & (Held.state == "held"))
    if row is None:
        raise DeskError("not_found", held)
    if row.kind == "blob":
        return _retry_blob(desk, row)
    if row.kind == "stretch":
        return False  # only a newer backup brings it, or a person who writes it down again
    received = Received.get_by_id(row.envelope)
    with desk.write():
        Held.update(tries=Held.tries + 1).where(Held.id == held).execute()
        good = (
            _retry_events(desk, received, [row.event])
            if row.kind == "event"
            else _retry_envelope(desk, received)
        )
        if good:
            Held.update(state="applied").where(Held.id == held).execute()
            bump()
    return good


def _retry_events(desk: Desk, received: Any, events: list[Any]) -> bool:
    """Events that fail again are held, each for itself."""
    good = [take_event(desk, received, event, place, decided=True) for place, event in enumerate(events)]
    return all(good)


def _retry_envelope(desk: Desk, received: Any) -> bool:
    try:
        events = open_events(desk, _envelope(received))
    except SyncError:
        return False
    _retry_events(desk, received, events)
    return True


def _retry_blob(desk: Desk, row: Any) -> bool:
    from .photos import look_again

    good = look_again(desk, row.envelope or "")
    if good:
        with desk.write():
            Held.update(state="applied").where(Held.id == row.id).execute()
    return good


def retry_all(desk: Desk) -> int:
    """After a start: what an older program could not understand may be known now. Returns how many were applied."""
    reasons = ["unknown_event", "unknown_body", "failed"]
    came = SQL("rowid")  # a correction never before its visit
    rows = list(Held.select().where((Held.state == "held") & Held.reason.in_(reasons)).order_by(came))
    return sum(1 for row in rows if retry_held(desk, row.id))


def _close_repeats(desk: Desk, device: str) -> None:
    """A fork or an old run whose every event came again another way holds nothing back any more."""
    rows = Held.select().where(
        (Held.device == device) & (Held.state == "held") & Held.reason.in_(["fork", "old_run"])
    )
    for row in list(rows):
        received = Received.get_by_id(row.envelope)
        try:
            events = open_events(desk, _envelope(received))
            known = all(knows(_checked(event)) == "known" for event in events)
        except SyncError:
            continue
        if known:
            with desk.write():
                Held.update(state="applied").where(Held.id == row.id).execute()
                bump()


def _checked(event: Any) -> dict[str, Any]:
    check_event(event)
    checked: dict[str, Any] = event
    return checked


def admit(desk: Desk, envelope: str) -> Taken:
    """Take an envelope out of the review box: its events are applied, whatever its place in the chain."""
    received = _for_review(envelope)
    taken = Taken()
    with desk.write():
        Received.update(status="admitted").where(Received.id == envelope).execute()
        take_events(desk, received, _envelope(received), taken)
        _drop_later(envelope)
    return taken


def reject(desk: Desk, envelope: str) -> None:
    """Leave it sealed. It is kept here; the relay may forget it."""
    _for_review(envelope)
    with desk.write():
        Received.update(status="rejected").where(Received.id == envelope).execute()
        _drop_later(envelope)


def preview(desk: Desk, envelope: str) -> list[Any]:
    """What an envelope of the review box says, for the person who decides. DeskError unreadable."""
    try:
        return open_events(desk, _envelope(_for_review(envelope)))
    except SyncError as error:
        raise DeskError(error.code, error.detail) from error


def _for_review(envelope: str) -> Any:
    received = Received.get_or_none((Received.id == envelope) & (Received.status == "for_review"))
    if received is None:
        raise DeskError("not_found", envelope)
    return received


def _drop_later(envelope: str) -> None:
    set_state("drops", [*get_state("drops", []), envelope])
    bump()


def position_of(device: str) -> Position:
    """What of this phone is in the office's log."""
    row = UpPosition.get_or_none(UpPosition.device == device)
    return Position(0, 0, NONE) if row is None else Position(row.run, row.n, row.id)


def _safe(device: str) -> tuple[int, int]:
    row = UpPosition.get_or_none(UpPosition.device == device)
    return (0, 0) if row is None else (row.safe_run, row.safe_n)


def _envelope(received: Any) -> Envelope:
    (envelope,) = parse_batch(bytes(received.frame))
    if isinstance(envelope, SyncError):
        raise envelope
    return envelope


def _public(device: Any) -> bytes:
    return unb64u(device.sign)
