"""Who may ask: a signature over a nonce of this relay, for this kind of request, good once."""

import os

import pytest

from sync.encoding import b64u
from tests.relay.people import Phone

pytestmark = pytest.mark.usefixtures("people")


class TestANonce:
    def test_is_good_once(self, amina):
        nonce = amina.nonce()
        assert amina.ask_pull(nonce=nonce).status_code == 200
        again = amina.ask_pull(nonce=nonce)
        assert (again.status_code, again.get_json()["error"]) == (403, "bad_nonce")
        assert amina.ask_pull(nonce=again.get_json()["nonce"]).status_code == 200

    def test_is_good_for_ten_minutes(self, amina, clock):
        nonce = amina.nonce()
        clock.now += 601
        assert amina.ask_pull(nonce=nonce).get_json()["error"] == "bad_nonce"

    def test_cannot_be_made_up(self, amina):
        assert amina.ask_pull(nonce=b64u(os.urandom(16))).get_json()["error"] == "bad_nonce"

    def test_comes_with_every_answer(self, amina, joel):
        body, _ = amina.pull()
        body, _ = amina.pull(nonce=body["nonce"])
        answer = joel.told("push_state")
        assert joel.told("push_state", nonce=answer["nonce"])["nonce"]

    def test_is_burnt_by_a_refused_request_too(self, joel):
        nonce = joel.nonce()
        assert (
            joel.ask("enrol_read", nonce=nonce, slot=b64u(os.urandom(16))).get_json()["error"] == "not_found"
        )
        assert joel.ask("push_state", nonce=nonce).get_json()["error"] == "bad_nonce"

    def test_of_one_process_is_known_to_another(self, make_relay, database, joel, south, amina):
        second = make_relay(database, [joel.name, south.name]).test_client()
        nonce = amina.nonce()
        amina.http = second
        assert amina.ask_pull(nonce=nonce).status_code == 200
        amina.http = joel.http
        assert amina.ask_pull(nonce=nonce).get_json()["error"] == "bad_nonce"


def test_a_signature_over_another_kind_of_request_is_refused(amina):
    answer = amina.signed("/v1/pull", "subscription", amina.statement())
    assert (answer.status_code, answer.get_json()["error"]) == (403, "bad_signature")


def test_another_phones_signature_is_refused(amina, ben):
    answer = ben.signed("/v1/pull", "pull", amina.statement())
    assert answer.get_json()["error"] == "bad_signature"


def test_a_key_not_in_the_roster_pulls_nothing(amina, joel):
    stranger = Phone(amina.http, desk=joel)
    assert stranger.ask_pull().get_json()["error"] == "unknown_device"


def test_a_stolen_device_key_cannot_speak_as_the_office(amina, joel):
    body = {"office": joel.name, "nonce": amina.nonce()}
    assert amina.signed("/v1/desk/push_state", "desk", body).get_json()["error"] == "bad_signature"
