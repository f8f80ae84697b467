"""Closing a month, and noting that a conference was held."""

from datetime import date
from typing import Any

from ..core.clock import JAPAN
from ..core.desk import Desk
from ..core.errors import DeskError
from ..models.office_and_cases import CaseFile
from ..projections.append_and_apply import new_id
from ..queries.access import Actor, demand
from ..queries.figures import month_span, told
from ..queries.gates import pass_gate, planned_of
from .act import act


def close_month(desk: Desk, actor: Actor, month: str) -> None:
    """Keep the month's figures as they are now; null where nobody recorded what could be counted.

    Raises DeskError month_not_over, malformed.
    """
    demand(actor, "change", "statistics")
    try:
        span = month_span(month)
    except ValueError:
        raise DeskError("malformed", "month") from None
    if desk.clock().astimezone(JAPAN).date() < span.after:
        raise DeskError("month_not_over", month)
    act(desk, actor, "month.closed", {"month": month, "figures": told(span)})


def hold_meeting(
    desk: Desk, actor: Actor, kind: str, on: date, cases: list[str], members: list[dict[str, Any]]
) -> str:
    """One meeting about several cases: each is told, and a planned conference of that kind is the one that was held.

    Raises DeskError: not_found, and what `gates` says is missing (members_missing, consent_missing).
    """
    demand(actor, "change", "core")
    if kind not in ("support", "multi_agency") or not cases:
        raise DeskError("malformed", "kind")
    meeting = new_id()
    with desk.write():
        for case in dict.fromkeys(cases):
            row = CaseFile.get_or_none(CaseFile.id == case)
            if row is None:
                raise DeskError("not_found", case)
            pass_gate(f"hold_{kind}", case, desk.today(), members=members)
            planned = planned_of(case, kind)
            body = {
                "conference": planned.id if planned else new_id(),
                "meeting": meeting,
                "kind": kind,
                "status": "held",
                "on": on.isoformat(),
                "members": members,
            }
            act(desk, actor, "conference.set", body, case)
    return meeting
