"""Amina, Bao and 林 (joel) live through everything that can befall phones, relay and desk: the true programs.

The same life as `tests/sync/model/`, played by the parts that will be used. `promises.py` judges the end.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import httpx

from pwa_server.desk import actions
from pwa_server.desk.actions import devices
from pwa_server.desk.backup import backup
from pwa_server.desk.backup.archive import open_line, unpack
from pwa_server.desk.core.errors import DeskError
from pwa_server.desk.core.tables import canonical
from pwa_server.desk.exchange.documents.all import VOLATILE, documents_for
from pwa_server.desk.exchange.outbox import chain_of
from pwa_server.desk.exchange.retry_held import retry_all
from pwa_server.desk.log.office_keys import turn_seal_key
from pwa_server.desk.models.office_and_cases import DeviceRow, Held, LogEntry, Visit
from pwa_server.desk.open_desk import connect_file
from sync.errors import SyncError
from sync.events import BODIES as KNOWN
from tests.faults.bad_line import BadLine, Killed
from tests.faults.handset import Event, Handset
from tests.faults.places import CASES, Places, Template
from tests.standins.phone import Memory, Refused, visit_body

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + bytes(1500) + b"\xff\xd9"
WRONG = (timedelta(), timedelta(days=-3), timedelta(days=365))
MOST_PHONES = 4
BODIES = cast("dict[tuple[str, int], Any]", KNOWN)


class World:
    def __init__(self, template: Template, app: Any = None) -> None:
        """`app`: what stands where the relay should, in front of the template's."""
        self.places = Places.copied(template, app)
        self.time = self.places.time
        self.phones = [
            self._handset(name, memory)
            for name, memory in zip(("amina", "bao"), template.phones, strict=True)
        ]
        self.owed: dict[str, str] = {}  # event -> device: a person was told that it is saved
        # Ids of staff acts that were acknowledged, and of those that lie in the second place.
        self.acts: dict[str, set[str]] = {"done": set(), "journal": set()}
        self.safe: set[str] = set()  # events and photos that lie in a backup which was read back
        self.archives: list[tuple[Path, set[str]]] = []
        self.relays: list[Path] = []
        self.desks: list[tuple[Path, set[str]]] = []
        self.memories: list[tuple[int, Memory, list[str]]] = []
        self.ever_held: set[str] = set()
        self.unlearnt: set[str] = (
            set()
        )  # forgotten by a phone as safe, and by the desk: only a clone can bring them
        self.noticed: set[str] = set()
        self.unknown: dict[tuple[str, int], Any] = {}  # what a newer program than the desk's knows

    def end(self) -> None:
        self._know_again()
        for phone in self.phones:
            phone.http.close()
        self.places.remove()

    @property
    def desk(self) -> Any:
        return self.places.desk

    def phone(self, who: int) -> Handset:
        return self.phones[who % len(self.phones)]

    def tick(self, minutes: int = 1) -> None:
        self.time.now += timedelta(minutes=minutes, seconds=7)

    # what people do on phones

    def write(self, who: int, what: int) -> None:
        phone = self.phone(who)
        events = self._events(phone, what)
        phone.write(*events)
        self._owe(phone, events)

    def begin_packing(self, who: int, tab: int, what: int) -> None:
        phone = self.phone(who)
        if phone.m.head.run and tab not in phone.sealing:
            phone.begin(tab, self._events(phone, what))

    def finish_packing(self, who: int, tab: int) -> None:
        phone = self.phone(who)
        self._owe(phone, phone.finish(tab))

    def push(self, who: int, lost: str | None) -> None:
        self._on_line(who, lost, 0, lambda phone: phone.push())

    def pull(self, who: int, lost: str | None) -> None:
        self._on_line(who, lost, 1, lambda phone: phone.pull())

    def sync(self, who: int, lost: str | None = None, at: int = 0) -> None:
        self._on_line(who, lost, at, lambda phone: phone.sync())

    # what happens at the desk

    def desk_syncs(self, lost: str | None = None, at: int = 0, *, kill: bool = False) -> None:
        if lost:
            self.places.line.lose(at, lost, kill=kill)
        try:
            self.places.sync()
        except (DeskError, SyncError) as error:
            self.noticed.add(error.code)  # the relay was not reached, or refused; work goes on
        except Killed:
            self.places.reopen()
        finally:
            self.places.line.heal()
            self._look_into_archives()

    def talk(self, who: int) -> None:
        self.sync(who)
        self.desk_syncs()
        self.sync(who)

    def back_up(self) -> None:
        backup.backup(self.desk)
        self._look_into_archives()

    def act(self, what: int) -> None:
        """林 reads, returns, approves, marks a danger: an act that is acknowledged when this returns."""
        joel = self.places.person("joel")
        visit = Visit.select().where(Visit.staff != "joel").order_by(Visit.received_at.desc()).first()
        before = last_position()
        if what == 0 or visit is None:
            actions.set_safety(self.desk, joel, CASES[what % 3], "dog", "犬", "", "2027-01-01")
        elif what == 1:
            actions.read_visit(self.desk, joel, visit.id)
        elif what == 2:
            actions.return_visit(self.desk, joel, visit.id, "hook", "どう？")
        else:
            actions.approve(self.desk, joel, visit.id)
        self._note_acts(before)

    def hand_over(self, case: int) -> None:
        joel, before = self.places.person("joel"), last_position()
        from_, to = ("amina", "bao") if case % 2 else ("bao", "amina")
        actions.unassign(self.desk, joel, CASES[case % 3], from_)
        actions.assign(self.desk, joel, CASES[case % 3], to)
        self._note_acts(before)

    def revoke(self, who: int) -> None:
        device = self.phone(who).id
        before = last_position()
        if DeviceRow.get_or_none((DeviceRow.id == device) & (DeviceRow.status == "active")):
            devices.revoke(self.desk, self.places.person("joel"), device, "lost")
        self._note_acts(before)

    def enrol(self, who: int) -> None:
        """Another phone for amina or bao."""
        if len(self.phones) >= MOST_PHONES:
            return
        before, name = last_position(), ("amina", "bao")[who % 2]
        try:
            phone = self.places.enrol(name)
        except (DeskError, Refused):
            return  # a relay without a roster takes nobody in
        self._note_acts(before)
        phone.http.close()
        self.phones.append(self._handset(name, phone.m))

    def turn_key(self) -> None:
        turn_seal_key(self.desk)

    def try_held_again(self) -> None:
        retry_all(self.desk)

    # programs of different years

    def desk_is_older(self, which: int) -> None:
        """The desk runs a program that does not know one type of event which phones write."""
        self._know_again()
        newer = (("followup.scheduled", 1), ("visit.logged", 1))[which % 2]
        self.unknown = {newer: BODIES.pop(newer)}
        self.places.reopen()

    def update_desk(self) -> None:
        """The newer program starts: what was held is looked at again, as at every start."""
        self._know_again()
        self.places.reopen()
        retry_all(self.desk)

    def _know_again(self) -> None:
        BODIES.update(self.unknown)
        self.unknown = {}

    # copies somebody keeps, and the faults they bring

    def keep_copies(self, who: int) -> None:
        self.relays.append(self.places.copy_relay(str(len(self.relays))))
        self.desks.append((self.places.copy_desk(f"desk-{len(self.desks)}"), set(self.acts["done"])))
        at = who % len(self.phones)
        self.memories.append((at, *self.phones[at].kept()))

    def lose_relay(self) -> None:
        self.places.lose_relay()

    def put_relay_back(self, which: int) -> None:
        if self.relays:
            self.places.put_relay_back(self.relays[which % len(self.relays)])

    def put_desk_back(self, which: int) -> None:
        """Nobody told it, and nobody brings the journal: acts since are gone, and were not promised more."""
        if self.desks:
            copy, acts = self.desks[which % len(self.desks)]
            self.places.put_desk_back(copy)
            self.acts["done"] &= acts
            self._note_unlearnt()

    def restore_desk(self, which: int, *, journal: bool) -> None:
        standing = [one for one in self.archives if one[0].exists()]
        if not standing:
            return
        archive, inside = standing[which % len(standing)]
        self.places.restore_desk(archive, journal=journal)
        if not journal:
            self.acts["journal"] = set()
        self.acts["done"] &= inside | self.acts["journal"]
        self._note_unlearnt()

    def _note_unlearnt(self) -> None:
        for phone in self.phones:
            self._note_unlearnt_of(phone)

    def _note_unlearnt_of(self, phone: Handset) -> None:
        here = {row.id for row in LogEntry.select(LogEntry.id)} | held_events()
        self.unlearnt |= phone.forgotten - here

    def put_phone_back(self, which: int) -> None:
        """What it wrote since is gone with it, and nobody owes that any more, unless another phone keeps it."""
        if not self.memories:
            return
        at, memory, written = self.memories[which % len(self.memories)]
        phone = self.phones[at]
        lost = (phone.keeps() | phone.forgotten) - {e["id"] for one in memory.outbox for e in one.events}
        for id_ in lost - {id_ for other in self.phones if other is not phone for id_ in other.keeps()}:
            self.owed.pop(id_, None)
        phone.put_back(memory)
        phone.m = phone.copy()  # the copy may be brought back again
        phone.written, phone.sealing, phone.forgotten = list(written), {}, set()

    def clone_phone(self, who: int) -> None:
        original = self.phone(who)
        if len(self.phones) < MOST_PHONES:
            clone = self._handset(original.name, original.copy())
            clone.written = list(original.written)
            self.phones.append(clone)

    def clock_goes_wrong(self, place: int, how: int) -> None:
        self.time.wrong[("phone", "desk", "relay")[place % 3]] = WRONG[how % 3]

    def time_passes(self, minutes: int) -> None:
        """Two weeks, say, in which a phone is away."""
        self.tick(minutes)

    # the end of faults

    def heal(self) -> None:
        """Clocks are right, lines whole; everyone talks, one phone after another, until nothing moves any more."""
        self.time.wrong.clear()
        self.update_desk()
        for phone in self.phones:
            for tab in list(phone.sealing):
                self._owe(phone, phone.finish(tab))
        for phone in self.phones:
            self._talk_until_quiet(phone)

    def _talk_until_quiet(self, phone: Handset) -> None:
        for round_ in range(1, 13):
            self.tick(minutes=20 if round_ < 4 else 24 * 60)  # at last a day, and with it a sign of life
            self.sync(self.phones.index(phone))
            self.desk_syncs()
            self.sync(self.phones.index(phone))
            if self._is_quiet(phone):
                return
        raise Broken(f"{phone.name}'s phone and the office never come to rest")

    def _is_quiet(self, phone: Handset) -> bool:
        row = DeviceRow.get_or_none(DeviceRow.id == phone.id)
        if row is None or row.status != "active":
            return not phone.unsent() or row is None
        follows = _lasting(phone.m.documents) == _lasting(documents_for(self.desk, row))
        safe = not phone.m.outbox and (phone.m.head.n == 0 or phone.m.held == phone.m.head)
        return follows and safe and not phone.m.gap and self._hears_this_desk(phone)

    def _hears_this_desk(self, phone: Handset) -> bool:
        """Not another life of it, whose last letters the relay still had."""
        chain = chain_of(phone.id)
        return (chain.run, chain.n, chain.id) == (phone.m.down.run, phone.m.down.n, phone.m.down.id)

    # inside

    def _handset(self, name: str, memory: Memory) -> Handset:
        line = BadLine(self.places.app)
        http = httpx.Client(transport=line, base_url="http://relay.test")
        phone = Handset(line, http, self.time.of("phone"), name)
        phone.m = memory
        phone.m = phone.copy()
        return phone

    def _on_line(self, who: int, lost: str | None, at: int, talk: Callable[[Handset], object]) -> None:
        phone = self.phone(who)
        if lost:
            phone.line.lose(at, lost)
        try:
            talk(phone)
        except (httpx.HTTPError, Refused, SyncError, ValueError) as error:
            self.noticed.add(
                type(error).__name__
            )  # no signal, not now, or no relay at all: what is packed waits
        finally:
            phone.line.heal()
        self._check_forgotten(phone)

    def _events(self, phone: Handset, what: int) -> list[Event]:
        case = CASES[what % 3]
        what %= 10
        if what == 3:
            events = [phone.event("visit.sung", case, {"song": "?"})]  # of a program the desk does not know
        elif what == 4:
            events = [phone.event("visit.logged", case, visit_body(occurredAt=phone.now()) | {"new": 1}, v=2)]
        elif what == 5:
            events = [phone.event("visit.logged", case, {"occurredAt": "yesterday"})]
        elif what == 6:
            events = [phone.visit(case, photos=[phone.photo(JPEG)])]
        elif what == 7:
            visit = phone.visit(case)
            told = {
                "followup": visit["id"],
                "at": phone.now(),
                "kind": "visit",
                "with": "person",
                "note": "",
                "remind": True,
            }
            events = [visit, phone.event("followup.scheduled", case, told)]
        else:
            events = [phone.visit(case)]
        return events

    def _owe(self, phone: Handset, events: list[Event]) -> None:
        for event in events:
            self.owed[event["id"]] = phone.id
            phone.written.append(event["id"])

    def _note_acts(self, before: int) -> None:
        rows = LogEntry.select(LogEntry.id).where((LogEntry.position > before) & (LogEntry.source == "joel"))
        ids = {row.id for row in rows}
        self.acts["done"] |= ids
        self.acts["journal"] |= ids

    def _look_into_archives(self) -> None:
        """What a custodian would find in them: only that is safe."""
        self.ever_held |= held_events()
        known = {archive for archive, _ in self.archives}
        for archive in sorted(self.places.config.backup_dir.glob("*.backup")):
            if archive not in known:
                acts, all_ = look_into(archive, self.places)
                self.archives.append((archive, acts))
                self.safe |= all_

    def _check_forgotten(self, phone: Handset) -> None:
        self._note_unlearnt_of(phone)  # the word *safe* may come from before the desk was put back
        if left := (phone.forgotten | phone.photos_forgotten) - self.safe:
            raise Broken(f"{phone.name}'s phone forgot {sorted(left)}, which lies in no backup")


class Broken(AssertionError):
    """A promise that did not hold."""


def look_into(archive: Path, places: Places) -> tuple[set[str], set[str]]:
    """(ids in the log, these and what is held and the photos) of an archive opened with the backup key."""
    file = places.folder / "looked.db"
    sealed, _ = unpack(archive, file)
    key = bytes.fromhex(open_line(places.backup_key, sealed)["key"])
    db = connect_file(file, key, [("query_only", 1)])
    try:
        logged = {row[0] for row in db.execute_sql("select id from logentry").fetchall()}
        held = [json.loads(row[0]) for row in db.execute_sql("select event from held").fetchall() if row[0]]
        photos = {
            row[0] for row in db.execute_sql("select id from blobfile where state <> 'wanted'").fetchall()
        }
    finally:
        db.close()
    return logged, logged | photos | {
        event["id"] for event in held if isinstance(event, dict) and "id" in event
    }


def held_events() -> set[str]:
    return {row.event["id"] for row in Held.select() if isinstance(row.event, dict) and "id" in row.event}


def last_position() -> int:
    row = LogEntry.select(LogEntry.position).order_by(LogEntry.position.desc()).first()
    return 0 if row is None else int(row.position)


def _lasting(documents: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {
        path: canonical({name: value for name, value in body.items() if name not in VOLATILE})
        for path, body in documents.items()
    }
