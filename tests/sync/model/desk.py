"""The office's log, its positions and its chains towards the phones (SPEC 4.2, 4.6, 5)."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

from sync.chain import START, Position, needs_new_run
from tests.sync.model.asked import covers, judge, next_run
from tests.sync.model.envelope import DownBody, Event, ModelEnvelope, ModelHeader, UpBody
from tests.sync.model.relay import Relay
from tests.sync.model.rules import Rules


@dataclass
class Device:
    """What the desk remembers of one phone."""

    up: Position = START
    accepted: set[str] = field(default_factory=set)  # ids of this run
    ever: set[str] = field(default_factory=set)  # ids of every run
    waiting: dict[str, ModelEnvelope] = field(default_factory=dict)
    down: Position = START
    signed: set[str] = field(default_factory=set)  # ids of this run
    safe: tuple[int, int] = (0, 0)
    told: object = None  # receipt and documents last sent
    unsent: list[ModelEnvelope] = field(default_factory=list)


@dataclass
class Store:
    log: list[tuple[Event, int, int]] = field(default_factory=list)  # with run and n it came in
    held: list[tuple[str, ModelEnvelope]] = field(default_factory=list)
    missing: list[tuple[str, Position]] = field(default_factory=list)
    devices: dict[str, Device] = field(default_factory=dict)
    incarnation: int = 0
    cursor: int = 0
    serial: int = 0
    roster: str = ""
    published: dict[str, Position] = field(default_factory=dict)


class Desk:
    def __init__(self, devices: list[str], rules: Rules) -> None:
        self.rules = rules
        self.clock = 0
        self.store = Store(devices={device: Device() for device in devices})
        self.backups: list[Store] = []

    # in

    def pull(self, relay: Relay, answer_lost: bool = False) -> None:
        store = self.store
        if relay.kept.incarnation != store.incarnation:
            store.published = {}  # the roster goes up again
        waits = any(
            of.waiting for of in store.devices.values()
        )  # then the box is read from its beginning (4.2)
        batch, last = relay.pull_up((store.incarnation, 0 if waits else store.cursor))
        statements = copy.deepcopy(relay.kept.statements)
        if answer_lost:
            return
        other = (
            relay.kept.serial == store.serial and relay.kept.roster != store.roster and self.rules.name_roster
        )
        if (relay.kept.serial > store.serial or other) and self.rules.adopt_roster:
            self._adopt(relay.kept.serial, relay.kept.roster)
        elif relay.kept.serial < store.serial:
            store.published = {}
        store.incarnation, store.cursor = relay.kept.incarnation, last
        for envelope in batch:
            self._take(envelope)
        for device, statement in statements.items():
            to = store.devices[device]
            if self.rules.new_run_on_gap and needs_new_run(
                to.down, to.signed, statement.follow, statement.highest, statement.gap
            ):
                self._new_run(device, statement.highest)

    def _adopt(self, serial: int, roster: str) -> None:
        """The relay has a roster this desk never signed: this desk was put back (SPEC 5)."""
        self.store.serial, self.store.roster = serial, roster
        self.store.published = {}
        for device in self.store.devices:
            self._new_run(device, 0)

    def _take(self, envelope: ModelEnvelope) -> None:
        of = self.store.devices[envelope.chain]
        judgement = judge(of.up, envelope, of.accepted)
        if judgement in ("next", "new_run"):
            self._accept(of, envelope)
            self._look_again(of)
        elif judgement == "gap":
            of.waiting[envelope.id] = envelope
        elif judgement in ("fork", "old_run"):
            self._hold(judgement, envelope)

    def _accept(self, of: Device, envelope: ModelEnvelope) -> None:
        run, n = envelope.header.run, envelope.header.n
        assert isinstance(envelope.body, UpBody)
        if run != of.up.run:
            of.accepted = set()
            self._note_missing(of, envelope)
        of.up = Position(run, n, envelope.id)
        of.accepted.add(envelope.id)
        of.ever.add(envelope.id)
        for event in envelope.body.events:
            if not self.rules.once_by_id or not self._knows(event):
                self.store.log.append((event, run, n))

    def _note_missing(self, of: Device, envelope: ModelEnvelope) -> None:
        """The phone says what it forgot as safe; what of it is not here is named to a person (SPEC 4.5)."""
        assert isinstance(envelope.body, UpBody)
        forgot = envelope.body.forgot
        if self.rules.tell_what_was_forgotten and forgot != START and forgot.id not in of.ever:
            self.store.missing.append((envelope.chain, forgot))

    def _look_again(self, of: Device) -> None:
        """Waiting envelopes whose turn has come, or whose run is over."""
        for envelope in sorted(of.waiting.values(), key=lambda e: (e.header.run, e.header.n)):
            judgement = judge(of.up, envelope, of.accepted)
            if judgement == "gap":
                continue
            del of.waiting[envelope.id]
            if judgement in ("next", "new_run"):
                self._accept(of, envelope)
                self._look_again(of)
                return
            if judgement in ("fork", "old_run"):
                self._hold(judgement, envelope)

    def _hold(self, reason: str, envelope: ModelEnvelope) -> None:
        assert isinstance(envelope.body, UpBody)
        held = any(envelope.id == kept.id for _, kept in self.store.held)
        if not held and not all(self._knows(event) for event in envelope.body.events):
            self.store.held.append((reason, envelope))

    def _knows(self, event: Event) -> bool:
        return any(event.id == known.id for known, _, _ in self.store.log)

    # out

    def publish(self, relay: Relay, answer_lost: bool = False) -> None:
        """The roster, whenever a position moved. Its serial is committed before it is sent."""
        store = self.store
        positions = {device: of.up for device, of in store.devices.items()}
        if store.published == positions:
            return
        store.serial += 1
        store.roster = f"{store.serial} {positions}"
        answer = relay.put_roster(store.serial, positions, store.roster)
        if answer == "stored" and not answer_lost:
            store.published = positions

    def send(self, relay: Relay, sign_of_life: bool = False, most: int = 100) -> None:
        for device, of in self.store.devices.items():
            if of.down.run == 0:
                self._new_run(device, 0)
            news = (self._receipt(of), self.documents(device))
            if news != of.told or sign_of_life:
                self._sign(device, DownBody(*self._receipt(of), tuple(self.documents(device).items())))
                of.told = news
            for envelope in list(of.unsent[:most]):
                if relay.push_down(envelope) in ("stored", "already_stored", "covered"):
                    of.unsent.remove(envelope)

    def documents(self, device: str) -> dict[str, int]:
        """Two documents whose revisions follow the log, so that a phone that lags shows it."""
        own = sum(1 for event, _, _ in self.store.log if event.device == device)
        return {"records": own, "all": len(self.store.log)}

    def _receipt(self, of: Device) -> tuple[tuple[int, int, str], tuple[int, int]]:
        safe = of.safe if covers(of.up, *of.safe) else (0, 0)
        return (of.up.run, of.up.n, of.up.id), safe

    def _new_run(self, device: str, highest: int) -> None:
        """A snapshot in two parts (SPEC 4.6)."""
        of = self.store.devices[device]
        of.down = Position(next_run(self.clock, max(highest, of.down.run)), 0, "-")
        of.signed = set()
        of.unsent = []
        documents = self.documents(device)
        for part, path in enumerate(documents, start=1):
            entries = ((path, documents[path]),)
            self._sign(device, DownBody(*self._receipt(of), entries, part, len(documents)))
        of.told = (self._receipt(of), documents)

    def _sign(self, device: str, body: DownBody) -> None:
        of = self.store.devices[device]
        header = ModelHeader(of.down.run, of.down.n + 1, of.down.id)
        envelope = ModelEnvelope(device, header, body)
        of.down = Position(header.run, header.n, envelope.id)
        of.signed.add(envelope.id)
        of.unsent.append(envelope)

    # backups and faults

    def backup(self) -> None:
        """Copied, read back, and only then called safe (SPEC 3.8)."""
        copied = copy.deepcopy(self.store)
        self.backups.append(copied)
        for device, of in self.store.devices.items():
            up = copied.devices[device].up
            of.safe = (up.run, up.n)

    def snapshot(self) -> Store:
        return copy.deepcopy(self.store)

    def put_back(self, store: Store) -> None:
        """Nobody told it."""
        self.store = copy.deepcopy(store)

    def restore(self, backup: Store) -> None:
        """Somebody told it: it begins a new run towards every device at once."""
        self.store = copy.deepcopy(backup)
        for device in self.store.devices:
            self._new_run(device, 0)
