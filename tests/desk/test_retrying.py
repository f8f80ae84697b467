"""What is held and tried again: each for itself, and a program that starts decides nothing that is a person's."""

import pytest

from pwa_server.desk import actions
from pwa_server.desk.exchange.retry_held import retry_all
from pwa_server.desk.models.office_and_cases import Held, Visit
from sync.events import BODIES

CORRECTED = ("visit.corrected", 1)


def told():
    return {row.type: (row.reason, row.state) for row in Held.select()}


@pytest.fixture
def older_desk():
    """It does not know corrections yet; what it does know again is updated."""
    known = {CORRECTED: BODIES.pop(CORRECTED)}
    yield lambda: BODIES.update(known)
    BODIES.update(known)


def test_one_tried_again_in_vain_leaves_its_neighbour_as_it_is(office, phone, desk, nakagawa):
    newer, bad = (
        phone.event("visit.sung", "demo-002", {"song": "?"}),
        phone.visit("demo-002", channel="telepathy"),
    )
    phone.write(newer, bad)
    office.round(phone)
    assert told() == {"visit.sung": ("unknown_event", "held"), "visit.logged": ("malformed", "held")}

    actions.retry_held(desk, nakagawa, Held.get(Held.type == "visit.logged").id)

    assert told() == {"visit.sung": ("unknown_event", "held"), "visit.logged": ("malformed", "held")}


def test_a_start_after_an_update_does_not_decide_about_a_colleagues_visit(office, desk, nakagawa, older_desk):
    his, hers = office.phone_of("kobayashi"), office.phone_of("nishimura")
    visit = his.visit("demo-002", hook="将棋の話")
    his.write(visit)
    office.round(his)
    hers.write(
        hers.event(
            "visit.corrected",
            "demo-002",
            {
                "visit": visit["id"],
                "replaces": visit["id"],
                "changed": ["hook"],
                "record": visit["body"] | {"hook": "ちがう話"},
                "answers": None,
                "comment": "",
                "settles": [],
            },
        )
    )
    office.round(hers)
    assert told() == {"visit.corrected": ("unknown_event", "held")}

    older_desk()
    for _ in range(2):
        retry_all(desk)
        assert told() == {"visit.corrected": ("not_theirs", "held")}
    assert Visit.get_by_id(visit["id"]).current_version == visit["id"]

    assert actions.retry_held(desk, nakagawa, Held.get().id)  # a person wants it
    assert Visit.get_by_id(visit["id"]).current_version != visit["id"]
