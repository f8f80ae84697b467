"""Whatever the order in which records arrive, the office ends with the same."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pwa_server.desk.core.errors import DeskError
from pwa_server.desk.models.office_and_cases import Review, Visit
from tests.desk.arrivals import (
    DAY,
    FOLLOWUP,
    LOGGED,
    PROMISE,
    SCHEDULED,
    VISIT,
    correction,
    event,
    state_after,
)
from tests.standins.phone import new_id, visit_body

LEFT, RIGHT, DECIDED = new_id(), new_id(), new_id()

STORIES = {
    "done beats cancelled beats open": [
        SCHEDULED,
        event("followup.moved", {"followup": FOLLOWUP, "at": DAY.format(26)}, DAY.format(21)),
        event(
            "followup.moved", {"followup": FOLLOWUP, "at": DAY.format(27)}, DAY.format(22), "demo-nakagawa"
        ),
        event("followup.cancelled", {"followup": FOLLOWUP, "reason": "b"}, DAY.format(23)),
        event("followup.cancelled", {"followup": FOLLOWUP, "reason": "a"}, DAY.format(23), "demo-nakagawa"),
        event("followup.done", {"followup": FOLLOWUP, "visit": VISIT}, DAY.format(20)),
    ],
    "crossing corrections": [
        LOGGED,
        correction(VISIT, "left", DAY.format(21), id_=LEFT),
        correction(VISIT, "right", DAY.format(22), id_=RIGHT),
        correction(LEFT, "left, on", DAY.format(23), stage=3),
        event("promise.kept", {"promise": PROMISE}, DAY.format(20)),
    ],
    "a crossing that a person decided": [
        LOGGED,
        correction(VISIT, "left", DAY.format(21), id_=LEFT),
        correction(VISIT, "right", DAY.format(22), id_=RIGHT),
        correction(RIGHT, "right it is", DAY.format(23), id_=DECIDED, settles=[LEFT], promises=False),
    ],
    "stage and last contact go by when it happened": [
        LOGGED,
        event(
            "visit.logged",
            visit_body(occurredAt=DAY.format(18), stage=7, outcome="met_person"),
            DAY.format(24),
        ),
        event(
            "visit.logged",
            visit_body(occurredAt=DAY.format(22), stage=None, outcome="not_met_no_trace"),
            DAY.format(22),
        ),
        event(
            "visit.logged",
            visit_body(occurredAt=DAY.format(20), stage=2, outcome="not_met_no_trace"),
            DAY.format(20),
        ),
    ],
}


@pytest.mark.parametrize("story", STORIES)
def test_every_order_of_arrival_ends_the_same(bare_desk, story):
    expected, told, _ = state_after(bare_desk, STORIES[story])

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.permutations(STORIES[story]))
    def every_order(events):
        state, told_now, _ = state_after(bare_desk, events)
        assert state == expected
        assert told_now == told

    every_order()


def test_what_the_stories_end_with(bare_desk):
    _, _, done = state_after(bare_desk, STORIES["done beats cancelled beats open"])
    (row,) = done["followups"]
    assert (row["state"], row["at"], row["cancelled_reason"], row["note"]) == (
        "done",
        DAY.format(27),
        "a",
        "n",
    )

    _, _, crossing = state_after(bare_desk, STORIES["crossing corrections"])
    assert crossing["visit"].conflict
    assert crossing["visit"].stage == 3
    assert crossing["promise"].kept

    _, _, decided = state_after(bare_desk, STORIES["a crossing that a person decided"])
    assert not decided["visit"].conflict
    assert decided["visit"].current_version == DECIDED
    assert not decided["promise"].current

    _, told, _ = state_after(bare_desk, STORIES["stage and last contact go by when it happened"])
    assert told[0] in (4, 2)  # two contacts at one moment: the event id decides, the same way each time
    assert told[1] == DAY.format(20)


def test_an_approval_of_a_version_that_was_corrected_since_asks_for_another_look(
    office, phone, desk, nakagawa
):
    from pwa_server.desk import actions

    visit = phone.visit("demo-002")
    phone.write(visit)
    office.round(phone)
    actions.approve(desk, nakagawa, visit["id"])
    phone.write(
        phone.event(
            "visit.corrected",
            "demo-002",
            {
                "visit": visit["id"],
                "replaces": visit["id"],
                "changed": ["hook"],
                "record": visit["body"] | {"hook": "x"},
                "answers": None,
                "comment": "",
            },
        )
    )
    office.round(phone)
    assert Visit.get_by_id(visit["id"]).review_status == "waiting"
    with pytest.raises(DeskError, match="newer_version"):
        actions.approve(desk, nakagawa, visit["id"], version=visit["id"])
    assert Review.select().where(Review.visit == visit["id"]).count() == 1


def test_work_that_arrives_after_the_hand_over_is_kept_and_marked(office, phone, desk, nakagawa):
    from pwa_server.desk import actions

    early, late = phone.visit("demo-002"), phone.visit("demo-002")
    phone.write(early)
    office.round(phone)
    office.clock.pass_(minutes=1)
    actions.unassign(desk, nakagawa, "demo-002", "demo-kobayashi", "moved")
    office.clock.pass_(minutes=1)
    phone.write(late)
    office.round(phone)
    assert [Visit.get_by_id(one["id"]).after_hand_over for one in (early, late)] == [False, True]
    assert "case/demo-002" not in phone.docs  # the case left the phone, the record of the visit did not
    assert phone.docs[f"record/{late['id']}"]["state"] == "at_office"
    assert "record" not in phone.docs[f"record/{late['id']}"]
