"""A contact with somebody nobody knows yet, a record under the wrong household, one taken back, and what was
consented to.
"""

import itertools

import pytest

from pwa_server.desk import actions
from pwa_server.desk.models.office_and_cases import FollowUp, PromiseMade, Undone, Visit
from pwa_server.desk.projections.rebuild import dump, rebuild
from tests.desk.arrivals import DAY, state_after
from tests.standins.phone import new_id, visit_body

KNOWN = {"name": "", "age": "30代くらい", "place": "駅のうら", "through": "民生委員"}


def begun(phone, case):
    return phone.event("case.begun", case, {"title": "駅のうらの人", "known": KNOWN})


def promised(text):
    return [{"id": new_id(), "text": text, "due": None, "to": ""}]


def test_a_contact_with_no_case_yet_is_merged_later_and_no_link_is_lost(office, phone, desk, nakagawa):
    case, followup = new_id(), new_id()
    visit = phone.visit(case, promises=promised("地図"))
    phone.write(
        begun(phone, case),
        visit,
        phone.event(
            "followup.scheduled",
            case,
            {
                "followup": followup,
                "at": DAY.format(28),
                "kind": "visit",
                "with": "us",
                "note": "",
                "remind": True,
            },
        ),
    )
    office.round(phone)
    assert phone.docs[f"case/{case}"]["begun"] == KNOWN

    actions.merge_cases(desk, nakagawa, case, "demo-003", "")
    actions.assign(desk, nakagawa, "demo-003", "demo-kobayashi")
    late = phone.visit(case)  # written before the phone heard of it
    phone.write(late, phone.event("followup.done", case, {"followup": followup, "visit": late["id"]}))
    office.round(phone)

    assert {Visit.get_by_id(one["id"]).case for one in (visit, late)} == {"demo-003"}
    assert FollowUp.get_by_id(followup).case == PromiseMade.get(PromiseMade.text == "地図").case == "demo-003"
    assert f"case/{case}" not in phone.docs
    assert phone.docs[f"record/{visit['id']}"]["case"] == "demo-003"
    assert visit["id"] in [one["id"] for one in phone.docs["case/demo-003"]["contacts"]]
    before = list(dump())
    assert rebuild(desk)[1] == []
    assert list(dump()) == before


def test_a_record_under_the_wrong_household_leaves_it_everywhere(office, phone, desk):
    wrong = phone.visit("demo-002", hook="ちがう家の話", promises=promised("ちがう約束"))
    phone.write(wrong)
    office.round(phone)
    assert wrong["id"] in [one["id"] for one in phone.docs["case/demo-002"]["contacts"]]

    right = phone.event("visit.logged", "demo-003", wrong["body"] | {"promises": promised("同じ約束")})
    phone.write(
        right,
        phone.event(
            "visit.misfiled",
            "demo-002",
            {
                "visit": wrong["id"],
                "to": "demo-003",
                "as": right["id"],
                "comment": "",
            },
        ),
    )
    office.round(phone)

    sheet = phone.docs["case/demo-002"]
    assert "ちがう" not in str(sheet)
    assert (
        phone.docs[f"record/{wrong['id']}"] | {"undone": "misfiled", "state": "undone"}
        == phone.docs[f"record/{wrong['id']}"]
    )
    assert right["id"] in [one["id"] for one in phone.docs["case/demo-003"]["contacts"]]
    assert Undone.get(Undone.visit == wrong["id"]).moved_as == right["id"]


@pytest.mark.parametrize("first", ["wrong", "right"])
def test_what_was_promised_moves_with_a_record(office, phone, desk, first):
    """The phone writes the same record again, with the same promises, and then takes the first back."""
    wrong = phone.visit("demo-002", promises=promised("地図を持って行く"))
    right = phone.event("visit.logged", "demo-003", wrong["body"])
    moved = phone.event(
        "visit.misfiled",
        "demo-002",
        {"visit": wrong["id"], "to": "demo-003", "as": right["id"], "comment": ""},
    )
    for one in (wrong, right, moved) if first == "wrong" else (right, wrong, moved):
        phone.write(one)
        office.round(phone)

    def promises(case):
        return [
            one["text"] for one in phone.docs[f"case/{case}"]["promises"] if one["text"] == "地図を持って行く"
        ]

    assert (promises("demo-002"), promises("demo-003")) == ([], ["地図を持って行く"])
    late = {
        "visit": wrong["id"],
        "replaces": wrong["id"],
        "changed": ["hook"],
        "record": wrong["body"] | {"hook": "花"},
        "answers": None,
        "comment": "",
        "settles": [],
    }
    phone.write(phone.event("visit.corrected", "demo-002", late))  # from before it was taken back
    office.round(phone)
    assert (promises("demo-002"), promises("demo-003")) == ([], ["地図を持って行く"])
    assert rebuild(desk)[1] == []


def test_a_record_taken_back_is_in_no_list(office, phone, desk):
    visit = phone.visit("demo-002", promises=promised("なかったこと"))
    phone.write(visit)
    office.round(phone)
    phone.write(phone.event("visit.withdrawn", "demo-002", {"visit": visit["id"], "reason": "二重に書いた"}))
    office.round(phone)
    assert Visit.get_or_none(Visit.id == visit["id"]) is None
    assert "なかったこと" not in str(phone.docs["case/demo-002"])
    assert phone.docs[f"record/{visit['id']}"]["undone"] == "withdrawn"


def test_nobody_takes_back_what_another_wrote(bare_desk):
    visit = new_id()
    logged = (visit, "visit.logged", DAY.format(20), "demo-kobayashi", visit_body(occurredAt=DAY.format(20)))
    other = (new_id(), "visit.withdrawn", DAY.format(20), "demo-nishimura", {"visit": visit, "reason": ""})
    for order in itertools.permutations([logged, other]):
        assert any(f'"id":"{visit}"' in line for line in visits_in(state_after(bare_desk, order)[0]))


def visits_in(state):
    return [line for line in state if line.startswith("visit ")]


WRONG, PROMISE = new_id(), promised("地図")
STORY = [
    (
        WRONG,
        "visit.logged",
        DAY.format(20),
        "demo-kobayashi",
        visit_body(occurredAt=DAY.format(20), promises=PROMISE),
    ),
    (new_id(), "promise.kept", DAY.format(21), "demo-kobayashi", {"promise": PROMISE[0]["id"]}),
    (new_id(), "visit.withdrawn", DAY.format(20), "demo-kobayashi", {"visit": WRONG, "reason": ""}),
]


def test_any_order_of_arrival_leaves_the_same(bare_desk):
    states = [state_after(bare_desk, order) for order in itertools.permutations(STORY)]
    assert all(state == states[0] for state in states)
    assert not any(WRONG in line for line in visits_in(states[0][0]))


def test_no_after_yes_is_a_withdrawal(office, phone):
    for answer, standing in (("later", "not_yet"), ("no", "refused"), ("yes", "given"), ("no", "withdrawn")):
        office.clock.pass_(minutes=1)
        told = {"answer": answer, "about": "ハローワーク", "how": "on_screen", "comment": ""}
        phone.write(phone.event("consent.answered", "demo-002", told))
        office.round(phone)
        assert phone.docs["case/demo-002"]["consent"] == standing
