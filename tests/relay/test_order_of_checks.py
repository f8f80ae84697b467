"""What is asked first answers first: requests that fail several checks at once, against the order SPEC 7 tells; and a
code of its own for what no other test sends."""

import itertools
import json
import re
from pathlib import Path

import pytest

from pwa_server.relay.limits import DESK_REQUEST_BYTES
from sync.encoding import b64u
from sync.errors import HTTP_STATUS
from sync.limits import MAX_BATCH_BYTES, MAX_BLOB_BYTES
from sync.signing import SignKey
from sync.wire import desk_tag, sign_request
from tests.relay.people import photo

SPEC = (Path(__file__).parents[2] / "sync" / "SPEC.md").read_text("utf-8")
# step -> the code it answers, in the order of SPEC 7
STEPS = {
    "size": "too_big",
    "json": "malformed",
    "office": "unknown_office",
    "device": "unknown_device",
    "signature": "bad_signature",
    "nonce": "bad_nonce",
    "shape": "malformed",
}
# door -> (tag, what its body must be, a shape it cannot have)
PHONE_DOORS = {
    "pull": (None, {"unsent": "many"}),
    "subscription": ({"endpoint": None}, {"endpoint": 7}),
    "timer": ({"tag": b64u(bytes(16)), "seconds": 60}, {"seconds": "soon"}),
}
DESK_VERBS = {
    "pull": {"cursor": 3},
    "wakes": {"device": None, "serial": "x", "wakes": 1},
    "wipe": {"device": 1, "order": 2},
    "drop": {"ids": "all"},
    "enrol_open": {"slot": 5},
}


@pytest.fixture
def database(tmp_path):
    """Which database is behind it is asked elsewhere."""
    return f"sqlite:///{tmp_path / 'relay.db'}"


def test_the_spec_tells_the_steps_in_this_order():
    told = SPEC[SPEC.index("What is asked first answers first") :].split("\n\n")[0]
    codes = re.findall(r"`([a-z_]+)`", told.replace("\n", " "))
    assert codes == list(STEPS.values())


def faulty(caller, tag, body, faults):
    """(data, signature) of a request with these faults, each made so that the others are still there."""
    if "office" in faults:
        body["office"] = SignKey.generate().public.hex()[:43]
    if "device" in faults:
        body["device"] = b64u(bytes(32))
    if "nonce" in faults:
        body["nonce"] = b64u(bytes(16))
    data, signature = sign_request(SignKey.generate() if "signature" in faults else caller.sign, tag, body)
    if "json" in faults:
        data = data[:-1]
    if "size" in faults:
        data += b" " * DESK_REQUEST_BYTES
    return data, signature


def pairs(steps):
    return [{one, other} for one, other in itertools.combinations(steps, 2)] + [{one} for one in steps]


@pytest.mark.parametrize("door", PHONE_DOORS)
def test_a_phones_request_is_answered_by_its_first_fault(amina, joel, door):
    good, wrong = PHONE_DOORS[door]
    for faults in pairs(STEPS):
        nonce = amina.nonce()
        body = (
            amina.statement(nonce=nonce)
            if good is None
            else {"office": joel.name, "device": amina.name, "nonce": nonce} | good
        )
        body |= wrong if "shape" in faults else {}
        data, signature = faulty(amina, door, body, faults)
        answer = amina.http.post(f"/v1/{door}", data=data, headers={"Sotto-Signature": signature})
        expected = next(code for step, code in STEPS.items() if step in faults)
        assert (answer.get_json()["error"], faults) == (expected, faults)


@pytest.mark.parametrize("verb", DESK_VERBS)
def test_a_desks_request_is_answered_by_its_first_fault(people, joel, verb):
    for faults in pairs([step for step in STEPS if step != "device"]):
        body = {"office": joel.name, "nonce": joel.nonce()} | (DESK_VERBS[verb] if "shape" in faults else {})
        data, signature = faulty(joel, desk_tag(verb), body, faults)
        answer = people.http.post(f"/v1/desk/{verb}", data=data, headers={"Sotto-Signature": signature})
        expected = next(code for step, code in STEPS.items() if step in faults)
        seen = answer.get_json()["error"]
        # what a phone or a device is named by is looked at last of all: it is part of the shape
        assert (seen if seen != "unknown_device" else "malformed", faults) == (expected, faults)


class TestCodesOfTheirOwn:
    def test_a_batch_over_8_mib_is_too_big_and_one_of_1025_frames_too_many(self, amina):
        answer = amina.http.post("/v1/push", data=bytes(MAX_BATCH_BYTES + 1))
        assert (answer.status_code, answer.get_json()["error"]) == (413, "too_big")
        frame = bytes(2) + (1).to_bytes(4, "big") + b"x" + bytes(64)
        answer = amina.http.post("/v1/push", data=frame * 1_025)
        assert (answer.status_code, answer.get_json()["error"]) == (429, "too_many")
        answer = amina.http.post("/v1/push", data=frame[:-1])
        assert (answer.status_code, answer.get_json()["error"]) == (400, "malformed")

    def test_a_piece_without_its_place_is_malformed_and_one_beyond_the_size_too_big(self, amina):
        id_, sealed = photo(20_000)
        amina.push(amina.write(blobs=[(id_, len(sealed))]))
        send = lambda data, **headers: amina.http.patch(f"/v1/blobs/{id_}", data=data, headers=headers)  # noqa: E731
        assert send(sealed).status_code == 400
        assert send(sealed).get_json()["error"] == "malformed"
        short = send(sealed[:4_095], **{"Upload-Offset": "0"})
        assert (short.status_code, short.get_json()["error"]) == (400, "malformed")
        beyond = send(sealed + b"x" * 5_000, **{"Upload-Offset": "0"})
        assert (beyond.status_code, beyond.get_json()["error"]) == (413, "too_big")
        huge = send(bytes(MAX_BLOB_BYTES + 1), **{"Upload-Offset": "0"})
        assert (huge.status_code, huge.get_json()["error"]) == (413, "too_big")

    def test_a_slot_the_office_has_not_opened_is_not_found(self, amina):
        said = {"bytes": b64u(b"{}"), "sig": b64u(bytes(64)), "mac": b64u(bytes(32))}
        slot = b64u(bytes(16))
        posted = amina.http.post(f"/v1/enrol/{slot}/p1", data=json.dumps(said))
        assert (posted.status_code, posted.get_json()["error"]) == (404, "not_found")
        asked = amina.http.get(f"/v1/enrol/{slot}/p2")
        assert (asked.status_code, asked.get_json()["error"]) == (404, "not_found")

    @pytest.mark.parametrize(
        "host",
        ["http://push.example", "https://127.0.0.1", "https://localhost", "https://10.0.0.1", "ftp://x"],
    )
    def test_a_push_host_the_relay_does_not_call_is_malformed(self, amina, host):
        answer = amina.subscribe(f"{host}/x", b64u(amina.seal.public), b64u(bytes(16)))
        assert (answer.status_code, answer.get_json()["error"]) == (400, "malformed")

    def test_a_stopped_phone_without_an_order_is_revoked(self, amina, joel):
        joel.enrol(amina, status="revoked").send_roster()
        answer = amina.ask_pull()
        assert (answer.status_code, answer.get_json()["error"]) == (403, "revoked")

    def test_every_code_of_the_list_has_the_status_it_says(self):
        listed = dict(
            re.findall(r"`([a-z_]+)` (\d{3})", SPEC[SPEC.index("Codes: `malformed` 400") :].split("\n\n")[0])
        )
        assert {code: str(status) for code, status in HTTP_STATUS.items()} == listed
