"""What two people dispose of is gone, wherever it lay; the log still proves itself, and every way back still works."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from pwa_server.desk import actions
from pwa_server.desk.actions import disposals
from pwa_server.desk.actions.act import act
from pwa_server.desk.actions.plans import close_case
from pwa_server.desk.backup import ageing
from pwa_server.desk.backup.ageing import finish_disposals
from pwa_server.desk.backup.backup import backup
from pwa_server.desk.backup.restore import restore
from pwa_server.desk.core.errors import DeskError, NotAllowed
from pwa_server.desk.erasing import UNTIDY
from pwa_server.desk.log import event_log
from pwa_server.desk.models.key_values import get_state
from pwa_server.desk.models.office_and_cases import (
    CaseFile,
    CaseKey,
    Conference,
    Held,
    LogEntry,
    Received,
    Staff,
)
from pwa_server.desk.models.years import Disposal, DisposedCase
from pwa_server.desk.open_desk import open_desk
from pwa_server.desk.projections.rebuild import dump, rebuild
from pwa_server.desk.queries import years
from tests.desk.conftest import join

CASE = "demo-002"
CLOSING = {"on": "2026-11-24", "changes": [], "words": "", "result": "other", "stays": [], "untold": ""}


@pytest.fixture
def chief(desk):
    return Staff.get_by_id(join(desk, "課長", "chief", "chief@sample.invalid"))


def close(office, *cases):
    coordinator = Staff(id="demo-nishimura", role="coordinator", active=True)
    for case in cases:
        close_case(office.desk, coordinator, case, CLOSING)


def years_later(office):
    office.clock.time = datetime(2032, 4, 1, 0, 0, tzinfo=UTC)


def dispose(office, first, second, *cases):
    id_ = disposals.propose(office.desk, first, [f"case {case}" for case in cases])
    disposals.carry_out(office.desk, second, id_)
    return id_


def test_years_count_from_the_april_after_the_fiscal_year_of_closing():
    assert years.due_on(date(2024, 3, 31), 5) == date(2029, 4, 1)
    assert years.due_on(date(2024, 4, 1), 5) == date(2030, 4, 1)
    assert years.due_on(date(2024, 12, 31), 1) == date(2026, 4, 1)


def test_nothing_is_left_and_the_log_proves_itself(office, desk, nakagawa, chief, phone):
    visit = phone.visit(CASE)
    phone.write(visit)
    office.round(phone)
    assert f"case/{CASE}" in phone.docs
    actions.flag_visit(desk, nakagawa, visit["id"], "会議で聞く", "2026-12-01")
    close(office, CASE)
    office.round(phone)
    years_later(office)
    id_ = dispose(office, nakagawa, chief, CASE)
    assert not any(
        CASE in line for line in dump() if not line.startswith(("disposal ", "disposedcase ", "month"))
    )
    assert CaseKey.get_or_none(CaseKey.case == CASE) is None
    assert LogEntry.select().where((LogEntry.case == CASE) & (LogEntry.sealed != b"")).count() == 0
    assert Disposal.get_by_id(id_).gone["contacts"] == 15
    assert event_log.verify_chain() == event_log.head()
    before = list(dump())
    assert rebuild(desk)[1] == []
    assert list(dump()) == before
    file = backup(desk)
    assert file.exists()
    office.round(phone)
    assert f"case/{CASE}" not in phone.docs


def test_it_takes_two_and_what_stands_in_the_way_is_said(office, desk, nakagawa, chief):
    close(office, CASE, "demo-003")
    assert years.due_now(desk.today()) == []
    years_later(office)
    id_ = disposals.propose(desk, nakagawa, [f"case {CASE}"])
    with pytest.raises(NotAllowed):
        disposals.carry_out(desk, nakagawa, id_)
    disposals.set_hold(desk, chief, CASE, "訴えが起こされている")
    with pytest.raises(DeskError, match="disposal_blocked: hold"):
        disposals.carry_out(desk, chief, id_)
    assert CaseFile.get_by_id(CASE).status == "closed"
    with pytest.raises(DeskError, match="disposal_blocked"):
        disposals.propose(desk, nakagawa, [f"case {CASE}", "case demo-003"])
    disposals.lift_hold(desk, chief, years.running_holds([CASE])[0].id, "終わった")
    disposals.carry_out(desk, chief, id_)
    with pytest.raises(DeskError, match="not_found"):
        disposals.carry_out(desk, chief, id_)


def test_what_arrives_late_is_told_and_not_kept(office, desk, nakagawa, chief, phone):
    late = phone.visit(CASE, notes={"fact": "遅れて届いた言葉", "quote": "", "thirdParty": "", "view": ""})
    phone.write(late)
    close(office, CASE)
    years_later(office)
    dispose(office, nakagawa, chief, CASE)
    office.round(phone)
    card = Held.get(Held.reason == "disposed")
    assert (card.case, card.type, card.event["body"]) == (CASE, "visit.logged", {})
    assert Received.get_by_id(card.envelope).frame is None
    assert phone.unsent() == 0
    assert event_log.knows(late) is None
    with pytest.raises(DeskError, match="disposed"):
        act(desk, nakagawa, "safety.removed", {"flag": "x"}, CASE)
    assert DisposedCase.get_by_id(CASE)


def test_an_older_backup_is_disposed_of_again_from_the_journal(office, desk, nakagawa, chief, tmp_path):
    close(office, CASE, "demo-003")
    archive = backup(desk)
    years_later(office)
    disposals.set_hold(desk, nakagawa, CASE, "確かめる")
    disposals.lift_hold(desk, nakagawa, years.running_holds([CASE])[0].id, "済んだ")
    dispose(office, nakagawa, chief, CASE)
    office.desk.close()
    config = elsewhere(office, tmp_path)
    restored = restore(config, archive, office.backup_key, office.clock)
    assert restored.faults == ()
    again = open_desk(config, office.clock)
    try:
        assert CaseFile.get_or_none(CaseFile.id == CASE) is None
        assert event_log.verify_chain() == event_log.head()
        assert rebuild(again)[1] == []
    finally:
        again.close()
        desk.db.connect(reuse_if_open=True)


def elsewhere(office, tmp_path):
    return replace(office.config, data=tmp_path / "restored", desk_key_file=tmp_path / "restored.key")


def test_a_restore_that_has_not_heard_of_a_disposal_says_so(office, desk, nakagawa, chief, tmp_path):
    close(office, CASE)
    archive = backup(desk)
    years_later(office)
    id_ = dispose(office, nakagawa, chief, CASE)
    config = replace(elsewhere(office, tmp_path), journal_dir=None, second_place="none")
    restore(config, archive, office.backup_key, office.clock)
    again = open_desk(config, office.clock)
    assert get_state(ageing.MISSING)["ids"] == [id_]
    again.close()


def test_what_was_emptied_by_no_act_breaks_the_chain(office, desk, nakagawa, chief):
    close(office, CASE)
    years_later(office)
    dispose(office, nakagawa, chief, CASE)
    emptied = LogEntry.select().where(LogEntry.sealed == b"").order_by(LogEntry.position).first().position
    other = LogEntry.get(LogEntry.case == "demo-003").position
    act_of_two = LogEntry.get(LogEntry.type == "disposal.carried_out").position
    for tampered in (
        LogEntry.update(sealed=b"", digest=b"").where(LogEntry.position == other),
        LogEntry.update(chain=bytes(32)).where(LogEntry.position == emptied),
        LogEntry.delete().where(LogEntry.position == act_of_two),
    ):
        with desk.db.atomic() as undone:
            assert tampered.execute() == 1
            with pytest.raises(DeskError, match="log_broken"):
                event_log.verify_chain()
            undone.rollback()
    assert event_log.verify_chain() == event_log.head()


def test_a_conferences_own_papers_go_with_its_last_household(office, desk, nakagawa, chief):
    meetings = {row.meeting for row in Conference.select().where(Conference.case == "demo-001")}
    cases = sorted({row.case for row in Conference.select().where(Conference.meeting.in_(meetings))})
    close(office, *cases)
    years_later(office)
    dispose(office, nakagawa, chief, *cases)
    assert not any(meeting in line for line in dump() for meeting in meetings if len(meeting) > 8)
    assert event_log.verify_chain() == event_log.head()
    assert rebuild(desk)[1] == []


def test_what_a_power_cut_or_a_reader_left_is_done_at_the_next_look(office, desk, nakagawa, chief):
    """The note stands in the act's own transaction: whoever opens the desk afterwards goes on from there."""
    close(office, CASE)
    years_later(office)
    journal = office.config.desk_data / "desk.db-wal"
    looks, goes = threading.Event(), threading.Event()

    def reader():  # a connection of its own, which looks at what was before
        with desk.db.connection_context(), desk.db.atomic():
            assert LogEntry.select().count()
            looks.set()
            goes.wait(60)

    thread = threading.Thread(target=reader)
    thread.start()
    looks.wait(60)
    desk.db.execute_sql("pragma busy_timeout = 50")  # what it waits for, somebody who reads, stays
    dispose(office, nakagawa, chief, CASE)
    office.sync()
    assert get_state(UNTIDY) == 1
    goes.set()
    thread.join()
    desk.close()
    office.desk = open_desk(office.config, office.clock)
    office.desk.relay = desk.relay
    assert get_state(UNTIDY) == 1
    finish_disposals(office.desk)
    assert get_state(UNTIDY) == 0
    assert ageing.told_disposals(office.config.backup_dir, office.desk.keys.office)
    assert journal.stat().st_size < 100_000
