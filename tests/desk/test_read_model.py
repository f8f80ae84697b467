"""The read model is the log's and nothing else's: replayed it is the same, and arrival order does not change facts."""

from datetime import date

import pytest

from pwa_server.desk.core.errors import DeskError
from pwa_server.desk.log import event_log
from pwa_server.desk.models.office_and_cases import READ_MODEL, AccessView, CaseFile, CaseKey, LogEntry, Visit
from pwa_server.desk.projections.rebuild import digests, dump, rebuild
from pwa_server.desk.queries import cases, figures
from tests.desk.arrivals import DAY
from tests.standins.phone import new_id


def test_the_sample_prints_exactly_the_published_table(office):
    assert cases.triage_table() == {
        "A": {"total": 16, "multi_agency": 2, "support": 14, "none": 0},
        "B": {"total": 8, "multi_agency": 1, "support": 7, "none": 0},
        "C": {"total": 33, "multi_agency": 0, "support": 0, "none": 33},
        "all": {"total": 57, "multi_agency": 3, "support": 21, "none": 33},
    }


def test_holding_one_planned_conference_moves_a_case_from_b_to_a(office, desk, nakagawa):
    from pwa_server.desk import actions

    members = [{"staff": "demo-nakagawa", "acknowledgedOn": "2026-11-20"}]
    actions.set_conference(
        desk, nakagawa, "demo-002", "support", "held", "2026-11-20", "demo-002-meeting", members
    )
    table = cases.triage_table()
    assert (table["A"]["total"], table["B"]["total"]) == (17, 7)
    actions.set_conference(
        desk, nakagawa, "demo-002", "support", "planned", None
    )  # another one is planned later
    assert cases.triage_table()["A"]["total"] == 17


# domain.md 9.3, as days since the first contact
DAYS = [0, 8, 22, 36, 50, 78, 99, 120, 141, 162, 183, 197, 225, 246]


def test_the_timeline_is_the_published_one_and_ends_lately(office):
    line = cases.line_of(cases.visits_of("demo-002"))
    on = [date.fromisoformat(point["at"][:10]) for point in line]
    assert [(day - on[0]).days for day in on] == DAYS
    assert [point["reaction"] for point in line] == [0, 0, 0, 0, 0, 0, 1, 1, 2, 2, -1, 1, 2, 3]
    assert on[0].strftime("%A") == "Tuesday"  # as 2023-06-06 was
    assert 7 <= (office.clock().date() - on[-1]).days < 14
    assert [point["stage"] for point in line] == [0, 1, 1, 1, 2, 2, 3, 3, 3, 4, 3, 3, 4, 5]
    assert cases.stage_of("demo-002") == 5
    assert cases.last_contact("demo-002") == line[-1]["at"]


def test_rebuilding_gives_the_same_rows_byte_for_byte(office, phone, desk, nakagawa):
    from pwa_server.desk import actions

    visit = phone.visit("demo-002", promises=[{"id": new_id(), "text": "x", "due": None, "to": "D"}])
    phone.write(
        visit,
        phone.event(
            "followup.scheduled",
            "demo-002",
            {
                "followup": new_id(),
                "at": DAY.format(28),
                "kind": "visit",
                "with": "person",
                "note": "",
                "remind": True,
            },
        ),
    )
    office.round(phone)
    actions.return_visit(desk, nakagawa, visit["id"], "hook", "?")
    actions.unassign(desk, nakagawa, "demo-002", "demo-kobayashi", "")
    before = list(dump())
    count, differing = rebuild(desk)
    assert differing == []
    assert count == event_log.head()
    assert list(dump()) == before


def test_after_an_update_the_tables_are_built_anew_and_it_is_told(office, desk):
    from pwa_server.desk.models.key_values import get_state, set_state
    from pwa_server.desk.projections.schema import NAME, bring_up_to_date

    before, told, known = list(dump()), [], get_state(NAME)
    rebuild(desk, lambda done, of: told.append((done, of)))
    assert told[0] == (0, 2 * event_log.head())
    assert told[-1] == (event_log.head(), 2 * event_log.head())
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
    assert event_log.verify_chain() == event_log.head()
    LogEntry.update(by="somebody").where(LogEntry.position == 5).execute()
    with pytest.raises(DeskError, match="log_broken: 5"):
        event_log.verify_chain()


def test_deleting_a_cases_key_erases_it_and_leaves_the_chain_whole(office, desk):
    CaseKey.delete().where(CaseKey.case == "demo-002").execute()
    rebuild(desk)
    assert event_log.verify_chain() == event_log.head()
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


def test_looking_is_written_down_and_a_missing_line_shows(office, phone, desk, nakagawa):
    from pwa_server.desk import actions
    from pwa_server.desk.queries import access_log

    visit = Visit.select().where(Visit.case == "demo-002").first()
    actions.read_visit(desk, nakagawa, visit.id)
    phone.write(phone.event("case.viewed", "demo-003", {"at": office.desk.now()}))
    office.round(phone)
    seen = [(row.staff, row.case, row.where) for row in access_log.views()]
    assert seen == [("demo-kobayashi", "demo-003", "phone"), ("demo-nakagawa", "demo-002", "desk")]
    assert access_log.verify() == 2
    AccessView.delete().where(AccessView.position == 1).execute()
    with pytest.raises(DeskError, match="access_log_broken"):
        access_log.verify()


def test_a_tail_cut_off_the_access_log_shows_from_the_last_backup_on(desk, nakagawa):
    from pwa_server.desk.backup import backup
    from pwa_server.desk.queries import access_log, access_log_head

    for case in ("demo-001", "demo-002", "demo-003"):
        access_log.note_view(desk, nakagawa, "case", case)
    backup.backup(desk)
    access_log.note_view(desk, nakagawa, "case", "demo-004")
    assert access_log_head.verify() == 4
    AccessView.delete().where(AccessView.position == 4).execute()
    assert access_log_head.verify() == 3  # what came after the backup is not held against anything yet
    AccessView.delete().where(AccessView.position == 3).execute()
    assert access_log.verify() == 2  # its own chain is whole
    with pytest.raises(DeskError, match="access_log_broken"):
        access_log_head.verify()


def test_digests_name_every_table(office):
    assert set(digests()) == {table._meta.name for table in READ_MODEL}


def test_the_class_is_worked_out_in_one_way_for_a_row_a_query_and_a_count(office, desk):
    first = CaseFile.select().order_by(CaseFile.id).get()
    told = {"existing_network": "C", "undecided": None, "": None}
    for decision in (*told, "needs_conference"):
        for status in (None, "", "planned", "held", "cancelled"):
            CaseFile.update(triage_decision=decision, conference_status=status).where(
                CaseFile.id == first.id
            ).execute()
            row = CaseFile.get_by_id(first.id)
            expected = told.get(decision, "A" if status == "held" else "B")
            assert cases.class_of(row) == expected
            found = [
                letter
                for letter in cases.CLASSES
                if CaseFile.select().where((CaseFile.id == first.id) & cases.in_class(letter)).exists()
            ]
            assert found == ([expected] if expected else [])
            counted = {letter or None: sum(cells.values()) for letter, cells in figures.triage().items()}
            rows = CaseFile.select().where(CaseFile.status != "merged")
            assert counted == {
                letter: sum(cases.class_of(one) == letter for one in rows) for letter in counted
            }
