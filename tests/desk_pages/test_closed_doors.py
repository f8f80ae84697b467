"""A closed case: every door that would begin something there refuses in words and offers to open it again."""

import ast
from pathlib import Path

import pytest

from pwa_server.desk import actions
from pwa_server.desk.actions import plans
from pwa_server.desk.core.errors import DeskError
from pwa_server.desk.models.office_and_cases import Assignment, CaseFile, Staff, Visit
from pwa_server.desk.queries.closed import BEGINS, refuse_closed
from pwa_server.texts import catalogue
from tests.desk_pages import planted
from tests.desk_pages.test_plan import CASE, comes  # noqa: F401  # a fixture

JA = catalogue("ja")
ACTIONS = Path(actions.__file__).parent
CLOSING = {"on": "2026-11-24", "changes": [], "words": "", "result": "reached", "stays": [], "untold": ""}
# Written on a closed case, too: what ends, corrects, answers or keeps; and what names no case or opens one.
GOES_ON = {
    "access.granted", "access.noticed", "case.changed", "case.closed", "case.merge_undone", "case.merged", "case.noted",
    "case.opened", "case.reopened", "case.unassigned", "conference.acknowledged", "conference.agenda_set",
    "conference.answered", "conference.case_set", "conference.decision_carried", "conference.decision_removed",
    "conference.minuted", "conference.material_added", "conference.material_removed", "consent.noted",
    "consent.withdrawn", "consultation.became_case",
    "consultation.corrected", "consultation.ended", "consultation.received", "consultation.reopened",
    "disclosure.decided", "document.added", "document.removed", "followup.assigned", "followup.cancelled",
    "followup.done", "followup.moved", "handover.answered", "handover.withdrawn", "issue.evidence_given",
    "issue.evidence_taken_back", "learning.set_aside", "member.set", "member.removed", "member.merged",
    "parentage.set", "parentage.removed", "promise.kept", "safety.removed", "safety.set", "tie.set", "tie.removed",
    "two_values.decided", "union.set", "union.removed", "visit.approval_undone", "visit.approved", "visit.commented",
    "visit.corrected", "visit.flag_settled", "visit.flagged", "visit.logged", "visit.read", "visit.returned",
    "visit.withdrawn",
    # The years go on after the end, and so does what a person asks of their record; what was seen of taking part
    # before the end is written down late, and a slip is taken back.
    "hold.set", "hold.lifted", "request.received", "request.part_seen", "request.decided", "request.checked",
    "request.answered", "case.entrusted", "referral.sent", "referral.taken", "referral.asked", "match.followed",
    "match.undone",
}  # fmt: skip
STATES = ("begun", "undecided", "open", "closed", "merged")


def of_cases():
    """Types that are written with a case: the fifth argument of `act`, or `case=`."""
    found = set()
    for file in ACTIONS.glob("*.py"):
        for call in ast.walk(ast.parse(file.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "act":
                named = len(call.args) > 4 or any(one.arg == "case" for one in call.keywords)
                if named and isinstance(call.args[2], ast.Constant):
                    found.add(call.args[2].value)
    return found


def test_every_type_written_to_a_case_is_known():
    assert of_cases() - GOES_ON - BEGINS == set()
    assert not BEGINS & GOES_ON
    assert len(of_cases()) > 50


@pytest.fixture
def states(office):
    """A case in each state."""
    desk, nakagawa = office.desk, office.person("nakagawa")
    Assignment.delete().where(Assignment.case == "demo-050").execute()
    plans.close_case(desk, nakagawa_may_plan(office), "demo-050", CLOSING)
    actions.merge_cases(desk, nakagawa, "demo-052", "demo-051", "同じ家")
    known = {"name": "", "age": "", "place": "", "through": ""}
    actions.act(
        desk, office.person("kobayashi"), "case.begun", {"title": "橋の人", "known": known}, "begun-1"
    )
    found = {"begun": "begun-1", "open": CASE, "closed": "demo-050"}
    found["merged"] = CaseFile.get(CaseFile.status == "merged").id
    told = {
        "decision": "undecided",
        "conferenceKind": None,
        "reason": "x",
        "assumed": False,
        "reviewOn": None,
    }
    actions.act(desk, nakagawa, "triage.decided", told, "demo-053")
    return found | {"undecided": "demo-053"}


def nakagawa_may_plan(office):
    """中川, as the coordinator who closes cases."""
    person = office.person("nakagawa")
    person.role = "coordinator"
    return person


def test_what_begins_something_is_refused_on_a_closed_case_and_on_no_other(states, office):
    """Every type x every state."""
    assert set(states) == set(STATES)
    for type_ in sorted(BEGINS | GOES_ON):
        body = {"taken": False} if type_ == "conference.case_set" else {"occurredAt": "2026-11-20T01:00:00Z"}
        for state, case in states.items():
            code = None
            try:
                refuse_closed(type_, case, body)
            except DeskError as error:
                code = error.code
            assert code == ("case_closed" if state == "closed" and type_ in BEGINS else None), (type_, state)
    with pytest.raises(DeskError):
        refuse_closed("conference.case_set", states["closed"], {"taken": True})


def test_act_asks_before_anything_is_written(states, office):
    for type_ in sorted(BEGINS):
        with pytest.raises(DeskError) as error:
            actions.act(office.desk, office.person("nakagawa"), type_, {}, states["closed"])
        assert error.value.code == "case_closed", type_


def test_a_contact_of_before_the_closing_is_still_written_down(states, office):
    body = planted.body("demo-kobayashi") | {"photos": [], "metWith": []}
    late, after = "2026-11-24T01:00:00Z", "2026-11-25T01:00:00Z"
    closed, nakagawa = states["closed"], office.person("nakagawa")
    before = Visit.select().where(Visit.case == closed).count()
    actions.act(office.desk, nakagawa, "visit.logged", body | {"occurredAt": late, "endedAt": late}, closed)
    assert Visit.select().where(Visit.case == closed).count() == before + 1
    with pytest.raises(DeskError) as error:
        actions.act(
            office.desk, nakagawa, "visit.logged", body | {"occurredAt": after, "endedAt": after}, closed
        )
    assert error.value.code == "case_closed"


def test_the_doors_say_it_in_words_and_offer_to_open_it_again(states, comes, office):  # noqa: F811
    page = comes("coordinator")
    case = states["closed"]
    doors = {
        f"/cases/{case}/plan/edit": None,
        f"/cases/{case}/monitoring": None,
        f"/cases/{case}/follow-ups": {
            "on": "2026-12-01",
            "at": "10:00",
            "kind": "visit",
            "with": "us",
            "note": "",
        },
    }
    said = JA["desk.error.case_closed"]
    for path, form in doors.items():
        page.open(f"/cases/{case}")
        if form is None:
            page.open(path)
        else:
            page.send(path, **form)
        assert said in page.page, path
        assert f"/cases/{case}/closing" in page.page, path
    other = Staff.get_by_id(page.id)
    plans.reopen_case(office.desk, other, case, "電話があった")
    assert said not in page.open(f"/cases/{case}/plan/edit").text
