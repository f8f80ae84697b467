"""How every act of staff is written: one event, checked, appended, applied and journalled before it is acknowledged."""

from typing import Any

from sync.errors import SyncError
from sync.events import BODIES, check_body, check_event

from ..accounts.once_mark import keep_mark
from ..core.desk import Desk
from ..core.errors import DeskError
from ..log import journal
from ..log.event_log import Logged
from ..projections.append_and_apply import make_event, record
from ..projections.staff_shapes import misfit
from ..queries.access import Actor
from ..queries.closed import refuse_closed


def act(
    desk: Desk,
    actor: Actor,
    type_: str,
    body: dict[str, Any],
    case: str | None = None,
    *,
    id_: str | None = None,
    saw: int = 0,
) -> Logged:
    """Write one event of this person. The caller has asked `access`. `saw`: the case's revision they looked at.

    Raises DeskError: malformed, journal_failed, case_closed.
    """
    refuse_closed(type_, case, body)
    event = make_event(type_, case, body, desk.now(), id_=id_, saw=saw)
    check(event)
    with desk.write():
        keep_mark(desk)
        logged = record(desk, event, actor.id, actor.id)
        journal.keep(desk, event, actor.id, actor.id)
    desk.stirred.set()
    return logged


def check(event: dict[str, Any]) -> None:
    """Refuse an event no reader would take; those that phones write too must have their shape."""
    try:
        check_event(event)
        if (event["type"], event["v"]) in BODIES:
            check_body(event["type"], event["v"], event["body"], event["at"])
        elif (place := misfit(event["type"], event["case"], event["body"])) is not None:
            raise SyncError("malformed", place)
    except SyncError as error:
        raise DeskError(error.code, error.detail) from error
