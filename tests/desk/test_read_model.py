"""The read model is the log's and nothing else's: replayed it is the same, and arrival order does not change facts."""

import shutil
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pwa_server.desk import log, reading
from pwa_server.desk.apply import apply
from pwa_server.desk.faults import DeskError
from pwa_server.desk.log import Logged
from pwa_server.desk.model import (
    READ_MODEL,
    AccessView,
    CaseKey,
    FollowUp,
    LogEntry,
    PromiseMade,
    Review,
    Visit,
)
from pwa_server.desk.rebuild import digests, dump, rebuild
from tests.standins.phone import new_id, visit_body

DAY = "2026-11-{:02d}T05:00:00.000Z"


def test_the_sample_prints_exactly_the_published_table(office):
    assert reading.triage_table() == {
        "A": {"total": 16, "multi_agency": 2, "support": 14, "none": 0},
        "B": {"total": 8, "multi_agency": 1, "support": 7, "none": 0},
        "C": {"total": 33, "multi_agency": 0, "support": 0, "none": 33},
        "all": {"total": 57, "multi_agency": 3, "support": 21, "none": 33},
    }


def test_holding_one_planned_conference_moves_a_case_from_b_to_a(office, desk, nakagawa):
    from pwa_server.desk import actions

    actions.set_conference(desk, nakagawa, "demo-002", "support", "held", "2026-11-20", "demo-002-meeting")
    table = reading.triage_table()
    assert (table["A"]["total"], table["B"]["total"]) == (17, 7)
    actions.set_conference(desk, nakagawa, "demo-002", "support", "planned", None)  # another one is planned later
    assert reading.triage_table()["A"]["total"] == 17


# domain.md 9.3, as days since the first contact
DAYS = [0, 8, 22, 36, 50, 78, 99, 120, 141, 162, 183, 197, 225, 246]


def test_the_timeline_is_the_published_one_and_ends_lately(office):
    line = reading.line_of("demo-002")
    on = [date.fromisoformat(point["at"][:10]) for point in line]
    assert [(day - on[0]).days for day in on] == DAYS
    assert [point["reaction"] for point in line] == [0, 0, 0, 0, 0, 0, 1, 1, 2, 2, -1, 1, 2, 3]
    assert on[0].strftime("%A") == "Tuesday"  # as 2023-06-06 was
    assert 7 <= (office.clock().date() - on[-1]).days < 14
    assert [point["stage"] for point in line] == [0, 1, 1, 1, 2, 2, 3, 3, 3, 4, 3, 3, 4, 5]
    assert reading.stage_of("demo-002") == 5
    assert reading.last_contact("demo-002") == line[-1]["at"]


def test_rebuilding_gives_the_same_rows_byte_for_byte(office, phone, desk, nakagawa):
    from pwa_server.desk import actions

    visit = phone.visit("demo-002", promises=[{"id": new_id(), "text": "x", "due": None, "to": "D"}])
    phone.write(visit, phone.event("followup.scheduled", "demo-002", {
        "followup": new_id(), "at": DAY.format(28), "kind": "visit", "with": "person", "note": "", "remind": True,
    }))  # fmt: skip
    office.round(phone)
    actions.return_visit(desk, nakagawa, visit["id"], "hook", "?")
    actions.unassign(desk, nakagawa, "demo-002", "demo-kobayashi", "")
    before = list(dump())
    count, differing = rebuild(desk)
    assert differing == []
    assert count == log.head()
    assert list(dump()) == before


def test_after_an_update_the_tables_are_built_anew_and_it_is_told(office, desk):
    from pwa_server.desk.schema import NAME, bring_up_to_date
    from pwa_server.desk.state import get_state, set_state

    before, told, known = list(dump()), [], get_state(NAME)
    rebuild(desk, lambda done, of: told.append((done, of)))
    assert told[0] == (0, 2 * log.head())
    assert told[-1] == (log.head(), 2 * log.head())
    with desk.write():
        set_state(NAME, "the columns of an earlier program")
    bring_up_to_date(desk)
    assert get_state(NAME) == known
    assert list(dump()) == before
    assert not (desk.config.desk_data / "progress").exists()


def test_a_changed_row_does_not_survive_a_rebuild(office, desk):
    Visit.update(stage=7).where(Visit.case == "demo-003").execute()
    _, differing = rebuild(desk)
    assert differing == ["visit"]


def test_a_changed_log_is_noticed(office):
    assert log.verify_chain() == log.head()
    LogEntry.update(by="somebody").where(LogEntry.position == 5).execute()
    with pytest.raises(DeskError, match="log_broken: 5"):
        log.verify_chain()


def test_deleting_a_cases_key_erases_it_and_leaves_the_chain_whole(office, desk):
    CaseKey.delete().where(CaseKey.case == "demo-002").execute()
    rebuild(desk)
    assert log.verify_chain() == log.head()
    assert Visit.select().where(Visit.case == "demo-002").count() == 0
    assert not any("demo-002" in line for line in dump())


def test_bodies_do_not_lie_in_the_log_as_they_are(office):
    entries = LogEntry.select().where(LogEntry.type == "visit.logged")
    assert entries.count() > 20
    assert not any("玄関".encode() in bytes(entry.sealed) for entry in entries)


def test_the_file_on_the_disk_says_nothing(office, desk):
    desk.db.execute_sql("pragma wal_checkpoint(truncate)")
    content = (office.config.desk_data / "desk.db").read_bytes()
    for word in ("小林", "demo-002", "SQLite format", "visit.logged"):
        assert word.encode() not in content


# --- every order of arrival ---

VISIT, PROMISE, FOLLOWUP = new_id(), new_id(), new_id()
FIRST = visit_body(occurredAt=DAY.format(20), stage=4, hook="v0",
                   promises=[{"id": PROMISE, "text": "地図", "due": None, "to": "D"}])  # fmt: skip


def event(type_, body, at, by="demo-kobayashi"):
    return (new_id(), type_, at, by, body)


def correction(replaces, hook, at, *, id_=None, stage=4, settles=(), answers=None, promises=True):
    record = FIRST | {"hook": hook, "stage": stage} | ({} if promises else {"promises": []})
    body = {"visit": VISIT, "replaces": replaces, "changed": ["hook"], "record": record, "answers": answers,
            "comment": "", "settles": list(settles)}  # fmt: skip
    return (id_ or new_id(), "visit.corrected", at, "demo-kobayashi", body)


LEFT, RIGHT, DECIDED = new_id(), new_id(), new_id()
LOGGED = (VISIT, "visit.logged", DAY.format(20), "demo-kobayashi", FIRST)
SCHEDULED = event(
    "followup.scheduled",
    {"followup": FOLLOWUP, "at": DAY.format(25), "kind": "visit", "with": "person", "note": "n", "remind": True},
    DAY.format(20),
)
STORIES = {
    "done beats cancelled beats open": [
        SCHEDULED,
        event("followup.moved", {"followup": FOLLOWUP, "at": DAY.format(26)}, DAY.format(21)),
        event("followup.moved", {"followup": FOLLOWUP, "at": DAY.format(27)}, DAY.format(22), "demo-nakagawa"),
        event("followup.cancelled", {"followup": FOLLOWUP, "reason": "b"}, DAY.format(23)),
        event("followup.cancelled", {"followup": FOLLOWUP, "reason": "a"}, DAY.format(23), "demo-nakagawa"),
        event("followup.done", {"followup": FOLLOWUP, "visit": VISIT}, DAY.format(20)),
    ],
    "crossing corrections": [
        LOGGED, correction(VISIT, "left", DAY.format(21), id_=LEFT), correction(VISIT, "right", DAY.format(22), id_=RIGHT),
        correction(LEFT, "left, on", DAY.format(23), stage=3),
        event("promise.kept", {"promise": PROMISE}, DAY.format(20)),
    ],
    "a crossing that a person decided": [
        LOGGED, correction(VISIT, "left", DAY.format(21), id_=LEFT), correction(VISIT, "right", DAY.format(22), id_=RIGHT),
        correction(RIGHT, "right it is", DAY.format(23), id_=DECIDED, settles=[LEFT], promises=False),
    ],
    "stage and last contact go by when it happened": [
        LOGGED,
        event("visit.logged", visit_body(occurredAt=DAY.format(18), stage=7, outcome="met_person"), DAY.format(24)),
        event("visit.logged", visit_body(occurredAt=DAY.format(22), stage=None, outcome="not_met_no_trace"), DAY.format(22)),
        event("visit.logged", visit_body(occurredAt=DAY.format(20), stage=2, outcome="not_met_no_trace"), DAY.format(20)),
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def bare_desk(tmp_path_factory, sample_office):
    from pwa_server.config import Config
    from pwa_server.desk.database import open_desk

    folder = tmp_path_factory.mktemp("orders")
    shutil.copytree(sample_office[0] / "data", folder / "data")
    desk = open_desk(Config(data=folder / "data", desk_key_file=sample_office[0] / "desk.key"))
    yield desk
    desk.close()


def state_after(desk, events):
    """What stands when these arrive in this order: everything but positions, which are the order itself."""
    tables = [*READ_MODEL, LogEntry]
    desk.db.bind(tables, bind_refs=False, bind_backrefs=False)  # another test may have opened another desk
    with desk.db.atomic() as transaction:
        for place, (id_, type_, at, by, body) in enumerate(events):
            # One moment of receipt for all: what differs is the order alone.
            apply(Logged(9000 + place, id_, type_, 1, at, DAY.format(24), "device", by, "demo-002", 0, body))
        state = [line for line in dump() if not line.startswith("casefile ")]
        told = (
            reading.stage_of("demo-002"), reading.last_contact("demo-002"), reading.hook_of("demo-002"),
            list(reading.line_of("demo-002"))[-4:],
        )  # fmt: skip
        summary = {
            "followups": list(FollowUp.select().where(FollowUp.id == FOLLOWUP).dicts()),
            "visit": Visit.get_or_none(Visit.id == VISIT),
            "promise": PromiseMade.get_or_none(PromiseMade.id == PROMISE),
        }
        transaction.rollback()
    return state, told, summary


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
    assert (row["state"], row["at"], row["cancelled_reason"], row["note"]) == ("done", DAY.format(27), "a", "n")

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


def test_an_approval_of_a_version_that_was_corrected_since_asks_for_another_look(office, phone, desk, nakagawa):
    from pwa_server.desk import actions

    visit = phone.visit("demo-002")
    phone.write(visit)
    office.round(phone)
    actions.approve(desk, nakagawa, visit["id"])
    phone.write(phone.event("visit.corrected", "demo-002", {
        "visit": visit["id"], "replaces": visit["id"], "changed": ["hook"], "record": visit["body"] | {"hook": "x"},
        "answers": None, "comment": "",
    }))  # fmt: skip
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


def test_looking_is_written_down_and_a_missing_line_shows(office, phone, desk, nakagawa):
    from pwa_server.desk import access_log, actions

    visit = Visit.select().where(Visit.case == "demo-002").first()
    actions.read_visit(desk, nakagawa, visit.id)
    phone.write(phone.event("case.viewed", "demo-003", {"at": DAY.format(20)}))
    office.round(phone)
    seen = [(row.staff, row.case, row.where) for row in access_log.views()]
    assert seen == [("demo-kobayashi", "demo-003", "phone"), ("demo-nakagawa", "demo-002", "desk")]
    assert access_log.verify() == 2
    AccessView.delete().where(AccessView.position == 1).execute()
    with pytest.raises(DeskError, match="access_log_broken"):
        access_log.verify()


def test_a_tail_cut_off_the_access_log_shows_from_the_last_backup_on(desk, nakagawa):
    from pwa_server.desk import access_head, access_log, backup

    for case in ("demo-001", "demo-002", "demo-003"):
        access_log.note_view(desk, nakagawa, "case", case)
    backup.backup(desk)
    access_log.note_view(desk, nakagawa, "case", "demo-004")
    assert access_head.verify() == 4
    AccessView.delete().where(AccessView.position == 4).execute()
    assert access_head.verify() == 3  # what came after the backup is not held against anything yet
    AccessView.delete().where(AccessView.position == 3).execute()
    assert access_log.verify() == 2  # its own chain is whole
    with pytest.raises(DeskError, match="access_log_broken"):
        access_head.verify()


def test_digests_name_every_table(office):
    assert set(digests()) == {table._meta.name for table in READ_MODEL}
