"""What stands in the log and nobody can apply: a card for each among what is held, so that a person finds it."""

from typing import Any

from ..log.event_log import Logged
from ..models.key_values import bump
from ..models.office_and_cases import Held

LOGGED = "log-"  # how the name of such a card begins
LeftOut = tuple[Logged, str, str]  # an event of the log nobody could apply, reason, detail


def hold_logged(left_out: list[LeftOut]) -> None:
    """Keep a card for each, once: so that a person finds what stands in no list, and records it by hand."""
    for event, reason, detail in left_out:
        name = f"{LOGGED}{event.id}"
        if Held.select().where(Held.id == name).exists():
            continue
        columns = {name: getattr(event, name) for name in ("id", "type", "v", "at", "case", "saw", "body")}
        Held.create(
            id=name,
            digest=name,
            kind="log",
            envelope=None,
            device=event.device,
            by=event.by,
            case=event.case,
            type=event.type,
            visit=visit_of(columns),
            reason=reason,
            detail=detail[:200],
            event=columns,
            at=event.received_at,
            tries=0,
            state="held",
        )
        bump()


def visit_of(event: dict[str, Any]) -> str | None:
    body = event.get("body")
    if event.get("type") == "visit.logged":
        return _text(event.get("id"))
    return _text(body.get("visit")) if isinstance(body, dict) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
