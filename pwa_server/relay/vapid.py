"""The key that signs web pushes (RFC 8292). Read at the start, so that a wrong one is told then."""

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sync.encoding import b64u


@dataclass(frozen=True)
class PushKey:
    """`public`: as browsers want it, b64u of the uncompressed point."""

    pem: bytes
    public_pem: bytes
    public: str


def read_push_key(file: Path) -> PushKey:
    """From a private key file (PEM). OSError or ValueError when there is none in it, or none on P-256."""
    pem = file.read_bytes()
    key = serialization.load_pem_private_key(pem, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("the web push key is not a P-256 key")
    public = key.public_key()
    encoding, form = serialization.Encoding, serialization.PublicFormat
    public_pem = public.public_bytes(encoding.PEM, form.SubjectPublicKeyInfo)
    return PushKey(pem, public_pem, b64u(public.public_bytes(encoding.X962, form.UncompressedPoint)))
