"""How every act of staff is written: one event, checked, appended, applied and journalled before it is acknowledged."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
from ..projections.together import together
from ..queries.access import Actor
from ..queries.closed import refuse_closed

Write = Callable[[str, dict[str, Any], str | None, str], None]


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


@contextmanager
def acts(desk: Desk, actor: Actor) -> Iterator[Write]:
    """Many events of one act of this person, in one transaction: the journal's disk is waited for once, before it ends.

    What is yielded writes one as `act` does, (type, body, case, id). Ids must be new. Raises what `act` raises.
    """
    events: list[dict[str, Any]] = []
    with desk.write():
        keep_mark(desk)
        with together(desk) as some:

            def write(type_: str, body: dict[str, Any], case: str | None, id_: str) -> None:
                refuse_closed(type_, case, body)
                event = make_event(type_, case, body, desk.now(), id_=id_)
                check(event)
                some.record(event, actor.id, actor.id)
                events.append(event)

            yield write
        journal.keep_all(desk, events, actor.id, actor.id)
    desk.stirred.set()


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
