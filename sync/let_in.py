"""A worker who cannot open their phone is let in by the office under a fresh code (SPEC 8.6).

The phone's storage key has lain on it sealed to the office since enrolment. The office opens it and seals it anew to
a key which the phone made for this one code. The relay never imports this module.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sync.encoding import b64u, is_name, sha256, tag, unb64u
from sync.errors import SyncError
from sync.sealing import SealKey, open_sealed, seal
from sync.signing import SignKey, verify
from sync.strict_json import Json, check_version, read_json, write_json

TAG = "let in"
KEY_BYTES = 32


@dataclass(frozen=True)
class Locked:
    """What the p1 of a locked phone says besides: who it is, and its storage key, sealed to the office."""

    device: str
    wrap: bytes


def locked_of(p1_bytes: bytes) -> Locked | None:
    """None: a phone that joins."""
    content = read_json(p1_bytes).get("locked")
    if content is None:
        return None
    if not isinstance(content, dict) or not is_name(content.get("device")):
        raise SyncError("malformed", "locked")
    return Locked(content["device"], unb64u(content.get("wrap")))


def wrap_key(office_seal: bytes, device: str, storage_key: bytes) -> bytes:
    """What a phone keeps of its storage key for this day."""
    return seal(office_seal, _wrap_info(device), storage_key)


def unwrap_key(seal_keys: Iterable[SealKey], locked: Locked) -> bytes:
    """The storage key, by whichever of the office's keys it was sealed to; `unreadable` if by none."""
    for seal_key in seal_keys:
        try:
            return open_sealed(seal_key, _wrap_info(locked.device), locked.wrap)
        except SyncError:
            continue
    raise SyncError("unreadable", "not sealed to this office")


def second_slot(slot: str) -> str:
    """Where the key is handed over; it follows from the slot, which is no secret to the relay."""
    return b64u(sha256(tag("let in slot"), unb64u(slot, 16))[:16])


def make_note(
    office_sign: SignKey, seal_public: bytes, device: str, p1_bytes: bytes, storage_key: bytes
) -> Json:
    """`{"bytes","mac"}` for the second slot; the office's signature stands in the place of the mac."""
    sealed = seal(seal_public, _note_info(p1_bytes), storage_key)
    data = write_json({"v": 1, "device": device, "p1": b64u(sha256(p1_bytes)), "key": b64u(sealed)})
    return {"bytes": b64u(data), "mac": b64u(office_sign.sign(TAG, sha256(data)))}


def read_note(seal_key: SealKey, office_public: bytes, posted: Json, device: str, p1_bytes: bytes) -> bytes:
    """The storage key. `bad_signature`: not from the office this phone belongs to."""
    data = unb64u(posted.get("bytes"))
    verify(office_public, TAG, sha256(data), unb64u(posted.get("mac"), 64))
    body = read_json(data)
    check_version(body, "let in")
    if body.get("device") != device or unb64u(body.get("p1"), 32) != sha256(p1_bytes):
        raise SyncError("unknown_device", "this lets another phone in")
    key = open_sealed(seal_key, _note_info(p1_bytes), unb64u(body.get("key")))
    if len(key) != KEY_BYTES:
        raise SyncError("malformed", "key")
    return key


def _wrap_info(device: str) -> bytes:
    return tag("storage key") + f"{device}\n".encode("ascii")


def _note_info(p1_bytes: bytes) -> bytes:
    return tag(TAG) + sha256(p1_bytes)
