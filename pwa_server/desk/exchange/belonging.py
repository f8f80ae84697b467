"""Whose is what an event names? Type × id → what must tie its sender to it, as it was when the event was written.

What fits is applied. What does not is held for a person, with the member's path: never lost, never applied by itself.
What is not here yet (`not_yet`) is tried again when more of that phone has been read in. Late work after a hand-over
fits: whoever had a case or a follow-up when they wrote keeps what they wrote. EVENTS.md has this table.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sync.errors import SyncError

from ..core.clock import read_stamp
from ..core.desk import Desk
from ..models.community import Notice
from ..models.handovers import Handover
from ..models.office_and_cases import (
    Assignment,
    Begun,
    CaseFile,
    FollowUp,
    Photo,
    PromiseMade,
    Review,
    Staff,
    Visit,
    VisitVersion,
)
from ..models.participation import Match
from ..projections.merges import resolve
from ..projections.without_a_case import is_one
from .documents.followups import has_owner

# A phone that heard nothing may open its cases so long (`LEASE_DAYS`).
WRITTEN_LATE = timedelta(days=14)
# A line of the access log that comes later is no longer believed to be of its time.
TOLD_LATE = timedelta(days=31)


@dataclass(frozen=True)
class Sender:
    """Who sent it, and the event it stands in."""

    desk: Desk
    staff: str
    event: dict[str, Any]


Relation = Callable[[Sender, Any], bool]


class NotYet(Exception):
    """It is not here; it may come."""


def check(desk: Desk, event: dict[str, Any], staff: str) -> None:
    """Raise SyncError not_theirs, not_yet or back_dated with the path of the member that does not fit."""
    sender = Sender(desk, staff, event)
    for path, name in RULES[event["type"]].items():
        for value in _values(event, path.split(".")):
            try:
                fits = RELATIONS[name](sender, value)
            except NotYet:
                raise SyncError("not_yet", path) from None
            if not fits:
                raise SyncError("back_dated" if name == "in time" else "not_theirs", path)


def _values(value: Any, steps: list[str]) -> Iterator[Any]:
    """What stands at a path; `[]` after a name is each of a list."""
    if not steps:
        yield value
        return
    name, each = steps[0].removesuffix("[]"), steps[0].endswith("[]")
    if not isinstance(value, dict) or name not in value:
        return
    for one in value[name] if each else [value[name]]:
        yield from _values(one, steps[1:])


def _their_case(sender: Sender, case: Any) -> bool:
    """Assigned now, or until at most two weeks before it was written."""
    if not isinstance(case, str) or not CaseFile.select(CaseFile.id).where(CaseFile.id == case).exists():
        raise NotYet
    at = read_stamp(sender.event["at"])
    rows = Assignment.select().where((Assignment.staff == sender.staff) & (Assignment.case == resolve(case)))
    return any(row.until_at is None or at <= read_stamp(row.until_at) + WRITTEN_LATE for row in rows)


def _their_case_or_none(sender: Sender, case: Any) -> bool:
    return case is None or _their_case(sender, case)


def _new_case(sender: Sender, case: Any) -> bool:
    """A case nobody else opened or began."""
    if not isinstance(case, str):
        return False
    row = CaseFile.select(CaseFile.id, CaseFile.no).where(CaseFile.id == case).first()
    begun = Begun.get_or_none(Begun.case == case)
    return row is None or is_one(row) or (begun is not None and begun.by == sender.staff)


def _case_of_visit(sender: Sender, case: Any) -> bool:
    """The case the visit stands in, or one of theirs: a question of a reviewer is answered after a hand-over too."""
    rows = VisitVersion.select().where(VisitVersion.visit == sender.event["body"]["visit"])
    return any(case in (row.case, resolve(row.case)) for row in rows) or _their_case(sender, case)


def _writer_of(visit: str) -> str | None:
    """Who wrote a visit, whatever became of it; None for one that is not here."""
    row = Visit.get_or_none(Visit.id == visit)
    if row is not None:
        return str(row.staff)
    first = VisitVersion.get_or_none((VisitVersion.visit == visit) & VisitVersion.replaces.is_null())
    return None if first is None else str(first.by)


def _own_visit(sender: Sender, visit: Any) -> bool:
    writer = _writer_of(visit)
    if writer is None:
        raise NotYet
    return writer == sender.staff


def _own_visit_or_new(sender: Sender, visit: Any) -> bool:
    return visit is None or _writer_of(visit) in (None, sender.staff)


def _version(sender: Sender, version: Any) -> bool:
    """Of the visit it is about, or not here yet."""
    row = VisitVersion.get_or_none(VisitVersion.id == version)
    return row is None or row.visit == sender.event["body"]["visit"]


def _review(sender: Sender, review: Any) -> bool:
    """Of the visit it is about."""
    row = None if review is None else Review.get_or_none(Review.id == review)
    return row is None or row.visit == sender.event["body"]["visit"]


def _new_promise(sender: Sender, promise: Any) -> bool:
    """New, or made in a visit of theirs."""
    row = PromiseMade.get_or_none(PromiseMade.id == promise)
    return row is None or not row.visit or _writer_of(row.visit) in (None, sender.staff)


def _promise(sender: Sender, promise: Any) -> bool:
    """Made in a case of theirs: whoever visits keeps what was promised."""
    row = PromiseMade.get_or_none(PromiseMade.id == promise)
    if row is None:
        raise NotYet
    own = row.visit is not None and _writer_of(row.visit) == sender.staff
    return own or _their_case(sender, row.case)


def _new_photo(sender: Sender, blob: Any) -> bool:
    """New, or of a visit of theirs."""
    rows = Photo.select().where(Photo.blob == blob)
    return all(_writer_of(row.visit) in (None, sender.staff) for row in rows)


def _new_followup(sender: Sender, followup: Any) -> bool:
    row = FollowUp.get_or_none(FollowUp.id == followup)
    return row is None or not row.known or sender.staff in row.had


def _their_followup(sender: Sender, followup: Any) -> bool:
    """In their hands now or once; or in nobody's, in a case of theirs."""
    row = FollowUp.get_or_none(FollowUp.id == followup)
    if row is None or not row.known:
        raise NotYet
    return sender.staff in row.had or (not has_owner(row) and _their_case(sender, row.case))


def _case_followup(sender: Sender, followup: Any) -> bool:
    """The same, or of a case of theirs: who was there has done it, whoever had planned it."""
    row = FollowUp.get_or_none(FollowUp.id == followup)
    if row is None or not row.known:
        raise NotYet
    return sender.staff in row.had or _their_case(sender, row.case)


def _case_of_followup(sender: Sender, case: Any) -> bool:
    row = FollowUp.get_or_none(FollowUp.id == sender.event["body"]["followup"])
    return row is not None and resolve(case) == resolve(row.case)


def _case_of_promise(sender: Sender, case: Any) -> bool:
    row = PromiseMade.get_or_none(PromiseMade.id == sender.event["body"]["promise"])
    return row is not None and resolve(case) == resolve(row.case)


def _one_of_them(sender: Sender, staff: Any) -> bool:
    """The day is the sender's, or comes to them; both are people of this office."""
    body = sender.event["body"]
    return sender.staff in (body["staff"], body["to"]) and _colleague(sender, staff)


def _colleague(sender: Sender, staff: Any) -> bool:
    return staff is None or Staff.get_or_none(Staff.id == staff) is not None


def _new_notice(sender: Sender, notice: Any) -> bool:
    row = Notice.get_or_none(Notice.id == notice)
    return row is None or row.by == sender.staff


def _own_notice(sender: Sender, notice: Any) -> bool:
    row = Notice.get_or_none(Notice.id == notice)
    if row is None:
        raise NotYet
    return bool(row.by == sender.staff)


def _new_handover(sender: Sender, handover: Any) -> bool:
    row = Handover.get_or_none(Handover.id == handover)
    return row is None or row.by == sender.staff


def _their_handover(sender: Sender, handover: Any) -> bool:
    """Theirs, or of a case of theirs: whoever goes there now may take it back."""
    row = Handover.get_or_none(Handover.id == handover)
    if row is None:
        raise NotYet
    return row.by == sender.staff or _their_case(sender, row.case)


def _case_of_handover(sender: Sender, case: Any) -> bool:
    row = Handover.get_or_none(Handover.id == sender.event["body"]["handover"])
    return row is not None and resolve(case) == resolve(row.case)


def _their_match(sender: Sender, match: Any) -> bool:
    """In a case of theirs."""
    row = Match.get_or_none(Match.id == match)
    if row is None:
        raise NotYet
    return _their_case(sender, row.case)


def _case_of_match(sender: Sender, case: Any) -> bool:
    row = Match.get_or_none(Match.id == sender.event["body"]["match"])
    return row is not None and resolve(case) == resolve(row.case)


def _in_time(sender: Sender, at: Any) -> bool:
    """Not long before it arrived, and not after: who looked at what is believed only while it is fresh."""
    return -timedelta(days=1) <= sender.desk.clock() - read_stamp(at) <= TOLD_LATE


RELATIONS: dict[str, Relation] = {
    "their case": _their_case,
    "their case, or none": _their_case_or_none,
    "nobody's case": _new_case,
    "the visit's case": _case_of_visit,
    "the follow-up's case": _case_of_followup,
    "the promise's case": _case_of_promise,
    "own visit": _own_visit,
    "own visit, or new": _own_visit_or_new,
    "version of the visit": _version,
    "review of the visit": _review,
    "new, or of an own visit": _new_promise,
    "new photo, or of an own visit": _new_photo,
    "promise in their case": _promise,
    "new, or their follow-up": _new_followup,
    "their follow-up": _their_followup,
    "follow-up in their case": _case_followup,
    "one of the two": _one_of_them,
    "of this office": _colleague,
    "new, or own notice": _new_notice,
    "own notice": _own_notice,
    "new, or own hand-over": _new_handover,
    "hand-over in their case": _their_handover,
    "the hand-over's case": _case_of_handover,
    "match in their case": _their_match,
    "the match's case": _case_of_match,
    "in time": _in_time,
}

# Type → path in the event → relation. In this order: the first that does not fit is told.
RULES: dict[str, dict[str, str]] = {
    "visit.logged": {
        "case": "their case",
        "body.promises[].id": "new, or of an own visit",
        "body.photos[].blob": "new photo, or of an own visit",
    },
    "visit.corrected": {
        "body.visit": "own visit",
        "case": "the visit's case",
        "body.replaces": "version of the visit",
        "body.answers": "review of the visit",
        "body.record.promises[].id": "new, or of an own visit",
        "body.record.photos[].blob": "new photo, or of an own visit",
    },
    "visit.withdrawn": {"body.visit": "own visit", "case": "the visit's case"},
    "visit.misfiled": {
        "body.visit": "own visit",
        "case": "the visit's case",
        "body.to": "their case, or none",
        "body.as": "own visit, or new",
    },
    "followup.scheduled": {"case": "their case", "body.followup": "new, or their follow-up"},
    "followup.done": {
        "body.followup": "follow-up in their case",
        "case": "the follow-up's case",
        "body.visit": "own visit, or new",
    },
    "followup.cancelled": {"body.followup": "their follow-up", "case": "the follow-up's case"},
    "followup.moved": {"body.followup": "their follow-up", "case": "the follow-up's case"},
    "promise.kept": {"body.promise": "promise in their case", "case": "the promise's case"},
    "case.viewed": {"case": "their case", "body.at": "in time"},
    "case.begun": {"case": "nobody's case"},
    "consent.answered": {"case": "their case"},
    "cover.asked": {"body.staff": "one of the two", "body.to": "one of the two"},
    "notice.given": {"body.notice": "new, or own notice"},
    "notice.withdrawn": {"body.notice": "own notice"},
    "handover.sent": {
        "case": "their case",
        "body.handover": "new, or own hand-over",
        "body.receiver": "of this office",
    },
    "handover.withdrawn": {"body.handover": "hand-over in their case", "case": "the hand-over's case"},
    "match.followed": {"body.match": "match in their case", "case": "the match's case"},
    "worker.departed": {"case": "their case, or none"},
    "worker.back": {},
    "watchers.named": {"body.staff[]": "of this office"},
    "reminders.quieted": {},
    "device.noted": {},
}

# Ids that are only shown, as names or labels, tie nobody, because nothing follows from them: `metWith[]`, `staff[]`,
# `checklist.id` and `checklist.answers` of a visit, and the same in the `record` of a correction.
