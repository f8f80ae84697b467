"""Every act on an account, by every role, towards every role: alone, only by two, or not at all.

The table is written out (`WRITTEN`): whoever changes a rule, adds a role or an act has to say what follows from it.
Then each cell is tried at the desk, and what came of it is looked at, not what was answered.
"""

import itertools

import pytest

from pwa_server.desk import actions
from pwa_server.desk.accounts.staff import (
    check_password,
    hash_password,
    make_account,
    open_session,
    read_session,
)
from pwa_server.desk.actions import devices, enrolment, trust
from pwa_server.desk.core.errors import DeskError, NotAllowed
from pwa_server.desk.models.office_and_cases import Account, CaseFile, DeviceRow, Staff
from pwa_server.desk.models.trust import AccountChange, StaffProposal
from pwa_server.desk.projections import accounts as apply_accounts
from pwa_server.desk.projections.append_and_apply import new_id
from pwa_server.desk.projections.registry import APPLIERS
from pwa_server.desk.queries import account_rules
from pwa_server.desk.queries.access import DATA_CLASSES, ROLES, cell
from pwa_server.desk.queries.account_rules import ACTS, ALONE, DECIDERS, HOUSEHOLDS, NO, TWO, how
from sync.encoding import b64u, name_of
from sync.sealing import SealKey
from sync.signing import SignKey
from tests.desk.conftest import join
from tests.desk_pages.conftest import AtTheDesk
from tests.standins.phone import Phone

# By the target's role, in the order of ROLES: a alone, t two, - not at all. A role that is not here may do nothing.
WRITTEN = {
    # worker supervisor coordinator agency commissioner participation community chief administrator security
    ("add", "supervisor"): "ataaaaattt",
    ("add", "administrator"): "tttttttttt",
    ("give_role", "supervisor"): "ataaaaattt",
    ("give_role", "administrator"): "tttttttttt",
    ("take_role", "supervisor"): "ataaaaattt",
    ("take_role", "administrator"): "ataaaaattt",
    ("recover", "supervisor"): "tttttttttt",
    ("recover", "administrator"): "tttttttttt",
    ("rename", "supervisor"): "tttttttttt",
    ("rename", "administrator"): "tttttttttt",
    ("stop", "supervisor"): "aaaaaaaata",
    ("stop", "administrator"): "aaaaaaaata",
    ("sign_out", "supervisor"): "aaaaaaaaaa",
    ("sign_out", "administrator"): "aaaaaaaaaa",
    ("meet_phone", "supervisor"): "aaaaaaaaaa",
    ("meet_phone", "administrator"): "aaaaaaaaaa",
    ("meet_phone", "security"): "aaaaaaaaaa",
    ("take_phone", "supervisor"): "aaaaaaa---",
    ("take_phone", "administrator"): "--------a-",
    ("take_phone", "security"): "---------a",
    ("stop_phone", "supervisor"): "aaaaaaaaaa",
    ("stop_phone", "administrator"): "aaaaaaaaaa",
    ("stop_phone", "security"): "aaaaaaaaaa",
}
LETTERS = {"a": ALONE, "t": TWO, "-": NO}
# What of the office itself is no household; together with HOUSEHOLDS it is every class of the table.
OFFICES_OWN = {
    "opportunities",
    "host_contacts",
    "community_issues",
    "learnings",
    "community_steps",
    "notices",
    "statistics",
    "access_log",
    "people",
    "devices",
    "incidents",
    "settings",
    "checklists",
    "exports",
    "filings",
    "archives",
    "disposals",
    "requests",
    "certificates",
    "organisations",
}


@pytest.mark.parametrize("act", ACTS)
def test_the_rules_are_those_written_here(act):
    assert {name for name, _ in WRITTEN} == set(ACTS)
    for actor in ROLES:
        row = WRITTEN.get((act, actor), "-" * len(ROLES))
        assert {role: how(act, actor, role) for role in ROLES} == {
            role: LETTERS[letter] for role, letter in zip(ROLES, row, strict=True)
        }, actor


def test_every_class_of_data_is_a_households_or_the_offices_own():
    assert set(HOUSEHOLDS) | OFFICES_OWN == set(DATA_CLASSES)
    assert not set(HOUSEHOLDS) & OFFICES_OWN


def test_nobody_makes_alone_what_reads_more_than_they_do_or_decides_about_others():
    for act, actor, target in itertools.product(("add", "give_role", "take_phone"), ROLES, ROLES):
        if how(act, actor, target) == ALONE:
            for name in HOUSEHOLDS:
                assert "office" in cell(actor, name)[0] or cell(target, name)[0] <= cell(actor, name)[0], (
                    act,
                    actor,
                )
            assert act == "take_phone" or target not in DECIDERS
    for actor, target in itertools.product(ROLES, ROLES):
        if any(cell(target, name)[0] for name in HOUSEHOLDS) or target in DECIDERS:
            assert how("recover", actor, target) in (TWO, NO)


class Tried:
    """An office with somebody of each role, where somebody of the role `actor` acts."""

    def __init__(self, office, actor):
        self.office, self.desk = office, office.desk
        self.count = 0
        self.phc = hash_password("the-password-of-before")
        self.actor = self.person(actor)

    def person(self, role):
        self.count += 1
        name = f"{role}-{self.count}"
        id_, email = new_id(), f"{name}@sample.invalid"
        told = {"staff": id_, "name": name, "kana": "", "role": role, "email": email}
        actions.act(self.desk, self.office.person("nakagawa"), "staff.added", told)
        Account.put(
            staff=id_,
            email=f"{name}@sample.invalid",
            password=self.phc,
            totp_secret=None,
            totp_confirmed=False,
            totp_last_step=0,
            totp_required=False,
            must_change=False,
            failures=0,
            locked_until=None,
            epoch=0,
        )
        return Staff.get_by_id(id_)

    def device_of(self, person):
        sign = SignKey.generate().public
        told = {
            "device": name_of(sign),
            "staff": person.id,
            "sign": b64u(sign),
            "seal": b64u(SealKey.generate().public),
            "label": "a phone",
        }
        actions.act(self.desk, self.office.person("nakagawa"), "device.enrolled", told)
        return told["device"]


def add(tried, target):
    before = {row.id for row in Staff.select()}
    trust.add_person(tried.desk, tried.actor, "new", "", target.role, f"new-of-{target.email}")
    (made,) = [row for row in Staff.select() if row.id not in before]
    return made.active and Account.get_or_none(Account.staff == made.id) is not None


def give_role(tried, target):
    other = tried.person("commissioner" if target.role == "community" else "community")
    trust.change_role(tried.desk, tried.actor, other.id, target.role)
    return Staff.get_by_id(other.id).role == target.role


def take_role(tried, target):
    """Somebody becomes a community worker, which supervisors give alone: what is tried is the taking."""
    role = "agency" if target.role == "community" else "community"
    trust.change_role(tried.desk, tried.actor, target.id, role)
    return Staff.get_by_id(target.id).role == role


def recover(tried, target):
    trust.recover(tried.desk, tried.actor, target.id)
    return Account.get_by_id(target.id).password != tried.phc


def rename(tried, target):
    actions.change_staff(tried.desk, tried.actor, target.id, email="mine@sample.invalid")
    return Staff.get_by_id(target.id).email == "mine@sample.invalid"


def stop(tried, target):
    trust.stop(tried.desk, tried.actor, target.id)
    return not Staff.get_by_id(target.id).active


def sign_out(tried, target):
    secret = open_session(tried.desk, target.id, "totp")
    actions.sign_out(tried.desk, tried.actor, target.id)
    return read_session(tried.desk, secret) is None


def meet_phone(tried, target):
    return bool(enrolment.start(tried.desk, tried.actor, target.id, "a phone").code)


def take_phone(tried, target):
    """A supervisor gave the code, the phone answered; this actor says that the words are the same."""
    meeting = enrolment.start(tried.desk, tried.office.person("nakagawa"), target.id, "a phone")
    phone = Phone(tried.office.http, tried.office.clock)
    phone.type_code(meeting.code)
    assert enrolment.poll(tried.desk, meeting.id).words == phone.meet()
    try:
        enrolment.confirm(tried.desk, tried.actor, meeting.id)
    finally:
        taken = DeviceRow.select().where(DeviceRow.staff == target.id).exists()
    return taken


def stop_phone(tried, target):
    device = tried.device_of(target)
    devices.revoke(tried.desk, tried.actor, device, "tried")
    return DeviceRow.get_by_id(device).status == "revoked"


TRIES = {
    "add": add,
    "give_role": give_role,
    "take_role": take_role,
    "recover": recover,
    "rename": rename,
    "stop": stop,
    "sign_out": sign_out,
    "meet_phone": meet_phone,
    "take_phone": take_phone,
    "stop_phone": stop_phone,
}
# What two people may not do at once through one call: there is no page for it.
REFUSED_WHERE_TWO = ("rename",)


def expected(act, actor, target):
    """From one role to another both rules hold: the stricter one counts."""
    found = how(act, actor, target)
    if act == "take_role" and found == ALONE:
        return how("give_role", actor, "agency" if target == "community" else "community")
    return found


@pytest.mark.parametrize("actor", ROLES)
def test_each_act_does_at_the_desk_what_the_table_says(office, actor):
    assert set(TRIES) == set(ACTS)
    tried, wrong = Tried(office, actor), []
    for act, role in itertools.product(ACTS, ROLES):
        target, proposals = tried.person(role), StaffProposal.select().count()
        try:
            done = TRIES[act](tried, target)
            came = (
                ALONE
                if done
                else TWO
                if act == "add" or StaffProposal.select().count() > proposals
                else "nothing"
            )
        except NotAllowed:
            came = NO
        wanted = expected(act, actor, role)
        if wanted == TWO and act in REFUSED_WHERE_TWO:
            wanted = NO
        if came != wanted:
            wrong.append((act, actor, role, came, wanted))
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_the_second_of_two_is_somebody_else_who_decides(office, role):
    """Neither who asked nor whom it is about, and none of a role that was not itself let in by two."""
    tried = Tried(office, role)
    worker = tried.person("worker")
    asked, half = trust.recover(office.desk, office.person("nakagawa"), worker.id)
    if role in DECIDERS:
        _, second = trust.decide(office.desk, tried.actor, asked, True)
        assert check_password(Account.get_by_id(worker.id).password, f"{half}-{second}")
    else:
        with pytest.raises(NotAllowed):
            trust.decide(office.desk, tried.actor, asked, True)
        assert Account.get_by_id(worker.id).password == tried.phc


def test_what_somebody_asked_for_who_may_not_any_more_cannot_be_agreed_to(office):
    nakagawa, tanaka = office.person("nakagawa"), office.person("tanaka")
    other = Staff.get_by_id(join(office.desk, "other", "supervisor", "other@sample.invalid"))
    asked, _ = trust.recover(office.desk, other, "demo-kobayashi")
    trust.stop(office.desk, nakagawa, other.id)
    with pytest.raises(NotAllowed):
        trust.decide(office.desk, tanaka, asked, True)
    trust.decide(office.desk, tanaka, asked, False)


def test_the_same_is_asked_for_once(office):
    trust.recover(office.desk, office.person("tanaka"), "demo-kobayashi")
    with pytest.raises(DeskError, match="already_asked"):
        trust.recover(office.desk, office.person("nakagawa"), "demo-kobayashi")


def test_the_first_person_of_a_new_office_has_no_second_and_later_everybody_has(office):
    tanaka = office.person("tanaka")
    assert not account_rules.is_first(tanaka)
    Staff.update(role="worker").where(Staff.id == "demo-nakagawa").execute()
    assert not account_rules.is_first(tanaka), "an office with cases is not new, whoever was sent away"
    CaseFile.delete().execute()
    assert account_rules.is_first(tanaka)
    Staff.update(role="supervisor", active=False).where(Staff.id == "demo-nakagawa").execute()
    assert not account_rules.is_first(tanaka), "nor by stopping those who could decide"


def test_every_event_about_an_account_or_a_phone_is_told():
    about = {name for name, _ in APPLIERS if name.startswith(("staff.", "device."))} - {"device.noted"}
    assert set(apply_accounts.CHANGES) == about


@pytest.mark.parametrize("role", ROLES)
def test_whoever_it_happened_to_is_told_on_their_first_page_until_they_have_seen_it(app, office, role):
    tried = Tried(office, role)
    actions.sign_out(office.desk, office.person("nakagawa"), tried.actor.id)
    person = AtTheDesk(app, "x")
    person.client.set_cookie("sotto_desk", open_session(office.desk, tried.actor.id, "totp"))
    row = AccountChange.get((AccountChange.staff == tried.actor.id) & (AccountChange.kind == "signed_out"))
    person.open("/")
    assert f'value="{row.id}"' in person.page
    person.send("/accounts/seen", change=row.id)
    assert f'value="{row.id}"' not in person.open("/").text + person.page


@pytest.mark.parametrize("role", ROLES)
def test_the_others_who_decide_are_told_and_nobody_else(app, office, role):
    reader = Staff.get_by_id(join(office.desk, "reader", role, "reader@sample.invalid"))
    office.phone_of("kobayashi")
    person = AtTheDesk(app, "x")
    person.client.set_cookie("sotto_desk", open_session_of(office.desk, reader))
    row = AccountChange.get(AccountChange.kind == "phone_in")
    person.open("/")
    assert (f'value="{row.id}"' in person.page) == (role in DECIDERS)


def open_session_of(desk, person):
    make_account(
        desk, person.id, person.email, "the-password-of-before", totp_required=False, must_change=False
    )
    return open_session(desk, person.id, "totp")
