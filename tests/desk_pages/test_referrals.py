"""つなぎ: another body refers in five minutes, and hears five things of it, whatever is typed anywhere else."""

import dataclasses

import pytest

from pwa_server.desk.actions import consultations as intake
from pwa_server.desk.models.community import Notice
from pwa_server.desk.models.consultations import FIELDS as QUESTIONS
from pwa_server.desk.models.consultations import Consultation
from pwa_server.desk.models.office_and_cases import READ_MODEL, CaseFile, Conference, Staff, Visit
from pwa_server.desk.models.referrals import ASKED, NEEDED, Referral
from pwa_server.desk.projections.rebuild import digests, rebuild
from pwa_server.desk.queries.access import ROLES, cell
from pwa_server.desk.queries.field_classes import FIELDS, MIXED
from pwa_server.desk.queries.referrals import Answer
from tests.desk_pages import planted

WORRY = "買い物に来なくなって、ひと月になる"
ENOUGH = {"consent": "not_asked", "urgency": "normal", "reason": WORRY, "called": "角の家の方"}
TOLD = {"id", "called", "sent_at", "received_on", "letter", "meets_on", "asked", "until", "linked_on"}


@pytest.fixture
def agency(comes):
    return comes("坂井", "agency")


def sent(person, **more):
    person.send("/referrals", **ENOUGH | more)
    return Referral.select().order_by(Referral.at.desc()).first()


def test_three_answers_are_enough_and_it_arrives_as_a_consultation(agency, supervisor):
    assert agency.open("/").title
    assert agency.path.startswith("/referrals")
    assert "つないだ世帯はまだありません" in agency.page
    row = sent(agency)
    assert agency.status == 200
    told = Consultation.get_by_id(row.id)
    assert (told.state, told.told_third_party["reason"], told.told_core["consent"]) == (
        "open",
        WORRY,
        "not_asked",
    )
    assert told.told_third_party["informant"] == "坂井"
    page = supervisor.open("/consultations").text
    assert "関係機関から" in page
    assert WORRY in supervisor.open(f"/consultations/{row.id}").text
    assert "角の家の方" in supervisor.page


@pytest.mark.parametrize("name", [*NEEDED, "number"])
def test_what_is_missing_is_said_beside_it_and_nothing_typed_is_lost(agency, name):
    wrong = {"reason": f"{WORRY} 1234 5678 9018"} if name == "number" else {name: ""}
    page = agency.send("/referrals", **ENOUGH | wrong)
    assert agency.status == 400
    assert ("12桁の番号" if name == "number" else 'aria-invalid="true"') in agency.page
    assert "角の家の方" in agency.page
    assert not Referral.select().exists()
    assert page.title


def test_five_things_come_back_as_they_come_about(agency, supervisor, office):
    row = sent(agency)
    assert "待ち" in agency.open("/referrals").text
    supervisor.send(f"/referrals/{row.id}/take")
    supervisor.send(f"/referrals/{row.id}/ask", asked="買い物の日に声をかける", until="2026-12-20")
    assert supervisor.status == 200
    nakagawa = office.person("nakagawa")
    case = intake.make_case(office.desk, nakagawa, row.id, "R8-900", "世帯900")
    with office.desk.write():
        CaseFile.update(triage_decision="needs_conference").where(CaseFile.id == case).execute()
        Conference.create(
            id="k", case=case, kind="support", status="planned", on="2026-12-08", meeting="k", members=[]
        )
    page = agency.open("/referrals").text
    for words in ("11/24", "B　会議を予定", "12/8", "買い物の日に声をかける", "12/20"):
        assert words in page, words
    assert page.count("–") >= 1  # not linked yet
    with office.desk.write():
        planted.visit_by(office, office.person("kobayashi"))
        Visit.update(case=case, outcome="met_person", occurred_at="2026-11-25T01:00:00.000Z").execute()
    assert "11/25" in agency.open("/referrals").text


def test_what_is_asked_names_nobody(agency, supervisor):
    row = sent(agency, name="水野 花", telephone="077-123-4567")
    for words in ("水野さんに会う", "0771234567 にかける"):
        supervisor.send(f"/referrals/{row.id}/ask", asked=words)
        assert "まだ残していません" in supervisor.page
    assert Referral.get_by_id(row.id).asked == ""


def test_nothing_else_reaches_them_whatever_is_typed(office, comes, app):
    """Every column with words of every table, and every answer of the form, carries a sign of what it is."""
    assert {one.name for one in dataclasses.fields(Answer)} == TOLD
    planted.plant(office)
    agency = comes("坂井", "agency")
    me = Staff.get(Staff.name == "坂井")
    with office.desk.write():
        Referral.update(by=me.id).execute()
        Consultation.update(by=me.id).execute()
        Visit.update(outcome="met_person").where(Visit.case == planted.CASE).execute()
    agency.open("/referrals")
    allowed = {planted.SIGNS["referrals"]}
    carried = {data_class for table in READ_MODEL for data_class in FIELDS.get(table, {}).values()} - {
        "",
        MIXED,
    }
    assert {
        "contact",
        "health",
        "third_party",
        "visit_facts",
        "plan",
        "safety",
        "conference_support",
    } <= carried
    found = {name for name in carried if planted.SIGNS[name] in agency.page}
    assert found == {"referrals"}
    assert all(letter in agency.page for letter in allowed)  # the control: what is theirs is there
    # And those who are not theirs are not theirs, whatever the address.
    other = comes("別の機関", "agency")
    assert planted.SIGNS["referrals"] not in other.open("/referrals").text
    for path in (f"/consultations/{Referral.get().id}", "/consultations", f"/cases/{planted.CASE}"):
        agency.open(path)
        assert agency.status == 403, path


def test_the_cells_of_the_table_decide_who_sends_and_who_answers(comes, office):
    planted.plant(office)
    for role in ROLES:
        see, change = cell(role, "referrals")
        person = comes(f"つなぎ {role}", role)
        person.open("/referrals")
        assert (person.status == 200) == ("own" in change), role
        referral = Referral.get().id
        person.send(f"/referrals/{referral}/ask", asked="")
        assert (person.status != 403) == ("office" in change), role
        assert bool(see) or "センターへつなぐ" not in person.open("/settings").text


def test_answers_to_what_they_noticed_stand_there_too(agency, supervisor):
    agency.send("/notices", who="角の家", place="", noticed="新聞がたまっている", named="yes")
    assert "返事を待っています" in agency.open("/referrals").text

    supervisor.send(
        f"/notices/{Notice.get(Notice.who == '角の家').id}", answer="taken_up", thanks="ありがとうございます"
    )
    assert "ありがとうございます" in agency.open("/referrals").text


def test_every_question_of_the_form_is_one_of_the_intake_and_english_speaks_too(agency, office):
    names = [name for part in ASKED.values() for name in part]
    assert len(names) == len(set(names))
    assert set(names) <= {one.name for one in QUESTIONS}
    agency.client.set_cookie("sotto_lang", "en")
    assert "What came back" in agency.open("/referrals").text
    sent(agency)
    with office.desk.read():
        before = digests()
    rebuild(office.desk)
    with office.desk.read():
        assert digests() == before
