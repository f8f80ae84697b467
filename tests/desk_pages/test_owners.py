"""Nothing belongs to nobody: who leaves hands on what they hold, and what stands without anybody is shown and
given on.
"""

import re

import pytest

from pwa_server.desk import actions
from pwa_server.desk.actions import trust
from pwa_server.desk.core.errors import DeskError
from pwa_server.desk.models.office_and_cases import Assignment, FollowUp, Staff
from pwa_server.desk.queries import owners
from pwa_server.desk.queries.access import ROLES

WHO, OTHER = "demo-kobayashi", "demo-nishimura"


def theirs(desk, staff=WHO):
    told = owners.held_by(desk, staff)
    return len(told.cases), len(told.followups)


def test_a_person_who_holds_something_is_not_stopped_without_a_word_of_who_takes_it(supervisor, desk):
    cases, due = theirs(desk)
    assert cases
    assert due
    page = supervisor.open(f"/people/{WHO}")
    assert "to" in next(form for form in page.forms if (form["action"] or "").endswith("/stop"))["fields"]
    supervisor.send(f"/people/{WHO}/stop")
    assert Staff.get_by_id(WHO).active
    supervisor.send(f"/people/{WHO}/stop", to=OTHER)
    assert not Staff.get_by_id(WHO).active
    assert theirs(desk) == (0, 0)
    assert theirs(desk, OTHER)[1] >= due
    assert all(one.questions and not one.cases + one.followups for one in owners.ownerless(desk))


def test_what_had_nobody_is_on_the_morning_page_and_given_on_in_one_act(supervisor, desk):
    cases, due = theirs(desk)
    Staff.update(active=False).where(Staff.id == WHO).execute()
    [left] = owners.ownerless(desk)
    assert (left.staff, len(left.cases), len(left.followups)) == (WHO, cases, due)
    page = supervisor.open("/today")
    assert 'id="ownerless"' in supervisor.page
    assert any(form["action"] == f"/today/ownerless/{WHO}" for form in page.forms)
    supervisor.send(f"/today/ownerless/{WHO}", to=OTHER)
    [left] = owners.ownerless(desk)  # the question nobody is left to answer: a reviewer decides at the record
    assert (left.cases, left.followups) == ([], [])
    for visit in left.questions:
        assert f'href="/visits/{visit.id}"' in supervisor.page
        supervisor.send(f"/visits/{visit.id}/approve")
    supervisor.open("/today")
    assert 'id="ownerless"' not in supervisor.page
    running = Assignment.select().where(Assignment.until_at.is_null() & (Assignment.staff == WHO))
    assert not running.exists()


def test_somebody_who_reads_no_case_can_still_stop_a_person(at_desk, desk):
    tanaka = at_desk("tanaka")
    tanaka.send(f"/people/{WHO}/stop")
    assert not Staff.get_by_id(WHO).active
    assert [one.staff for one in owners.ownerless(desk)] == [WHO]


def test_a_follow_up_of_somebody_who_left_is_on_the_phones_of_those_who_have_the_case(
    office, phone_of_nishimura
):
    due = FollowUp.get((FollowUp.staff == WHO) & (FollowUp.state == "open"))
    trust.hand_over(office.desk, office.person("nakagawa"), due.case, None, OTHER, "")
    actions.change_staff(office.desk, office.person("tanaka"), WHO, active=False)
    office.round(phone_of_nishimura)
    assert due.id in {one["followup"] for one in phone_of_nishimura.docs["followups"]["followups"]}


@pytest.fixture
def phone_of_nishimura(office):
    return office.phone_of("nishimura")


@pytest.mark.parametrize("role", ROLES)
def test_nobody_is_given_what_their_role_cannot_have(office, desk, nakagawa, role):
    due = FollowUp.get((FollowUp.staff == WHO) & (FollowUp.state == "open"))
    trust.hand_over(desk, nakagawa, due.case, None, OTHER, "")
    for active in (True, False):
        Staff.update(role=role, active=active).where(Staff.id == OTHER).execute()
        if active and role in owners.FOLLOWUP_HOLDERS:
            continue
        with pytest.raises(DeskError):
            actions.assign_followup(desk, nakagawa, due.id, OTHER)
    with pytest.raises(DeskError):
        actions.assign(desk, nakagawa, "demo-040", OTHER)
    with pytest.raises(DeskError):
        trust.hand_over(desk, nakagawa, due.case, WHO, OTHER, "")


def test_lists_to_choose_from_name_only_who_can_have_it(supervisor, desk):
    due = FollowUp.get((FollowUp.staff == WHO) & (FollowUp.state == "open"))
    Staff.update(active=False).where(Staff.id == OTHER).execute()
    for path in (
        "/follow-ups?show=week",
        "/follow-ups?view=board",
        f"/cases/{due.case}/assigned",
        f"/people/{WHO}",
        "/today",
    ):
        supervisor.open(path)
        lists = re.findall(r'<select[^>]*name="(?:to|staff)".*?</select>', supervisor.page, re.DOTALL)
        assert not [one for one in lists if OTHER in one], path


def test_a_case_handed_over_takes_its_follow_ups_along(desk, nakagawa):
    due = FollowUp.get((FollowUp.staff == WHO) & (FollowUp.state == "open"))
    trust.hand_over(desk, nakagawa, due.case, WHO, OTHER, "")
    assert FollowUp.get_by_id(due.id).staff == OTHER
