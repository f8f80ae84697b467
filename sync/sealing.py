"""HPKE, RFC 9180 base mode, single shot: P-256, HKDF-SHA256, AES-256-GCM (SPEC 1.4).

`info` is the exact header, so sealed bytes moved under another header do not open. Base mode says nothing of
the sender: the envelope's signature does. The relay never imports this module.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from sync.encoding import name_of
from sync.errors import SyncError
from sync.signing import load_public, point_of, private_from, scalar_of

_SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
SEAL_OVERHEAD = 65 + 16


class SealKey:
    """A private key that opens. Its bytes are stored only sealed, or in the desk's encrypted database."""

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self._private = private
        self.public = point_of(private)
        self.name = name_of(self.public)

    @classmethod
    def generate(cls) -> SealKey:
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_bytes(cls, scalar: bytes) -> SealKey:
        return cls(private_from(scalar))

    def to_bytes(self) -> bytes:
        return scalar_of(self._private)

    def open(self, info: bytes, sealed: bytes) -> bytes:
        if len(sealed) < SEAL_OVERHEAD:
            raise SyncError("unreadable", "too short to be sealed")
        load_public_or_unreadable(sealed[:65])
        try:
            return _SUITE.decrypt(sealed, self._private, info)
        except (InvalidTag, ValueError) as error:
            raise SyncError("unreadable", "does not open with this key under this header") from error


def seal(public: bytes, header_bytes: bytes, plaintext: bytes) -> bytes:
    """`enc (65) ‖ ct` for the holder of `public`, bound to the header."""
    return _SUITE.encrypt(plaintext, load_public(public), header_bytes)


def open_sealed(seal_key: SealKey, header_bytes: bytes, sealed: bytes) -> bytes:
    """The plaintext, or `unreadable`: another key, another header, or a changed byte."""
    return seal_key.open(header_bytes, sealed)


def load_public_or_unreadable(enc: bytes) -> None:
    try:
        load_public(enc)
    except SyncError as error:
        raise SyncError("unreadable", "enc is not a point") from error
