"""Who may ask: a signature over a nonce of this relay, for this kind of request, good once."""

import os

import pytest

from pwa_server.relay.desk_doors import VERBS
from sync.encoding import b64u
from sync.wire import DESK_TAG, OLD_DESK_TAG_UNTIL, desk_tag
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
    assert (
        amina.signed("/v1/desk/push_state", desk_tag("push_state"), body).get_json()["error"]
        == "bad_signature"
    )


class TestTheVerbIsSigned:
    """What was signed for one verb is obeyed as no other (SPEC 6.5)."""

    @pytest.mark.parametrize("verb", sorted(VERBS))
    def test_a_request_is_refused_at_every_other_verb(self, joel, verb):
        says = {
            "office": joel.name,
            "nonce": joel.nonce(),
            "sign": b64u(joel.sign.public),
            "ids": [],
            "slot": "A" * 22,
        }
        for other in sorted(set(VERBS) - {verb}):
            answer = joel.signed(f"/v1/desk/{other}", desk_tag(verb), says)
            assert (answer.status_code, answer.get_json()["error"]) == (403, "bad_signature"), other
        at_home = joel.signed(f"/v1/desk/{verb}", desk_tag(verb), says)
        assert at_home.get_json(silent=True) is None or at_home.get_json().get("error") != "bad_signature"

    def test_a_desk_of_before_is_answered_within_the_window_and_not_after_it(self, joel, clock):
        says = {"office": joel.name}
        old = joel.signed("/v1/desk/push_state", DESK_TAG, says | {"nonce": joel.nonce()})
        assert old.status_code == 200
        clock.now = OLD_DESK_TAG_UNTIL
        old = joel.signed("/v1/desk/push_state", DESK_TAG, says | {"nonce": joel.nonce()})
        assert (old.status_code, old.get_json()["error"]) == (403, "bad_signature")
        assert joel.ask("push_state").status_code == 200
