"""A code is good once, for ten minutes, for one phone; and whoever guesses is soon heard no more (SPEC 8)."""

import os

import pytest

from sync.encoding import b64u
from sync.enrolment import derive, make_p1, make_p2, new_code, read_code, read_p1, read_p2, two_words
from sync.sealing import SealKey
from sync.signing import SignKey


class Code:
    """A code as both sides hold it."""

    def __init__(self, joel):
        self.joel = joel
        self.secrets = derive(read_code(new_code()))
        self.sign, self.seal = SignKey.generate(), SealKey.generate()
        self.p1 = make_p1(self.secrets.phone_key, self.sign, self.seal.public)

    def open(self):
        return self.joel.ask("enrol_open", slot=self.secrets.slot)

    def post(self, p1=None):
        return self.joel.http.post(f"/v1/enrol/{self.secrets.slot}/p1", json=p1 or self.p1)

    def p2(self):
        return self.joel.http.get(f"/v1/enrol/{self.secrets.slot}/p2")

    def read(self):
        return self.joel.ask("enrol_read", slot=self.secrets.slot).get_json()

    def another_p1(self):
        return make_p1(self.secrets.phone_key, SignKey.generate(), self.seal.public)

    def answer(self):
        newcomer = read_p1(self.secrets.phone_key, self.read()["p1"])
        made = make_p2(
            self.secrets.desk_key,
            self.joel.sign.public,
            self.joel.seal.public,
            newcomer.device,
            "2026-04-01T09:00:00Z",
            newcomer.bytes,
        )
        return self.joel.ask("enrol_answer", slot=self.secrets.slot, p2=made), made, newcomer


@pytest.fixture
def code(people):
    return Code(people.joel)


def error(answer):
    return answer.status_code, answer.get_json()["error"]


def test_phone_and_desk_find_each_other_and_see_the_same_words(code):
    assert code.open().status_code == 200
    assert code.read().get("p1") is None
    assert code.post().status_code == 200
    assert code.p2().get_json()["p2"] is None
    answered, made, newcomer = code.answer()
    assert answered.status_code == 200
    posted = code.p2().get_json()["p2"]
    welcome = read_p2(code.secrets.desk_key, posted, newcomer.bytes, newcomer.device)
    assert welcome.office == code.joel.name
    assert posted == made
    assert two_words(newcomer.bytes, welcome.bytes)


def test_a_lost_answer_may_be_asked_for_again(code):
    code.open()
    assert code.open().status_code == 200
    assert [code.post().status_code, code.post().status_code] == [200, 200]
    assert [code.answer()[0].status_code, code.answer()[0].status_code] == [200, 200]
    assert code.p2().get_json()["p2"] == code.p2().get_json()["p2"]


def test_a_second_phone_is_turned_away_and_the_first_stays(code):
    code.open()
    code.post()
    assert error(code.post(code.another_p1())) == (409, "code_used")
    assert code.read()["p1"] == code.p1
    assert error(code.open()) == (409, "code_used")


def test_a_code_nobody_made_is_not_found(code):
    assert error(code.post()) == (404, "not_found")
    assert error(code.p2()) == (404, "not_found")


def test_a_code_ends_after_ten_minutes(code, clock):
    code.open()
    clock.now += 601
    assert error(code.post()) == (410, "code_expired")
    assert error(code.p2()) == (410, "code_expired")
    assert code.read().get("p1") is None


def test_a_phone_that_answered_in_time_has_time_to_compare_words(code, clock):
    code.open()
    clock.now += 590
    code.post()
    clock.now += 300
    assert code.answer()[0].status_code == 200
    assert code.p2().get_json()["p2"]
    clock.now += 400
    assert error(code.p2()) == (410, "code_expired")


def test_a_closed_code_lets_nobody_in(code):
    code.open()
    code.joel.told("enrol_close", slot=code.secrets.slot)
    assert error(code.post()) == (409, "code_used")
    assert error(code.p2()) == (409, "code_used")
    assert error(code.open()) == (409, "code_used")


def test_another_office_cannot_read_answer_or_close_it(code, south):
    code.open()
    code.post()
    for verb, more in (
        ("enrol_read", {}),
        ("enrol_answer", {"p2": {"bytes": "", "mac": ""}}),
        ("enrol_close", {}),
    ):
        assert error(south.ask(verb, slot=code.secrets.slot, **more)) == (404, "not_found")
    assert error(south.ask("enrol_open", slot=code.secrets.slot)) == (409, "code_used")


def test_a_desk_cannot_answer_before_a_phone_has(code):
    code.open()
    answer = code.joel.ask("enrol_answer", slot=code.secrets.slot, p2={"bytes": "AAAA", "mac": "AAAA"})
    assert error(answer) == (409, "not_ready")


def test_whoever_guesses_is_soon_heard_no_more(code, app):
    code.open()
    app.extensions["sotto_relay"].rates.wrong_codes.clock = lambda: (
        0.0
    )  # half a minute would give back a guess
    answers = [code.joel.http.get(f"/v1/enrol/{b64u(os.urandom(16))}/p2") for _ in range(21)]
    assert {error(answer) for answer in answers[:20]} == {(404, "not_found")}
    assert error(answers[20]) == (429, "too_many")
    assert code.post().status_code == 200  # who knows the code is still let in


def test_yesterdays_codes_are_forgotten(code, clock, app):
    code.open()
    clock.now += 25 * 3600
    app.extensions["sotto_relay"].sweeper.sweep()
    assert error(code.p2()) == (404, "not_found")


@pytest.mark.parametrize(
    "p1",
    [
        {"bytes": "AA", "sig": "AA"},
        {"bytes": "=", "sig": "", "mac": ""},
        {"bytes": 7, "sig": 7, "mac": 7},
        [],
    ],
)
def test_a_note_that_is_none_is_refused(code, p1):
    code.open()
    assert error(code.post(p1 or [7])) == (400, "malformed")


def test_a_note_that_is_too_large_is_refused(code):
    code.open()
    large = b64u(bytes(5_000))
    assert code.post({"bytes": large, "sig": "", "mac": ""}).status_code == 413
