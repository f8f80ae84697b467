"""The mailbox of SPEC 6: takes by signed position, forgets what is covered, knows no chain."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

from sync.chain import START, Position
from tests.sync.model.asked import covers, takes
from tests.sync.model.envelope import ModelEnvelope
from tests.sync.model.rules import Rules


@dataclass
class Statement:
    device: str
    follow: Position
    highest: int
    gap: bool


@dataclass
class Kept:
    incarnation: int
    serial: int = 0
    roster: str = ""  # which one: two may bear one serial
    up: dict[str, Position] = field(default_factory=dict)
    last: int = 0  # highest number given
    inbox: dict[int, ModelEnvelope] = field(default_factory=dict)
    outboxes: dict[str, dict[int, ModelEnvelope]] = field(default_factory=dict)
    statements: dict[str, Statement] = field(default_factory=dict)


class Relay:
    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.kept = Kept(incarnation=1)
        self._incarnations = 1
        self._clock = 0

    # faults

    def lose(self) -> None:
        self._incarnations += 1
        self.kept = Kept(incarnation=self._incarnations)

    def snapshot(self) -> Kept:
        return copy.deepcopy(self.kept)

    def put_back(self, kept: Kept) -> None:
        """An older disk of the same relay: its incarnation does not tell."""
        self.kept = copy.deepcopy(kept)

    # phones

    def push_up(self, envelope: ModelEnvelope) -> str:
        device = envelope.chain
        if device not in self.kept.up:
            return "not_ready" if self.kept.serial == 0 else "unknown_device"
        if any(kept.id == envelope.id for kept in self.kept.inbox.values()):
            return "already_stored"
        taking = takes(self.kept.up[device], envelope.header.run, envelope.header.n)
        if taking != "take":
            return taking
        self.kept.inbox[self._number()] = envelope
        return "stored"

    def pull_down(self, statement: Statement, cursor: tuple[int, int]) -> tuple[list[ModelEnvelope], int]:
        device, kept = statement.device, self.kept
        kept.statements[device] = copy.deepcopy(statement)
        box = kept.outboxes.setdefault(device, {})
        for number, envelope in list(box.items()):
            if covers(statement.follow, envelope.header.run, envelope.header.n):
                del box[number]
        after = self._after(cursor)
        return [box[number] for number in sorted(box) if number > after], kept.last

    def listed(self, device: str) -> list[tuple[int, int, int]]:
        found = [envelope.header for envelope in self.kept.inbox.values() if envelope.chain == device]
        return [(header.run, header.n, header.n) for header in found]

    # the desk

    def pull_up(self, cursor: tuple[int, int]) -> tuple[list[ModelEnvelope], int]:
        after = self._after(cursor)
        return [self.kept.inbox[n] for n in sorted(self.kept.inbox) if n > after], self.kept.last

    def push_down(self, envelope: ModelEnvelope) -> str:
        if envelope.chain not in self.kept.up:
            return "unknown_device"
        box = self.kept.outboxes.setdefault(envelope.chain, {})
        statement = self.kept.statements.get(envelope.chain)
        if statement and covers(statement.follow, envelope.header.run, envelope.header.n):
            return "covered"
        if any(kept.id == envelope.id for kept in box.values()):
            return "already_stored"
        box[self._number()] = envelope
        return "stored"

    def put_roster(self, serial: int, up: dict[str, Position], roster: str) -> str:
        if serial <= self.kept.serial:
            return "old_roster"
        self.kept.serial, self.kept.up, self.kept.roster = serial, dict(up), roster
        for number, envelope in list(self.kept.inbox.items()):
            position = up.get(envelope.chain, START)
            if covers(position, envelope.header.run, envelope.header.n):
                del self.kept.inbox[number]
        return "stored"

    def tick(self) -> None:
        self._clock += 1000  # milliseconds

    def _after(self, cursor: tuple[int, int]) -> int:
        incarnation, number = cursor
        return number if incarnation == self.kept.incarnation and number <= self.kept.last else 0

    def _number(self) -> int:
        """Never one that was given before this relay was put back: hence the clock (SPEC 6.3)."""
        clock = self._clock if self.rules.number_by_clock else 0
        self.kept.last = max(self.kept.last + 1, clock)
        return self.kept.last
