"""Passwords: checked side by side without waiting for each other, guessed slowly, and none that is easily guessed."""

import hashlib
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from pwa_server.desk.accounts import passwords, staff
from pwa_server.desk.core.errors import DeskError
from pwa_server.desk.models.office_and_cases import Account, Passkey

GOOD = "three quiet boats at noon"
EMAIL = "nakagawa@sample.invalid"


def of_four_lanes(password):
    """As this program hashed them before."""
    argon = Argon2id(salt=secrets.token_bytes(16), length=32, iterations=3, lanes=4, memory_cost=64 * 1024)
    return argon.derive_phc_encoded(password.encode())


@pytest.fixture
def nakagawa_account(desk):
    staff.make_account(desk, "demo-nakagawa", EMAIL, GOOD, totp_required=False, must_change=False)
    return Account.get_by_id("demo-nakagawa")


def outcome(desk, email, password):
    try:
        staff.sign_in(desk, email, password)
    except DeskError as error:
        return error.code
    finally:
        if threading.current_thread() is not threading.main_thread():
            desk.close()
    return "in"


def test_many_sign_in_at_once_with_hashes_of_before_and_of_now(desk, nakagawa_account):
    """Two at once once stopped the desk for good. The old hash is made anew on the way."""
    Account.update(password=of_four_lanes(GOOD)).where(Account.staff == "demo-nakagawa").execute()
    staff.make_account(
        desk, "demo-tanaka", "tanaka@sample.invalid", GOOD, totp_required=False, must_change=False
    )
    emails = [EMAIL, "tanaka@sample.invalid", "nobody@sample.invalid", "tanaka@sample.invalid"]
    with ThreadPoolExecutor(8) as people:
        ways = [people.submit(outcome, desk, email, GOOD) for email in emails * 2]
        told = [one.result(60) for one in ways]
    assert told == ["in", "in", "sign_in_refused", "in"] * 2
    assert not passwords.is_old(Account.get_by_id("demo-nakagawa").password)
    assert passwords.check_password(Account.get_by_id("demo-nakagawa").password, GOOD)


@pytest.mark.parametrize("email", [EMAIL, "nobody@sample.invalid"])
def test_the_pause_is_the_same_for_an_address_that_nobody_has(desk, nakagawa_account, email):
    told = [outcome(desk, email, "not the password") for _ in range(7)]
    assert told == ["sign_in_refused"] * 5 + ["sign_in_paused"] * 2


@pytest.mark.parametrize("email", [EMAIL, "nobody@sample.invalid"])
def test_of_many_guesses_at_once_five_are_tried_and_the_pause_stays(desk, nakagawa_account, email):
    with ThreadPoolExecutor(12) as guessers:
        told = list(guessers.map(lambda _: outcome(desk, email, "not the password"), range(12)))
    assert sorted(told) == ["sign_in_paused"] * 7 + ["sign_in_refused"] * 5
    assert outcome(desk, email, GOOD) == "sign_in_paused"


def test_who_knows_the_password_cannot_lift_the_pause_of_wrong_codes(desk, nakagawa_account, clock):
    secret = staff.start_totp(desk, "demo-nakagawa")
    assert secret
    Account.update(totp_confirmed=True).where(Account.staff == "demo-nakagawa").execute()
    for _ in range(5):
        assert outcome(desk, EMAIL, GOOD) == "in"
        with pytest.raises(DeskError, match="sign_in_refused"):
            staff.check_totp(desk, "demo-nakagawa", "abcdef")
    assert outcome(desk, EMAIL, GOOD) == "sign_in_paused"
    with pytest.raises(DeskError, match="sign_in_paused"):
        staff.check_totp(desk, "demo-nakagawa", "abcdef")


def test_the_fifth_try_may_be_the_right_one(desk, nakagawa_account):
    for _ in range(4):
        outcome(desk, EMAIL, "not the password")
    assert outcome(desk, EMAIL, GOOD) == "in"
    assert outcome(desk, EMAIL, "not the password") == "sign_in_refused"


def test_a_code_works_one_step_early_or_late_but_never_behind_one_that_was_used(
    desk, nakagawa_account, clock
):
    import base64

    secret = base64.b32decode(staff.start_totp(desk, "demo-nakagawa"))
    step = int(desk.clock().timestamp()) // staff.TOTP_STEP

    def given(at):
        try:
            staff.check_totp(desk, "demo-nakagawa", staff.totp_code(secret, at))
        except DeskError as error:
            return error.code
        return "in"

    assert given(step - 2) == "sign_in_refused"
    assert given(step - 1) == "in"
    assert given(step - 1) == "sign_in_refused"
    assert given(step + 1) == "in"
    assert given(step) == "sign_in_refused"
    assert given(step + 1) == "sign_in_refused"
    assert given(step + 2) == "sign_in_refused"


def test_a_first_password_works_for_a_day(desk, clock):
    staff.make_account(desk, "demo-nakagawa", EMAIL, "first-password-given")
    clock.pass_(hours=23)
    assert outcome(desk, EMAIL, "first-password-given") == "in"
    clock.pass_(hours=2)
    assert outcome(desk, EMAIL, "first-password-given") == "first_password_old"
    assert outcome(desk, EMAIL, "another-password-here") == "sign_in_refused"


def test_a_first_password_ends_the_passkeys_of_before(desk, nakagawa_account):
    Passkey.create(id="k", staff="demo-nakagawa", public_key=b"", sign_count=0, label="", made_at=desk.now())
    staff.make_account(desk, "demo-nakagawa", EMAIL, "first-password-given")
    assert not Passkey.select().where(Passkey.staff == "demo-nakagawa").exists()


@pytest.mark.parametrize(
    "weak",
    [
        "passwordpassword",
        "password1234",
        "123456789012",
        "qwertyuiop[]",
        "sottosottosotto",
        "nakagawa-1234",
        "aaaaaaaaaaaa",
        "nakagawa@sample.invalid",
        "中川中川中川中川中川中川",
        "さくらさくらさくらさくら",
        "ひきこもりパスワード支援",
        "20261130202611",
    ],
)
def test_a_password_that_is_easily_guessed_is_refused(desk, nakagawa_account, weak):
    with pytest.raises(DeskError, match="password_common"):
        staff.change_password(desk, "demo-nakagawa", weak)
    assert passwords.check_password(Account.get_by_id("demo-nakagawa").password, GOOD)


@pytest.mark.parametrize(
    "good", [GOOD, "青い鳥と朝の味噌汁を三つ", "xkq2-9mfp-t7wz-bn4c", "x" * 3 + "k9#Tq!rB2" * 9]
)
def test_a_password_of_several_words_is_taken(desk, nakagawa_account, good):
    staff.change_password(desk, "demo-nakagawa", good)
    assert outcome(desk, EMAIL, good) == "in"


def test_a_stolen_password_is_refused_where_a_list_is_named(desk, nakagawa_account, tmp_path):
    stolen = [f"stolen words number {n}" for n in range(500)]
    lines = sorted(hashlib.sha1(one.encode()).hexdigest().upper() + f":{n}" for n, one in enumerate(stolen))
    file = tmp_path / "stolen.txt"
    file.write_text("\r\n".join(lines), "ascii")
    assert all(passwords.is_listed(one, file) for one in stolen)
    assert not any(passwords.is_listed(f"{one}?", file) for one in stolen)
    desk.config = replace(desk.config, breached_passwords=file)
    with pytest.raises(DeskError, match="password_breached"):
        staff.change_password(desk, "demo-nakagawa", stolen[7])
