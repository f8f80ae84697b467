"""Envelope and batch: header, sealed bytes and a signature, framed (SPEC 3.1-3.3). Opens nothing."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sync.encoding import b64u, name_of, sha256, tag
from sync.errors import SyncError
from sync.header import Header
from sync.limits import MAX_BATCH_BYTES, MAX_BATCH_ENVELOPES, MAX_SEALED_BYTES
from sync.signing import SIGNATURE_BYTES, SignKey, verify

SIG_TAG = "envelope sig"


@dataclass(frozen=True)
class Envelope:
    """`id` names header and sealed bytes; `sig` is by the key that `header.from_` names."""

    header: Header
    header_bytes: bytes
    sealed: bytes
    sig: bytes
    id: str

    @classmethod
    def make(cls, header: Header, sealed: bytes, sign_key: SignKey) -> Envelope:
        """Sign `sealed`, which was sealed under `header.to_bytes()` as info."""
        header_bytes = header.to_bytes()
        if len(sealed) > MAX_SEALED_BYTES:
            raise SyncError("too_big", "sealed part over 1 MiB")
        digest = envelope_hash(header_bytes, sealed)
        return cls(header, header_bytes, sealed, sign_key.sign(SIG_TAG, digest), b64u(digest))

    @classmethod
    def read(cls, header_bytes: bytes, sealed: bytes, sig: bytes) -> Envelope:
        """From its stored or received parts. The error names the envelope's id, so that it can be answered."""
        id_ = b64u(envelope_hash(header_bytes, sealed))
        try:
            header = Header.parse(header_bytes)
        except SyncError as error:
            raise SyncError(error.code, error.detail, envelope=id_) from error
        if len(sealed) > MAX_SEALED_BYTES:
            raise SyncError("too_big", "sealed part over 1 MiB", envelope=id_)
        return cls(header, header_bytes, sealed, sig, id_)

    @classmethod
    def following(cls, before: Envelope, sealed: bytes, sig: bytes) -> Envelope:
        """From a short frame (SPEC 3.3)."""
        try:
            header = before.header.following(before.id)
        except SyncError as error:
            raise SyncError(error.code, error.detail, envelope=b64u(envelope_hash(b"", sealed))) from error
        header_bytes = header.to_bytes()
        id_ = b64u(envelope_hash(header_bytes, sealed))
        if len(sealed) > MAX_SEALED_BYTES:
            raise SyncError("too_big", "sealed part over 1 MiB", envelope=id_)
        return cls(header, header_bytes, sealed, sig, id_)

    def verify(self, public: bytes) -> None:
        """Raise `bad_signature` unless `public` is the key named by `from` and signed this.

        Verify before comparing ids or looking for duplicates (SPEC 3.2).
        """
        if name_of(public) != self.header.from_:
            raise SyncError("bad_signature", "not the key named by from", envelope=self.id)
        try:
            verify(public, SIG_TAG, envelope_hash(self.header_bytes, self.sealed), self.sig)
        except SyncError as error:
            raise SyncError(error.code, error.detail, envelope=self.id) from error

    def to_frame(self) -> bytes:
        header, sealed = self.header_bytes, self.sealed
        return struct.pack(">H", len(header)) + header + struct.pack(">I", len(sealed)) + sealed + self.sig


def envelope_hash(header_bytes: bytes, sealed: bytes) -> bytes:
    """The 32 bytes of an envelope's id. The length stops bytes moving between header and sealed (SPEC 3.1)."""
    return sha256(tag("envelope"), struct.pack(">I", len(header_bytes)), header_bytes, sealed)


def make_batch(envelopes: Iterable[Envelope]) -> bytes:
    """Frames one after another; `too_many` or `too_big` beyond a batch's limits."""
    frames = [envelope.to_frame() for envelope in envelopes]
    batch = b"".join(frames)
    if len(frames) > MAX_BATCH_ENVELOPES:
        raise SyncError("too_many", "over 1,024 envelopes in a batch")
    if len(batch) > MAX_BATCH_BYTES:
        raise SyncError("too_big", "over 8 MiB in a batch")
    return batch


def parse_batch(batch: bytes) -> list[Envelope | SyncError]:
    """Each frame as an envelope, or as the error it earns: one bad envelope stops none of its neighbours.

    A batch whose frames do not add up raises `malformed` as a whole (`too_big`, `too_many` beyond its limits).
    A frame without a header has the one that follows on the frame before it.
    """
    if len(batch) > MAX_BATCH_BYTES:
        raise SyncError("too_big", "over 8 MiB in a batch")
    frames = list(_frames(batch))
    if len(frames) > MAX_BATCH_ENVELOPES:
        raise SyncError("too_many", "over 1,024 envelopes in a batch")
    found: list[Envelope | SyncError] = []
    for header_bytes, sealed, sig in frames:
        before = found[-1] if found and not header_bytes else None
        found.append(_read(header_bytes, sealed, sig, before))
    return found


def _read(
    header_bytes: bytes, sealed: bytes, sig: bytes, before: Envelope | SyncError | None
) -> Envelope | SyncError:
    try:
        if isinstance(before, Envelope):
            return Envelope.following(before, sealed, sig)
        return Envelope.read(header_bytes, sealed, sig)
    except SyncError as error:
        return error


def _frames(batch: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    at = 0

    def take(length: int) -> bytes:
        nonlocal at
        part = batch[at : at + length]
        if len(part) != length:
            raise SyncError("malformed", "a frame is cut off")
        at += length
        return part

    while at < len(batch):
        header = take(int.from_bytes(take(2), "big"))
        sealed = take(int.from_bytes(take(4), "big"))
        yield header, sealed, take(SIGNATURE_BYTES)
