"""What must hold when the faults are over (issue: nothing lost, nothing twice, nothing out of order)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from pwa_server.desk.exchange.open_envelope import open_events
from pwa_server.desk.log import event_log
from pwa_server.desk.models.office_and_cases import DeviceRow, Held, LogEntry, Received, Visit
from pwa_server.desk.projections.rebuild import rebuild
from sync.envelope import Envelope, parse_batch
from sync.errors import SyncError
from sync.events import BODIES
from tests.faults.world import Broken, World, held_events


def check(world: World, *, rebuilt: bool = False) -> None:
    _check_once()
    _check_order(world)
    _check_nothing_lost(world)
    _check_staff_acts(world)
    _check_known_are_applied()
    event_log.verify_chain()
    if rebuilt and (differ := rebuild(world.desk)[1]):
        raise Broken(f"the log does not give the same rows: {differ}")


def _check_once() -> None:
    ids = Counter(row.id for row in LogEntry.select(LogEntry.id))
    visits = Counter(row.id for row in Visit.select(Visit.id))
    if twice := [id_ for id_, count in (ids + visits).items() if count > 2]:
        raise Broken(f"applied twice: {twice}")


def _check_order(world: World) -> None:
    """Each phone's records stand in the log in the order they were written.

    What was held came later by a person, and what phone and office both had lost came when a clone brought it.
    """
    place = {row.id: row.position for row in LogEntry.select(LogEntry.id, LogEntry.position)}
    late = world.ever_held | world.unlearnt
    for phone in world.phones:
        places = [place[id_] for id_ in phone.written if id_ in place and id_ not in late]
        if places != sorted(places):
            raise Broken(f"records of {phone.name}'s phone stand out of order")


def _check_nothing_lost(world: World) -> None:
    here = {row.id for row in LogEntry.select(LogEntry.id)} | held_events() | _set_aside(world.desk)
    keeps = {phone.id: set[str]() for phone in world.phones}
    forgotten = {phone.id: set[str]() for phone in world.phones}
    for phone in world.phones:
        keeps[phone.id] |= phone.keeps()
        forgotten[phone.id] |= phone.forgotten
    named = {row.device for row in Held.select().where(Held.kind == "stretch")}
    for event, device in world.owed.items():
        row = DeviceRow.get_or_none(DeviceRow.id == device)
        waits = (row is None or row.status != "active") and event in keeps[device]
        # A desk from before the phone joined, and no relay that remembers it: nobody can name what a newer backup has.
        stranger = row is None and event in forgotten[device] & world.safe
        missing = stranger or (event in forgotten[device] and device in named)
        if event not in here and not waits and not missing:
            raise Broken(f"event {event} is neither applied nor held nor named as missing")


def _set_aside(desk: Any) -> set[str]:
    """Events of envelopes that wait for a person: forks, old runs, the review box."""
    found: set[str] = set()
    for row in Received.select().where(Received.status.in_(["fork", "old_run", "for_review", "applied"])):
        (envelope,) = parse_batch(bytes(row.frame))
        assert isinstance(envelope, Envelope)
        held = Held.get_or_none((Held.envelope == row.id) & (Held.state == "held"))
        if row.status == "for_review" or held is not None:
            try:
                found |= {event["id"] for event in open_events(desk, envelope)}
            except SyncError:
                continue
    return found


def _check_staff_acts(world: World) -> None:
    here = {row.id for row in LogEntry.select(LogEntry.id)}
    if lost := world.acts["done"] - here:
        raise Broken(f"acts of the supervisor are gone: {sorted(lost)}")


def _check_known_are_applied() -> None:
    """What was held because the desk was older than the phone is applied once the desk is not."""
    left = Held.select().where((Held.state == "held") & (Held.reason == "unknown_event"))
    if known := [row.id for row in left if (row.type, row.event.get("v")) in BODIES]:
        raise Broken(f"held though the desk knows their type: {known}")
