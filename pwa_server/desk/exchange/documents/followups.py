"""The follow-ups of one worker, as phones read them."""

from datetime import timedelta
from typing import Any

from ...core.clock import JAPAN, day_in_japan
from ...core.desk import Desk
from ...models.office_and_cases import Assignment, FollowUp, Staff
from ...queries.access import may

AROUND = timedelta(days=7)


def followups_for(desk: Desk, worker: Any, cases: list[str]) -> list[dict[str, Any]]:
    """Overdue, around today, and everything open later: the worker's own, and those nobody else has to do."""
    today = desk.clock().astimezone(JAPAN).date()
    cases = [case for case in cases if may(worker, "see", "followups", case, place="phone")]
    rows = (
        FollowUp.select().where(FollowUp.case.in_(cases) & FollowUp.known).order_by(FollowUp.at, FollowUp.id)
    )
    shown = []
    for row in rows:
        near = abs(day_in_japan(row.at) - today) <= AROUND
        if (row.state == "open" or near) and (row.staff == worker.id or not has_owner(row)):
            shown.append(followup_of(row))
    return shown


def has_owner(followup: Any) -> bool:
    """Whether whoever is to do it is here and has the case; else everybody assigned has it before them."""
    here = Staff.select().where((Staff.id == followup.staff) & Staff.active).exists()
    return bool(here) and bool(
        Assignment.select()
        .where(
            (Assignment.case == followup.case)
            & (Assignment.staff == followup.staff)
            & Assignment.until_at.is_null()
        )
        .exists()
    )


def followup_of(row: Any) -> dict[str, Any]:
    """A follow-up as phones read it."""
    return {
        "followup": row.id,
        "case": row.case,
        "at": row.at,
        "kind": row.kind,
        "with": row.with_whom,
        "note": row.note,
        "state": row.state,
        "remind": row.remind,
    }
