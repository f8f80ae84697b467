"""What the Python twin answers to a case of sync/vectors/: nothing if it accepts, or the code.

One function an area; each also checks what the case says must come out. `tests/js/vectors.js` is its twin.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sync import chain, conditions, enrolment, roster, wire
from sync.blob_sealing import open_blob
from sync.chain import Position, UpChain
from sync.encoding import b64u, blob_id, is_date, is_time, name_of, parse_int, unb64u
from sync.envelope import Envelope, make_batch, parse_batch
from sync.errors import SyncError
from sync.events import check_body, check_event
from sync.folding import fold, words_of
from sync.header import Header
from sync.plaintext import pack, padded_size, unpack
from sync.sealing import SealKey, open_sealed
from sync.signing import verify
from sync.strict_json import read_json, write_json
from sync.wipe import read_order

Case = dict[str, Any]


def answer(case: Case) -> str:
    """`accept` or a code. An expected value that differs is an AssertionError."""
    try:
        AREAS[case["area"]](case)
    except SyncError as error:
        return error.code
    return "accept"


def _b64u(case: Case) -> None:
    data = unb64u(case["text"])
    assert data.hex() == case["hex"]
    assert b64u(data) == case["text"]


def _int(case: Case) -> None:
    assert parse_int(case["text"]) == case["value"]


def _date(case: Case) -> None:
    if not is_date(case["value"]):
        raise SyncError("malformed")


def _condition(case: Case) -> None:
    conditions.parse(case["text"])
    held = [{"id": "held", "parts": ["t"], "when": case["text"]}]
    assert ("held" in conditions.asked([*case["items"], *held], case["answers"])) is case["holds"]


def _asked(case: Case) -> None:
    assert conditions.asked(case["items"], case["answers"]) == case["asked"]
    assert conditions.required(case["items"], case["answers"]) == case["required"]


def _fold(case: Case) -> None:
    assert fold(case["text"]) == case["folded"]
    assert words_of(case["text"]) == case["words"]


def _time(case: Case) -> None:
    if not is_time(case["value"]):
        raise SyncError("malformed")


def _json(case: Case) -> None:
    value = read_json(unb64u(case["bytes"]))
    assert read_json(write_json(value)) == value


def _name(case: Case) -> None:
    assert name_of(unb64u(case["public"])) == case["is_name"]


def _header(case: Case) -> None:
    data = case["text"].encode("utf-8")
    header = Header.parse(data)
    assert header.to_bytes() == data
    said = {"from": header.from_, "to": header.to, "key": header.key, "run": header.run, "n": header.n}
    said |= {"prev": header.prev, "seen": list(header.seen), "blobs": [list(blob) for blob in header.blobs]}
    assert said == case["header"]


def _signature(case: Case) -> None:
    verify(unb64u(case["public"]), case["tag"], unb64u(case["digest"]), unb64u(case["sig"]))


def _verified(case: Case) -> Envelope:
    (envelope,) = parse_batch(unb64u(case["frame"]))
    if isinstance(envelope, SyncError):
        raise envelope
    envelope.verify(unb64u(case["public"]))
    return envelope


def _envelope(case: Case) -> None:
    envelope = _verified(case)
    assert envelope.id == case["id"]
    assert b64u(make_batch([envelope])) == case["frame"]


def _opening(case: Case) -> None:
    envelope = _verified(case)
    key = SealKey.from_bytes(unb64u(case["seal_private"]))
    assert b64u(key.public) == case["seal_public"]
    assert unpack(open_sealed(key, envelope.header_bytes, envelope.sealed)) == case["body"]


def _batch(case: Case) -> None:
    found = parse_batch(unb64u(case["batch"]))
    assert [one.code if isinstance(one, SyncError) else one.id for one in found] == case["ids"]
    assert all(one.envelope for one in found if isinstance(one, SyncError))


def _padding(case: Case) -> None:
    assert padded_size(case["size"]) == case["padded"]


def _plaintext(case: Case) -> None:
    body = unpack(unb64u(case["plain"]))
    if "body" in case:
        assert body == case["body"]
    else:
        assert len(write_json(body)) == case["body_bytes"]
    assert unpack(pack(body)) == body


def _judge(case: Case) -> None:
    envelope = case["envelope"]
    said = chain.judge(_position(case["position"]), _Chained(envelope), case["known"])
    assert said == case["says"]


class _Chained:
    def __init__(self, envelope: dict[str, Any]) -> None:
        self.id = envelope["id"]
        self.header = self
        self.run, self.n, self.prev = envelope["run"], envelope["n"], envelope["prev"]


def _takes(case: Case) -> None:
    assert chain.takes(_position(case["position"]), case["run"], case["n"]) == case["says"]


def _after_receipt(case: Case) -> None:
    told = case["chain"]
    kept = {int(n): id_ for n, id_ in told["kept"].items()}
    up = UpChain(_position(told["head"]), _position(told["floor"]), kept, _position(told["held"]))
    held, safe = _position(case["receipt"]["held"]), case["receipt"]["safe"]
    assert chain.after_receipt(up, held) == case["says"]
    assert chain.may_forget(up, held, safe["run"], safe["n"]) == case["forgets"]


def _send_again(case: Case) -> None:
    sent = [(run, n) for run, n in case["sent"]]
    box = [(run, first, last) for run, first, last in case["box"]]
    again = chain.to_send_again(sent, _position(case["held"]), box)
    assert [list(place) for place in again] == case["again"]


def _next_run(case: Case) -> None:
    assert chain.next_run(case["now"], case["highest"]) == case["run"]


def _position(value: dict[str, Any]) -> Position:
    return Position(value["run"], value["n"], value["id"])


def _roster(case: Case) -> None:
    found = roster.read_roster(unb64u(case["bytes"]), unb64u(case["sig"]), case["office"])
    assert found.serial == case["serial"]
    assert [device.id for device in found.devices] == case["devices"]
    assert [[device.up.run, device.up.n, device.up.id] for device in found.devices] == case["up"]


def _statement(case: Case) -> None:
    body = wire.read_request(unb64u(case["body"]), case["signature"], case["tag"], unb64u(case["public"]))
    assert wire.read_statement(body).to_json() == case["statement"]


def _desk_request(case: Case) -> None:
    tag_name = wire.desk_tag(case["verb"])
    assert (
        wire.read_request(unb64u(case["body"]), case["signature"], tag_name, unb64u(case["public"]))
        == case["says"]
    )


def _receipt(case: Case) -> None:
    assert wire.read_receipt(case["receipt"]).to_json() == case["receipt"]


def _answer(case: Case) -> None:
    body, batch = wire.parse_answer(unb64u(case["answer"]))
    assert (body, b64u(batch)) == (case["body"], case["batch"])
    assert b64u(wire.frame_answer(body, batch)) == case["answer"]


def _wipe(case: Case) -> None:
    public = unb64u(case["office_public"])
    order = read_order(unb64u(case["bytes"]), unb64u(case["sig"]), public, case["office"], case["device"])
    assert order.serial == case["serial"]


def _blob(case: Case) -> None:
    sealed = unb64u(case["sealed"])
    assert b64u(open_blob(unb64u(case["key"]), sealed)) == case["photo"]
    assert blob_id(sealed) == case["id"]


def _code(case: Case) -> None:
    assert enrolment.read_code(case["text"]) == case["code"]


def _derive(case: Case) -> None:
    found = enrolment.derive(case["code"])
    assert found.slot == case["slot"]
    assert [b64u(found.phone_key), b64u(found.desk_key)] == [case["phone_key"], case["desk_key"]]


def _p1(case: Case) -> None:
    newcomer = enrolment.read_p1(unb64u(case["phone_key"]), case["posted"])
    assert newcomer.device == case["device"]
    assert b64u(newcomer.seal) == case["seal"]


def _p2(case: Case) -> None:
    p1 = unb64u(case["p1"])
    welcome = enrolment.read_p2(unb64u(case["desk_key"]), case["posted"], p1, case["device"])
    assert (welcome.office, welcome.time) == (case["office"], case["time"])
    assert b64u(welcome.seal) == case["seal"]


def _words(case: Case) -> None:
    p1, p2 = unb64u(case["p1"]), unb64u(case["p2"])
    assert list(enrolment.word_indices(p1, p2)) == case["indices"]
    assert [list(word) for word in enrolment.two_words(p1, p2)] == case["words"]


def _event(case: Case) -> None:
    check_event(case["event"])


def _body(case: Case) -> None:
    check_body(case["type"], case["v"], case["body"], case.get("at"))


AREAS: dict[str, Callable[[Case], None]] = {
    "b64u": _b64u,
    "int": _int,
    "date": _date,
    "fold": _fold,
    "condition": _condition,
    "asked": _asked,
    "time": _time,
    "json": _json,
    "name": _name,
    "header": _header,
    "signature": _signature,
    "envelope": _envelope,
    "opening": _opening,
    "batch": _batch,
    "padding": _padding,
    "plaintext": _plaintext,
    "judge": _judge,
    "takes": _takes,
    "after_receipt": _after_receipt,
    "send_again": _send_again,
    "next_run": _next_run,
    "roster": _roster,
    "statement": _statement,
    "desk_request": _desk_request,
    "receipt": _receipt,
    "answer": _answer,
    "wipe": _wipe,
    "blob": _blob,
    "code": _code,
    "derive": _derive,
    "p1": _p1,
    "p2": _p2,
    "words": _words,
    "event": _event,
    "body": _body,
}
