"""Everybody together, the faults that befall them, and what must hold when the faults are over."""

from __future__ import annotations

from tests.sync.model.desk import Desk
from tests.sync.model.desk import Store as DeskStore
from tests.sync.model.envelope import Event, UpBody
from tests.sync.model.phone import Phone
from tests.sync.model.phone import Store as PhoneStore
from tests.sync.model.relay import Kept, Relay
from tests.sync.model.rules import Rules


class Broken(AssertionError):
    """A promise of the protocol that did not hold."""


class World:
    """Amina carries "a", Bao carries "b". A clone of a phone bears its device's name and key."""

    def __init__(self, rules: Rules | None = None) -> None:
        self.rules = rules or Rules()
        self.relay = Relay(self.rules)
        self.desk = Desk(["a", "b"], self.rules)
        self.phones = [Phone("a", self.rules), Phone("b", self.rules, clock=5)]
        self.owed: dict[int, Event] = {}  # events somebody was told are saved
        self.relay_snapshots: list[Kept] = []
        self.desk_snapshots: list[DeskStore] = []
        self.phone_snapshots: list[tuple[int, PhoneStore]] = []
        self._events = 0
        self.desk.publish(self.relay)

    def tick(self) -> None:
        self.relay.tick()
        self.desk.clock += 1
        for phone in self.phones:
            self._check_forgotten(phone)

    # what people do

    def write(self, who: int) -> None:
        phone = self.phones[who % len(self.phones)]
        self._events += 1
        event = Event(self._events, phone.device)
        phone.write(event)
        self.owed[event.id] = event

    def talk(self, who: int, backup: bool = False) -> None:
        """One whole exchange of one phone with its office."""
        phone = self.phones[who % len(self.phones)]
        phone.pack()
        phone.push(self.relay)
        self.desk.pull(self.relay)
        self.desk.publish(self.relay)
        if backup:
            self.desk.backup()
        self.desk.send(self.relay)
        phone.pull(self.relay)

    # copies somebody keeps, and the faults they bring; each does nothing where there is no such copy

    def keep_relay(self) -> None:
        self.relay_snapshots.append(self.relay.snapshot())

    def keep_desk(self) -> None:
        self.desk_snapshots.append(self.desk.snapshot())

    def keep_phone(self, who: int) -> None:
        at = who % len(self.phones)
        self.phone_snapshots.append((at, self.phones[at].snapshot()))

    def put_relay_back(self, which: int) -> None:
        if self.relay_snapshots:
            self.relay.put_back(self.relay_snapshots[which % len(self.relay_snapshots)])

    def put_desk_back(self, which: int) -> None:
        if self.desk_snapshots:
            self.desk.put_back(self.desk_snapshots[which % len(self.desk_snapshots)])

    def restore_desk(self, which: int) -> None:
        if self.desk.backups:
            self.desk.restore(self.desk.backups[which % len(self.desk.backups)])

    def put_phone_back(self, which: int) -> None:
        """What it wrote since is gone with it, so nobody owes that any more, unless another phone keeps it."""
        if not self.phone_snapshots:
            return
        at, store = self.phone_snapshots[which % len(self.phone_snapshots)]
        phone = self.phones[at]
        lost = {e.id for e in [*phone.store.events, *phone.forgotten]} - {e.id for e in store.events}
        elsewhere = {e.id for p in self.phones if p is not phone for e in p.store.events}
        for id_ in lost - elsewhere:
            self.owed.pop(id_, None)
        phone.put_back(store)
        phone.forgotten = []

    def clone_phone(self, who: int) -> None:
        if len(self.phones) < 4:
            original = self.phones[who % len(self.phones)]
            clone = Phone(original.device, self.rules, original.clock)
            clone.put_back(original.store)
            self.phones.append(clone)

    # the end of faults

    def heal(self) -> None:
        """Everyone talks, one phone after another, until nothing moves any more."""
        for phone in self.phones:
            for tab in list(phone.tabs):
                phone.commit(tab)
        for phone in self.phones:
            self._talk_until_quiet(phone)

    def _talk_until_quiet(self, phone: Phone) -> None:
        """Some rounds, and now and then a day goes by: then the desk signs its sign of life."""
        for round_ in range(1, 41):
            self.tick()
            phone.pack()
            phone.pull(self.relay)
            phone.push(self.relay)
            self.desk.pull(self.relay)
            self.desk.publish(self.relay)
            self.desk.send(self.relay, sign_of_life=round_ % 5 == 0)
            phone.pull(self.relay)
            if round_ > 10 and self._is_quiet(phone):
                return
        raise Broken(f"phone of {phone.device} and its office never come to rest")

    def _is_quiet(self, phone: Phone) -> bool:
        """It follows its office, and its office has everything it keeps."""
        store = phone.store
        follows = not store.gap and store.documents == self.desk.documents(phone.device)
        return follows and (store.head.n == 0 or store.held == store.head)

    # promises

    def check(self) -> None:
        self._check_once()
        self._check_order()
        self._check_nothing_lost()

    def _check_once(self) -> None:
        ids = [event.id for event, _, _ in self.desk.store.log]
        if len(ids) != len(set(ids)):
            raise Broken("an event was applied twice")

    def _check_order(self) -> None:
        last: dict[tuple[str, int], tuple[int, int]] = {}
        for event, run, n in self.desk.store.log:
            before = last.get((event.device, run), (0, 0))
            if (n, event.id) < before:
                raise Broken("events of one run were applied out of order")
            last[event.device, run] = (n, event.id)

    def _check_nothing_lost(self) -> None:
        store = self.desk.store
        here = {event.id for event, _, _ in store.log}
        for _, envelope in store.held:
            assert isinstance(envelope.body, UpBody)
            here |= {event.id for event in envelope.body.events}
        named = {device for device, _ in store.missing}
        forgotten = {event.id for phone in self.phones for event in phone.forgotten}
        for event in self.owed.values():
            if event.id in here or (event.id in forgotten and event.device in named):
                continue
            raise Broken(
                f"event {event.id} of {event.device} is neither applied nor held nor named as missing"
            )

    def _check_forgotten(self, phone: Phone) -> None:
        """Whatever a phone forgot lies in a backup that was made."""
        backed_up = {event.id for backup in self.desk.backups for event, _, _ in backup.log}
        for event in phone.forgotten:
            if event.id not in backed_up:
                raise Broken(f"phone of {phone.device} forgot event {event.id}, which no backup has")
