"""Sealed photos on their way (SPEC 6.6): taken in pieces, checked by hash, handed to the desk, dropped on its word.

Bytes lie in the database, one row a piece, not in files: a piece and the offset that answers for it commit
together, a full disk or a power cut leaves neither, several machines over one PostgreSQL see the same photo,
and there is no second place to back up, sweep or forget. They are few: the desk fetches and drops them.
"""

import hashlib
from typing import Any

from peewee import fn

from sync.encoding import b64u
from sync.envelope import Envelope
from sync.errors import SyncError
from sync.limits import BLOB_UNNAMED_SECONDS

from . import limits
from .store import Store


def name(store: Store, office: str, envelope: Envelope, now: float) -> list[str]:
    """Inside `write`: from now on these photos are expected. Returns the ids that are not complete yet."""
    N, B = store.BlobName, store.Blob  # noqa: N806
    wanted: list[str] = []
    for id_, size in envelope.header.blobs:
        ours = (N.office == office) & (N.id == id_)
        dropped = N.select(fn.MAX(N.dropped)).where(ours).scalar() or 0
        N.insert(
            office=office, id=id_, envelope=envelope.id, sender=envelope.header.from_, dropped=dropped
        ).on_conflict_ignore().execute()
        if dropped:
            continue  # the desk had it and needs it no more: an envelope that comes again must not bring it again
        B.insert(
            id=id_, size=size, received=0, complete=False, touched=int(now)
        ).on_conflict_ignore().execute()
        if not B.get_by_id(id_).complete:
            wanted.append(id_)
    return wanted


def unname(store: Store, office: str, envelope_id: str, now: float) -> None:
    """Inside `write`: this envelope's claims end. What nothing claims any more is swept a day later."""
    N = store.BlobName  # noqa: N806
    claims = (N.office == office) & (N.envelope == envelope_id)
    ids = {row.id for row in N.select(N.id).where(claims)}
    N.delete().where(claims).execute()
    for id_ in sorted(ids - _named(store, ids)):
        store.put(store.Nameless, {"id": id_}, {"since": int(now)})


def offset(store: Store, id_: str) -> tuple[int, int]:
    """(bytes here, bytes in all). A dropped photo counts as here: the phone is done with it. Else `not_found`."""
    N = store.BlobName  # noqa: N806
    with store.connected():
        row = store.Blob.get_or_none(store.Blob.id == id_)
        if row is not None and N.select().where(N.id == id_).exists():
            return (row.received if _expected(store, id_) else row.size), row.size
    raise SyncError("not_found", "no envelope here names this photo")


def append(store: Store, id_: str, at: int, piece: bytes, now: float) -> int:
    """Keep `piece`, which begins at `at`. Returns the next offset.

    `wrong_offset` carries the right one in `WrongOffset.offset`; `blob_mismatch` means the whole was thrown away.
    """
    B, P, N = store.Blob, store.BlobPart, store.BlobName  # noqa: N806

    def keep() -> int | None:
        row = store.locked(B.select().where(B.id == id_)).get_or_none()
        if row is None or not N.select().where(N.id == id_).exists():
            raise SyncError("not_found", "no envelope here names this photo")
        end = at + len(piece)
        received = row.received if _expected(store, id_) else row.size
        if at != received:
            raise WrongOffset(received)
        if end > row.size:
            raise SyncError("too_big", "more bytes than the envelope named")
        if not piece:
            return at
        if len(piece) < limits.BLOB_PIECE_BYTES and end < row.size:
            raise SyncError(
                "malformed", f"a piece has at least {limits.BLOB_PIECE_BYTES} bytes, or is the last"
            )
        if at == 0:
            _check_quota(store, id_, row.size)
        P.insert(id=id_, start=at, bytes=piece).execute()
        whole = end == row.size
        if not whole or _hash(store, id_) == id_:
            B.update(received=end, complete=whole, touched=int(now)).where(B.id == id_).execute()
            return end
        P.delete().where(P.id == id_).execute()
        B.update(received=0, touched=int(now)).where(B.id == id_).execute()
        return None

    received = store.transact(keep)
    if received is None:
        raise SyncError("blob_mismatch", "these bytes are not the photo that was named; begin again at 0")
    return received


class WrongOffset(SyncError):
    """`offset`: where the relay has got to."""

    def __init__(self, right: int) -> None:
        super().__init__("wrong_offset", f"the next byte expected here is {right}")
        self.offset = right


def fetch(store: Store, office: str, id_: str) -> bytes | None:
    """Inside `write`: the sealed photo for the desk; `not_found` until it is here whole.

    None when its bytes went wrong on this disk and were thrown away.
    """
    N = store.BlobName  # noqa: N806
    named = N.select().where((N.office == office) & (N.id == id_) & (N.dropped == 0)).exists()
    row = store.Blob.get_or_none(store.Blob.id == id_)
    if row is None or not named:
        raise SyncError("not_found", "no such photo waits here")
    if not row.complete:
        raise SyncError("not_found", f"{row.received} of {row.size} bytes are here")
    sealed = b"".join(_pieces(store, id_))
    if b64u(hashlib.sha256(sealed).digest()) == id_:
        return sealed
    # They were right when they came: this disk changed them. The phone, which keeps the photo, sends it anew.
    store.BlobPart.delete().where(store.BlobPart.id == id_).execute()
    store.Blob.update(received=0, complete=False).where(store.Blob.id == id_).execute()
    return None


def drop(store: Store, office: str, ids: list[str], now: float) -> None:
    """Inside `write`: the desk has these for good. That they were dropped is remembered for a while."""
    B, N, P = store.Blob, store.BlobName, store.BlobPart  # noqa: N806
    for id_ in ids:
        if not N.update(dropped=int(now)).where((N.office == office) & (N.id == id_)).execute():
            continue
        if not _expected(store, id_):
            P.delete().where(P.id == id_).execute()
            B.update(received=0, complete=False, touched=int(now)).where(B.id == id_).execute()


def sweep(store: Store, now: float, most: int) -> bool:
    """Inside `write`: delete photos that nothing has named for a day, and old memories of dropped ones.

    At most `most` of each; whether there may be more. What is not due is not read.
    """
    N, L = store.BlobName, store.Nameless  # noqa: N806
    old = (N.dropped > 0) & (N.dropped < int(now) - limits.DROPPED_BLOB_SECONDS)
    forgotten = {row.id for row in N.select(N.id).where(old).order_by(N.dropped).limit(most)}
    if forgotten:
        N.delete().where(old & N.id.in_(forgotten)).execute()
    due = L.select(L.id).where(L.since < int(now) - BLOB_UNNAMED_SECONDS).order_by(L.since).limit(most)
    lost = {row.id for row in due}
    if lost:
        L.delete().where(L.id.in_(lost)).execute()
    gone = (forgotten | lost) - _named(store, forgotten | lost)
    for table in (store.BlobPart, store.Blob) if gone else ():
        table.delete().where(table.id.in_(gone)).execute()
    return max(len(forgotten), len(lost)) >= most


def _named(store: Store, ids: set[str]) -> set[str]:
    """Those of `ids` that some envelope still claims."""
    N = store.BlobName  # noqa: N806
    return {row.id for row in N.select(N.id).distinct().where(N.id.in_(ids))} if ids else set()


def _expected(store: Store, id_: str) -> bool:
    """Does any office still want it? False once everyone who was named it has dropped it."""
    N = store.BlobName  # noqa: N806
    return bool(N.select().where((N.id == id_) & (N.dropped == 0)).exists())


def _check_quota(store: Store, id_: str, size: int) -> None:
    """`too_many` when the device that named this photo has too much lying here already."""
    B, N, D = store.Blob, store.BlobName, store.Device  # noqa: N806
    claim = N.select().where(N.id == id_).order_by(N.office, N.envelope).get()
    theirs = (
        N.select(N.id)
        .where((N.office == claim.office) & (N.sender == claim.sender) & (N.dropped == 0))
        .distinct()
    )
    lying = B.select(fn.COALESCE(fn.SUM(B.received), 0)).where(B.id.in_(theirs)).scalar()
    device = D.get_or_none((D.office == claim.office) & (D.device == claim.sender))
    active = device is not None and device.status == "active"
    if int(lying) + size > (limits.DEVICE_BLOB_BYTES if active else limits.REVIEW_BLOB_BYTES):
        raise SyncError("too_many", "this phone's photos wait here until the office has fetched some")


def _hash(store: Store, id_: str) -> str:
    digest = hashlib.sha256()
    for piece in _pieces(store, id_):
        digest.update(piece)
    return b64u(digest.digest())


def _pieces(store: Store, id_: str) -> Any:
    P = store.BlobPart  # noqa: N806
    return (bytes(part.bytes) for part in P.select().where(P.id == id_).order_by(P.start))
