"""Tries again what is held: after an update, by a person's decision, or because it came another way."""

import logging
from typing import Any

from peewee import SQL

from sync.errors import SyncError
from sync.events import check_event

from ..core.desk import Desk
from ..core.errors import DeskError
from ..log.event_log import knows, read_entry
from ..models.key_values import bump
from ..models.office_and_cases import Held, Received
from ..projections.left_out import LOGGED
from ..projections.registry import apply
from .open_envelope import contents, envelope_of, open_events
from .photos import look_again
from .take_events import take_event

log = logging.getLogger("sotto.desk")


def retry_held(desk: Desk, held: str, *, decided: bool = True) -> bool:
    """Try again: by a person's decision, or after an update. True when nothing of it is held any more."""
    row = Held.get_or_none((Held.id == held) & (Held.state == "held"))
    if row is None:
        raise DeskError("not_found", held)
    if row.kind == "blob":
        return _retry_blob(desk, row)
    if row.kind == "log":
        return _retry_logged(desk, row)
    if row.kind == "stretch":
        return False  # only a newer backup brings it, or a person who writes it down again
    received = Received.get_by_id(row.envelope)
    with desk.write():
        Held.update(tries=Held.tries + 1).where(Held.id == held).execute()
        good = (
            take_event(desk, received, row.event, int(row.id.rpartition("-")[2]), decided=decided)
            if row.kind == "event"
            else _retry_envelope(desk, received, decided=decided)
        )
        if good:
            Held.update(state="applied").where(Held.id == held).execute()
            bump()
    return good


def _retry_envelope(desk: Desk, received: Any, *, decided: bool) -> bool:
    """Events that fail again are held, each for itself. A person may take in more than one envelope may bring."""
    envelope = envelope_of(received)
    inside = contents(desk, envelope)
    try:
        events = inside.events if decided and inside.state == "many" else open_events(desk, envelope)
    except SyncError:
        return False
    for place, event in enumerate(events):
        take_event(desk, received, event, place, decided=decided)
    return True


def _retry_logged(desk: Desk, row: Any) -> bool:
    """What is in the log and could not be applied: a newer program may know how."""
    event = read_entry(row.id.removeprefix(LOGGED))
    if event is None:
        return False
    try:
        with desk.write():
            apply(event)
            Held.update(state="applied").where(Held.id == row.id).execute()
            bump()
    except Exception:  # whatever is wrong with it, it stays where a person finds it
        log.exception("still not applied")
        return False
    return True


def _retry_blob(desk: Desk, row: Any) -> bool:
    good = look_again(desk, row.envelope or "")
    if good:
        with desk.write():
            Held.update(state="applied").where(Held.id == row.id).execute()
            bump()
    return good


def retry_waiting(desk: Desk, device: str) -> int:
    """What waited for a record of this phone's that may be here now. Returns how many were applied."""
    waiting = (Held.device == device) & (Held.state == "held") & (Held.reason == "not_yet")
    done, more = 0, True
    while more:
        rows = list(Held.select().where(waiting).order_by(SQL("rowid")))
        found = sum(1 for row in rows if _retry_quietly(desk, row.id))
        done, more = done + found, found > 0
    return done


def retry_all(desk: Desk) -> int:
    """After a start: what an older program could not understand may be known now. Returns how many were applied."""
    reasons = ["unknown_event", "unknown_body", "failed", "not_yet"]
    came = SQL("rowid")  # a correction never before its visit
    rows = list(Held.select().where((Held.state == "held") & Held.reason.in_(reasons)).order_by(came))
    return sum(1 for row in rows if _retry_quietly(desk, row.id))


def _retry_quietly(desk: Desk, held: str) -> bool:
    """One that cannot even be tried again stops no other."""
    try:
        return retry_held(desk, held, decided=False)
    except DeskError:
        raise
    except Exception:
        log.exception("a held record was not tried again")
        return False


def close_repeats(desk: Desk, device: str) -> None:
    """A fork or an old run whose every event came again another way holds nothing back any more."""
    rows = Held.select().where(
        (Held.device == device) & (Held.state == "held") & Held.reason.in_(["fork", "old_run"])
    )
    for row in list(rows):
        received = Received.get_by_id(row.envelope)
        try:
            events = open_events(desk, envelope_of(received))
            known = all(knows(_checked(event)) == "known" for event in events)
        except SyncError:
            continue
        if known:
            with desk.write():
                Held.update(state="applied").where(Held.id == row.id).execute()
                bump()


def _checked(event: Any) -> dict[str, Any]:
    check_event(event)
    checked: dict[str, Any] = event
    return checked
