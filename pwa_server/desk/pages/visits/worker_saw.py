"""What the worker has seen: of the case when they wrote, and of what the office answered since."""

from dataclasses import dataclass
from typing import Any

from ...models.office_and_cases import AccessView, DeviceRow, DownEnvelope, LogEntry, PhoneStatement, Sent


@dataclass(frozen=True)
class Seen:
    case_as_of: str | None  # the case as it lay on the phone when this was written
    newer: int  # versions and visits the writer could not have seen
    reached: str | None  # when the phone had everything the office wrote about this visit
    on_the_way: bool  # something is written for it and not taken yet
    opened: str | None  # when they last opened the case on the phone


def seen(visit: Any) -> Seen | None:
    """None for a visit that no phone wrote."""
    if visit.device is None:
        return None
    entry = LogEntry.get_or_none(LogEntry.id == visit.id)
    as_of = LogEntry.get_or_none(LogEntry.position == entry.saw) if entry and entry.saw else None
    newer = 0
    if entry is not None and as_of is not None:
        newer = (
            LogEntry.select()
            .where(
                (LogEntry.case == visit.case)
                & (LogEntry.position > as_of.position)
                & (LogEntry.id != visit.id)
                & (LogEntry.position < entry.position)
                & LogEntry.type.in_(("visit.logged", "visit.corrected"))
            )
            .count()
        )
    theirs = DeviceRow.select().where((DeviceRow.staff == visit.staff) & (DeviceRow.status == "active"))
    phones = [row.id for row in theirs]
    waiting = (
        DownEnvelope.select()
        .where(DownEnvelope.device.in_(phones) & DownEnvelope.frame.is_null(False))
        .exists()
    )
    sent = Sent.select().where(Sent.device.in_(phones) & (Sent.path == f"record/{visit.id}")).exists()
    heard = [row.at for row in PhoneStatement.select().where(PhoneStatement.device.in_(phones))]
    views = AccessView.select().where(
        (AccessView.case == visit.case) & (AccessView.staff == visit.staff) & (AccessView.where == "phone")
    )
    last = views.order_by(AccessView.position.desc()).first()
    return Seen(
        case_as_of=as_of.received_at if as_of is not None else None,
        newer=newer,
        reached=max(heard) if sent and heard and not waiting else None,
        on_the_way=bool(waiting or not sent),
        opened=last.at if last is not None else None,
    )
