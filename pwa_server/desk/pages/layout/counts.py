"""What waits, as numbers for the rail and the morning. Each number is the length of a list that a page shows."""

from collections.abc import Container
from datetime import timedelta
from typing import Any

from flask import g
from peewee import fn

from ...core.clock import JAPAN, read_stamp, stamp
from ...core.tables import among, tuples
from ...exchange import push_delivery
from ...models.community import Notice
from ...models.consultations import Consultation
from ...models.office_and_cases import (
    Assignment,
    CaseFile,
    DeviceRow,
    FollowUp,
    Held,
    PhoneStatement,
    Received,
    Review,
    SafetyFlag,
    TwoValues,
    Visit,
    VisitFlag,
)
from ...queries import handovers as passed
from ...queries import participation, section, triage
from ...queries.access import may, may_review, sees_all, shown_flags, visible_cases
from ...queries.shown import is_hidden, shown
from .session import me, the_desk

SILENT_AFTER = timedelta(days=3)
SAFETY_AHEAD = timedelta(days=14)
QUIET_AFTER = 30
BACK_WITHIN = timedelta(hours=2)
OUT = ("visit", "accompaniment")  # follow-ups somebody leaves the house for


class Everything:
    """All cases of the office, without reading them."""

    def __contains__(self, case: object) -> bool:
        return True


def my_cases() -> Container[str]:
    """The cases this person may see; asked once a request. Whoever sees the whole office is not asked for a list."""
    if "my_cases" not in g:
        g.my_cases = Everything() if sees_all_cases() else set(visible_cases(me()))
    cases: Container[str] = g.my_cases
    return cases


def sees_all_cases() -> bool:
    return sees_all(me(), "core")


def waiting_visits() -> list[Any]:
    """Visits that wait for this reviewer: urgent ones first, then the newest. Never their own."""
    if "waiting_visits" not in g:
        g.waiting_visits = _waiting_visits()
    rows: list[Any] = g.waiting_visits
    return rows


def _waiting_visits() -> list[Any]:
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
    visits = [row.id for row in waiting_visits() if row.review_status == "answered"]
    rows = Review.select().where(among(Review.visit, visits) & (Review.status == "answered"))
    return list(rows.order_by(Review.at.desc()))


def asked_of_me() -> list[dict[str, Any]]:
    """Records of one's own that came back with a question, the oldest question first."""
    own = Visit.select().where((Visit.staff == me().id) & (Visit.review_status == "returned"))
    rows = {row.id: row for row in own if may(me(), "see", "visit_facts", row.case, author=row.staff)}
    asked = Review.select().where(among(Review.visit, list(rows)) & (Review.status == "returned"))
    return [{"review": one, "visit": rows[one.visit]} for one in asked.order_by(Review.position)]


def today_starts() -> str:
    """The first moment of today in Japan, as times are stored."""
    return stamp(the_desk().clock().astimezone(JAPAN).replace(hour=0, minute=0, second=0, microsecond=0))


def overdue_followups() -> list[Any]:
    """Open follow-ups whose day is over. Asked once a request: the rail counts them on every page."""
    if "overdue_followups" not in g:
        over = (FollowUp.state == "open") & FollowUp.known & (FollowUp.at < today_starts())
        rows, mine = FollowUp.select().where(over).order_by(FollowUp.at), my_cases()
        g.overdue_followups = [
            row
            for row in rows
            if row.case in mine and may(me(), "see", "followups", row.case, author=row.staff)
        ]
    return list(g.overdue_followups)


def calls() -> list[Any]:
    """Reminders that reached nobody: a person rings."""
    found = [one for one in push_delivery.calls_to_make(the_desk()) if one.followup.case in my_cases()]
    return [
        one for one in found if may(me(), "see", "followups", one.followup.case, author=one.followup.staff)
    ]


def overdue() -> int:
    return len(overdue_followups())


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
    return sorted(((row, at) for row, at in found if read_stamp(at) < limit), key=lambda pair: pair[1])


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


def open_consultations() -> int:
    """Taken, and neither ended nor a case yet."""
    return int(Consultation.select().where(Consultation.state == "open").count())


def undecided() -> int:
    """Cases that wait for a decision of the triage."""
    return int(triage.in_lane(triage.UNDECIDED).count())


def unanswered() -> int:
    """Notices nobody thanked for yet; for those who answer them."""
    if not may(me(), "change", "notices"):
        return 0
    return int(Notice.select().where(Notice.answer.is_null() & ~Notice.withdrawn).count())


def handovers() -> int:
    """Hand-overs this person is asked for an answer to, or whose answer is overdue."""
    asked = [row for row in passed.sent_to(the_desk(), me()) if row.answer is None]
    return len(asked) + len(passed.overdue(me(), the_desk().today()))


def to_ask() -> int:
    """Questions to somebody who takes part, or to their host, whose day has come."""
    return len(participation.due(participation.open_matches(me()), the_desk().today()))


def for_review() -> int:
    return int(Received.select().where(Received.status == "for_review").count())


def phones() -> int:
    return len(silent_phones()) + for_review()


def apart() -> list[Any]:
    """Envelopes that lie apart: of a stopped phone, or of one whose chain does not go on. A person decides."""
    rows = Received.select().where(Received.status.in_(("for_review", "fork", "old_run")))
    return list(rows.order_by(Received.received_at.desc()).limit(100))


def not_back() -> list[tuple[Any, str | None]]:
    """Visits whose time went by two hours ago today, with nothing heard from their worker since: (follow-up, heard)."""
    now, last = the_desk().clock(), last_contacts()
    heard: dict[str, str] = {}
    for row in DeviceRow.select(DeviceRow.id, DeviceRow.staff).where(DeviceRow.status == "active"):
        heard[row.staff] = max(heard.get(row.staff, ""), last.get(row.id, ""))
    rows = FollowUp.select().where(
        (FollowUp.state == "open")
        & FollowUp.known
        & FollowUp.kind.in_(OUT)
        & (FollowUp.at >= today_starts())
        & (FollowUp.at < stamp(now - BACK_WITHIN))
    )
    found = [
        (row, heard.get(row.staff) or None) for row in rows.order_by(FollowUp.at) if row.case in my_cases()
    ]
    return [(row, at) for row, at in found if at is None or at < row.at]


def flags_due() -> list[Any]:
    """Marks whose day has come."""
    today = the_desk().clock().astimezone(JAPAN).date().isoformat()
    rows = VisitFlag.select().where(VisitFlag.settled_at.is_null() & (VisitFlag.on <= today))
    return [row for row in rows.order_by(VisitFlag.on, VisitFlag.id) if row.case in my_cases()]


def two_values() -> list[Any]:
    """Fields that two people changed without seeing each other."""
    rows = TwoValues.select().where(TwoValues.decided_by.is_null()).order_by(TwoValues.at)
    mine = [shown(me(), row) for row in rows if row.case in my_cases()]
    return [row for row in mine if not is_hidden(row.stands)]


def safety_due() -> list[Any]:
    """Flags whose review is due within two weeks, or over."""
    until = (the_desk().clock().astimezone(JAPAN) + SAFETY_AHEAD).date().isoformat()
    rows = (
        SafetyFlag.select()
        .where(SafetyFlag.active & (SafetyFlag.review_on <= until))
        .order_by(SafetyFlag.review_on)
    )
    mine = [row for row in rows if row.case in my_cases() and may(me(), "see", "safety", row.case)]
    return shown_flags(me(), mine)


def quiet_since() -> dict[str, str]:
    """Cases somebody is assigned to, without a contact for 30 days, met or not: since when. Asked once a request."""
    if "quiet_since" not in g:
        limit = stamp(the_desk().clock() - timedelta(days=QUIET_AFTER))
        newest = Visit.select(fn.MAX(Visit.occurred_at)).where(Visit.case == Assignment.case)
        running = (
            Assignment.select(Assignment.case, fn.MIN(Assignment.from_on), newest)
            .join(CaseFile, on=((CaseFile.id == Assignment.case) & (CaseFile.status == "active")))
            .where(Assignment.until_at.is_null())
            .group_by(Assignment.case)
        )
        mine, asks = my_cases(), me()
        values = {
            case: at or since
            for case, since, at in tuples(running)
            if case in mine and (at or since) < limit and may(asks, "see", "visit_facts", case)
        }
        g.quiet_since = values
    found: dict[str, str] = g.quiet_since
    return found


def quiet_cases() -> list[dict[str, Any]]:
    """The same with the last contact and the next step; those without a next step first."""
    mine = quiet_since()
    # SQLite takes the channel from the row that has the greatest time.
    last = Visit.select(Visit.case, fn.MAX(Visit.occurred_at), Visit.channel).where(
        among(Visit.case, list(mine))
    )
    channels = {row[0]: row[2] for row in tuples(last.group_by(Visit.case))}
    coming = FollowUp.select(FollowUp.case, fn.MIN(FollowUp.at)).where(
        (FollowUp.state == "open")
        & FollowUp.known
        & (FollowUp.at >= today_starts())
        & among(FollowUp.case, list(mine))
    )
    coming_by_case = tuples(coming.group_by(FollowUp.case))
    asks = me()
    following = {case: at for case, at in coming_by_case if may(asks, "see", "followups", case)}
    found = [
        {
            "case": case,
            "channel": channels.get(case),
            "at": at,
            "days": g.words.days_since(at),
            "next": following.get(case),
        }
        for case, at in mine.items()
    ]
    return sorted(found, key=lambda row: (row["next"] is not None, -row["days"], row["case"]))


def to_decide() -> int:
    """Plans that wait for the city's decision."""
    return len(section.decisions_waiting())
