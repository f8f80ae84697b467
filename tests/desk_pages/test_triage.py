"""振り分け: the board of the published 57, each change with its reason, the history, and the letter by one function."""

import itertools
import re

import pytest

from pwa_server import texts
from pwa_server.desk import actions
from pwa_server.desk.actions.act import act
from pwa_server.desk.models.consultations import TriageDecision
from pwa_server.desk.models.office_and_cases import CaseFile
from pwa_server.desk.projections.rebuild import dump, rebuild
from pwa_server.desk.queries import cases, triage
from pwa_server.desk.queries.conferences import GATES

AHEAD, REASON = "2027-03-26", "多機関で整理が要る"


def lanes_on(page):
    """Lane → the count its heading shows."""
    return {
        name: int(re.search(r'<span class="count">(\d+)</span>', part)[1])
        for name, part in re.findall(r'id="lane-(\w+)"(.*?)</h2>', page, re.DOTALL)
    }


def test_the_board_shows_the_published_57_in_the_order_a_case_travels(supervisor):
    supervisor.open("/triage")
    shown = lanes_on(supervisor.page)
    assert list(shown) == list(triage.LANES)
    assert shown == {"undecided": 0, "B": 8, "A": 16, "C": 33}
    told = triage.table()
    assert {name: told[name] for name in ("A", "B", "C", "all")} == cases.triage_table()
    assert texts.t("ja", "desk.triage.empty.undecided") in supervisor.page


def test_lanes_and_the_letter_agree_for_every_decision_and_state(office, nakagawa):
    """One function tells the letter; board, table and query of a lane say the same whatever a case says."""
    kinds, states = (None, *(kind for _, kind in GATES.values())), (None, "planned", "held")
    for decision, kind, state in itertools.product((*triage.DECISIONS, "of-a-newer-app"), kinds, states):
        CaseFile.update(triage_decision=decision, conference_kind=kind, conference_status=state).where(
            CaseFile.id == "demo-050"
        ).execute()
        lane = cases.class_letter(decision, state) or triage.UNDECIDED
        found = [
            name for name in triage.LANES if triage.in_lane(name).where(CaseFile.id == "demo-050").exists()
        ]
        assert found == [lane], (decision, kind, state)
        told = triage.table()
        assert sum(triage.sizes().values()) == 57
        assert {name: told[name] for name in ("A", "B", "C", "all")} == cases.triage_table()


@pytest.mark.parametrize("decision", triage.DECISIONS)
def test_a_change_needs_a_reason_and_keeps_what_was_typed(supervisor, decision):
    supervisor.open("/triage?case=demo-050")
    form = {"decision": decision, "kind": "support", "review_on": AHEAD, "reason": REASON}
    supervisor.send("/triage/demo-050", **form | {"reason": " "})
    assert supervisor.status == 400
    assert 'id="e-reason"' in supervisor.page
    assert f'value="{AHEAD}"' in supervisor.page
    supervisor.send("/triage/demo-050", **form | {"review_on": "2020-01-01"})
    assert 'id="e-review_on"' in supervisor.page
    assert REASON in supervisor.page
    supervisor.send("/triage/demo-050", **form)
    row = CaseFile.get_by_id("demo-050")
    assert (row.triage_decision, row.triage_reason, row.triage_review_on) == (decision, REASON, AHEAD)
    assert row.conference_kind == ("support" if decision == "needs_conference" else None)


@pytest.mark.parametrize(
    ("left_out", "more"),
    [
        ("kind", {"decision": "needs_conference"}),
        ("review_on", {"decision": "existing_network"}),
        ("decision", {}),
    ],
)
def test_what_a_decision_cannot_do_without(supervisor, left_out, more):
    form = {"decision": "", "kind": "support", "review_on": AHEAD, "reason": REASON} | more | {left_out: ""}
    supervisor.open("/triage?case=demo-050")
    supervisor.send("/triage/demo-050", **form)
    assert supervisor.status == 400
    assert f'id="e-{left_out}"' in supervisor.page
    assert REASON in supervisor.page


def test_every_decision_is_kept_with_its_reason_and_the_log_rebuilds_it(supervisor, office, nakagawa):
    for n, decision in enumerate(("needs_conference", "existing_network", "undecided")):
        kind = "multi_agency" if decision == "needs_conference" else None
        actions.decide_triage(
            office.desk, nakagawa, "demo-050", decision, kind, f"わけ{n}", review_on=f"2027-0{n + 1}-01"
        )
    # As it was written before review days were: it reads as before.
    old = {"decision": "existing_network", "conferenceKind": None, "reason": "むかしの形", "assumed": False}
    act(office.desk, nakagawa, "triage.decided", old, "demo-050")
    page = supervisor.open("/triage?case=demo-050").text
    assert [page.index(text) for text in ("むかしの形", "わけ2", "わけ1", "わけ0")] == sorted(
        page.index(text) for text in ("わけ0", "わけ1", "わけ2", "むかしの形")
    )
    assert TriageDecision.select().where(TriageDecision.case == "demo-050").count() == 5
    before = list(dump())
    _, differing = rebuild(office.desk)
    assert differing == []
    assert list(dump()) == before


def test_a_begun_case_is_triaged_like_any_other_and_c_is_reviewed(supervisor, office):
    phone = office.phone_of("kobayashi")
    known = {"name": "佐藤", "age": "", "place": "", "through": ""}
    event = phone.event("case.begun", "B" * 22, {"title": "大路の方", "known": known})
    phone.write(event)
    office.round(phone)
    supervisor.open("/triage")
    assert lanes_on(supervisor.page)["undecided"] == 1
    assert f"/triage?case={event['case']}" in supervisor.page
    supervisor.send(f"/triage/{event['case']}", decision="existing_network", review_on=AHEAD, reason=REASON)
    assert lanes_on(supervisor.page) == {"undecided": 0, "B": 8, "A": 16, "C": 34}
    office.clock.time = office.clock.time.replace(year=2027, month=4)
    assert triage.overdue("2027-04-01") == 1
