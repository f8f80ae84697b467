"""Hand-overs of one household on a phone: what may be told to whom, and what came of those that were sent."""

from typing import Any

from ...core.desk import Desk
from ...queries.access import may
from ...queries.cases import staff_name
from ...queries.consent import Ledger
from ...queries.handovers import bodies, may_tell, of_case, stopped

SENT = 10  # the latest
ROW = ("to", "person", "ground", "told", "text")


def handovers_of(desk: Desk, worker: Any, case: str) -> dict[str, Any] | None:
    """None where they are not for this phone."""
    if not may(worker, "see", "handovers", case, place="phone"):
        return None
    today, ledger = desk.today(), Ledger(case)
    return {
        "may": [{"to": name, "told": may_tell(ledger, name, None, today)} for name in bodies()],
        "sent": [
            {name: getattr(row, name) for name in ROW}
            | {
                "handover": row.id,
                "at": row.at,
                "by": staff_name(row.by),
                "answerBy": row.answer_by,
                "withdrawn": row.withdrawn_at is not None,
                "stopped": stopped(row, today) is not None,
                "answer": None if row.answer is None else _answer(row),
            }
            for row in of_case(case)[:SENT]
        ],
    }


def _answer(row: Any) -> dict[str, Any]:
    return {"answer": row.answer, "why": row.answer_why, "by": row.answered_by, "on": row.answered_on}
