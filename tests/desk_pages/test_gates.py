"""One function decides whether another body may be told of a household; every door asks it.

The doors are found in the code: whatever writes an event that tells somebody else, or holds a conference.
"""

import ast
from datetime import date
from pathlib import Path

import pytest

from pwa_server.desk import actions
from pwa_server.desk.actions import trust
from pwa_server.desk.actions.figures import hold_meeting
from pwa_server.desk.core.errors import DeskError
from pwa_server.desk.models.office_and_cases import Assignment, Conference
from pwa_server.desk.queries.gates import OTHER_BODIES, why_not

CASE = "demo-002"
TELLING = {"case.assigned", "conference.set"}
ACTIONS = Path(actions.__file__).parent
MAKES_DATA = {"sample.py"}  # a sample office is written, not acted
PRESENT = [{"staff": "demo-nakagawa", "acknowledgedOn": "2026-11-20"}]


def test_every_act_that_tells_another_body_asks_the_gate():
    found = []
    for file in sorted(ACTIONS.glob("*.py")):
        for function in ast.walk(ast.parse(file.read_text())):
            if isinstance(function, ast.FunctionDef) and file.name not in MAKES_DATA:
                texts = {one.value for one in ast.walk(function) if isinstance(one, ast.Constant)}
                calls = {one.func.id for one in ast.walk(function)
                         if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)}  # fmt: skip
                if texts & TELLING:
                    found.append(function.name)
                    assert "pass_gate" in calls, (
                        f"{file.name}: {function.name} tells of a household and asks nobody"
                    )
    assert {"assign", "hand_over", "grant_cover", "set_conference", "hold_meeting"} <= set(found)


def note(office, **told):
    usual = {"purpose": "sharing", "recipient": "", "scope": "", "method": "oral", "status": "given", "givenBy": "",
             "on": "2026-11-20"}  # fmt: skip
    actions.note_consent(office.desk, office.person("nakagawa"), CASE, usual | told)


@pytest.mark.parametrize(
    ("told", "enough"),
    [
        ({}, True),
        ({"recipient": "重層的支援会議の構成員", "givenBy": "本人"}, True),
        ({"recipient": "関係機関"}, True),
        ({"givenBy": "母"}, False),
        ({"method": "by_family"}, False),
        ({"recipient": "社会福祉協議会"}, False),
        ({"scope": "住所のみ"}, False),
        ({"scope": "住所だけ"}, False),
        ({"purpose": "visits"}, False),
        ({"status": "partial"}, False),
        ({"status": "refused"}, False),
    ],
)
def test_consent_is_asked_for_purpose_recipient_scope_and_whose_it_is(office, told, enough):
    note(office, **told)
    code = why_not("hold_multi_agency", CASE, members=PRESENT)
    assert code == (None if enough else "consent_missing")


def test_a_conference_without_members_is_held_by_no_door(office):
    note(office)
    nakagawa = office.person("nakagawa")
    for kind in ("support", "multi_agency"):
        for door in (
            lambda kind=kind: hold_meeting(office.desk, nakagawa, kind, date(2026, 11, 20), [CASE], []),
            lambda kind=kind: actions.set_conference(office.desk, nakagawa, CASE, kind, "held", "2026-11-20"),
        ):
            with pytest.raises(DeskError) as refused:
                door()
            assert refused.value.code == "members_missing"
    assert why_not("hold_support", CASE, members=PRESENT) is None


@pytest.mark.parametrize("role", OTHER_BODIES)
def test_another_body_is_given_a_case_by_consent_or_by_a_seat_and_by_no_door_else(office, role):
    desk, nakagawa = office.desk, office.person("nakagawa")
    body = actions.add_staff(desk, nakagawa, "町の相談員", "", role, "body@sample.invalid")
    worker = actions.add_staff(desk, nakagawa, "移る人", "", "worker", "moves@sample.invalid")
    actions.assign(desk, nakagawa, CASE, worker)
    doors = (
        lambda: actions.assign(desk, nakagawa, CASE, body),
        lambda: trust.hand_over(desk, nakagawa, CASE, None, body, ""),
        lambda: trust.hand_over_all(desk, nakagawa, "demo-kobayashi", body, ""),
        lambda: trust.change_role(desk, nakagawa, worker, role),
    )
    for door in doors:
        with pytest.raises(DeskError) as refused:
            door()
        assert refused.value.code == "consent_for_body_missing"
    assert not Assignment.select().where(Assignment.staff == body).exists()
    Conference.create(id="seat", case=CASE, kind="support", status="held", on="2026-11-20", meeting="m",
                      members=[{"staff": body, "acknowledgedOn": "2026-11-20"}])  # fmt: skip
    assert why_not("assign", CASE, to=body) is None
    Conference.delete().where(Conference.id == "seat").execute()
    note(office, recipient="社会福祉協議会")
    assert why_not("assign", CASE, to=body) == "consent_for_body_missing"
    note(office, recipient="町の相談員")
    actions.assign(desk, nakagawa, CASE, body)


def test_the_page_of_a_case_holds_a_conference_by_the_same_gate(office, at_desk):
    supervisor = at_desk("nakagawa")
    supervisor.open(f"/cases/{CASE}")
    supervisor.send(f"/cases/{CASE}/conference", on="2026-11-20")
    assert "守秘を確かめた出席者が要ります" in supervisor.page
    planned = Conference.select().where((Conference.case == CASE) & (Conference.status == "held"))
    assert not planned.exists()
    supervisor.send(f"/cases/{CASE}/conference", on="2026-11-20", member="demo-nakagawa")
    assert planned.exists()
