"""The parsers under fuzzing, each as bytes -> what it said. `targets.mjs` is its twin.

What is signed or sealed on the wire is signed here around the fuzzed bytes: else nothing would get past the first check.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from sync import enrolment, roster, wire
from sync.blob_sealing import open_blob
from sync.encoding import b64u, name_of, sha256, unb64u
from sync.enrolment import P1_SIG_TAG, P1_TAG, P2_TAG
from sync.envelope import parse_batch
from sync.errors import SyncError
from sync.events import check_body, check_event
from sync.header import Header
from sync.plaintext import unpack
from sync.signing import SignKey
from sync.strict_json import read_json
from sync.wipe import read_order

Case = dict[str, Any]
KEY = bytes(range(1, 33))  # of nobody: private half, MAC key and blob key of every case here
TIME = "2026-04-01T09:00:00Z"


@cache
def signer() -> SignKey:
    return SignKey.from_bytes(KEY)


def case(target: str, data: bytes) -> Case:
    """What both twins are asked: the bytes, and what their sender would have put around them."""
    asked: Case = {"target": target, "bytes": b64u(data)}
    if target in SIGNED:
        asked["sig"] = b64u(signer().sign(SIGNED[target], sha256(data)))
        asked |= {"key": b64u(KEY), "public": b64u(signer().public), "name": name_of(signer().public)}
    if target == "p1":
        asked["mac"] = b64u(enrolment._mac(KEY, P1_TAG, sha256(data), unb64u(asked["sig"])))
    if target == "p2":
        asked["mac"] = b64u(enrolment._mac(KEY, P2_TAG, sha256(data)))
    return asked


def answer(asked: Case) -> str:
    """`accept` and what was read, or a code. Any other exception is a fault of the parser."""
    try:
        return "accept " + canonical(TARGETS[asked["target"]](asked))
    except SyncError as error:
        return error.code


def canonical(value: Any) -> str:
    """The same text for the same value in both languages: members in the order of UTF-16."""
    return json.dumps(_ordered(value), ensure_ascii=True, separators=(",", ":"))


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _ordered(value[key])
            for key in sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        }
    if isinstance(value, list | tuple):
        return [_ordered(one) for one in value]
    return b64u(value) if isinstance(value, bytes) else value


def _data(asked: Case) -> bytes:
    return unb64u(asked["bytes"])


def _header(asked: Case) -> Any:
    data = _data(asked)
    found = Header.parse(data)
    assert found.to_bytes() == data, "parse then print is not the same"
    return [found.from_, found.to, found.key, found.run, found.n, found.prev, found.seen, found.blobs]


def _batch(asked: Case) -> Any:
    return [
        [one.envelope, one.code] if isinstance(one, SyncError) else one.id
        for one in parse_batch(_data(asked))
    ]


def _answer(asked: Case) -> Any:
    body, batch = wire.parse_answer(_data(asked))
    return [body, batch]


def _statement(asked: Case) -> Any:
    return wire.read_statement(read_json(_data(asked))).to_json()


def _receipt(asked: Case) -> Any:
    return wire.read_receipt(read_json(_data(asked))).to_json()


def _request(asked: Case) -> Any:
    return wire.read_request(_data(asked), asked["sig"], wire.PULL_TAG, unb64u(asked["public"]))


def _roster(asked: Case) -> Any:
    found = roster.read_roster(_data(asked), unb64u(asked["sig"]), asked["name"])
    return [
        found.serial,
        found.time,
        [one.id for one in found.devices],
        [one.status for one in found.devices],
    ]


def _wipe(asked: Case) -> Any:
    order = read_order(
        _data(asked), unb64u(asked["sig"]), unb64u(asked["public"]), asked["name"], asked["name"]
    )
    return [order.serial, order.time]


def _p1(asked: Case) -> Any:
    newcomer = enrolment.read_p1(KEY, {one: asked[one] for one in ("bytes", "sig", "mac")})
    return [newcomer.device, newcomer.sign, newcomer.seal]


def _p2(asked: Case) -> Any:
    welcome = enrolment.read_p2(KEY, {one: asked[one] for one in ("bytes", "mac")}, KEY, asked["name"])
    return [welcome.office, welcome.seal, welcome.time]


def _code(asked: Case) -> Any:
    return enrolment.read_code(_data(asked).decode("utf-8", "replace"))


def _event(asked: Case) -> Any:
    event = read_json(_data(asked))
    check_event(event)
    check_body(event["type"], event["v"], event["body"], event["at"])
    return event["id"]


SIGNED = {"roster": "roster", "wipe": "wipe", "p1": P1_SIG_TAG, "p2": "", "request": wire.PULL_TAG}
TARGETS: dict[str, Callable[[Case], Any]] = {
    "header": _header,
    "batch": _batch,
    "plaintext": lambda asked: unpack(_data(asked)),
    "json": lambda asked: read_json(_data(asked)),
    "answer": _answer,
    "statement": _statement,
    "receipt": _receipt,
    "request": _request,
    "roster": _roster,
    "wipe": _wipe,
    "p1": _p1,
    "p2": _p2,
    "code": _code,
    "blob": lambda asked: open_blob(KEY, _data(asked)),
    "event": _event,
}
