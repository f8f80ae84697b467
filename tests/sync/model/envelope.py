"""An envelope without cryptography: its id is a hash of what it says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from sync.chain import START, Position


@dataclass(frozen=True)
class ModelHeader:
    run: int
    n: int
    prev: str


@dataclass(frozen=True)
class ModelEnvelope:
    """`body`: upwards a tuple of events and what the phone forgot; downwards receipt, documents, part."""

    chain: str
    header: ModelHeader
    body: object
    id: str = field(init=False)

    def __post_init__(self) -> None:
        text = repr((self.chain, self.header, self.body))
        object.__setattr__(self, "id", hashlib.sha256(text.encode()).hexdigest()[:16])


@dataclass(frozen=True)
class Event:
    id: int  # also the order of writing, over all phones
    device: str


@dataclass(frozen=True)
class UpBody:
    events: tuple[Event, ...]
    forgot: Position = START


@dataclass(frozen=True)
class DownBody:
    held: tuple[int, int, str]
    safe: tuple[int, int]
    documents: tuple[tuple[str, int], ...]
    part: int = 0
    of: int = 0
