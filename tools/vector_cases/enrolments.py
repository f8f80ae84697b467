"""Codes as people type them, the two messages, the two words (SPEC 8)."""

from __future__ import annotations

import hmac
from typing import Any

from sync.encoding import b64u, name_of, sha256, tag, unb64u
from sync.enrolment import ALPHABET, check_symbol, derive, make_p1, make_p2, two_words, word_indices
from sync.signing import SignKey
from sync.strict_json import read_json, write_json
from tools.vector_cases.ground import (
    OFFICE,
    OFFICE_SEAL,
    OTHER_OFFICE,
    OTHER_PHONE,
    PHONE,
    PHONE_SEAL,
    TIME,
    Case,
    Cases,
    case,
    seeded,
)

CODE = "7Z0G4KXQ1MVB8RTN"
OTHER_CODE = "0123456789ABCDEF"
PHONE_ID = name_of(PHONE.public)


def cases() -> Cases:
    yield from _codes()
    for code in (CODE, OTHER_CODE):
        secrets = derive(code)
        keys = {"phone_key": b64u(secrets.phone_key), "desk_key": b64u(secrets.desk_key)}
        yield case("derive", f"from {code}", code=code, slot=secrets.slot, **keys)
    yield from _p1()
    yield from _p2()
    yield from _words()


def _codes() -> Cases:
    whole = CODE + check_symbol(CODE)
    zeros = "0" * 16 + check_symbol("0" * 16)
    other = OTHER_CODE + check_symbol(OTHER_CODE)
    good = {
        "as made": whole,
        "in groups": "-".join(whole[at : at + 4] for at in range(0, 17, 4)),
        "lower case and spaces": " ".join(whole).lower(),
        "letter o for nought, i and l for one": whole.replace("0", "o").replace("1", "l"),
        "capital I for one": whole.replace("1", "I"),
        "full-width, as a Japanese keyboard types": "".join(chr(ord(c) + 0xFEE0) for c in whole),
        "full-width, lower case, ideographic space": "\u3000".join(
            chr(ord(c) + 0xFEE0) for c in whole.lower()
        ),
    }
    for name, text in good.items():
        yield case("code", name, text=text, code=CODE)
    yield case("code", "all noughts", text=zeros, code="0" * 16)
    yield case("code", "another", text=other, code=OTHER_CODE)
    wrong_check = CODE + ALPHABET[(ALPHABET.index(whole[-1]) + 1) % 32]
    bad = {
        "a wrong check symbol": wrong_check,
        "one symbol wrong": ("8" if whole[0] != "8" else "9") + whole[1:],
        "neighbours changed about": whole[:2] + whole[3] + whole[2] + whole[4:],
        "one too few": whole[:-1],
        "one too many": whole + "0",
        "a letter the alphabet lacks": "U" + whole[1:],
        "nothing": "",
        "a kanji": "\u8349" + whole[1:],
        "a sharp s, which grows in upper case": "\u00df" + whole[2:],
        "an underscore": whole.replace("-", "") + "_",
    }
    for name, text in bad.items():
        yield case("code", name, "bad_code", text=text)
    for place in (0, 7, 15, 16):
        for step in (1, 13, 31):
            symbol = ALPHABET[(ALPHABET.index(whole[place]) + step) % 32]
            yield case(
                "code",
                f"symbol {place + 1} off by {step}",
                "bad_code",
                text=whole[:place] + symbol + whole[place + 1 :],
            )


def _posted_p1(phone_key: bytes, by: SignKey = PHONE, **changes: Any) -> dict[str, str]:
    good = read_json(unb64u(make_p1(phone_key, PHONE, PHONE_SEAL.public, seeded("p1 nonce", 16))["bytes"]))
    data = write_json({k: v for k, v in (good | changes).items() if v is not None})
    return _mac_p1(phone_key, data, by.sign("enrol sig", sha256(data)))


def _mac_p1(phone_key: bytes, data: bytes, sig: bytes) -> dict[str, str]:
    mac = hmac.digest(phone_key, tag("enrol p1") + sha256(data) + sig, "sha256")
    return {"bytes": b64u(data), "sig": b64u(sig), "mac": b64u(mac)}


def _p1() -> Cases:
    key = derive(CODE).phone_key

    def one(name: str, expect: str, posted: dict[str, Any], **more: str) -> Case:
        return case("p1", name, expect, phone_key=b64u(key), posted=posted, **more)

    good = make_p1(key, PHONE, PHONE_SEAL.public, seeded("p1 nonce", 16))
    yield one("good", "accept", good, device=PHONE_ID, seal=b64u(PHONE_SEAL.public))
    yield one("from somebody with another code", "bad_mac", _posted_p1(derive(OTHER_CODE).phone_key))
    yield one("with the desk's key", "bad_mac", _posted_p1(derive(CODE).desk_key))
    yield one(
        "a mac of another p1",
        "bad_mac",
        good | {"bytes": _posted_p1(key, seal=b64u(OFFICE_SEAL.public))["bytes"]},
    )
    yield one("the signature changed under the mac", "bad_mac", good | {"sig": b64u(seeded("sig", 64))})
    yield one("signed by another key", "bad_signature", _posted_p1(key, by=OTHER_PHONE))
    yield one(
        "keys of somebody else, signed by them not",
        "bad_signature",
        _posted_p1(key, sign=b64u(OTHER_PHONE.public)),
    )
    yield one("a later version", "unknown_version", _posted_p1(key, v=2))
    yield one("a key off the curve", "malformed", _posted_p1(key, seal=b64u(b"\4" + bytes(64))))
    yield one("no nonce", "malformed", _posted_p1(key, nonce=None))
    yield one("no mac", "malformed", {"bytes": good["bytes"], "sig": good["sig"]})
    yield one("bytes are no text", "malformed", good | {"bytes": 7})
    twice = unb64u(good["bytes"]).replace(b'"v":1', b'"v":1,"v":1')
    yield one("a name twice", "malformed", _mac_p1(key, twice, PHONE.sign("enrol sig", sha256(twice))))


def _p2() -> Cases:
    key = derive(CODE).desk_key
    p1 = unb64u(make_p1(derive(CODE).phone_key, PHONE, PHONE_SEAL.public, seeded("p1 nonce", 16))["bytes"])

    def posted(desk_key: bytes = key, **changes: Any) -> dict[str, str]:
        good = read_json(unb64u(make_p2(key, OFFICE.public, OFFICE_SEAL.public, PHONE_ID, TIME, p1)["bytes"]))
        data = write_json(good | changes)
        return {
            "bytes": b64u(data),
            "mac": b64u(hmac.digest(desk_key, tag("enrol p2") + sha256(data), "sha256")),
        }

    def one(name: str, expect: str, posted: dict[str, Any], **more: str) -> Case:
        return case(
            "p2", name, expect, desk_key=b64u(key), posted=posted, p1=b64u(p1), device=PHONE_ID, **more
        )

    good = make_p2(key, OFFICE.public, OFFICE_SEAL.public, PHONE_ID, TIME, p1)
    yield one("good", "accept", good, office=name_of(OFFICE.public), seal=b64u(OFFICE_SEAL.public), time=TIME)
    theirs = {"office": name_of(OTHER_OFFICE.public), "sign": b64u(OTHER_OFFICE.public)}
    yield one("the relay puts in its own office", "bad_mac", posted(seeded("the relay's guess"), **theirs))
    yield one("with the phone's key", "bad_mac", posted(derive(CODE).phone_key))
    yield one("an answer to another p1", "unknown_device", posted(p1=b64u(sha256(b"another p1"))))
    yield one("an answer to another phone", "unknown_device", posted(device=name_of(OTHER_PHONE.public)))
    yield one("office is not its key's name", "malformed", posted(office=name_of(OTHER_OFFICE.public)))
    yield one("no time", "malformed", posted(time=""))
    yield one("a later version", "unknown_version", posted(v=2))
    yield one("no mac", "malformed", {"bytes": good["bytes"]})


def _words() -> Cases:
    for p1, p2 in ((b"p1", b"p2"), (b"p2", b"p1"), (b"", b"")):
        indices, words = word_indices(p1, p2), two_words(p1, p2)
        inputs = {
            "p1": b64u(p1),
            "p2": b64u(p2),
            "indices": list(indices),
            "words": [list(word) for word in words],
        }
        yield case("words", f"of {p1.decode() or 'nothing'} and {p2.decode() or 'nothing'}", **inputs)
