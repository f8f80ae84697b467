"""What a welfare commissioner noticed: it arrives, a person answers, and of a household a name and a place go back."""

import itertools
import json

import pytest

from pwa_server.desk import actions
from pwa_server.desk.actions.community import answer_notice
from pwa_server.desk.actions.incidents import what_was_on
from pwa_server.desk.exchange.documents.all import documents_for
from pwa_server.desk.models.office_and_cases import DeviceRow, Staff
from pwa_server.desk.projections.rebuild import dump, rebuild
from tests.desk.arrivals import DAY, state_after
from tests.desk_pages import planted
from tests.standins.phone import new_id

TOLD = {"who": "青い屋根の家の方", "place": "木川町", "noticed": "雨戸がずっと閉まっている", "named": "no"}

AGREED = {
    "purpose": "sharing",
    "recipient": "",
    "scope": "",
    "method": "oral",
    "status": "given",
    "givenBy": "",
}


@pytest.fixture
def kimura(office):
    """木村, a commissioner; somebody even assigned them to a household."""
    nakagawa = office.person("nakagawa")
    staff = actions.add_staff(
        office.desk, nakagawa, "木村 和子", "きむら かずこ", "commissioner", "kimura@sample.invalid"
    )
    actions.note_consent(office.desk, nakagawa, "demo-002", AGREED | {"on": "2026-11-01"})
    actions.assign(office.desk, nakagawa, "demo-002", staff)
    return Staff.get_by_id(staff)


@pytest.fixture
def theirs(office, kimura):
    return office.phone_for(kimura.id)


def test_a_notice_is_answered_with_a_thank_you_and_no_household_goes_back(office, desk, nakagawa, theirs):
    notice = new_id()
    told = theirs.event("notice.given", None, {"notice": notice, **TOLD})
    theirs.write(told)
    office.round(theirs)
    assert theirs.docs["notices"]["notices"] == [{"notice": notice, "at": told["at"], **TOLD, "answer": None}]

    answer_notice(desk, nakagawa, notice, "taken_up", "助かりました")
    office.round(theirs)

    answer = theirs.docs["notices"]["notices"][0]["answer"]
    assert (answer["answer"], answer["words"], answer["by"]) == ("taken_up", "助かりました", "中川 真理")
    before = list(dump())
    assert rebuild(desk)[1] == []
    assert list(dump()) == before


def test_a_commissioner_holds_no_household_and_no_follow_up(theirs):
    assert not [path for path in theirs.docs if path.startswith(("case/", "record/"))]
    assert theirs.docs["me"]["cases"] == theirs.docs["followups"]["followups"] == []


def test_whom_to_keep_an_eye_on_is_a_name_and_a_place_until_it_ends(office, desk, nakagawa, theirs, kimura):
    """Everything the office wrote of the household carries a sign; of them the name's alone reaches the phone."""
    planted.plant(office)
    actions.note_consent(desk, nakagawa, planted.CASE, AGREED | {"on": "2026-11-01"})
    actions.assign(desk, nakagawa, planted.CASE, kimura.id)
    office.round(theirs)
    told = theirs.docs["notices"]
    assert [set(one) for one in told["watched"]] == [{"name", "place"}] * 2  # demo-002 and the planted one
    inside = json.dumps(theirs.docs, ensure_ascii=False)
    assert {name for name, letter in planted.SIGNS.items() if letter in inside} == {"identity"}
    assert what_was_on(theirs.id)["cases"] == ["demo-002", planted.CASE]  # a lost phone is told of whole
    actions.unassign(desk, nakagawa, planted.CASE, kimura.id, "終わり")
    office.round(theirs)
    assert len(theirs.docs["notices"]["watched"]) == 1


def test_a_worker_who_gave_none_has_no_such_page(desk):
    row = DeviceRow(
        id="p", staff="demo-kobayashi", label="", status="active", sign="", seal="", enrolled_at=desk.now()
    )
    assert "notices" not in documents_for(desk, row)


def test_taken_back_in_whatever_order_it_arrives(bare_desk):
    id_ = new_id()
    told = (new_id(), "notice.given", DAY.format(23), "demo-kobayashi", {"notice": id_, **TOLD})
    back = (new_id(), "notice.withdrawn", DAY.format(24), "demo-kobayashi", {"notice": id_})
    states = [state_after(bare_desk, order) for order in itertools.permutations((told, back))]
    assert states[0] == states[1]
    assert sum('"withdrawn":true' in line for line in states[0][0] if line.startswith("notice ")) == 1
