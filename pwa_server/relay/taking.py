"""Takes sealed envelopes, each answered for by itself (SPEC 6.2): looks at signatures, sizes and quotas alone."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from peewee import fn

from sync.chain import Position, covers, takes
from sync.envelope import Envelope, parse_batch
from sync.errors import SyncError
from sync.limits import REVIEW_BYTES, REVIEW_ENVELOPES

from . import blobs, limits
from .rosters import device as find_device
from .rosters import read as find_roster
from .store import Store

# bad signatures looked at in one batch: a phone sends none, and each costs as much as a good one
MOST_FORGED = 3


@dataclass
class Taken:
    """One answer per envelope, in order; `blobs`: ids they name that are not complete here."""

    answers: list[dict[str, str]] = field(default_factory=list)
    blobs: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Looked:
    """An envelope whose signature holds. `device` is the phone's end of it, whichever way it goes."""

    envelope: Envelope
    office: str
    device: str
    up: bool

    @property
    def box(self) -> tuple[str, str]:
        return self.office, self.envelope.header.to

    @property
    def size(self) -> int:
        return len(self.envelope.sealed) + len(self.envelope.header_bytes)


def take(store: Store, offices: Container[str], batch: bytes, now: float) -> Taken:
    """Answer each envelope of a batch; raises only when the batch as a whole cannot be read, or nothing can be kept."""
    entries = parse_batch(batch)
    names = _Names(store)
    looked = list(_look_at_all(names, offices, entries))
    if not any(isinstance(one, Looked) for one in looked):
        return Taken(
            [{"id": _id(entry), "answer": str(one)} for entry, one in zip(entries, looked, strict=True)]
        )

    def keep() -> Taken:
        taken = Taken()
        mine = [one for one in looked if isinstance(one, Looked)]
        counter = _Counter(store, mine, now)
        for entry, one in zip(entries, looked, strict=True):
            answer = one if isinstance(one, str) else counter.answer(one)
            taken.answers.append({"id": _id(entry), "answer": answer})
            if isinstance(one, Looked) and one.up and answer in ("stored", "already_stored", "covered"):
                taken.blobs += blobs.name(store, one.office, one.envelope, now)
        counter.save()
        taken.blobs = list(dict.fromkeys(taken.blobs))
        return taken

    return store.transact(keep)


def _look_at_all(
    names: "_Names", offices: Container[str], entries: Iterable[Envelope | SyncError]
) -> Iterator["str | Looked"]:
    """What comes after too many forgeries waits for another batch: it is refused for now, and not for good."""
    forged = 0
    for entry in entries:
        answer = "too_many" if forged >= MOST_FORGED else _look(names, offices, entry)
        forged += answer == "bad_signature"
        yield answer


def _id(entry: Envelope | SyncError) -> str:
    return entry.id if isinstance(entry, Envelope) else entry.envelope or ""


class _Names:
    """Who is who, each asked of the database once a batch: a batch is nearly always of one phone."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.device = cache(partial(find_device, store))
        self.roster = cache(partial(find_roster, store))

    def key(self, office: str, device: str) -> bytes:
        """A device is named by its key (SPEC 2), so a key once seen never changes; whether the roster still names
        the device is asked where the envelope is taken.
        """
        known = self.store.keys.get((office, device))
        if known is None:
            with self.store.connected():
                known = bytes(self.device(office, device).sign)
            self.store.keys.keep((office, device), known)
        return known

    def office_key(self, office: str) -> bytes:
        with self.store.connected():
            return bytes(self.roster(office).sign)


def _look(names: _Names, offices: Container[str], entry: Envelope | SyncError) -> Looked | str:
    """Whose it is and whether they signed it. Asked before anything is compared (SPEC 3.2)."""
    try:
        if isinstance(entry, SyncError):
            raise entry
        up = entry.header.to in offices
        office, device = (
            (entry.header.to, entry.header.from_) if up else (entry.header.from_, entry.header.to)
        )
        if office not in offices:
            raise SyncError("unknown_device", "of no office here")
        entry.verify(names.key(office, device) if up else names.office_key(office))
        return Looked(entry, office, device, up)
    except SyncError as error:
        return error.code


class _Counter:
    """One transaction's taking: what the database says is asked once a batch, and what the batch adds is counted on."""

    def __init__(self, store: Store, looked: list[Looked], now: float) -> None:
        self.store, self.now = store, now
        self.boxes = _lock_boxes(store, {one.box for one in looked})  # from here on nobody else adds to them
        self.names = _Names(store)
        self.followed = cache(partial(_followed, store))
        self.here = {
            box: _ids_here(store, box, [one for one in looked if one.box == box]) for box in self.boxes
        }
        self.lanes: dict[tuple[str, str, str, bool], tuple[int, int]] = {}
        self.rows: list[dict[str, Any]] = []

    def answer(self, one: Looked) -> str:
        try:
            return self.take(one)
        except SyncError as error:
            if error.code not in ("unknown_device", "not_ready"):
                raise
            return error.code

    def take(self, one: Looked) -> str:
        head = one.envelope.header
        device = self.names.device(one.office, one.device)
        revoked = one.up and device.status == "revoked"
        if one.up:
            answer = takes(Position(device.up_run, device.up_n, ""), head.run, head.n)
        else:
            answer = "covered" if covers(self.followed(one.office, one.device), head.run, head.n) else "take"
        if answer == "covered":
            return answer
        if one.envelope.id in self.here[one.box]:
            return "already_stored"
        if answer == "too_many" or not self._fits(one, revoked):
            return "too_many"
        self._keep(one, revoked)
        return "stored"

    def _fits(self, one: Looked, revoked: bool) -> bool:
        if revoked:
            most, most_bytes = REVIEW_ENVELOPES, REVIEW_BYTES
        elif one.up:
            most, most_bytes = limits.DEVICE_ENVELOPES, limits.DEVICE_BYTES
        else:
            most, most_bytes = limits.DOWN_ENVELOPES, limits.DOWN_BYTES
        lane = (one.office, one.envelope.header.to, one.envelope.header.from_, revoked)
        count, size = self.lanes.get(lane) or _lying(self.store, *lane, up=one.up)
        fits = count < most and size + one.size <= most_bytes
        self.lanes[lane] = (count + 1, size + one.size) if fits else (count, size)
        return fits

    def _keep(self, one: Looked, revoked: bool) -> None:
        envelope, head = one.envelope, one.envelope.header
        # The clock keeps a relay that was put back to an older disk from giving numbers a second time (SPEC 6.3).
        self.boxes[one.box] = max(self.boxes[one.box] + 1, int(self.now * 1000))
        self.here[one.box].add(envelope.id)
        self.rows.append(
            {
                "office": one.office,
                "recipient": head.to,
                "number": self.boxes[one.box],
                "id": envelope.id,
                "sender": head.from_,
                "run": head.run,
                "n": head.n,
                "size": one.size,
                "review": revoked,
                "header": envelope.header_bytes,
                "sealed": envelope.sealed,
                "sig": envelope.sig,
            }
        )

    def save(self) -> None:
        if self.rows:
            self.store.add(self.store.StoredEnvelope, self.rows)
        _save_boxes(self.store, self.boxes)


def _ids_here(store: Store, box: tuple[str, str], looked: list[Looked]) -> set[str]:
    E = store.StoredEnvelope  # noqa: N806
    ids = [one.envelope.id for one in looked]
    rows = E.select(E.id).where((E.office == box[0]) & (E.recipient == box[1]) & E.id.in_(ids))
    return {row.id for row in rows}


def _lying(
    store: Store, office: str, recipient: str, sender: str, review: bool, *, up: bool
) -> tuple[int, int]:
    """(envelopes, bytes) of this sender that wait in this box."""
    E = store.StoredEnvelope  # noqa: N806
    lane = (E.office == office) & (E.recipient == recipient) & (E.sender == sender)
    if up:
        lane &= E.review if review else ~E.review
    count, size = (
        E.select(fn.COUNT(E.number), fn.COALESCE(fn.SUM(E.size), 0)).where(lane).scalar(as_tuple=True)
    )
    return int(count), int(size)


def _followed(store: Store, office: str, device: str) -> Position:
    S = store.StatementRow  # noqa: N806
    row = S.get_or_none((S.office == office) & (S.device == device))
    return Position(row.follow_run, row.follow_n, "") if row else Position(0, 0, "")


def _lock_boxes(store: Store, boxes: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The last number of each box, under its row's lock; in one order everywhere, so that no two wait in a ring."""
    B = store.Box  # noqa: N806
    last = {}
    for office, recipient in sorted(boxes):
        row = B.insert(office=office, recipient=recipient, last=0).returning(B.last)
        changed = row.on_conflict(conflict_target=[B.office, B.recipient], update={B.last: B.last})
        last[office, recipient] = next(iter(changed.execute())).last
    return last


def _save_boxes(store: Store, boxes: dict[tuple[str, str], int]) -> None:
    B = store.Box  # noqa: N806
    for (office, recipient), last in boxes.items():
        B.update(last=last).where((B.office == office) & (B.recipient == recipient)).execute()
