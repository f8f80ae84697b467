"""所管課: what waits for a decision, incidents with their clock, the year; and who may see and change it."""

import pytest

from pwa_server.desk.actions import plans as acts
from pwa_server.desk.models.office_and_cases import AccessView, CaseFile, OfficeOption, Staff
from pwa_server.desk.models.organisations import Organisation
from pwa_server.desk.models.trust import Incident, IncidentReport
from pwa_server.desk.queries import incidents, section
from pwa_server.desk.queries.access import ROLES, cell
from tests.desk_pages import planted
from tests.desk_pages.test_plan import CASE, content_of


@pytest.fixture
def chief(comes):
    return comes("藤田 久", "chief")


@pytest.fixture
def lost(office):
    """A phone that was stolen on 11/20; the desk's day is 11/24."""
    told = planted.ROWS[Incident] | {"kind": "stolen", "noticed_at": "2026-11-20T01:00:00.000Z"}
    with office.desk.write():
        Incident.create(id="lost", items={}, **told)
    return "lost"


def test_each_report_has_its_days_and_the_office_its_table(chief, lost):
    page = chief.open("/section").text
    for words in ("1日すぎた", "あと1日", "あと56日", "要るかを決める"):
        assert words in page, words
    days = {"first": "2", "last_first": "6", "full": "20", "full_malicious": "40"}
    chief.send("/section/days", **days)
    page = chief.open("/section").text
    for words in ("2日すぎた", "あと2日", "あと36日"):
        assert words in page, words
    for wrong in ("0", "x", "", "366"):
        chief.send("/section/days", **days | {"full": wrong})
        assert chief.status == 400
        assert "1から365までの日数" in chief.page
    assert incidents.days()["full"] == 20


def test_a_clock_stops_when_its_report_is_written_down(chief, lost):
    told = {"report": "first", "how": "told", "day": "2026-11-23", "why": "個人情報保護委員会"}
    chief.send(f"/incidents/{lost}/told", **told | {"how": "not_needed", "why": ""})
    assert "理由を書いてください" in chief.page
    chief.send(f"/incidents/{lost}/told", **told | {"day": "2026-11-30"})
    assert "先の日は書けません" in chief.page
    assert not IncidentReport.select().exists()
    chief.send(f"/incidents/{lost}/told", **told)
    page = chief.open("/section").text
    assert "すぎた" not in page  # the aim and the last day are one report's
    for report in ("full", "person"):
        chief.send(f"/incidents/{lost}/told", report=report, how="not_needed", day="2026-11-24", why="暗号化")
    assert "期限のある事故はありません" in chief.open("/section").text


@pytest.mark.parametrize(
    "value", ["x", [], {}, {"full": "x"}, {"full": "-1"}, {"full": "99999"}, {"full": ["1"]}]
)
def test_a_table_that_went_wrong_counts_as_usual(office, value):
    with office.desk.write():
        OfficeOption.put(id=incidents.OPTION, value=value)
    assert incidents.days() == incidents.USUAL


def test_what_a_conference_found_fitting_waits_until_it_is_decided(chief, office, comes):
    coordinator = Staff.get_by_id(comes("調整", "coordinator").id)
    version = acts.write_plan(office.desk, coordinator, CASE, content_of())
    no = CaseFile.get_by_id(CASE).no
    assert no not in chief.open("/section").text  # a draft waits for its conference
    acts.agree_plan(office.desk, coordinator, CASE, version, "2026-11-24", "fits", "")
    page = chief.open("/section")
    assert no in page.text
    assert f"/cases/{CASE}/plan" in page.links
    assert AccessView.select().where((AccessView.staff == chief.id) & (AccessView.case == CASE)).exists()
    acts.decide_plan(office.desk, Staff.get_by_id(chief.id), CASE, version, "2026-11-24", "decided", "")
    assert f"/cases/{CASE}/plan" not in chief.open("/section").links


def test_contractors_stand_by_name_whatever_they_have(chief, office):
    """The one with more of everything stands where its name puts it; an agency and an ended one are not there."""
    with office.desk.write():
        Organisation.delete().execute()
        for id_, name, kind, active in (
            ("z", "アの会", "contractor", True),
            ("a", "ンの会", "contractor", True),
            ("b", "カの会", "contractor", False),
            ("c", "サの会", "agency", True),
        ):
            Organisation.create(
                id=id_, name=name, kind=kind, contact="", active=active, by="x", at="2026-11-01T00:00:00Z"
            )
        CaseFile.update(organisation="a").where(CaseFile.status == "active").execute()
    told = section.contractors()
    assert [one.name for one in told] == ["アの会", "ンの会"]
    assert told[0].cases == 0
    assert told[1].cases > 0
    page = chief.open("/section").text
    assert page.index("アの会") < page.index("ンの会")
    assert "カの会" not in page


def test_the_year_leads_to_its_report_and_english_speaks_too(chief):
    page = chief.open("/section")
    assert "/statistics?month=2026-04" in page.links
    assert "/statistics?month=2026-11" in page.links
    assert "/statistics?month=2026-12" not in page.links
    chief.client.set_cookie("sotto_lang", "en")
    assert "Nothing waits for a decision" in chief.open("/section").text or "Read and decide" in chief.page


def test_the_cells_of_the_table_decide_who_comes_in(comes, lost):
    for role in ROLES:
        person = comes(f"課 {role}", role)
        person.open("/section")
        assert (person.status == 200) == ("office" in cell(role, "plan_decision")[1]), role
        person.send("/section/days")
        assert (person.status != 403) == ("office" in cell(role, "plan_decision")[1]), role
        person.send(f"/incidents/{lost}/told")
        assert (person.status == 403) != ("office" in cell(role, "incidents")[1]), role
