"""A phone's outbox and its chain, as `static/js/transport/` and SPEC 4 have it."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

from sync.chain import START, Position, UpChain
from tests.sync.model.asked import after_receipt, covers, judge, may_forget, next_run, to_send_again
from tests.sync.model.envelope import DownBody, Event, ModelEnvelope, ModelHeader, UpBody
from tests.sync.model.relay import Relay, Statement
from tests.sync.model.rules import Rules

SENT = ("stored", "already_stored", "covered")


@dataclass
class Packing:
    """What a tab or the worker holds between sealing and committing."""

    head: Position
    envelope: ModelEnvelope
    events: tuple[Event, ...]


@dataclass
class Store:
    """All that outlives the app: what a backup of the phone holds and a clone begins with."""

    events: list[Event] = field(default_factory=list)  # oldest first
    packed: set[int] = field(default_factory=set)
    envelopes: list[ModelEnvelope] = field(default_factory=list)
    sent: set[str] = field(default_factory=set)
    head: Position = START
    floor: Position = START
    held: Position = START
    forgot: Position = START
    incarnation: int = 0
    cursor: int = 0
    follow: Position = START
    highest: int = 0
    gap: bool = False
    arriving: dict[str, int] = field(default_factory=dict)
    documents: dict[str, int] = field(default_factory=dict)

    def chain(self) -> UpChain:
        kept = {e.header.n: e.id for e in self.envelopes if e.header.run == self.head.run}
        return UpChain(self.head, self.floor, kept, self.held)


class Phone:
    def __init__(self, device: str, rules: Rules, clock: int = 0) -> None:
        self.device = device
        self.rules = rules
        self.clock = clock  # wrong, and standing still
        self.store = Store()
        self.tabs: dict[int, Packing] = {}
        self.forgotten: list[Event] = []  # for the judge alone

    # writing and packing

    def write(self, event: Event) -> None:
        self.store.events.append(event)

    def seal(self, tab: int) -> None:
        """The first half of packing: read the head and seal, outside the transaction."""
        events = tuple(event for event in self.store.events if event.id not in self.store.packed)
        if events:
            self.tabs[tab] = Packing(self.store.head, self._next(self.store.head, events), events)

    def commit(self, tab: int) -> None:
        """The second half: only if the head is still the one sealed against (SPEC 4.7)."""
        packing = self.tabs.pop(tab, None)
        if packing is None:
            return
        moved = packing.head != self.store.head
        if moved and self.rules.compare_head:
            return
        if any(event.id in self.store.packed for event in packing.events) and self.rules.compare_head:
            return
        self._append(packing.envelope, packing.events)

    def pack(self) -> None:
        self.seal(0)
        self.commit(0)

    def _next(self, head: Position, events: tuple[Event, ...]) -> ModelEnvelope:
        run = head.run if head.run > 0 else next_run(self.clock, self.store.held.run)
        header = ModelHeader(run, head.n + 1, head.id if head.n > 0 else "-")
        forgot = self.store.forgot if header.n == 1 else START
        return ModelEnvelope(self.device, header, UpBody(events, forgot))

    def _append(self, envelope: ModelEnvelope, events: tuple[Event, ...]) -> None:
        store = self.store
        store.envelopes.append(envelope)
        store.head = Position(envelope.header.run, envelope.header.n, envelope.id)
        store.packed |= {event.id for event in events}

    def repack(self, held: Position) -> None:
        """A new run with everything kept, oldest first, in one transaction; empty if need be (SPEC 4.5)."""
        store = self.store
        store.envelopes.clear()
        store.sent.clear()
        store.packed.clear()
        store.head = Position(next_run(self.clock, max(held.run, store.head.run)), 0, "-")
        store.floor = START
        for at in range(0, max(len(store.events), 1), 2):
            events = tuple(store.events[at : at + 2])
            self._append(self._next(store.head, events), events)

    # the relay

    def push(self, relay: Relay, most: int = 100, answer_lost: bool = False) -> None:
        waiting = [envelope for envelope in self.store.envelopes if envelope.id not in self.store.sent]
        answers = [(envelope, relay.push_up(envelope)) for envelope in waiting[:most]]
        if answer_lost:
            return
        for envelope, answer in answers:
            if answer in SENT:
                self.store.sent.add(envelope.id)

    def pull(self, relay: Relay, answer_lost: bool = False) -> None:
        store = self.store
        statement = Statement(self.device, store.follow, store.highest, store.gap)
        batch, last = relay.pull_down(statement, (store.incarnation, store.cursor))
        listed, incarnation = relay.listed(self.device), relay.kept.incarnation
        if answer_lost:
            return
        for envelope in batch:
            self._take(envelope)
        self._notice(incarnation, listed)
        store.incarnation, store.cursor = incarnation, last

    def _notice(self, incarnation: int, listed: list[tuple[int, int, int]]) -> None:
        """The relay was lost, or put back: what it should have and has not is unsent again (SPEC 4.5)."""
        store = self.store
        if incarnation != store.incarnation:
            store.sent = {e.id for e in store.envelopes if covers(store.held, e.header.run, e.header.n)}
            return
        if self.rules.resend_unlisted:
            sent = {(e.header.run, e.header.n): e.id for e in store.envelopes if e.id in store.sent}
            store.sent -= {sent[place] for place in to_send_again(sent, store.held, listed)}

    def _take(self, envelope: ModelEnvelope) -> None:
        store, header = self.store, envelope.header
        store.highest = max(store.highest, header.run)
        judgement = judge(store.follow, envelope)
        if judgement in ("gap", "fork"):
            store.gap = True
        if judgement not in ("next", "new_run"):
            return
        assert isinstance(envelope.body, DownBody)
        store.follow = Position(header.run, header.n, envelope.id)
        if judgement == "new_run":
            store.gap = False
            store.arriving = {}
        self._documents(envelope.body)
        held, safe = Position(*envelope.body.held), envelope.body.safe
        self._receipt(held, safe)

    def _documents(self, body: DownBody) -> None:
        if body.of == 0:
            self.store.documents.update(dict(body.documents))
            return
        self.store.arriving.update(dict(body.documents))
        if body.part == body.of:
            self.store.documents = self.store.arriving
            self.store.arriving = {}

    def _receipt(self, held: Position, safe: tuple[int, int]) -> None:
        store = self.store
        what = after_receipt(store.chain(), held)
        if what == "repack" and self.rules.repack:
            self.repack(held)
        elif what == "resend":
            store.sent = {e.id for e in store.envelopes if covers(held, e.header.run, e.header.n)}
        self._forget(held, safe)
        store.held = held

    def _forget(self, held: Position, safe: tuple[int, int]) -> None:
        store = self.store
        upto = may_forget(store.chain(), held, *safe) if self.rules.forget_by_rule else safe[1]
        gone = [e for e in store.envelopes if e.header.n <= upto and e.header.run == store.head.run]
        if not gone:
            return
        store.floor = Position(gone[-1].header.run, gone[-1].header.n, gone[-1].id)
        store.forgot = store.floor
        ids = {e.id for e in gone}
        events = {event.id for e in gone for event in e.body.events}  # type: ignore[attr-defined]
        self.forgotten += [event for event in store.events if event.id in events]
        store.envelopes = [e for e in store.envelopes if e.id not in ids]
        store.events = [event for event in store.events if event.id not in events]

    # faults

    def snapshot(self) -> Store:
        return copy.deepcopy(self.store)

    def put_back(self, store: Store) -> None:
        self.store = copy.deepcopy(store)
        self.tabs.clear()
