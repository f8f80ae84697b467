"""The sample tells the whole story of domain.md 7.3, on whatever day it is loaded, and adds nothing to what
was published.
"""

from datetime import UTC, datetime

import pytest

from pwa_server.config import Config
from pwa_server.dates import local
from pwa_server.desk.actions import sample
from pwa_server.desk.actions.sample_cases import DEMO_001, DEMO_002, STAFF, STORY_STAFF
from pwa_server.desk.log import event_log
from pwa_server.desk.log.office_keys import make_keys
from pwa_server.desk.models.conferences import Decision, Meeting, Minutes, Seat
from pwa_server.desk.models.consultations import Consultation
from pwa_server.desk.models.handovers import Handover
from pwa_server.desk.models.office_and_cases import CaseFile, Member
from pwa_server.desk.models.plans import Ball, CaseClosing, PlanVersion
from pwa_server.desk.open_desk import create_desk_file
from pwa_server.desk.projections.rebuild import rebuild
from pwa_server.desk.queries import triage
from pwa_server.desk.queries.conferences import lacks_consent
from pwa_server.desk.queries.handovers import stopped
from pwa_server.desk.queries.plans import decided
from tests.desk.conftest import TestClock

DAYS = {
    "a Tuesday": datetime(2026, 11, 24, 3, tzinfo=UTC),
    "New Year": datetime(2026, 12, 31, 15, tzinfo=UTC),
    "the last day of a fiscal year": datetime(2027, 3, 31, 14, tzinfo=UTC),
    "a leap day, on a weekend": datetime(2032, 2, 29, 3, tzinfo=UTC),
}
ROAD = (
    "notice.given",
    "consultation.received",
    "consultation.became_case",
    "triage.decided",
    "conference.planned",
    "conference.member_set",
    "conference.acknowledged",
    "conference.minuted",
    "conference.decided",
    "conference.held",
    "consent.noted",
    "plan.drafted",
    "plan.agreed",
    "plan.decided",
    "conference.decision_carried",
    "plan.monitored",
    "handover.sent",
    "handover.answered",
    "case.closed",
)


@pytest.fixture(scope="module", params=DAYS)
def told(request, tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("told")
    clock = TestClock()
    clock.time = DAYS[request.param]
    desk = create_desk_file(Config(data=tmp_path / "data", desk_key_file=tmp_path / "desk.key"), clock)
    make_keys(desk)
    desk.people = sample.load(desk, story=True)
    yield desk
    desk.close()


def test_every_step_of_the_road_is_there_and_none_lies_ahead(told):
    events = list(event_log.replay())
    assert {event.type for event in events}.issuperset(ROAD)
    now = told.now()
    assert [event.type for event in events if event.at > now and event.type != "followup.scheduled"] == []
    assert rebuild(told)[1] == [], "the same rows once more"


def test_the_table_of_the_57_stays(told):
    found = triage.table()
    assert [found[letter]["total"] for letter in ("A", "B", "C", "all")] == [16, 8, 33, 57]
    assert (found["A"]["support"], found["A"]["multi_agency"]) == (14, 2)
    assert (found["B"]["support"], found["B"]["multi_agency"]) == (7, 1)


def test_the_published_households_go_as_far_as_the_publication(told):
    today = local(told.clock()).date().isoformat()
    first, second = (Meeting.get_by_id(f"{case}-table") for case in ("demo-001", "demo-002"))
    assert (first.status, second.status) == ("held", "planned")
    assert first.on < today < second.on
    assert datetime.fromisoformat(first.on).weekday() < 5 > datetime.fromisoformat(second.on).weekday()
    assert lacks_consent("consent", "demo-001", local(told.clock()).date()), "no consent was published"
    assert Minutes.select().where(Minutes.case == "demo-002").count() == 0
    content = decided("demo-001").content
    assert [one["what"] for one in content["issues"]] == [one["text"] for one in DEMO_001["issues"]]
    assert content["beforeConsent"]
    assert content["wishes"] == [], "what each of them wants is unknown"
    assert decided("demo-002") is None
    assert CaseFile.get_by_id("demo-007").sample


def test_nobody_is_the_person_whom_the_publication_does_not_name(told):
    named = {row.id for row in Member.select().where(Member.is_index)}
    assert not named & {member["id"] for member in DEMO_001["household"]["members"]}
    assert named & {member["id"] for member in DEMO_002["household"]["members"]} == {"demo-002-d"}
    assert {row.sex for row in Member.select().where(Member.case.in_(("demo-001", "demo-002")))} == {
        "unknown"
    }


def test_what_was_handed_over_stands_and_one_answer_is_waited_for(told):
    rows = list(Handover.select().order_by(Handover.id))
    today = local(told.clock()).date()
    assert [row.answer for row in rows] == ["taken", None]
    assert [stopped(row, today) for row in rows] == [None, None], "none of them names anybody"
    assert rows[1].answer_by > today.isoformat()


def test_the_invented_household_comes_to_its_end(told):
    assert not lacks_consent("consent", "demo-007", local(told.clock()).date())
    assert (
        Decision.get(Decision.case == "demo-007").carried
        == PlanVersion.get(PlanVersion.case == "demo-007").id
    )
    assert {row.state for row in Ball.select().where(Ball.case == "demo-007")} == {"done"}
    assert CaseClosing.get(CaseClosing.case == "demo-007").result == "reached"
    assert CaseFile.get_by_id("demo-007").status == "closed"
    assert {row.state for row in Consultation.select()} == {"case"}


def test_whoever_does_it_may_and_has_an_account_to_try_it(told):
    assert [row.id for row in told.people] == [person[0] for person in (*STAFF, *STORY_STAFF)]
    waiting = Seat.select().where((Seat.meeting == "demo-002-table") & Seat.acknowledged_on.is_null())
    assert {row.member for row in waiting} > {"demo-nakagawa", "demo-kobayashi"}
