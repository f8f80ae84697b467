"""Fixed keys, a DEFLATE writer that always writes the same bytes, and HPKE with a chosen ephemeral key.

HPKE is written out here from RFC 9180 §4-5, so that the vectors check the libraries of both twins against a third.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections.abc import Iterator
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sync.encoding import NONE, b64u, name_of
from sync.envelope import Envelope
from sync.header import Header
from sync.plaintext import padded_size
from sync.sealing import SealKey
from sync.signing import SignKey, load_public
from sync.strict_json import write_json

Case = dict[str, Any]
Cases = Iterator[Case]


def case(area: str, name: str, expect: str = "accept", **inputs: Any) -> Case:
    return {"name": name, "area": area, "expect": expect, **inputs}


def seeded(text: str, length: int = 32) -> bytes:
    """The same bytes for the same text, always."""
    blocks = (
        hashlib.sha256(f"sotto vectors {text} {at}".encode()).digest() for at in range(length // 32 + 1)
    )
    return b"".join(blocks)[:length]


OFFICE = SignKey.from_bytes(seeded("office sign"))
OTHER_OFFICE = SignKey.from_bytes(seeded("other office sign"))
OFFICE_SEAL = SealKey.from_bytes(seeded("office seal"))
OTHER_SEAL = SealKey.from_bytes(seeded("other seal"))
PHONE = SignKey.from_bytes(seeded("phone sign"))
OTHER_PHONE = SignKey.from_bytes(seeded("other phone sign"))
PHONE_SEAL = SealKey.from_bytes(seeded("phone seal"))
TIME = "2026-11-23T10:00:00Z"


def header(**changed: Any) -> Header:
    fields = {
        "from_": name_of(PHONE.public),
        "to": name_of(OFFICE.public),
        "key": OFFICE_SEAL.name,
        "run": 1_790_000_000,
        "n": 1,
        "prev": NONE,
    }
    return Header(**(fields | changed))


def envelope(
    plain: bytes, head: Header | None = None, to: SealKey = OFFICE_SEAL, by: SignKey = PHONE
) -> Envelope:
    head = head or header()
    return Envelope.make(head, hpke_seal(to.public, head.to_bytes(), plain), by)


def plain(body: dict[str, Any]) -> bytes:
    return padded(stored(write_json(body)))


def padded(deflated: bytes) -> bytes:
    return (struct.pack(">I", len(deflated)) + deflated).ljust(padded_size(4 + len(deflated)), b"\0")


def stored(text: bytes, last: bool = True) -> bytes:
    """Stored DEFLATE blocks (RFC 1951 §3.2.4): no compressor's choices in them."""
    parts = [text[at : at + 65_535] for at in range(0, len(text), 65_535)] or [b""]
    return b"".join(
        bytes([last and at == len(parts) - 1]) + struct.pack("<HH", len(part), len(part) ^ 0xFFFF) + part
        for at, part in enumerate(parts)
    )


def repeated(before: bytes, pattern: bytes, times: int, after: bytes) -> bytes:
    """`before`, then `pattern` (1 to 4 bytes) many `times`, then `after`, in few bytes (RFC 1951 §3.2.6)."""
    copies, rest = divmod(len(pattern) * (times - 1), 258)
    bits = "0" + "10"  # not the last block; fixed codes, the field's low bit first
    bits += ("11000101" + f"{len(pattern) - 1:05b}") * copies + "0000000"
    bits += "000"  # an empty stored block brings the stream back to whole bytes
    end = pattern * times
    tail = end[len(end) - rest :] if rest else b""
    return stored(before + pattern, last=False) + _packed(bits) + b"\0\0\xff\xff" + stored(tail + after)


def _packed(bits: str) -> bytes:
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[at : at + 8][::-1], 2) for at in range(0, len(bits), 8))


def hpke_seal(public: bytes, info: bytes, plaintext: bytes, ephemeral: str = "ephemeral") -> bytes:
    """RFC 9180 §6.1, base mode, DHKEM(P-256), HKDF-SHA256, AES-256-GCM; a fixed ephemeral key for each use."""
    scalar = int.from_bytes(
        seeded(ephemeral + public.hex() + hashlib.sha256(info + plaintext).hexdigest()), "big"
    )
    private = ec.derive_private_key(scalar, ec.SECP256R1())
    enc = SealKey(private).public
    shared = private.exchange(ec.ECDH(), load_public(public))
    kem = b"KEM" + struct.pack(">H", 0x0010)
    secret = _expand(_extract(b"", b"eae_prk", shared, kem), b"shared_secret", enc + public, 32, kem)
    suite = b"HPKE" + struct.pack(">HHH", 0x0010, 0x0001, 0x0002)
    context = b"\0" + _extract(b"", b"psk_id_hash", b"", suite) + _extract(b"", b"info_hash", info, suite)
    root = _extract(secret, b"secret", b"", suite)
    key, nonce = _expand(root, b"key", context, 32, suite), _expand(root, b"base_nonce", context, 12, suite)
    return enc + AESGCM(key).encrypt(nonce, plaintext, b"")


def _extract(salt: bytes, label: bytes, ikm: bytes, suite: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + ikm, "sha256")


def _expand(prk: bytes, label: bytes, info: bytes, length: int, suite: bytes) -> bytes:
    labelled = struct.pack(">H", length) + b"HPKE-v1" + suite + label + info
    return hmac.digest(prk, labelled + b"\1", "sha256")[:length]


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def high_s(sig: bytes) -> bytes:
    """The other signature that is as good (SPEC 1.3)."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    s = int.from_bytes(sig[32:], "big")
    return sig[:32] + (order - s).to_bytes(32, "big")


def framed(header_bytes: bytes, sealed: bytes, sig: bytes) -> str:
    return b64u(
        struct.pack(">H", len(header_bytes)) + header_bytes + struct.pack(">I", len(sealed)) + sealed + sig
    )
