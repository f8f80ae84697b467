"""Drawings and word-by-word corrections, as pure functions."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from pwa_server.desk.pages.cases import engagement_chart
from pwa_server.desk.pages.layout.words import Words
from pwa_server.desk.pages.visits import diff

NOW = datetime(2024, 2, 29, 0, 0, tzinfo=UTC)
JA, EN = Words("ja", NOW), Words("en", NOW)
TEXT = st.text(alphabet="あいうアイ漢字家族D30。、 \n", max_size=60)


@given(TEXT, TEXT)
@settings(max_examples=300, deadline=None)
def test_the_pieces_of_a_correction_give_back_both_texts(old, new):
    pieces = diff.pieces(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "ins") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "del") == new


def test_a_small_correction_touches_only_its_words():
    pieces = diff.pieces("居室でDと話した。", "居間でDと話した。")
    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("del", "居室"),
        ("ins", "居間"),
        ("same", "でDと話した。"),
    ]


def contact(
    days: int, stage: int | None = 3, outcome: str = "met_person", *, waiting: bool = False
) -> engagement_chart.Contact:
    at = (NOW - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return engagement_chart.Contact(at, stage, 1, outcome, "visit", waiting)


contacts = st.lists(
    st.builds(
        contact,
        st.integers(0, 4000),
        st.none() | st.integers(0, 7),
        st.sampled_from(["met_person", "refused_at_door", "cancelled_by_household"]),
    ),
    min_size=1,
    max_size=80,
)


@given(contacts)
@settings(max_examples=150, deadline=None)
def test_marks_never_overlap_and_nothing_leaves_the_drawing(found):
    found.sort(key=lambda one: one.at)
    drawing = engagement_chart.draw(found, JA, width=724, reactions=True, step=25)
    xs = [mark.x for mark in drawing.marks]
    assert all(b - a >= 18.9 for a, b in pairwise(xs))
    assert min(xs) >= drawing.left
    assert max(xs) <= drawing.right
    assert len(xs) + drawing.left_out == len(found)
    ticks = [x for x, _, _ in drawing.months]
    assert ticks == sorted(ticks)
    assert all(drawing.left <= x <= drawing.right for x in ticks)


def test_what_nobody_has_approved_is_hollow_and_its_step_dotted():
    drawing = engagement_chart.draw(
        [contact(60), contact(20, 4, waiting=True)], JA, width=378, reactions=False, step=24
    )
    assert [hollow for _, _, hollow in drawing.stage_dots] == [False, True]
    assert {style for _, style in drawing.steps} == {"step-open"}


def test_ninety_days_without_an_event_make_the_line_unsure():
    drawing = engagement_chart.draw([contact(400), contact(200)], JA, width=724, reactions=True, step=25)
    assert all(style == "step-unsure" for _, style in drawing.steps)
    assert drawing.unsure is not None
    assert (
        engagement_chart.draw([contact(40), contact(20)], JA, width=724, reactions=True, step=25).unsure
        is None
    )


def test_a_contact_without_a_judged_stage_still_has_its_mark():
    drawing = engagement_chart.draw(
        [contact(60), contact(20, None, "refused_at_door")], JA, width=724, reactions=True, step=25
    )
    assert [mark.letter for mark in drawing.marks] == ["会", "断"]
    assert len(drawing.stage_dots) == 1


def test_no_contact_is_no_drawing():
    assert engagement_chart.draw([], JA, width=724, reactions=True, step=25) is None


def test_days_are_told_as_people_say_them():
    assert JA.when("2024-02-28T23:12:00.000Z") == "今日 8:12"
    assert JA.when("2024-02-28T09:20:00.000Z") == "昨日 18:20"
    assert JA.when("2024-02-27T06:31:00.000Z") == "2/27（火）15:31"
    assert JA.day("2024-02-29") == "令和6年2月29日（木）"
    assert JA.short("2023-06-06") == "2023/6/6（火）"
    assert JA.short("2025-01-02") == "2025/1/2（木）"
    assert JA.middle("2024-02-21") == "2月21日（水）"
    assert JA.middle("2025-01-02") == "令和7年1月2日（木）"
    assert JA.span("2024-02-20T11:08:00.000Z", "2024-02-21T08:08:30.000Z") == "20:08–2/21（水）17:08"
    assert JA.span("2023-12-31T11:08:00.000Z", "2023-12-31T16:08:00.000Z") == "20:08–1/1（月）1:08"
    assert JA.span("2024-02-20T11:08:00.000Z", "2024-02-20T11:08:30.000Z") == "20:08"
    assert JA.span("2024-02-20T01:05:00.000Z", "2024-02-20T01:32:00.000Z") == "10:05–10:32"
    assert EN.when("2024-02-28T09:20:00.000Z") == "yesterday 18:20"
    assert EN.day("2024-02-29") == "29 Feb 2024 (Thu)"
