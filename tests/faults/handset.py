"""A phone of the world: the stand-in that speaks the whole protocol, and what the judge must know of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.faults.bad_line import BadLine
from tests.standins.phone import Memory, Packed, Phone

Event = dict[str, Any]


class Handset(Phone):
    """`written`: ids in the order they were written, as far as this phone's memory reaches back."""

    def __init__(self, line: BadLine, http: Any, clock: Callable[[], Any], name: str) -> None:
        super().__init__(http, clock)
        self.line, self.name = line, name
        self.written: list[str] = []
        self.forgotten: set[str] = set()
        self.photos_forgotten: set[str] = set()
        self.sealing: dict[int, tuple[list[Event], Packed]] = {}

    def keeps(self) -> set[str]:
        return {event["id"] for one in self.m.outbox for event in one.events}

    def _forget(self, upto: int) -> None:
        events, photos = self.keeps(), set(self.m.blobs)
        super()._forget(upto)
        self.forgotten |= events - self.keeps()
        self.photos_forgotten |= photos - set(self.m.blobs)

    # two packers at once (SPEC 4.7): each seals against the head it read

    def begin(self, tab: int, events: list[Event]) -> None:
        self.sealing[tab] = (events, self.seal_next(events, blobs_of(events)))

    def finish(self, tab: int) -> list[Event]:
        """The events that are packed now; a packer that was overtaken seals again."""
        events, packed = self.sealing.pop(tab, ([], None))
        if packed is not None and not self.commit(packed):
            self.commit(self.seal_next(events, blobs_of(events)))
        return events

    def kept(self) -> tuple[Memory, list[str]]:
        return self.copy(), list(self.written)


def blobs_of(events: list[Event]) -> list[tuple[str, int]]:
    return [(photo["blob"], photo["size"]) for event in events for photo in event["body"].get("photos", [])]
