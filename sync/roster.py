"""The office's signed list of its devices and how far it holds each (SPEC 5). It lies on the relay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sync.chain import START, Position
from sync.encoding import NONE, b64u, is_int, is_time, name_of, sha256, unb64u
from sync.errors import SyncError
from sync.limits import MAX_NOTE_BYTES, MAX_ROSTER_BYTES, MAX_ROSTER_DEVICES, MAX_ROSTER_SEAL_KEYS
from sync.signing import PUBLIC_BYTES, SignKey, load_public, verify
from sync.strict_json import Json, check_version, read_json, write_json

ROSTER_TAG = "roster"
STATUSES = ("active", "revoked")


@dataclass(frozen=True)
class Device:
    """`sign`, `seal`: public keys. `up`: what the office accepted from it. `note`: sealed by the office to itself."""

    id: str
    sign: bytes
    seal: bytes
    status: str = "active"
    up: Position = START
    note: bytes = b""


@dataclass(frozen=True)
class Roster:
    """`sign`: the office's public key. `seal`: its public seal keys, the current one first."""

    office: str
    serial: int
    time: str
    sign: bytes
    seal: tuple[bytes, ...]
    devices: tuple[Device, ...]

    def device(self, id_: str) -> Device | None:
        return next((device for device in self.devices if device.id == id_), None)


def make_roster(
    sign_key: SignKey, serial: int, time: str, seal: Sequence[bytes], devices: Sequence[Device]
) -> tuple[bytes, bytes]:
    """(bytes, sig). `serial` must be above every one the office has used."""
    data = write_json(
        {
            "v": 1,
            "office": name_of(sign_key.public),
            "serial": serial,
            "time": time,
            "sign": b64u(sign_key.public),
            "seal": [{"id": name_of(key), "key": b64u(key)} for key in seal],
            "devices": [_written(device) for device in devices],
        }
    )
    sig = sign_key.sign(ROSTER_TAG, sha256(data))
    read_roster(data, sig, name_of(sign_key.public))
    return data, sig


def roster_id(data: bytes) -> str:
    """b64u of SHA-256 of a roster's bytes: tells two of one serial apart (SPEC 5)."""
    return b64u(sha256(data))


def read_roster(data: bytes, sig: bytes, office: str) -> Roster:
    """The roster, if `office` signed it. Whether its serial is new is for the caller, who knows the last one."""
    if len(data) > MAX_ROSTER_BYTES:
        raise SyncError("too_big", "roster")
    roster = read_json(data)
    check_version(roster, "roster")
    sign = _key(roster.get("sign"))
    if roster.get("office") != office or name_of(sign) != office:
        raise SyncError("unknown_office", "not this office's roster")
    verify(sign, ROSTER_TAG, sha256(data), sig)
    if not is_int(roster.get("serial")) or roster["serial"] < 1 or not is_time(roster.get("time")):
        raise SyncError("malformed", "roster serial or time")
    seal = tuple(_seal_key(entry) for entry in _list(roster, "seal", MAX_ROSTER_SEAL_KEYS))
    devices = tuple(_device(entry) for entry in _list(roster, "devices", MAX_ROSTER_DEVICES))
    if not seal or len({device.id for device in devices}) != len(devices):
        raise SyncError("malformed", "roster without a seal key, or a device twice")
    return Roster(office, roster["serial"], roster["time"], sign, seal, devices)


def _written(device: Device) -> Json:
    return {
        "id": device.id,
        "sign": b64u(device.sign),
        "seal": b64u(device.seal),
        "status": device.status,
        "up": {"run": device.up.run, "n": device.up.n, "id": device.up.id},
        "note": b64u(device.note),
    }


def _device(entry: Any) -> Device:
    if not isinstance(entry, dict) or entry.get("status") not in STATUSES:
        raise SyncError("malformed", "roster device")
    sign, seal, note = _key(entry.get("sign")), _key(entry.get("seal")), unb64u(entry.get("note"))
    if entry.get("id") != name_of(sign) or len(note) > MAX_NOTE_BYTES:
        raise SyncError("malformed", "device id is not the name of its key, or note too long")
    return Device(entry["id"], sign, seal, entry["status"], read_position(entry.get("up")), note)


def read_position(value: Any) -> Position:
    """`{"run","n","id"}`; `{0, 0, "-"}` for nothing yet. Used by receipts, statements and rosters alike."""
    if not isinstance(value, dict) or not is_int(value.get("run")) or not is_int(value.get("n")):
        raise SyncError("malformed", "position")
    position = Position(value["run"], value["n"], value.get("id", ""))
    if position == START:
        return START
    if position.run < 1 or position.n < 1 or position.id == NONE:
        raise SyncError("malformed", "position")
    unb64u(position.id, 32)
    return position


def _seal_key(entry: Any) -> bytes:
    if not isinstance(entry, dict):
        raise SyncError("malformed", "roster seal key")
    key = _key(entry.get("key"))
    if entry.get("id") != name_of(key):
        raise SyncError("malformed", "seal key id is not its name")
    return key


def _key(value: Any) -> bytes:
    key = unb64u(value, PUBLIC_BYTES)
    load_public(key)
    return key


def _list(roster: Json, name: str, most: int) -> list[Any]:
    entries = roster.get(name)
    if not isinstance(entries, list) or len(entries) > most:
        raise SyncError("malformed", f"roster {name}")
    return entries
