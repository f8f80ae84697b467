"""Days asked to be taken over, as the two they concern see them: who asked, who goes. No household is named."""

from datetime import timedelta
from typing import Any

from ...core.clock import JAPAN
from ...core.desk import Desk
from ...models.cover import CoverAsked

SHOWN_FOR = timedelta(days=2)


def covers_of(desk: Desk, staff: str) -> list[dict[str, Any]]:
    since = (desk.clock().astimezone(JAPAN).date() - SHOWN_FOR).isoformat()
    rows = CoverAsked.select().where(
        ((CoverAsked.staff == staff) | (CoverAsked.takes == staff) | (CoverAsked.by == staff))
        & (CoverAsked.on >= since)
    )
    return [
        {"cover": row.id, "staff": row.staff, "to": row.takes, "on": row.on, "state": row.state}
        for row in rows.order_by(CoverAsked.on.desc(), CoverAsked.id)
    ]
