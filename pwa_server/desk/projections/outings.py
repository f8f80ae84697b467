"""Who is out alone, until when, whom they want woken, when they want quiet. The latest word stands, in any order."""

from ..core.clock import plain
from ..log.event_log import Logged
from ..models.office_and_cases import Outing, OwnQuiet, Watchers


def departed(event: Logged) -> None:
    row, order = _row(event.by), f"{plain(event.at)} {event.id}"
    if order > row.departed:
        body = event.body or {}
        Outing.update(
            departed=order,
            since=plain(event.at),
            until=plain(body["until"]),
            case=event.case,
            watched=body["watched"],
        ).where(Outing.id == event.by).execute()


def came_back(event: Logged) -> None:
    row, order = _row(event.by), f"{plain(event.at)} {event.id}"
    if order > row.back:
        Outing.update(back=order).where(Outing.id == event.by).execute()


def watchers_named(event: Logged) -> None:
    order = f"{plain(event.at)} {event.id}"
    row = Watchers.get_or_none(Watchers.id == event.by)
    if row is None or order > row.named:
        Watchers.put(id=event.by, staff=(event.body or {})["staff"], named=order)


def reminders_quieted(event: Logged) -> None:
    body, order = event.body or {}, f"{plain(event.at)} {event.id}"
    row = OwnQuiet.get_or_none(OwnQuiet.id == event.by)
    if row is None or order > row.told:
        OwnQuiet.put(id=event.by, begins=body["from"], ends=body["until"], told=order)


def out_now() -> list[Outing]:
    """Who went and has not said to be back, the one expected first at the top."""
    return [row for row in Outing.select().order_by(Outing.until, Outing.id) if row.departed > row.back]


def _row(staff: str) -> Outing:
    row: Outing | None = Outing.get_or_none(Outing.id == staff)
    if row is None:
        row = Outing.create(id=staff, departed="", since="", until="", case=None, watched=False, back="")
    return row
