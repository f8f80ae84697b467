"""Events of referrals: sent by another body, taken by the office, and what it asks of whoever sent it."""

from ..log.event_log import Logged
from ..models.referrals import Referral


def sent(event: Logged) -> None:
    body = event.body or {}
    if Referral.get_or_none(Referral.id == body["referral"]) is None:
        Referral.put(
            id=body["referral"],
            by=event.by,
            at=event.at,
            called=body["called"],
            organisation=body["organisation"],
            taken_by=None,
            taken_at=None,
            asked="",
            until=None,
            asked_by=None,
            asked_at=None,
        )


def taken(event: Logged) -> None:
    """The first word stands."""
    Referral.update(taken_by=event.by, taken_at=event.at).where(
        (Referral.id == (event.body or {})["referral"]) & Referral.taken_at.is_null()
    ).execute()


def asked(event: Logged) -> None:
    """The last one stands; an empty one takes back what was asked."""
    body = event.body or {}
    Referral.update(asked=body["asked"], until=body["until"], asked_by=event.by, asked_at=event.at).where(
        Referral.id == body["referral"]
    ).execute()


APPLIERS = {
    ("referral.sent", 1): sent,
    ("referral.taken", 1): taken,
    ("referral.asked", 1): asked,
}
