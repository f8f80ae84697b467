"""Whatever bytes come through whatever door: never a fault, always one of the protocol's own words."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pwa_server.relay.desk_doors import VERBS
from pwa_server.relay.guards import AllRates, Rates
from sync.encoding import b64u
from sync.errors import CODES, SyncError
from sync.wire import desk_tag
from tests.relay.people import Desk, Phone, photo

many = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))

texts = st.text(max_size=30) | st.sampled_from(
    ["", "-", "\x00", "now", "A" * 43, b64u(bytes(32)), b64u(bytes(16))]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15) + 1, 10**15 - 1) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
MEMBERS = (
    "device",
    "serial",
    "wakes",
    "order",
    "slot",
    "p2",
    "id",
    "ids",
    "cursor",
    "bytes",
    "sig",
    "sign",
    "endpoint",
    "p256dh",
    "auth",
    "lang",
    "follow",
    "highest",
    "gap",
    "unsent",
    "app",
)
bodies = st.dictionaries(st.sampled_from(MEMBERS), values, max_size=6)


@pytest.fixture
def open_relay(app, people):
    """No rates: here one address asks everything."""
    rates = AllRates()
    rates.address = rates.device = rates.office = rates.wrong_codes = Rates(10**9, 10**9)
    app.extensions["sotto_relay"].rates = rates
    return people


def sound(answer):
    assert answer.status_code < 500, answer.data
    if answer.status_code >= 400 and answer.data:
        assert answer.get_json()["error"] in CODES


@many
@given(st.data())
def test_random_bytes_at_every_door(open_relay, data):
    method = data.draw(st.sampled_from(["get", "post", "patch", "head", "put", "delete", "options"]))
    path = data.draw(
        st.sampled_from(
            [
                "/v1/config",
                "/v1/nonce",
                "/v1/push",
                "/v1/pull",
                "/v1/subscription",
                f"/v1/blobs/{'A' * 43}",
                f"/v1/orders/{open_relay.joel.name}/{open_relay.amina.name}",
                f"/v1/enrol/{'A' * 22}/p1",
                f"/v1/enrol/{'A' * 22}/p2",
                *(f"/v1/desk/{verb}" for verb in VERBS),
            ]
        )
        | st.text(max_size=20).map(lambda text: f"/v1/{text}")
    )
    headers = {"Upload-Offset": data.draw(st.sampled_from(["0", "-1", "1", "", "٣", "9" * 30]))}
    headers["Sotto-Signature"] = data.draw(st.sampled_from(["", "A" * 86, "=", "é"]))
    sound(getattr(open_relay.http, method)(path, data=data.draw(st.binary(max_size=300)), headers=headers))


@many
@given(verb=st.sampled_from(sorted(VERBS)), body=bodies)
def test_anything_an_office_may_sign(open_relay, verb, body):
    body = {key: value for key, value in body.items() if key not in ("office", "nonce")}
    joel = open_relay.joel
    if verb in ("wakes", "wipe") and "serial" in body:
        body["device"] = open_relay.amina.name
    answer = sign_or_none(
        joel, f"/v1/desk/{verb}", desk_tag(verb), {"office": joel.name, "nonce": joel.nonce(), **body}
    )
    if answer is not None:
        sound(answer)


@many
@given(kind=st.sampled_from(["pull", "subscription"]), body=bodies)
def test_anything_a_phone_may_sign(open_relay, kind, body):
    amina = open_relay.amina
    said = amina.statement() | body if kind == "pull" else body
    said |= {"office": open_relay.joel.name, "device": amina.name, "nonce": amina.nonce()}
    answer = sign_or_none(amina, f"/v1/{kind}", kind, said)
    if answer is not None:
        sound(answer)


@many
@given(st.data())
def test_a_letter_with_any_byte_changed(open_relay, data):
    phone = Phone(open_relay.http)
    phone.desk = open_relay.joel
    frame = bytearray(phone.write().to_frame())
    at = data.draw(st.integers(0, len(frame) - 1))
    frame[at] ^= data.draw(st.integers(1, 255))
    cut = data.draw(st.integers(0, len(frame)))
    answer = open_relay.http.post("/v1/push", data=bytes(frame[:cut] if data.draw(st.booleans()) else frame))
    sound(answer)
    if answer.status_code == 200:
        assert all(entry["answer"] != "stored" for entry in answer.get_json()["answers"])


@many
@given(size=st.integers(16, 40_000), pieces=st.lists(st.integers(0, 20_000), max_size=5))
def test_a_photo_in_any_pieces_arrives_whole_or_not_at_all(open_relay, size, pieces):
    phone = Phone(open_relay.http)
    open_relay.joel.enrol(phone).send_roster()
    id_, sealed = photo(size)
    phone.push(phone.write(blobs=[(id_, len(sealed))]))
    at = 0
    for length in [*pieces, len(sealed)]:
        answer = open_relay.http.patch(
            f"/v1/blobs/{id_}", data=sealed[at : at + length], headers={"Upload-Offset": str(at)}
        )
        sound(answer)
        at = answer.get_json().get("offset", at)
    assert open_relay.joel.ask("blob", id=id_).data == sealed


def sign_or_none(caller: Desk | Phone, path, tag, body):
    """None where our own writer refuses what no reader would take."""
    try:
        return caller.signed(path, tag, body)
    except SyncError:
        return None
