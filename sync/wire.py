"""Requests between the ends and the relay (SPEC 6.5, 7): signed JSON, framed answers, statements, receipts."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

from sync.bounds import is_count
from sync.chain import START, Position
from sync.encoding import b64u, is_int, is_name, sha256, unb64u
from sync.errors import SyncError
from sync.limits import (
    ANSWER_TYPE,
    BATCH_TYPE,
    BLOB_UNNAMED_SECONDS,
    CODE_SECONDS,
    JSON_TYPE,
    MAX_APP,
    MAX_BATCH_BYTES,
    MAX_BATCH_ENVELOPES,
    MAX_BLOB_BYTES,
    MAX_REQUEST_BYTES,
    MAX_ROSTER_BYTES,
    MAX_RUN,
    MAX_SEALED_BYTES,
    MAX_UNSENT,
    NONCE_SECONDS,
    REVIEW_BYTES,
    REVIEW_ENVELOPES,
    SIGNATURE_HEADER,
    WINDOW,
)
from sync.roster import read_position
from sync.signing import SignKey, verify
from sync.strict_json import Json, read_json, write_json

__all__ = [
    "ANSWER_TYPE",
    "BATCH_TYPE",
    "BLOB_UNNAMED_SECONDS",
    "CODE_SECONDS",
    "DESK_TAG",
    "JSON_TYPE",
    "MAX_BATCH_BYTES",
    "MAX_BATCH_ENVELOPES",
    "MAX_BLOB_BYTES",
    "MAX_REQUEST_BYTES",
    "MAX_ROSTER_BYTES",
    "MAX_SEALED_BYTES",
    "NONCE_SECONDS",
    "OLD_DESK_TAG_UNTIL",
    "PULL_TAG",
    "REVIEW_BYTES",
    "REVIEW_ENVELOPES",
    "SIGNATURE_HEADER",
    "SUBSCRIPTION_TAG",
    "TIMER_TAG",
    "WINDOW",
    "Cursor",
    "Receipt",
    "Statement",
    "desk_tag",
    "frame_answer",
    "parse_answer",
    "read_cursor",
    "read_position",
    "read_receipt",
    "read_request",
    "read_statement",
    "sign_request",
    "write_position",
]

PULL_TAG = "pull"
SUBSCRIPTION_TAG = "subscription"
TIMER_TAG = "timer"
DESK_TAG = "desk"  # of desks before the verb was signed; relays take it until OLD_DESK_TAG_UNTIL
OLD_DESK_TAG_UNTIL = 1_859_241_600  # 2028-12-01T00:00:00Z (SPEC 6.5)

_INCARNATION_BYTES = 16


@dataclass(frozen=True)
class Cursor:
    """How far a reader has read its box; `incarnation` is "" before the first answer."""

    incarnation: str = ""
    number: int = 0


@dataclass(frozen=True)
class Statement:
    """What a phone says of itself when it pulls; the relay hands it to the desk with its signature (SPEC 7)."""

    office: str
    device: str
    nonce: str
    cursor: Cursor = Cursor()
    follow: Position = START
    highest: int = 0
    gap: bool = False
    unsent: int = 0
    app: str = ""

    def to_json(self) -> Json:
        return {
            "office": self.office,
            "device": self.device,
            "nonce": self.nonce,
            "cursor": {"incarnation": self.cursor.incarnation, "number": self.cursor.number},
            "follow": write_position(self.follow),
            "highest": self.highest,
            "gap": self.gap,
            "unsent": self.unsent,
            "app": self.app,
        }


@dataclass(frozen=True)
class Receipt:
    """`held`: in the office's log. `safe`: also in a backup that was read back, or a second copy (SPEC 3.8)."""

    held: Position = START
    safe_run: int = 0
    safe_n: int = 0

    def to_json(self) -> Json:
        return {"held": write_position(self.held), "safe": {"run": self.safe_run, "n": self.safe_n}}


def desk_tag(verb: str) -> str:
    """The tag of a desk's request: method and verb are signed, so that none is obeyed as another."""
    return f"desk POST {verb}"


def sign_request(sign_key: SignKey, tag_name: str, body: Json) -> tuple[bytes, str]:
    """(body bytes, value of the Sotto-Signature header)."""
    data = write_json(body)
    return data, b64u(sign_key.sign(tag_name, sha256(data)))


def read_request(data: bytes, signature: str, tag_name: str, public: bytes) -> Json:
    """The signed JSON; `bad_signature` unless `public` signed these bytes under this tag.

    The relay reads office and device from the unverified bytes to find the key (`strict_json.read_json`), and
    calls this before it acts on them. The nonce is the caller's to burn.
    """
    if len(data) > MAX_ROSTER_BYTES * 2:
        raise SyncError("too_big", "request")
    verify(public, tag_name, sha256(data), _signature(signature))
    return read_json(data)


def _signature(text: str) -> bytes:
    try:
        return unb64u(text, 64)
    except SyncError as error:
        raise SyncError("bad_signature", "signature is not 64 bytes in base64url") from error


def read_statement(body: Json) -> Statement:
    """The shape of a STATEMENT; what its signature says is `read_request`'s."""
    flags = (body.get("gap"), body.get("app"))
    if not isinstance(flags[0], bool) or not isinstance(flags[1], str) or len(flags[1]) > MAX_APP:
        raise SyncError("malformed", "statement gap or app")
    if not is_name(body.get("office")) or not is_name(body.get("device")):
        raise SyncError("malformed", "statement names")
    if not is_count(body.get("highest"), MAX_RUN) or not is_count(body.get("unsent"), MAX_UNSENT):
        raise SyncError("malformed", "statement counts")
    unb64u(body.get("nonce"), 16)
    return Statement(
        office=body["office"],
        device=body["device"],
        nonce=body["nonce"],
        cursor=read_cursor(body.get("cursor")),
        follow=read_position(body.get("follow")),
        highest=body["highest"],
        gap=body["gap"],
        unsent=body["unsent"],
        app=body["app"],
    )


def read_cursor(value: Any) -> Cursor:
    if not isinstance(value, dict) or not is_int(value.get("number")):
        raise SyncError("malformed", "cursor")
    if value.get("incarnation") != "":
        unb64u(value.get("incarnation"), _INCARNATION_BYTES)
    return Cursor(value["incarnation"], value["number"])


def read_receipt(value: Any) -> Receipt:
    """`safe` at most `held` in its run, or of an earlier run (SPEC 3.8)."""
    if not isinstance(value, dict) or not isinstance(value.get("safe"), dict):
        raise SyncError("malformed", "receipt")
    held, safe = read_position(value.get("held")), value["safe"]
    if not is_int(safe.get("run")) or not is_int(safe.get("n")):
        raise SyncError("malformed", "receipt safe")
    run, n = safe["run"], safe["n"]
    if (run == 0) != (n == 0) or run > held.run or (run == held.run and n > held.n):
        raise SyncError("malformed", "safe is beyond held")
    return Receipt(held, run, n)


def write_position(position: Position) -> Json:
    return {"run": position.run, "n": position.n, "id": position.id}


def frame_answer(body: Json, batch: bytes = b"") -> bytes:
    """`u32 len ‖ JSON ‖ batch`: how both pulls are answered."""
    data = write_json(body)
    return struct.pack(">I", len(data)) + data + batch


def parse_answer(data: bytes) -> tuple[Json, bytes]:
    """(JSON, batch). The batch is parsed by `envelope.parse_batch`."""
    length = int.from_bytes(data[:4], "big")
    if len(data) < 4 + length:
        raise SyncError("malformed", "answer cut off")
    return read_json(data[4 : 4 + length]), data[4 + length :]
