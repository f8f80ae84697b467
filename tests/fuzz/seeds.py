"""Good inputs to begin from: the vectors of the protocol, and whole ones under the fuzzers' key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sync import enrolment, roster
from sync.encoding import b64u, name_of, sha256, tag, unb64u
from sync.roster import Device
from sync.strict_json import write_json

from .targets import KEY, TIME, signer

VECTORS = Path(__file__).parents[2] / "sync" / "vectors"
LONGEST = 4_000
FROM_VECTORS = {
    "json": ("json", "bytes"),
    "batch": ("batch", "batch"),
    "answer": ("answer", "answer"),
    "plaintext": ("plaintext", "plain"),
    "request": ("statement", "body"),
    "statement": ("statement", "body"),
}


def of(target: str) -> list[bytes]:
    if target in FROM_VECTORS:
        area, member = FROM_VECTORS[target]
        return [unb64u(one[member]) for one in _vectors(area)] + [b"{}]"]
    if target in ("header", "code"):
        return [one["text"].encode("utf-8", "surrogatepass") for one in _vectors(target)]
    if target == "receipt":
        return [json.dumps(one["receipt"]).encode() for one in _vectors("receipt")]
    if target == "event":
        bodies = [_event(one["type"], one["v"], one["body"]) for one in _vectors("body")]
        return [json.dumps(one["event"]).encode() for one in _vectors("event")] + bodies
    return [*MADE[target](), b"{}"]


def _vectors(area: str) -> list[dict[str, Any]]:
    found = [json.loads(file.read_text("utf-8")) for file in sorted(VECTORS.glob("*.json"))]
    return [one for one in found if one["area"] == area and len(json.dumps(one)) < LONGEST]


def _event(type_: str, v: int, body: Any) -> bytes:
    event = {"id": "A" * 22, "type": type_, "v": v, "at": TIME, "case": "A" * 22, "saw": 0, "body": body}
    return json.dumps(event).encode()


def _roster() -> list[bytes]:
    devices = [Device(name_of(signer().public), signer().public, signer().public)]
    return [
        roster.make_roster(signer(), serial, TIME, [signer().public], devices[: serial - 1])[0]
        for serial in (1, 2)
    ]


def _wipe() -> list[bytes]:
    name = name_of(signer().public)
    return [write_json({"v": 1, "office": name, "device": name, "serial": 1, "time": TIME})]


def _p1() -> list[bytes]:
    return [unb64u(enrolment.make_p1(KEY, signer(), signer().public, bytes(16))["bytes"])]


def _p2() -> list[bytes]:
    name, public = name_of(signer().public), signer().public
    return [
        unb64u(enrolment.make_p2(KEY, public, public, name, TIME, KEY)["bytes"]),
        write_json({"v": 2, "p1": b64u(sha256(KEY))}),
    ]


def _blob() -> list[bytes]:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return [AESGCM(KEY).encrypt(bytes(12), photo, tag("blob")) for photo in (b"", b"photo", bytes(100))]


MADE = {"roster": _roster, "wipe": _wipe, "p1": _p1, "p2": _p2, "blob": _blob}
