"""Ways to become somebody else, or to stay in after being put out: each tried, in variants and at the same moment."""

import base64
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from pwa_server.desk.accounts import staff
from pwa_server.desk.actions import trust
from pwa_server.desk.core.errors import DeskError
from pwa_server.desk.models.office_and_cases import Account, LogEntry, Passkey, Session, Staff
from pwa_server.desk.pages.layout.security_doors import DOORS
from tests.desk.conftest import join
from tests.desk_pages.conftest import PASSWORD, SAME_ORIGIN, AtTheDesk

NEW = "a quite new set of words"
# Acts that change who may enter, what opens a phone, or what leaves the office; the rest of DOORS asks for no proof.
ASKS = {
    "factor.add",
    "factor.remove",
    "password.change",
    "account.add",
    "account.role",
    "account.stop",
    "account.organisation",
    "transfer.make",
    "transfer.take_back",
    "account.recover",
    "proposal.decide",
    "cases.hand_over",
    "phone.enrol",
    "phone.confirm",
    "phone.let_in",
    "phone.stop",
    "export",
    "disclosure",
}
# A first password is given and the person is not in yet; a session is ended, which shows nobody anything.
NOT_ASKED = {("POST", "sign_in.password"), ("POST", "settings.end_session")}


@pytest.fixture
def at_desk(signs_in):
    return signs_in


def at_once(count, act):
    """What `act(n)` answered or raised, for `count` threads that begin together."""
    ready = Barrier(count)

    def one(number):
        ready.wait(60)
        try:
            return act(number)
        except DeskError as error:
            return error.code

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_what_changes_who_may_enter_asks_for_a_fresh_proof(app):
    missing = [
        door
        for door, act in DOORS.items()
        if act in ASKS
        and door not in NOT_ASKED
        and not getattr(app.view_functions[door[1]], "asks_for_proof", False)
    ]
    assert missing == []


def test_a_window_left_open_does_not_change_the_password(app, at_desk):
    nakagawa = at_desk("nakagawa")
    for wrong in ("", "not-the-password", NEW):
        nakagawa.open("/settings")
        page = nakagawa.send("/settings/password", current=wrong, password=NEW, again=NEW)
        assert "いまのパスワードがちがいます" in page.text
    assert staff.check_password(Account.get_by_id("demo-nakagawa").password, PASSWORD.format("nakagawa"))
    nakagawa.send("/settings/password", current=PASSWORD.format("nakagawa"), password=NEW, again=NEW)
    assert staff.check_password(Account.get_by_id("demo-nakagawa").password, NEW)
    assert Session.select().where(Session.staff == "demo-nakagawa").count() == 0 or not nakagawa.open(
        "/cases"
    ).title.startswith("ケース")


def test_a_proof_gives_a_new_cookie_and_the_old_one_opens_nothing(app, at_desk, office):
    """A form that stands in another window of the same browser is taken all the same; another's is not."""
    nakagawa, tanaka = at_desk("nakagawa"), at_desk("tanaka")
    nakagawa.open("/settings")
    before, old_token, foreign = (
        nakagawa.client.get_cookie("sotto_desk").value,
        nakagawa.token(),
        tanaka.token(),
    )
    for _ in range(3):
        office.clock.pass_(minutes=11)
        nakagawa.open("/people/phones/add")
        nakagawa.send("/prove", password=PASSWORD.format("nakagawa"))
        assert nakagawa.path.startswith("/people/phones/add")
    assert nakagawa.client.get_cookie("sotto_desk").value != before
    assert Session.select().where(Session.staff == "demo-nakagawa").count() == 1
    thief = AtTheDesk(app, "thief")
    thief.client.set_cookie("sotto_desk", before)
    thief.open("/cases")
    assert thief.path.startswith("/sign-in")
    for token, status in ((old_token, 302), (foreign, 403), ("0" * 64, 403)):
        answer = nakagawa.client.post("/settings", data={"csrf": token}, headers=SAME_ORIGIN)
        assert answer.status_code == status


@pytest.mark.parametrize("what", ["recovered", "stopped", "role", "signed out"])
def test_who_was_half_way_in_comes_no_further_once_the_account_was_taken_in_hand(app, office, what):
    """The old password was given, and the code not yet, when the account began anew: it set up a code of its own."""
    tanaka, nakagawa = office.person("tanaka"), office.person("nakagawa")
    secret = staff.start_totp(office.desk, "demo-kobayashi")
    staff.check_totp(office.desk, "demo-kobayashi", code_of(office, secret))
    thief = AtTheDesk(app, "kobayashi")
    thief.sign_in()
    assert thief.path.startswith("/sign-in/code")
    if what == "recovered":
        trust.decide(office.desk, nakagawa, trust.recover(office.desk, tanaka, "demo-kobayashi")[0], True)
    elif what == "stopped":
        trust.stop(office.desk, nakagawa, "demo-kobayashi", "demo-nishimura")
    elif what == "role":
        Staff.update(role="community").where(Staff.id == "demo-kobayashi").execute()
        staff.end_all_sessions(office.desk, "demo-kobayashi")
    else:
        staff.end_all_sessions(office.desk, "demo-kobayashi")
    office.clock.pass_(seconds=60)
    for path in ("/sign-in/set-up", "/sign-in/password", "/sign-in/code"):
        thief.open(path)
        assert "otpauth" not in thief.page
        assert not re.search(r"<span>[A-Z2-7]{4}</span>", thief.page), "a secret is shown"
        thief.send(path, code=code_of(office, secret), password=NEW, again=NEW)
    thief.open("/today")
    assert thief.path.startswith("/sign-in")
    assert Session.select().where(Session.staff == "demo-kobayashi").count() == 0


def code_of(office, secret):
    return staff.totp_code(base64.b32decode(secret), int(office.desk.clock().timestamp()) // staff.TOTP_STEP)


def test_a_factor_added_or_taken_away_ends_the_other_windows(app, at_desk, office):
    here, elsewhere = at_desk("nakagawa"), at_desk("nakagawa")
    Passkey.create(
        id="p", staff="demo-nakagawa", public_key=b"x", sign_count=0, label="x", made_at=office.desk.now()
    )
    here.open("/settings")
    here.send("/settings/passkeys/remove", passkey="p")
    assert here.path.startswith("/settings")
    elsewhere.open("/cases")
    assert elsewhere.path.startswith("/sign-in")


def test_a_role_that_changes_ends_what_the_old_one_was_about_to_do(at_desk, office):
    """Signed in, with a form of the old role open, in two windows."""
    nakagawa, again = at_desk("nakagawa"), at_desk("nakagawa")
    nakagawa.open("/people/demo-nishimura")
    token = nakagawa.token()
    join(office.desk, "岡 直", "chief", "oka@sample.invalid")
    chief = Staff.get(Staff.email == "oka@sample.invalid")
    asked = trust.change_role(office.desk, office.person("tanaka"), "demo-nakagawa", "worker")
    trust.decide(office.desk, chief, asked, True)
    before = LogEntry.select().count()
    for window in (nakagawa, again):
        window.send("/people/demo-nishimura/role", csrf=token, role="supervisor")
        window.open("/people")
        assert window.path.startswith("/sign-in")
    assert LogEntry.select().count() == before
    nakagawa.sign_in()
    nakagawa.open("/people")
    assert nakagawa.status == 403


def test_known_and_unknown_addresses_are_answered_alike_when_guessed_at_the_same_moment(app):
    """Nine guesses at once at each, on lines of their own: five are tried, the others wait, for both."""

    def guess(email):
        def one(_):
            person = AtTheDesk(app, email)
            person.sign_in(email=f"{email}@sample.invalid", password="not-the-password")
            return person.status, re.sub(r"[\w.]+@sample.invalid|[0-9a-f]{64}|\w{16}", "", person.page)

        return one

    known, unknown = at_once(9, guess("nakagawa")), at_once(9, guess("nobody"))
    assert Counter(status for status, _ in known) == Counter(status for status, _ in unknown)
    assert Counter(status for status, _ in known)[403] == 5
    sentences = [
        {re.search(r'role="alert"[^>]*>([^<]*)', page)[1] for _, page in all_} for all_ in (known, unknown)
    ]
    assert sentences[0] == sentences[1]


def test_one_code_opens_one_window_however_many_send_it(app, office):
    secret = staff.start_totp(office.desk, "demo-nakagawa")
    staff.check_totp(office.desk, "demo-nakagawa", code_of(office, secret))
    office.clock.pass_(seconds=60)
    code = code_of(office, secret)
    answers = at_once(6, lambda _: staff.check_totp(office.desk, "demo-nakagawa", code))
    assert answers.count(None) == 1


@pytest.mark.parametrize("answers", [(True, True), (True, False), (False, False)])
def test_two_who_decide_at_the_same_moment_decide_once(office, answers):
    second = Staff.get_by_id(join(office.desk, "岡 直", "chief", "oka@sample.invalid"))
    asked, _ = trust.recover(office.desk, office.person("tanaka"), "demo-kobayashi")
    deciders = (office.person("nakagawa"), second)
    told = at_once(2, lambda n: trust.decide(office.desk, deciders[n], asked, answers[n]))
    assert sum(isinstance(one, tuple) for one in told) == 1, told
    assert LogEntry.select().where(LogEntry.type == "staff.decided").count() == 2  # that of `join`, and this


def test_of_many_first_passwords_asked_for_at_once_one_stands(office):
    told = at_once(
        4,
        lambda n: trust.recover(office.desk, office.person(("tanaka", "nakagawa")[n % 2]), "demo-kobayashi"),
    )
    assert sum(isinstance(one, tuple) for one in told) == 1, told


class TestAnOfficeWithOneWhoDecides:
    """Two are needed, and there is one: without a way out the office could never let a second one in."""

    @pytest.fixture
    def asked(self, office):
        Staff.update(role="worker").where(Staff.id == "demo-nakagawa").execute()
        id_, password = trust.add_person(
            office.desk, office.person("tanaka"), "岡 直", "おか", "supervisor", "oka@sample.invalid"
        )
        assert password is None
        return id_

    def test_nobody_agrees_alone(self, office, asked):
        (proposal,) = trust.open_proposals()
        for name in ("tanaka", "nakagawa", "kobayashi"):
            with pytest.raises(DeskError):
                trust.decide(office.desk, office.person(name), proposal.id, True)

    def test_whoever_holds_the_machine_is_the_second(self, office, asked):
        from pwa_server.office import Operator

        half = trust.asked_halves(office.person("tanaka"))[trust.open_proposals()[0].id]
        _, other = trust.agree_as_operator(office.desk, Operator(), asked)
        assert Staff.get_by_id(asked).active
        found = staff.sign_in(office.desk, "oka@sample.invalid", f"{half}-{other}")
        assert (found.must_change, found.must_enrol_totp) == (True, True)
        with pytest.raises(DeskError, match="not_found"):
            trust.agree_as_operator(office.desk, Operator(), asked)

    def test_but_not_while_somebody_at_the_desk_can_be(self, office, asked):
        from pwa_server.office import Operator

        Staff.update(role="chief").where(Staff.id == "demo-nakagawa").execute()
        with pytest.raises(DeskError, match="not_allowed"):
            trust.agree_as_operator(office.desk, Operator(), asked)
        assert not Staff.get_by_id(asked).active
