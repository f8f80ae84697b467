"""What the office signs for the relay and the phones, signed requests, receipts, photos (SPEC 3.8, 5-7, 9)."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sync.chain import Position
from sync.encoding import NONE, b64u, blob_id, name_of, sha256, tag
from sync.limits import MAX_RUN, MAX_UNSENT
from sync.roster import Device, make_roster
from sync.strict_json import read_json, write_json
from sync.wipe import make_order
from sync.wire import DESK_TAG, PULL_TAG, Cursor, Statement, desk_tag, frame_answer, sign_request
from tools.vector_cases.ground import (
    OFFICE,
    OFFICE_SEAL,
    OTHER_OFFICE,
    OTHER_PHONE,
    OTHER_SEAL,
    PHONE,
    PHONE_SEAL,
    TIME,
    Case,
    Cases,
    case,
    flipped,
    seeded,
)

Json = dict[str, Any]
OFFICE_ID = name_of(OFFICE.public)
PHONE_ID = name_of(PHONE.public)
ID = b64u(seeded("an id"))


def cases() -> Cases:
    yield from _rosters()
    yield from _statements()
    yield from _desk_requests()
    yield from _receipts()
    yield from _answers()
    yield from _wipes()
    yield from _blobs()


def _rosters() -> Cases:
    devices = [
        Device(PHONE_ID, PHONE.public, PHONE_SEAL.public, "active", Position(7, 3, ID), seeded("note", 200)),
        Device(name_of(OTHER_PHONE.public), OTHER_PHONE.public, OTHER_SEAL.public, "revoked"),
    ]
    data, sig = make_roster(OFFICE, 12, TIME, [OFFICE_SEAL.public, OTHER_SEAL.public], devices)

    def one(name: str, expect: str, data: bytes, sig: bytes, office: str = OFFICE_ID, **more: Any) -> Case:
        return case("roster", name, expect, bytes=b64u(data), sig=b64u(sig), office=office, **more)

    ids = [device.id for device in devices]
    yield one("two devices", "accept", data, sig, serial=12, devices=ids, up=[[7, 3, ID], [0, 0, NONE]])
    empty, empty_sig = make_roster(OFFICE, 1, TIME, [OFFICE_SEAL.public], [])
    yield one("no devices", "accept", empty, empty_sig, serial=1, devices=[], up=[])
    yield one(
        "a bit flipped", "bad_signature", data.replace(b"active", b"activ\x65").replace(b":12,", b":13,"), sig
    )
    yield one("signed for another use", "bad_signature", data, OFFICE.sign("wipe", sha256(data)))
    yield one("of another office", "unknown_office", data, sig, name_of(OTHER_OFFICE.public))

    def changed(name: str, expect: str, **changes: Any) -> Case:
        wrong = write_json({k: v for k, v in (read_json(data) | changes).items() if v is not None})
        return one(name, expect, wrong, OFFICE.sign("roster", sha256(wrong)))

    written = read_json(data)["devices"]
    yield changed("signed by a key it does not name", "unknown_office", office=name_of(OTHER_OFFICE.public))
    yield changed("another office's key, our name", "unknown_office", sign=b64u(OTHER_OFFICE.public))
    yield changed("a later version", "unknown_version", v=2)
    yield changed("a true version", "unknown_version", v=True)
    yield changed("serial nought", "malformed", serial=0)
    yield changed("serial is a text", "malformed", serial="12")
    yield changed("serial is true", "malformed", serial=True)
    yield changed("no time", "malformed", time=None)
    yield changed("no seal key", "malformed", seal=[])
    yield changed(
        "seal key under a wrong name", "malformed", seal=[{"id": ID, "key": b64u(OFFICE_SEAL.public)}]
    )
    yield changed("a device twice", "malformed", devices=[written[0], written[0]])
    yield changed(
        "a device under another's name", "malformed", devices=[written[0] | {"id": written[1]["id"]}]
    )
    yield changed("an unknown status", "malformed", devices=[written[0] | {"status": "lost"}])
    yield changed("a note too long", "malformed", devices=[written[0] | {"note": b64u(bytes(513))}])
    yield changed(
        "a position without id", "malformed", devices=[written[0] | {"up": {"run": 1, "n": 1, "id": NONE}}]
    )
    yield changed("a position half", "malformed", devices=[written[0] | {"up": {"run": 0, "n": 1, "id": ID}}])
    yield changed("devices are no list", "malformed", devices={})
    twice = data.replace(b'"serial":12', b'"serial":11,"serial":12')
    yield one("serial twice", "malformed", twice, OFFICE.sign("roster", sha256(twice)))


def _desk_requests() -> Cases:
    says = {"office": OFFICE_ID, "nonce": b64u(seeded("nonce", 16)), "ids": [ID]}

    def one(name: str, expect: str, tag_name: str) -> Case:
        data, signature = sign_request(OFFICE, tag_name, says)
        inputs = {"body": b64u(data), "signature": signature, "public": b64u(OFFICE.public)}
        return case("desk_request", name, expect, **inputs, verb="drop_blobs", says=says)

    yield one("its own verb", "accept", desk_tag("drop_blobs"))
    yield one("signed for another verb", "bad_signature", desk_tag("drop"))
    yield one("signed for every verb as before", "bad_signature", DESK_TAG)
    yield one("signed by another method", "bad_signature", "desk GET drop_blobs")


def _statements() -> Cases:
    incarnation = b64u(seeded("incarnation", 16))
    said = Statement(
        OFFICE_ID,
        PHONE_ID,
        b64u(seeded("nonce", 16)),
        Cursor(incarnation, 41),
        Position(9, 2, ID),
        9,
        False,
        3,
        "1.0",
    )
    fresh = Statement(OFFICE_ID, PHONE_ID, b64u(seeded("nonce", 16)))

    def one(name: str, expect: str, says: Json, tag_name: str = PULL_TAG, **more: Any) -> Case:
        data, signature = sign_request(PHONE, tag_name, says)
        inputs = {"body": b64u(data), "signature": signature, "tag": PULL_TAG, "public": b64u(PHONE.public)}
        return case("statement", name, expect, **(inputs | more))

    good = said.to_json()
    yield one("said", "accept", good, statement=good)
    yield one("before the first answer", "accept", fresh.to_json(), statement=fresh.to_json())
    most = good | {"highest": MAX_RUN, "unsent": MAX_UNSENT, "app": "\U0001f338" * 64}
    yield one("the most", "accept", most, statement=most)
    yield one("unknown members are ignored", "accept", good | {"mood": "fine"}, statement=good)
    yield one("signed for a subscription", "bad_signature", good, "subscription")
    yield one("signed by another phone", "bad_signature", good, public=b64u(OTHER_PHONE.public))
    yield one(
        "one nonce signed, another said",
        "bad_signature",
        good,
        body=b64u(write_json(good | {"nonce": ID[:22]})),
    )
    yield one("a signature that is none", "bad_signature", good, signature="AAAA")
    yield one("a signature with padding", "bad_signature", good, signature="A" * 86 + "==")
    wrong = {
        "gap is a number": {"gap": 0},
        "highest is true": {"highest": True},
        "unsent below nought": {"unsent": -1},
        "nonce too short": {"nonce": "AAAA"},
        "office is no name": {"office": "kusatsu"},
        "app too long": {"app": "1" * 65},
        "highest of twelve digits": {"highest": MAX_RUN + 1},
        "unsent of ten digits": {"unsent": MAX_UNSENT + 1},
        "cursor without number": {"cursor": {"incarnation": ""}},
        "cursor of no incarnation": {"cursor": {"incarnation": "AA", "number": 1}},
        "follow is nothing": {"follow": None},
        "follow without id": {"follow": {"run": 1, "n": 1}},
        "follow's id is a number": {"follow": {"run": 1, "n": 1, "id": 7}},
    }
    for name, change in wrong.items():
        yield one(name, "malformed", good | change)


def _receipts() -> Cases:
    def one(name: str, held: Any, safe: Any, expect: str = "accept") -> Case:
        return case("receipt", name, expect, receipt={"held": held, "safe": safe})

    held = {"run": 7, "n": 3, "id": ID}
    nothing = {"run": 0, "n": 0, "id": NONE}
    yield one("nothing held", nothing, {"run": 0, "n": 0})
    yield one("held, nothing safe", held, {"run": 0, "n": 0})
    yield one("safe up to held", held, {"run": 7, "n": 3})
    yield one("safe of an earlier run", held, {"run": 5, "n": 400})
    yield one("safe beyond held", held, {"run": 7, "n": 4}, "malformed")
    yield one("safe of a later run", held, {"run": 8, "n": 1}, "malformed")
    yield one("safe though nothing is held", nothing, {"run": 1, "n": 1}, "malformed")
    yield one("safe half", held, {"run": 7, "n": 0}, "malformed")
    yield one("safe is a list", held, [7, 3], "malformed")
    yield one("held without id", {"run": 7, "n": 3, "id": NONE}, {"run": 0, "n": 0}, "malformed")
    yield one("held is nothing", None, {"run": 0, "n": 0}, "malformed")
    yield one("n is true", {"run": 7, "n": True, "id": ID}, {"run": 0, "n": 0}, "malformed")


def _answers() -> Cases:
    body = {"incarnation": b64u(seeded("incarnation", 16)), "cursor": 7, "more": False, "box": []}
    answer = frame_answer(body, b"batch")
    yield case("answer", "with a batch", answer=b64u(answer), body=body, batch=b64u(b"batch"))
    yield case("answer", "without", answer=b64u(frame_answer(body)), body=body, batch="")
    yield case("answer", "cut off", "malformed", answer=b64u(answer[:20]))
    yield case("answer", "shorter than a length", "malformed", answer="AAAA")
    yield case("answer", "nothing", "malformed", answer="")
    yield case("answer", "a list", "malformed", answer=b64u(b"\0\0\0\x02[]"))


def _wipes() -> Cases:
    data, sig = make_order(OFFICE, PHONE_ID, 5, TIME)

    def one(name: str, expect: str, data: bytes = data, sig: bytes = sig, **changed: str) -> Case:
        fields = {"office_public": b64u(OFFICE.public), "office": OFFICE_ID, "device": PHONE_ID} | changed
        return case("wipe", name, expect, bytes=b64u(data), sig=b64u(sig), **fields)

    def signed(name: str, expect: str, **changes: Any) -> Case:
        body = {"v": 1, "office": OFFICE_ID, "device": PHONE_ID, "serial": 5, "time": TIME} | changes
        return one(name, expect, write_json(body), OFFICE.sign("wipe", sha256(write_json(body))))

    yield one("for this phone", "accept") | {"serial": 5}
    yield one("for another phone", "unknown_device", device=name_of(OTHER_PHONE.public))
    other, other_sig = make_order(OTHER_OFFICE, PHONE_ID, 5, TIME)
    yield one("by an office that is not pinned", "bad_signature", other, other_sig)
    pinned = {"office_public": b64u(OTHER_OFFICE.public)}
    yield one("with a key that is not the pinned name's", "bad_signature", other, other_sig, **pinned)
    yield signed("naming another office", "unknown_office", office=name_of(OTHER_OFFICE.public))
    yield one("a bit flipped", "bad_signature", flipped(data, len(data) - 4))
    yield one("signed as a roster", "bad_signature", sig=OFFICE.sign("roster", sha256(data)))
    yield signed("of a later version", "unknown_version", v=2)
    yield signed("without a serial", "malformed", serial=None)
    yield signed("at no time", "malformed", time="now")


def _blobs() -> Cases:
    key, photo = seeded("blob key"), seeded("photo", 5000)
    sealed = AESGCM(key).encrypt(bytes(12), photo, tag("blob"))

    def one(name: str, expect: str, key: bytes = key, sealed: bytes = sealed, **more: str) -> Case:
        return case("blob", name, expect, key=b64u(key), sealed=b64u(sealed), **more)

    yield one("a photo", "accept", id=blob_id(sealed), photo=b64u(photo))
    none = AESGCM(key).encrypt(bytes(12), b"", tag("blob"))
    yield one("an empty one", "accept", sealed=none, id=blob_id(none), photo="")
    yield one("with another key", "unreadable", key=seeded("another key"))
    yield one("a bit flipped", "unreadable", sealed=flipped(sealed, 17))
    yield one("cut short", "unreadable", sealed=sealed[:-1])
    yield one("shorter than its tag", "unreadable", sealed=sealed[:15])
    yield one("under another tag", "unreadable", sealed=AESGCM(key).encrypt(bytes(12), photo, tag("bolb")))
    yield one("a key of 16 bytes", "unreadable", key=key[:16])
