"""The for-review box: what a stopped phone still sent. A person looks into it and takes it in, or leaves it sealed."""

from typing import Any

from ..core.desk import Desk
from ..core.errors import DeskError
from ..models.key_values import bump, get_state, set_state
from ..models.office_and_cases import Received
from .open_envelope import Contents, contents, envelope_of
from .take_events import Taken, take_events


def admit(desk: Desk, envelope: str) -> Taken:
    """Take an envelope out of the review box: its events are applied, whatever its place in the chain."""
    received = _for_review(envelope)
    taken = Taken()
    with desk.write():
        Received.update(status="admitted").where(Received.id == envelope).execute()
        take_events(desk, received, envelope_of(received), taken)
        _drop_later(envelope)
    return taken


def reject(desk: Desk, envelope: str) -> None:
    """Leave it sealed. It is kept here; the relay may forget it."""
    _for_review(envelope)
    with desk.write():
        Received.update(status="rejected").where(Received.id == envelope).execute()
        _drop_later(envelope)


def preview(desk: Desk, envelope: str) -> Contents:
    """What an envelope of the review box says, for the person who decides. DeskError not_found."""
    return contents(desk, envelope_of(_for_review(envelope)))


QUIET = ("case.viewed", "device.noted")


def what_is_in(desk: Desk, envelope: str) -> str:
    """For the list: records | acts (of other kinds) | quiet (looked at, said of the phone itself) | sealed."""
    inside = preview(desk, envelope)
    if inside.state not in ("whole", "many"):
        return "sealed"
    types = {str(event.get("type")) for event in inside.events if isinstance(event, dict)}
    if types & {"visit.logged", "visit.corrected"}:
        return "records"
    return "quiet" if types <= set(QUIET) else "acts"


def _for_review(envelope: str) -> Any:
    received = Received.get_or_none((Received.id == envelope) & (Received.status == "for_review"))
    if received is None:
        raise DeskError("not_found", envelope)
    return received


def _drop_later(envelope: str) -> None:
    set_state("drops", [*get_state("drops", []), envelope])
    bump()
