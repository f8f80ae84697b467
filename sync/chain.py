"""Chains, runs and positions: every decision of SPEC 4 and 6.2 that does not need a key or a store.

Phone, relay, desk and the model that looks for holes in the rules (`tests/sync/test_model.py`) all ask these
functions, so that what was modelled is what runs. Nothing here reads a clock: order comes from chains.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from sync.encoding import NONE
from sync.limits import MAX_BELIEVED_RUN, WINDOW

Judgement = Literal["next", "known", "fork", "gap", "old_run", "new_run"]
Taking = Literal["take", "covered", "too_many"]
AfterReceipt = Literal["nothing", "resend", "repack"]


@dataclass(frozen=True)
class Position:
    """What a reader has accepted last from one writer."""

    run: int
    n: int
    id: str


START = Position(0, 0, NONE)


class _Header(Protocol):
    @property
    def run(self) -> int: ...
    @property
    def n(self) -> int: ...
    @property
    def prev(self) -> str: ...


class Chained(Protocol):
    """An envelope, as far as chains are concerned."""

    @property
    def id(self) -> str: ...
    @property
    def header(self) -> _Header: ...


def judge(position: Position, envelope: Chained, known: Container[str] | None = None) -> Judgement:
    """What a verified envelope is to a reader at `position` (SPEC 4.2). Accept on `next` and `new_run` only.

    `known`: ids of the envelopes accepted in this run. A reader that does not keep them passes None, and then
    an envelope below its position counts as known: a fork shows itself at the position or right after it.
    """
    run, n = envelope.header.run, envelope.header.n
    if run < position.run:
        return "old_run"
    if run > position.run:
        return "new_run" if n == 1 else "gap"
    if envelope.id == position.id:
        return "known"
    if n < position.n:
        return "known" if known is None or envelope.id in known else "fork"
    if n == position.n:
        return "fork"
    if n > position.n + 1:
        return "gap"
    return "next" if envelope.header.prev == position.id else "fork"


def next_run(now: int, highest: int) -> int:
    """The number of a new run: above every run either side knows of, near the clock where that is higher."""
    return max(now, highest + 1)


def covers(position: Position, run: int, n: int) -> bool:
    """Is (run, n) at or below the position? Then its reader has it, or has no more use for it."""
    return run < position.run or (run == position.run and n <= position.n)


def takes(position: Position, run: int, n: int) -> Taking:
    """What the relay answers a phone, going by the office's signed position alone (SPEC 6.2)."""
    if covers(position, run, n):
        return "covered"
    start = position.n if run == position.run else 0
    return "take" if n <= start + WINDOW else "too_many"


@dataclass(frozen=True)
class UpChain:
    """A phone's own chain, as its store tells it.

    `head`: last envelope packed; n is 0 when a run has begun and nothing is packed in it.
    `floor`: the last envelope of this run that was forgotten, n 0 for none.
    `kept`: n → id of the envelopes of this run it still keeps: every n above floor up to the head.
    `held`: the *held* of the last receipt it took in.
    """

    head: Position = START
    floor: Position = START
    kept: Mapping[int, str] | None = None
    held: Position = START

    def id_at(self, run: int, n: int) -> str | None:
        """The id this chain has at (run, n), or None where it has, or remembers, none."""
        if run != self.head.run:
            return None
        if n == self.floor.n and n > 0:
            return self.floor.id
        return (self.kept or {}).get(n)


def after_receipt(chain: UpChain, held: Position) -> AfterReceipt:
    """What a phone does about the office's *held*, before anything else (SPEC 4.5).

    `repack`: begin a new run above held.run and pack everything kept again. `resend`: everything kept above
    *held* is called unsent once more. `nothing`: *safe* may now be used (`may_forget`).
    """
    if held.run > chain.head.run:
        return "repack"  # this phone was put back, or cloned
    if held.run < chain.head.run:
        # The office has not seen this run yet, or was put back to before it.
        if chain.floor.n > 0:
            return "repack"
        return "resend" if chain.held.run == chain.head.run else "nothing"
    if held.n > 0 and chain.id_at(held.run, held.n) != held.id:
        return "repack"  # not on this chain, or below what is still kept
    if held.run == chain.held.run and held.n < chain.held.n:
        return "resend"  # the office was put back, but not below what is kept
    return "nothing"


def may_forget(chain: UpChain, held: Position, safe_run: int, safe_n: int) -> int:
    """Up to which n of the current run the phone may forget; 0 for nothing (SPEC 4.4).

    A *safe* of an earlier run frees nothing: whatever is kept was packed again since. Nor does a receipt whose
    *held* is not on this chain: its numbers count another device's envelopes.
    """
    if after_receipt(chain, held) == "repack" or safe_run != chain.head.run or held.run != chain.head.run:
        return 0
    return min(safe_n, held.n)


def to_send_again(
    sent: Iterable[tuple[int, int]], held: Position, box: Iterable[tuple[int, int, int]]
) -> list[tuple[int, int]]:
    """Which envelopes called sent the relay no longer lists and the office does not hold (SPEC 4.5).

    `box`: (run, first n, last n) of what the relay has from this device.
    """
    listed = list(box)
    return [
        (run, n)
        for run, n in sent
        if not covers(held, run, n) and not any(run == r and first <= n <= last for r, first, last in listed)
    ]


def believed(highest: int, own: int) -> int:
    """What a phone says it saw, unless no desk could have signed it: then as if it had seen our own run.

    Without this a phone that lies would use up the numbers of runs (SPEC 4.6).
    """
    return own if highest > max(own, MAX_BELIEVED_RUN) else highest


def needs_new_run(sent: Position, known: Container[str], follow: Position, highest: int, gap: bool) -> bool:
    """Does a phone's signed statement oblige the desk to begin a new run towards it (SPEC 4.6)?

    `sent`: the head of the desk's chain to this phone. `known`: ids it signed in that run. A statement that has
    not seen the current run yet says nothing about it: the same one answered twice would begin runs for ever.
    """
    highest = believed(highest, sent.run)
    if highest != sent.run:
        return highest > sent.run  # the desk was put back to before that run
    return gap or (follow.run == sent.run and follow.id not in known)
