"""Events about follow-ups and promises.

Done beats cancelled beats open in any order of arrival; the latest move sets the time.

An event about a follow-up that is not here yet makes a row that waits for it (`known` false).
"""

from typing import Any

from ..core.clock import plain
from ..log.event_log import Logged
from ..models.office_and_cases import FollowUp, Undone
from .appointments import settle_alike, settle_followup
from .visits import settle


def scheduled(event: Logged) -> None:
    body = event.body or {}
    row = _row(event, body["followup"])
    columns = {
        "case": event.case or "",
        "staff": event.by,
        "kind": body["kind"],
        "with_whom": body.get("with", "none"),
        "note": body.get("note", ""),
        "remind": bool(body.get("remind")),
        "known": True,
        "had": _with(row, event.by),
    }
    if not row.at_by:  # nobody moved it yet
        columns["at"] = plain(body["at"])
    FollowUp.update(**columns).where(FollowUp.id == row.id).execute()
    settle_alike(FollowUp.get_by_id(row.id))


def moved(event: Logged) -> None:
    body = event.body or {}
    row = _row(event, body["followup"])
    order = f"{plain(event.at)} {event.id}"
    if order > row.at_by:
        FollowUp.update(at=plain(body["at"]), at_by=order).where(FollowUp.id == row.id).execute()


def assigned(event: Logged) -> None:
    """Somebody else does it. Only a desk says so, so the order of the log decides."""
    body = event.body or {}
    row = _row(event, body["followup"])
    FollowUp.update(staff=body["staff"], had=_with(row, body["staff"])).where(FollowUp.id == row.id).execute()


def done(event: Logged) -> None:
    body = event.body or {}
    row = _row(event, body["followup"])
    visit = body.get("visit")
    if visit not in row.done_by:
        row.done_by = sorted([*row.done_by, visit], key=lambda one: one or "")
        FollowUp.update(done_by=row.done_by).where(FollowUp.id == row.id).execute()
    settle_followup(row)
    if visit is not None and Undone.select().where(Undone.visit == visit).exists():
        settle(visit)


def cancelled(event: Logged) -> None:
    body = event.body or {}
    row = _row(event, body["followup"])
    # Two people may cancel with two reasons; the smallest is the same in every order of arrival.
    reasons = sorted(one for one in (row.cancelled_reason, body.get("reason", "")) if one is not None)
    row.cancelled_reason = reasons[0]
    FollowUp.update(cancelled_reason=reasons[0]).where(FollowUp.id == row.id).execute()
    settle_followup(row)


def _with(row: Any, staff: str) -> list[str]:
    return sorted({*row.had, staff})


def _row(event: Logged, followup: str) -> Any:
    row = FollowUp.get_or_none(FollowUp.id == followup)
    if row is not None:
        return row
    columns: dict[str, Any] = {
        "id": followup,
        "case": event.case or "",
        "staff": "",
        "had": [],
        "at": "",
        "at_by": "",
        "kind": "visit",
        "with_whom": "none",
        "note": "",
        "state": "open",
        "remind": False,
        "known": False,
        "done_by": [],
        "undone": [],
        "cancelled_reason": None,
    }
    FollowUp.put(**columns)
    return FollowUp(**columns)
