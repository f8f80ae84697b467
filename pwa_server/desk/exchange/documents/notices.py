"""What a commissioner's phone holds: what they noticed, the thank-you, and whom they were asked to keep an eye on.

Of a household a name and a place, and nothing else of what the office knows.
"""

from typing import Any

from ...core.clock import stamp
from ...core.desk import Desk
from ...models.community import Notice
from ...queries.cases import staff_name
from ...queries.watched import watched
from .visit import RECORDS_FOR, Documents


def notices_of(desk: Desk, worker: Any) -> Documents:
    """Of the last 60 days; a worker who never sent one has no such document."""
    since = stamp(desk.clock() - RECORDS_FOR)
    rows = Notice.select().where((Notice.by == worker.id) & (Notice.at >= since) & ~Notice.withdrawn)
    notices = [_notice(row) for row in rows.order_by(Notice.at.desc(), Notice.id)]
    values = [{"name": one["name"], "place": one["place"]} for one in watched(worker, place="phone")]
    if not (notices or values or worker.role == "commissioner"):
        return {}
    return {"notices": {"notices": notices, "watched": values}}


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
