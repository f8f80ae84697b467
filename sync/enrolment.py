"""A phone and an office meet under a code, and the relay between them cannot stand in for either (SPEC 8)."""

from __future__ import annotations

import hmac
import json
import os
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sync.encoding import b64u, is_time, name_of, sha256, tag, unb64u
from sync.errors import SyncError
from sync.signing import PUBLIC_BYTES, SignKey, load_public, verify
from sync.strict_json import Json, check_version, read_json, write_json

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 16
P1_TAG = "enrol p1"
P1_SIG_TAG = "enrol sig"
P2_TAG = "enrol p2"
_READS_AS = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None, "\u3000": None})
_UPPER = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_WORDS_FILE = Path(__file__).with_name("words.json")


@dataclass(frozen=True)
class Secrets:
    """`slot` is all the relay sees; the phone proves the code with one key, the desk with the other."""

    slot: str
    phone_key: bytes
    desk_key: bytes


@dataclass(frozen=True)
class Newcomer:
    """What p1 says: the keys a phone has made."""

    device: str
    sign: bytes
    seal: bytes
    bytes: bytes


@dataclass(frozen=True)
class Welcome:
    """What p2 says: the keys of the office, which the phone pins."""

    office: str
    sign: bytes
    seal: bytes
    device: str
    time: str
    bytes: bytes


def new_code() -> str:
    """16 random characters and the check symbol; 80 bits."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    return code + check_symbol(code)


def spell(code: str) -> str:
    """As people read it: groups of four, then the check symbol."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def read_code(text: str) -> str:
    """The 16 characters that were meant; `bad_code` when one is mistyped, missing or too many (SPEC 8.1)."""
    typed = _folded(text)
    if len(typed) != CODE_LENGTH + 1 or any(symbol not in ALPHABET for symbol in typed):
        raise SyncError("bad_code", "a code has 17 letters and digits")
    code, check = typed[:CODE_LENGTH], typed[CODE_LENGTH]
    if check_symbol(code) != check:
        raise SyncError("bad_code", "the check symbol does not fit")
    return code


def check_symbol(code: str) -> str:
    """Luhn mod 32: finds every single wrong symbol and most swapped neighbours."""
    total = 0
    for place, symbol in enumerate(reversed(code)):
        value = ALPHABET.index(symbol) * (2 if place % 2 == 0 else 1)
        total += value // 32 + value % 32
    return ALPHABET[(32 - total % 32) % 32]


def derive(code: str) -> Secrets:
    """What the 16 characters of a read code stand for (SPEC 8.2)."""
    return Secrets(
        slot=b64u(_hkdf(code, b"slot", 16)),
        phone_key=_hkdf(code, b"phone", 32),
        desk_key=_hkdf(code, b"desk", 32),
    )


def make_p1(
    phone_key: bytes,
    sign_key: SignKey,
    seal_public: bytes,
    nonce: bytes | None = None,
    locked: Json | None = None,
) -> Json:
    """`{"bytes","sig","mac"}` to post. Keep the bytes: p2 must answer exactly these. `locked`: SPEC 8.6."""
    body: Json = {
        "v": 1,
        "sign": b64u(sign_key.public),
        "seal": b64u(seal_public),
        "nonce": b64u(os.urandom(16) if nonce is None else nonce),
    }
    if locked is not None:
        body["locked"] = locked
    data = write_json(body)
    sig = sign_key.sign(P1_SIG_TAG, sha256(data))
    return {"bytes": b64u(data), "sig": b64u(sig), "mac": b64u(_mac(phone_key, P1_TAG, sha256(data), sig))}


def read_p1(phone_key: bytes, posted: Json) -> Newcomer:
    """The newcomer. `bad_mac`: whoever posted this does not know the code; close the slot and tell a person."""
    data, sig = unb64u(posted.get("bytes")), unb64u(posted.get("sig"), 64)
    _check_mac(posted, _mac(phone_key, P1_TAG, sha256(data), sig))
    body = read_json(data)
    check_version(body, "p1")
    sign, seal = _key(body.get("sign")), _key(body.get("seal"))
    unb64u(body.get("nonce"), 16)
    verify(sign, P1_SIG_TAG, sha256(data), sig)
    return Newcomer(name_of(sign), sign, seal, data)


def make_p2(
    desk_key: bytes, office_sign: bytes, office_seal: bytes, device: str, time: str, p1_bytes: bytes
) -> Json:
    """`{"bytes","mac"}` for the slot: the office's public keys, bound to this p1."""
    data = write_json(
        {
            "v": 1,
            "office": name_of(office_sign),
            "sign": b64u(office_sign),
            "seal": b64u(office_seal),
            "device": device,
            "time": time,
            "p1": b64u(sha256(p1_bytes)),
        }
    )
    return {"bytes": b64u(data), "mac": b64u(_mac(desk_key, P2_TAG, sha256(data)))}


def read_p2(desk_key: bytes, posted: Json, p1_bytes: bytes, device: str) -> Welcome:
    """The office to pin. `bad_mac`: this did not come from the desk that made the code, nor may it be believed."""
    data = unb64u(posted.get("bytes"))
    _check_mac(posted, _mac(desk_key, P2_TAG, sha256(data)))
    body = read_json(data)
    check_version(body, "p2")
    sign, seal = _key(body.get("sign")), _key(body.get("seal"))
    if unb64u(body.get("p1"), 32) != sha256(p1_bytes) or body.get("device") != device:
        raise SyncError("unknown_device", "this answers another phone")
    if body.get("office") != name_of(sign) or not is_time(body.get("time")):
        raise SyncError("malformed", "p2")
    return Welcome(body["office"], sign, seal, device, body["time"], data)


def two_words(
    p1_bytes: bytes, p2_bytes: bytes, words: dict[str, list[str]] | None = None
) -> list[tuple[str, str]]:
    """[(ja, en), (ja, en)] for both screens (SPEC 8.5)."""
    lists = _words() if words is None else words
    first, second = word_indices(p1_bytes, p2_bytes)
    return [(lists["ja"][index], lists["en"][index]) for index in (first, second)]


def word_indices(p1_bytes: bytes, p2_bytes: bytes) -> tuple[int, int]:
    digest = sha256(tag("words"), sha256(p1_bytes), sha256(p2_bytes))
    bits = int.from_bytes(digest[:3], "big") >> 2
    return bits >> 11, bits & 0x7FF


@cache
def _words() -> dict[str, list[str]]:
    lists: dict[str, list[str]] = json.loads(_WORDS_FILE.read_text("utf-8"))
    return lists


def _folded(text: str) -> str:
    """Full-width letters and digits, as a Japanese keyboard types them, read as their ASCII fellows."""
    typed = "".join(chr(ord(c) - 0xFEE0) if "\uff01" <= c <= "\uff5e" else c for c in text)
    return typed.translate(_UPPER).translate(_READS_AS)


def _hkdf(code: str, info: bytes, length: int) -> bytes:
    kdf = HKDF(algorithm=hashes.SHA256(), length=length, salt=tag("enrolment"), info=info)
    return kdf.derive(code.encode("ascii"))


def _mac(key: bytes, tag_name: str, *parts: bytes) -> bytes:
    return hmac.digest(key, tag(tag_name) + b"".join(parts), "sha256")


def _check_mac(posted: Json, expected: bytes) -> None:
    if not hmac.compare_digest(unb64u(posted.get("mac"), 32), expected):
        raise SyncError("bad_mac", "the other side does not know this code")


def _key(value: Any) -> bytes:
    key = unb64u(value, PUBLIC_BYTES)
    load_public(key)
    return key
