"""ECDSA on P-256 with SHA-256, raw 64-byte signatures (SPEC 1.3).

What is signed is always `tag ‖ 32-byte hash`. A signature with a high `s` is as good as one with a low:
ids never cover signatures, so a second spelling of one gains nobody anything.
"""

from __future__ import annotations

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sync.encoding import tag
from sync.errors import SyncError

PUBLIC_BYTES = 65
PRIVATE_BYTES = 32
SIGNATURE_BYTES = 64
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class SignKey:
    """A private key that signs. Its bytes are stored only sealed."""

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self._private = private
        self.public = point_of(private)

    @classmethod
    def generate(cls) -> SignKey:
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_bytes(cls, scalar: bytes) -> SignKey:
        return cls(private_from(scalar))

    def to_bytes(self) -> bytes:
        return scalar_of(self._private)

    def sign(self, tag_name: str, digest: bytes) -> bytes:
        """64 bytes `r ‖ s`. Deterministic (RFC 6979): a weak random source cannot leak the key here."""
        algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        r, s = decode_dss_signature(self._private.sign(_message(tag_name, digest), algorithm))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def verify(public: bytes, tag_name: str, digest: bytes, sig: bytes) -> None:
    """Raise `bad_signature` unless `sig` is over this tag and hash by the key `public` (`malformed` if not a point)."""
    key = load_public(public)
    if len(sig) != SIGNATURE_BYTES:
        raise SyncError("bad_signature", "a signature has 64 bytes")
    der = encode_dss_signature(int.from_bytes(sig[:32], "big"), int.from_bytes(sig[32:], "big"))
    try:
        key.verify(der, _message(tag_name, digest), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise SyncError("bad_signature", tag_name) from error


@lru_cache(maxsize=1_024)  # a batch is of one phone: its point is checked once, not a thousand times
def load_public(public: bytes) -> ec.EllipticCurvePublicKey:
    """A 65-byte uncompressed point that lies on the curve, or `malformed`."""
    if len(public) != PUBLIC_BYTES or public[0] != 4:
        raise SyncError("malformed", "a public key is an uncompressed P-256 point")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    except ValueError as error:
        raise SyncError("malformed", "a public key off the curve") from error


def point_of(private: ec.EllipticCurvePrivateKey) -> bytes:
    return private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def scalar_of(private: ec.EllipticCurvePrivateKey) -> bytes:
    return private.private_numbers().private_value.to_bytes(PRIVATE_BYTES, "big")


def private_from(scalar: bytes) -> ec.EllipticCurvePrivateKey:
    value = int.from_bytes(scalar, "big")
    if len(scalar) != PRIVATE_BYTES or not 0 < value < _ORDER:
        raise SyncError("malformed", "not a P-256 private key")
    return ec.derive_private_key(value, ec.SECP256R1())


def _message(tag_name: str, digest: bytes) -> bytes:
    if len(digest) != 32:
        raise SyncError("malformed", "a signed hash has 32 bytes")
    return tag(tag_name) + digest
