"""Hands sealed envelopes on, and forgets what a signed position covers (SPEC 6.3, 6.4); never because of an error."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sync.chain import Position
from sync.encoding import unb64u
from sync.envelope import Envelope
from sync.errors import SyncError
from sync.wire import Cursor

from . import blobs, limits
from .store import Store


@dataclass(frozen=True)
class Page:
    """What one pull hands over. `review`: ids of envelopes from revoked devices among them."""

    cursor: int
    more: bool
    batch: bytes
    review: list[str]


def pull(store: Store, office: str, recipient: str, cursor: Cursor, page_bytes: int) -> Page:
    """What lies in a box after `cursor`: at least one envelope if there is one, and not much above `page_bytes`."""
    E, B = store.StoredEnvelope, store.Box  # noqa: N806
    box = B.get_or_none((B.office == office) & (B.recipient == recipient))
    last = box.last if box else 0
    start = cursor.number if cursor.incarnation == store.incarnation and cursor.number <= last else 0
    # Numbers are given under the box's lock: with `last` read first, nothing at or below it can still appear.
    waiting = (E.office == office) & (E.recipient == recipient) & (E.number > start) & (E.number <= last)
    sizes = E.select(E.number, E.size).where(waiting).order_by(E.number).limit(limits.PAGE_ENVELOPES + 1)
    numbers, more = _fit([(row.number, row.size) for row in sizes], page_bytes)
    if not numbers:
        return Page(last, False, b"", [])
    page = E.select().where(waiting & (E.number <= numbers[-1])).order_by(E.number)
    frames, review = [], []
    for row in page:
        frames.append(Envelope.read(bytes(row.header), bytes(row.sealed), bytes(row.sig)).to_frame())
        if row.review:
            review.append(row.id)
    return Page(numbers[-1] if more else last, more, b"".join(frames), review)


def forget_down(store: Store, office: str, device: str, follow: Position) -> None:
    """Inside `write`: the phone has these (SPEC 6.4)."""
    E = store.StoredEnvelope  # noqa: N806
    covered = (E.run < follow.run) | ((E.run == follow.run) & (E.n <= follow.n))
    E.delete().where((E.office == office) & (E.recipient == device) & covered).execute()


def drop(store: Store, office: str, ids: Iterable[str], now: float) -> int:
    """Inside `write`: review envelopes that a person at the desk has decided about."""
    E = store.StoredEnvelope  # noqa: N806
    review = (E.office == office) & (E.recipient == office) & E.review
    dropped = 0
    for id_ in ids:
        if E.delete().where(review & (E.id == id_)).execute():
            blobs.unname(store, office, id_, now)
            dropped += 1
    return dropped


def held_from(store: Store, office: str, device: str) -> list[list[int]]:
    """[[run, first, last]…] of what waits here from this device, so that it sees what is missing."""
    E = store.StoredEnvelope  # noqa: N806
    mine = (E.office == office) & (E.recipient == office) & (E.sender == device)
    rows = [(row.run, row.n) for row in E.select(E.run, E.n).distinct().where(mine).order_by(E.run, E.n)]
    ranges = []
    for (run, _), group in groupby(enumerate(rows), key=lambda pair: (pair[1][0], pair[1][1] - pair[0])):
        ns = [n for _, (_, n) in group]
        ranges.append([run, ns[0], ns[-1]])
    return ranges


def _fit(rows: list[tuple[int, int]], page_bytes: int) -> tuple[list[int], bool]:
    """(numbers that go into this page, whether there are more)."""
    numbers: list[int] = []
    total = 0
    for number, size in rows:
        total += size
        if numbers and (total > page_bytes or len(numbers) == limits.PAGE_ENVELOPES):
            return numbers, True
        numbers.append(number)
    return numbers, False


def read_ids(value: Any) -> list[str]:
    """A list of envelope or blob ids, or `malformed`."""
    if not isinstance(value, list):
        raise SyncError("malformed", "ids")
    for id_ in value:
        unb64u(id_, 32)
    return value
