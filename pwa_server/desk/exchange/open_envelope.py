"""Opens what a phone sealed: the envelope as it lies here, its body, its events (SPEC 3.5). Changes nothing."""

from dataclasses import dataclass, field
from typing import Any, Literal

from sync.encoding import unb64u
from sync.envelope import Envelope, parse_batch
from sync.errors import SyncError
from sync.limits import MAX_EVENTS
from sync.plaintext import unpack
from sync.sealing import open_sealed

from ..core.desk import Desk


def open_events(desk: Desk, envelope: Envelope) -> list[Any]:
    """The events of an envelope. SyncError: unreadable, unknown_body, malformed."""
    return events_of(open_body(desk, envelope), envelope)


def open_body(desk: Desk, envelope: Envelope) -> dict[str, Any]:
    body = _opened(desk, envelope)
    if body.get("v") != 1:
        raise SyncError("unknown_body", str(body.get("v"))[:20])
    return body


def _opened(desk: Desk, envelope: Envelope) -> dict[str, Any]:
    key = desk.keys.seals.get(envelope.header.key)
    if key is None:
        raise SyncError("unreadable", "a seal key this desk does not have")
    return unpack(open_sealed(key, envelope.header_bytes, envelope.sealed))


def events_of(body: dict[str, Any], envelope: Envelope) -> list[Any]:
    """Only the first envelope of a run may bring none (SPEC 3.5)."""
    events = body.get("events")
    least = 0 if envelope.header.n == 1 else 1
    if not isinstance(events, list) or not least <= len(events) <= MAX_EVENTS:
        raise SyncError("malformed", "body.events")
    return events


@dataclass(frozen=True)
class Contents:
    """What a person may read of an envelope, whether or not its events could be taken in.

    `state`: sealed (it does not open here) | newer (another format) | missing (no list of events) | none | many
    (more than an envelope may bring) | whole.
    """

    state: Literal["sealed", "newer", "missing", "none", "many", "whole"]
    events: list[Any] = field(default_factory=list)
    body: Any = None


def contents(desk: Desk, envelope: Envelope) -> Contents:
    try:
        body = _opened(desk, envelope)
    except SyncError:
        return Contents("sealed")
    if body.get("v") != 1:
        return Contents("newer", [], body)
    events = body.get("events")
    if not isinstance(events, list):
        return Contents("missing", [], body)
    if not events:
        return Contents("none", [], body)
    return Contents("many" if len(events) > MAX_EVENTS else "whole", events, body)


def envelope_of(received: Any) -> Envelope:
    (envelope,) = parse_batch(bytes(received.frame))
    if isinstance(envelope, SyncError):
        raise envelope
    return envelope


def public_of(device: Any) -> bytes:
    return unb64u(device.sign)
