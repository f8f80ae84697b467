"""What could not be applied is held with its reason, once, until a person or a newer program has an answer."""

import hashlib
from typing import Any

from ..core.desk import Desk
from ..core.tables import canonical
from ..models.key_values import bump
from ..models.office_and_cases import DeviceRow, Held
from ..projections.left_out import visit_of


def hold(
    desk: Desk, received: Any, name: str, kind: str, reason: str, detail: str = "", event: Any = None
) -> None:
    """Keep what could not be applied, once, with its reason; tried again in vain, with what is wrong with it now."""
    fields = event if isinstance(event, dict) else {}
    digest = name if event is None else hashlib.sha256(canonical(event).encode()).hexdigest()
    the_same = (Held.digest == digest) & (Held.device == received.device)
    if Held.select().where(the_same | (Held.id == name)).exists():
        other = (Held.state == "held") & ((Held.reason != reason) | (Held.detail != detail))
        if Held.update(reason=reason, detail=detail).where(the_same & other).execute():
            bump()
        return
    Held.create(
        id=name,
        digest=digest,
        kind=kind,
        envelope=received.id,
        device=received.device,
        by=DeviceRow.get_by_id(received.device).staff,
        case=_text(fields.get("case")),
        type=_text(fields.get("type")) or "",
        visit=visit_of(fields),
        reason=reason,
        detail=detail,
        event=event,
        at=desk.now(),
        tries=0,
        state="held",
    )
    bump()


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
