"""Appends an event to the log and applies it, in one transaction: the only way anything changes."""

import secrets
from typing import Any

from sync.encoding import b64u

from ..core.desk import Desk
from ..log.event_log import Logged, append
from . import registry


def new_id() -> str:
    """A new id: b64u of 16 random bytes."""
    return b64u(secrets.token_bytes(16))


def make_event(
    type_: str, case: str | None, body: dict[str, Any], at: str, *, id_: str | None = None, saw: int = 0
) -> dict[str, Any]:
    """An event (SPEC 3.6), version 1."""
    return {"id": id_ or new_id(), "type": type_, "v": 1, "at": at, "case": case, "saw": saw, "body": body}


def record(desk: Desk, event: dict[str, Any], source: str, by: str) -> Logged:
    """Append and apply one checked event. What fails to apply is not appended either."""
    with desk.write():
        logged = append(desk, event, source, by)
        registry.apply(logged)
    return logged
