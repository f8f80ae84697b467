"""What waits, as numbers for the rail and the morning. Each number is the length of a list that a page shows."""

from datetime import timedelta
from typing import Any

from flask import g
from peewee import fn

from ..access import may_review, visible_cases
from ..clock import JAPAN, moment, stamp
from ..model import DeviceRow, DownChain, FollowUp, Held, PhoneStatement, Received, Review, SafetyFlag, Visit
from ..sign_in import me, the_desk

SILENT_AFTER = timedelta(days=3)
SAFETY_AHEAD = timedelta(days=14)
QUIET_AFTER = 30


def my_cases() -> set[str]:
    """The cases this person may see; asked once a request."""
    if "my_cases" not in g:
        g.my_cases = set(visible_cases(me()))
    cases: set[str] = g.my_cases
    return cases


def waiting_visits() -> list[Any]:
    """Visits that wait for this reviewer: urgent ones first, then the newest. Never their own."""
    rows = Visit.select().where(Visit.review_status.in_(("waiting", "answered")))
    mine = [row for row in rows if row.case in my_cases() and may_review(me(), row)]
    mine.sort(key=lambda row: (row.occurred_at, row.id), reverse=True)
    return sorted(mine, key=lambda row: not row.urgent)


def waiting() -> int:
    if "waiting" not in g:
        g.waiting = len(waiting_visits())
    return int(g.waiting)


def answered_reviews() -> list[Any]:
    """Questions whose answer has come and whose visit still waits."""
    visits = {row.id for row in waiting_visits() if row.review_status == "answered"}
    rows = Review.select().where(Review.status == "answered").order_by(Review.at.desc())
    return [row for row in rows if row.visit in visits]


def today_starts() -> str:
    """The first moment of today in Japan, as times are stored."""
    return stamp(the_desk().clock().astimezone(JAPAN).replace(hour=0, minute=0, second=0, microsecond=0))


def overdue_followups() -> list[Any]:
    """Open follow-ups whose day is over."""
    rows = FollowUp.select().where(
        (FollowUp.state == "open") & FollowUp.known & (FollowUp.at < today_starts())
    )
    return [row for row in rows.order_by(FollowUp.at) if row.case in my_cases()]


def overdue() -> int:
    if "overdue" not in g:
        g.overdue = len(overdue_followups())
    return int(g.overdue)


def held_rows() -> list[Any]:
    return list(Held.select().where(Held.state == "held").order_by(Held.at.desc(), Held.id))


def held() -> int:
    return int(Held.select().where(Held.state == "held").count())


def silent_phones() -> list[tuple[Any, str]]:
    """Active phones nobody heard from for three days, with when they last spoke (or were enrolled)."""
    limit = the_desk().clock() - SILENT_AFTER
    last = last_contacts()
    rows = DeviceRow.select().where(DeviceRow.status == "active")
    found = [(row, last.get(row.id) or row.enrolled_at) for row in rows]
    return sorted(((row, at) for row, at in found if moment(at) < limit), key=lambda pair: pair[1])


def last_contacts() -> dict[str, str]:
    """When each phone last spoke: its latest statement or envelope."""
    last = {row.device: row.at for row in PhoneStatement.select(PhoneStatement.device, PhoneStatement.at)}
    came = Received.select(Received.device, fn.MAX(Received.received_at).alias("at")).group_by(
        Received.device
    )
    pairs: list[tuple[str, str]] = list(came.tuples())  # type: ignore[arg-type]  # peewee's tuples() has no type
    for device, at in pairs:
        last[device] = max(at, last.get(device, ""))
    return last


def for_review() -> int:
    return int(Received.select().where(Received.status == "for_review").count())


def phones() -> int:
    return len(silent_phones()) + for_review()


def safety_due() -> list[Any]:
    """Flags whose review is due within two weeks, or over."""
    until = (the_desk().clock().astimezone(JAPAN) + SAFETY_AHEAD).date().isoformat()
    rows = (
        SafetyFlag.select()
        .where(SafetyFlag.active & (SafetyFlag.review_on <= until))
        .order_by(SafetyFlag.review_on)
    )
    return [row for row in rows if row.case in my_cases()]


def down_chain(device: str) -> Any:
    return DownChain.get_or_none(DownChain.device == device)
