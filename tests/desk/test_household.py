"""A household at the desk: drawn by list, told differently by two people, two records that were one and are
two again.
"""

import pytest

from pwa_server.desk import actions
from pwa_server.desk.core.errors import DeskError
from pwa_server.desk.models.office_and_cases import (
    CaseFile,
    CaseMerge,
    Consent,
    FieldOrigin,
    FollowUp,
    Member,
    Parentage,
    Staff,
    TwoValues,
    Visit,
)
from pwa_server.desk.projections import schema
from pwa_server.desk.projections.rebuild import dump, rebuild
from tests.desk.conftest import join
from tests.standins.phone import visit_body


@pytest.fixture
def colleague(desk, nakagawa):
    """A second supervisor, 石井."""
    staff = join(desk, "石井 透", "supervisor", "ishii@sample.invalid", "いしい とおる")
    return Staff.get_by_id(staff)


def test_two_people_change_one_field_and_both_values_stand_until_one_decides(desk, nakagawa, colleague):
    saw = CaseFile.get_by_id("demo-002").rev
    actions.change_case(desk, nakagawa, "demo-002", {"title": "D（30代）と4人世帯"}, saw)
    actions.change_case(desk, colleague, "demo-002", {"title": "Dさんの家", "kana": "でー"}, saw)

    case = CaseFile.get_by_id("demo-002")
    assert (case.title, case.kana) == ("D（30代）と4人世帯", "でー")  # the other field did not cross
    two = TwoValues.get()
    assert (two.field, two.stands, two.other) == ("title", "D（30代）と4人世帯", "Dさんの家")
    assert (two.stands_by, two.other_by) == (nakagawa.id, colleague.id)

    actions.decide_two_values(desk, nakagawa, two.id, "other")
    assert CaseFile.get_by_id("demo-002").title == "Dさんの家"
    assert TwoValues.get().decided_by == nakagawa.id
    assert rebuild(desk)[1] == []


def test_somebody_who_saw_the_last_change_simply_changes_it_again(desk, nakagawa, colleague):
    actions.change_case(desk, nakagawa, "demo-002", {"title": "一つ目"}, CaseFile.get_by_id("demo-002").rev)
    actions.change_case(desk, colleague, "demo-002", {"title": "二つ目"}, CaseFile.get_by_id("demo-002").rev)
    assert CaseFile.get_by_id("demo-002").title == "二つ目"
    assert TwoValues.select().count() == 0


def test_two_people_change_one_member_and_a_person_decides(desk, nakagawa, colleague):
    saw = CaseFile.get_by_id("demo-002").rev
    actions.set_member(desk, nakagawa, "demo-002", "demo-002-d", {"sex": "male"}, saw)
    actions.set_member(desk, colleague, "demo-002", "demo-002-d", {"sex": "other", "ageBand": "40s"}, saw)
    member = Member.get_by_id("demo-002-d")
    assert (member.sex, member.age_band) == ("male", "40s")
    actions.decide_two_values(desk, colleague, TwoValues.get().id, "stands")
    assert Member.get_by_id("demo-002-d").sex == "male"


def test_a_household_drawn_at_the_desk_is_the_one_the_phone_reads(desk, nakagawa):
    new = actions.set_member(
        desk, nakagawa, "demo-002", None, {"label": "E", "role": "grandparent", "ageBand": "80s"}
    )
    actions.draw(
        desk,
        nakagawa,
        "demo-002",
        "parentage.set",
        {"child": "demo-002-b", "parent": new, "kind": "birth", "certainty": "stated"},
    )
    actions.draw(
        desk,
        nakagawa,
        "demo-002",
        "union.set",
        {"union": "u1", "a": "demo-002-a", "b": "demo-002-b", "kind": "married", "certainty": "stated"},
    )
    told = CaseFile.get_by_id("demo-002").household
    assert [one["label"] for one in told["members"] if one["id"] == new] == ["E"]
    assert {"child": "demo-002-b", "parents": [new], "certainty": "stated"} in told["parentage"]
    assert told["unions"][0]["kind"] == "married"

    actions.draw(
        desk, nakagawa, "demo-002", "member.removed", {"member": new, "reason": "別の世帯の人でした"}
    )
    assert Parentage.select().where(Parentage.parent == new).count() == 0
    assert all(one["id"] != new for one in CaseFile.get_by_id("demo-002").household["members"])
    assert rebuild(desk)[1] == []


def test_nobody_is_their_own_parent_or_spouse_or_of_another_household(desk, nakagawa):
    for type_, body in (
        ("parentage.set", {"child": "demo-002-d", "parent": "demo-002-d"}),
        ("union.set", {"union": "u", "a": "demo-002-a", "b": "demo-002-a", "kind": "married"}),
        ("parentage.set", {"child": "demo-002-d", "parent": "demo-001-a"}),
        ("member.merged", {"member": "demo-002-d", "into": "demo-002-d"}),
    ):
        with pytest.raises(DeskError):
            actions.draw(desk, nakagawa, "demo-002", type_, body)


def test_the_index_person_is_one(desk, nakagawa):
    actions.set_member(desk, nakagawa, "demo-002", "demo-002-c", {"index": True})
    assert [row.label for row in Member.select().where((Member.case == "demo-002") & Member.is_index)] == [
        "C"
    ]
    assert CaseFile.get_by_id("demo-002").index_member == "demo-002-c"


def test_the_ledger_says_whether_others_may_be_told_and_a_withdrawal_ends_it(desk, nakagawa):
    given = actions.note_consent(
        desk,
        nakagawa,
        "demo-002",
        {
            "purpose": "sharing",
            "recipient": "地域包括支援センター",
            "scope": "訪問の日",
            "method": "oral",
            "status": "given",
            "givenBy": "D",
            "on": "2026-11-20",
        },
    )
    assert CaseFile.get_by_id("demo-002").consent == "given"
    actions.note_consent(
        desk,
        nakagawa,
        "demo-002",
        {"purpose": "visits", "recipient": "", "method": "oral", "status": "refused", "on": "2026-11-21"},
    )
    assert CaseFile.get_by_id("demo-002").consent == "given"  # another purpose
    actions.withdraw_consent(desk, nakagawa, "demo-002", given, "2026-11-22", "本人から電話で")
    assert CaseFile.get_by_id("demo-002").consent == "withdrawn"
    assert Consent.get_by_id(given).withdrawn_reason == "本人から電話で"
    assert rebuild(desk)[1] == []


def test_two_records_of_one_household_become_one_and_what_comes_after_finds_its_place(desk, nakagawa, office):
    actions.merge_cases(desk, nakagawa, "demo-003", "demo-002", "同じ家でした")
    source = CaseFile.get_by_id("demo-003")
    assert (source.status, source.merged_into) == ("merged", "demo-002")
    assert Visit.select().where(Visit.case == "demo-003").count() == 0
    assert Visit.select().where(Visit.case == "demo-002").count() == 16
    labels = [row.label for row in Member.select().where(Member.case == "demo-002")]
    assert len(labels) == len(set(labels)) == 5
    assert Member.select().where((Member.case == "demo-002") & Member.is_index).count() == 1

    late = actions.record_visit(desk, nakagawa, "demo-003", visit_body(occurredAt=desk.now()))
    assert Visit.get_by_id(late).case == "demo-002"
    assert rebuild(desk)[1] == []

    actions.undo_merge(desk, nakagawa, CaseMerge.get().id, "別の家でした")
    assert CaseFile.get_by_id("demo-003").status == "active"
    assert Visit.get_by_id(late).case == "demo-003"  # also what came in between
    assert Visit.select().where(Visit.case == "demo-002").count() == 14
    assert FollowUp.select().where(FollowUp.case == "demo-003").count() == 1
    assert rebuild(desk)[1] == []


def test_a_merge_and_its_undoing_leave_everything_as_it_was(desk, nakagawa):
    before = [line for line in dump() if not line.startswith(("casefile ", "casemerge "))]
    actions.merge_cases(desk, nakagawa, "demo-006", "demo-001", "")
    actions.undo_merge(desk, nakagawa, CaseMerge.get().id, "")
    assert [line for line in dump() if not line.startswith(("casefile ", "casemerge "))] == before


def test_only_two_active_records_can_be_merged(desk, nakagawa):
    actions.merge_cases(desk, nakagawa, "demo-003", "demo-002", "")
    for source, target in (
        ("demo-002", "demo-002"),
        ("demo-003", "demo-001"),
        ("demo-001", "demo-003"),
        ("none", "demo-001"),
    ):
        with pytest.raises(DeskError):
            actions.merge_cases(desk, nakagawa, source, target, "")


def test_an_update_with_other_columns_builds_the_read_model_anew_from_the_log(desk):
    before = list(dump())
    desk.db.execute_sql("alter table casefile add column left_over text")
    desk.db.execute_sql("delete from visit")
    with desk.write():
        from pwa_server.desk.models.key_values import set_state

        set_state(schema.NAME, "an older program's")
    schema.bring_up_to_date(desk)
    assert list(dump()) == before
    assert "left_over" not in {column.name for column in desk.db.get_columns("casefile")}
    assert FieldOrigin.select().count() == 0
