"""What a phone is to be woken for, and when: follow-ups, questions, urgent records for whoever is on call.

A reminder never falls into the quiet hours of office or worker: it rings at their end. What cannot wait is not held
up by them.
"""

from datetime import timedelta
from typing import Any

from ..core.clock import read_stamp, stamp
from ..core.desk import Desk
from ..models.office_and_cases import CoverAsked, DeviceRow, Review, Staff, Visit
from ..queries.access import asked_once, assigned_cases
from ..queries.on_call import organisation_of, woken
from ..queries.quiet_hours import after_all, quiet_of
from .documents.followups import followups_for

URGENT_FOR = timedelta(hours=24)


def wakes_for(desk: Desk, device: DeviceRow) -> list[tuple[str, str]]:
    """(what, time rounded to five minutes, or "now") of everything this phone should be woken for."""
    worker = Staff.get_or_none((Staff.id == device.staff) & Staff.active)
    if device.status != "active" or worker is None:
        return []
    with asked_once():
        due = (
            _followups(desk, worker),
            _questions(desk, worker),
            _urgent(desk, worker),
            _covers(desk, worker),
        )
    return sorted(one for some in due for one in some)


def _followups(desk: Desk, worker: Any) -> list[tuple[str, str]]:
    earliest, quiet = desk.clock() - timedelta(hours=1), quiet_of(worker.id)
    wakes = []
    for followup in followups_for(desk, worker, assigned_cases(worker.id)):
        at = after_all(round_five(followup["at"]), quiet)
        if followup["remind"] and followup["state"] == "open" and read_stamp(at) >= earliest:
            wakes.append((f"follow-up {followup['followup']} {at}", at))
    return wakes


def _questions(desk: Desk, worker: Any) -> list[tuple[str, str]]:
    since, wakes = desk.clock() - timedelta(days=1), []
    for visit in Visit.select().where((Visit.staff == worker.id) & (Visit.review_status == "returned")):
        review = Review.select().where((Review.visit == visit.id) & (Review.status == "returned"))
        wakes += [(f"review {row.id}", "now") for row in review if read_stamp(row.at) >= since]
    return wakes


def _urgent(desk: Desk, worker: Any) -> list[tuple[str, str]]:
    """An urgent record nobody has looked at yet wakes the phone of whoever is on call."""
    called = woken()
    if worker.id not in {*(one for one, _, _ in called.people), *called.above}:
        return []
    since = stamp(desk.clock() - URGENT_FOR)
    rows = Visit.select(Visit.id, Visit.case).where(
        Visit.urgent
        & (Visit.review_status == "waiting")
        & (Visit.received_at >= since)
        & (Visit.staff != worker.id)
    )
    return [(f"urgent {row.id}", "now") for row in rows if worker.id in called.of_case(row.case)]


def _covers(desk: Desk, worker: Any) -> list[tuple[str, str]]:
    """Somebody cannot go today: whoever is on call decides who goes instead."""
    called = woken()
    if worker.id not in {*(one for one, _, _ in called.people), *called.above}:
        return []
    since = stamp(desk.clock() - URGENT_FOR)
    rows = CoverAsked.select().where((CoverAsked.state == "asked") & (CoverAsked.at >= since))
    return [
        (f"cover {row.id}", "now")
        for row in rows
        if row.by != worker.id and worker.id in called.of(organisation_of(row.staff))
    ]


def round_five(at: str) -> str:
    """A time rounded down to five minutes, as the relay may know it."""
    time = read_stamp(at)
    return stamp(time.replace(minute=time.minute - time.minute % 5, second=0, microsecond=0))
