"""What a commissioner's phone holds of what they noticed, and the thank-you; nothing of what the office knows."""

from typing import Any

from ...core.clock import stamp
from ...core.desk import Desk
from ...models.community import Notice
from ...queries.cases import staff_name
from .visit import RECORDS_FOR, Documents


def notices_of(desk: Desk, worker: Any) -> Documents:
    """Of the last 60 days; a worker who never sent one has no such document."""
    since = stamp(desk.clock() - RECORDS_FOR)
    rows = Notice.select().where((Notice.by == worker.id) & (Notice.at >= since) & ~Notice.withdrawn)
    notices = [_notice(row) for row in rows.order_by(Notice.at.desc(), Notice.id)]
    return {"notices": {"notices": notices}} if notices or worker.role == "commissioner" else {}


def _notice(row: Any) -> dict[str, Any]:
    answer = {
        "answer": row.answer,
        "words": row.thanks,
        "by": staff_name(row.answered_by or ""),
        "at": row.answered_at,
    }
    return {
        "notice": row.id,
        "at": row.at,
        "who": row.who,
        "place": row.place,
        "noticed": row.noticed,
        "named": row.named,
        "answer": answer if row.answer else None,
    }
