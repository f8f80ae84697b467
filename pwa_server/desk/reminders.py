"""What a phone is to be woken for, and when: follow-ups, questions, urgent records for whoever is on call.

A reminder never falls into the office's quiet hours: it rings at their end. What cannot wait is not held up by them.
"""

from datetime import datetime, timedelta
from typing import Any

from .access import assigned_cases
from .apply_followup import RANK
from .clock import JAPAN, moment, stamp
from .database import Desk
from .documents_followups import followups_for
from .model import DeviceRow, OfficeOption, Review, Staff, Visit
from .on_call import on_call

URGENT_FOR = timedelta(hours=24)
QUIET = {"from": "21:00", "until": "07:00"}


def wakes_for(desk: Desk, device: DeviceRow) -> list[tuple[str, str]]:
    """(what, time rounded to five minutes, or "now") of everything this phone should be woken for."""
    worker = Staff.get_or_none((Staff.id == device.staff) & Staff.active)
    if device.status != "active" or worker is None:
        return []
    return sorted([*_followups(desk, worker), *_questions(desk, worker), *_urgent(desk, worker)])


def _followups(desk: Desk, worker: Any) -> list[tuple[str, str]]:
    earliest, quiet = desk.clock() - timedelta(hours=1), quiet_hours()
    wakes = []
    for followup in followups_for(desk, worker, assigned_cases(worker.id)):
        at = after_quiet(round_five(followup["at"]), quiet)
        if followup["remind"] and RANK[followup["state"]] == 0 and moment(at) >= earliest:
            wakes.append((f"follow-up {followup['followup']} {at}", at))
    return wakes


def _questions(desk: Desk, worker: Any) -> list[tuple[str, str]]:
    since, wakes = desk.clock() - timedelta(days=1), []
    for visit in Visit.select().where((Visit.staff == worker.id) & (Visit.review_status == "returned")):
        review = Review.select().where((Review.visit == visit.id) & (Review.status == "returned"))
        wakes += [(f"review {row.id}", "now") for row in review if moment(row.at) >= since]
    return wakes


def _urgent(desk: Desk, worker: Any) -> list[tuple[str, str]]:
    """An urgent record nobody has looked at yet wakes the phone of whoever is on call."""
    if worker.id not in on_call():
        return []
    since = stamp(desk.clock() - URGENT_FOR)
    rows = Visit.select(Visit.id).where(
        Visit.urgent & (Visit.review_status == "waiting") & (Visit.received_at >= since) & (Visit.staff != worker.id)
    )
    return [(f"urgent {row.id}", "now") for row in rows]


def quiet_hours() -> dict[str, str]:
    """The office's hours without reminders, {"from", "until"} as times of day in Japan."""
    row = OfficeOption.get_or_none(OfficeOption.id == "quiet_hours")
    return dict(QUIET if row is None else row.value)


def after_quiet(at: str, quiet: dict[str, str]) -> str:
    """The time itself, or the end of the quiet hours it falls into."""
    begins, ends = quiet.get("from", ""), quiet.get("until", "")
    if not begins or not ends or begins == ends:
        return at
    local = moment(at).astimezone(JAPAN)
    clock = f"{local:%H:%M}"
    inside = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    if not inside:
        return at
    hour, minute = (int(part) for part in ends.split(":"))
    end: datetime = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return stamp(end if end > local else end + timedelta(days=1))


def round_five(at: str) -> str:
    """A time rounded down to five minutes, as the relay may know it."""
    time = moment(at)
    return stamp(time.replace(minute=time.minute - time.minute % 5, second=0, microsecond=0))
