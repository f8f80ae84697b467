"""Follow-ups. Done beats cancelled beats open in any order of arrival; the latest move sets the time.

An event about a follow-up that is not here yet makes a row that waits for it (`known` false).
"""

from typing import Any

from ..core.clock import plain
from ..log.event_log import Logged
from ..models.office_and_cases import FollowUp

RANK = {"open": 0, "cancelled": 1, "done": 2}


def scheduled(event: Logged) -> None:
    body = event.body or {}
    row = _row(event, body["followup"])
    told = {
        "case": event.case or "",
        "staff": event.by,
        "kind": body["kind"],
        "with_whom": body.get("with", "none"),
        "note": body.get("note", ""),
        "remind": bool(body.get("remind")),
        "known": True,
    }
    if not row.at_by:  # nobody moved it yet
        told["at"] = plain(body["at"])
    FollowUp.update(**told).where(FollowUp.id == row.id).execute()


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
    FollowUp.update(staff=body["staff"]).where(FollowUp.id == row.id).execute()


def done(event: Logged) -> None:
    body = event.body or {}
    row = _row(event, body["followup"])
    visit = body.get("visit")
    visits = sorted(one for one in (row.done_visit, visit) if one)
    FollowUp.update(state=_stronger(row.state, "done"), done_visit=visits[0] if visits else None).where(
        FollowUp.id == row.id
    ).execute()


def cancelled(event: Logged) -> None:
    body = event.body or {}
    row = _row(event, body["followup"])
    # Two people may cancel with two reasons; the smallest is the same in every order of arrival.
    reasons = sorted(one for one in (row.cancelled_reason, body.get("reason", "")) if one is not None)
    FollowUp.update(state=_stronger(row.state, "cancelled"), cancelled_reason=reasons[0]).where(
        FollowUp.id == row.id
    ).execute()


def _stronger(one: str, other: str) -> str:
    return one if RANK[one] >= RANK[other] else other


def _row(event: Logged, followup: str) -> Any:
    row = FollowUp.get_or_none(FollowUp.id == followup)
    if row is not None:
        return row
    told: dict[str, Any] = {
        "id": followup,
        "case": event.case or "",
        "staff": "",
        "at": "",
        "at_by": "",
        "kind": "visit",
        "with_whom": "none",
        "note": "",
        "state": "open",
        "remind": False,
        "known": False,
        "done_visit": None,
        "cancelled_reason": None,
    }
    FollowUp.put(**told)
    return FollowUp(**told)
