"""Backups by themselves: how long they stay, what they need, and that one that fails takes nothing else along."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pwa_server.desk.backup import backup
from pwa_server.desk.backup.retention import NEWEST, read_kept, superfluous
from pwa_server.desk.core.errors import DeskError
from pwa_server.desk.exchange import sync_round
from pwa_server.desk.models.key_values import get_state
from pwa_server.desk.models.office_and_cases import BackupRun

KEPT = ("24h", "7d", "5w", "3m")


def named(number, at):
    return Path(f"sotto-office-{number:06d}-{at:%Y-%m-%dT%H%M%S}.000Z.backup")


def test_those_of_the_last_hours_days_weeks_and_months_stay():
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    made = []
    for quarter in range(
        200 * 24 * 4
    ):  # every quarter of an hour for two hundred days, thinned out as they come
        made.append(named(quarter + 1, begin + timedelta(minutes=15 * quarter)))
        if quarter % 16 == 0:
            gone = set(superfluous(made, read_kept(KEPT)))
            made = [one for one in made if one not in gone]
    assert len(made) <= 24 + 7 + 5 + 3 + NEWEST + 16
    days = {one.name.split("-", 3)[3][:10] for one in superfluous(made, {}) + made}
    assert {"2026-07-19", "2026-07-18", "2026-07-13"} <= days
    assert any(day.startswith("2026-05") for day in days)
    assert not any(day.startswith("2026-03") for day in days)


def test_wrong_clocks_and_unknown_names_lose_none_of_the_newest():
    far = datetime(2099, 1, 1, tzinfo=UTC)
    made = [
        named(1, far),
        *(named(n, datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n)) for n in range(2, 20)),
    ]
    odd = Path("sotto-office-by-hand.backup")
    gone = superfluous([odd, *made], read_kept(("2h",)))
    assert odd not in gone
    assert made[0] not in gone  # the only one of its hour
    assert not set(made[-NEWEST:]) & set(gone)


def test_no_room_is_said_before_anything_is_written_and_the_round_goes_on(office, phone, desk, monkeypatch):
    phone.write(phone.visit("demo-002"))
    phone.sync()
    full = shutil.disk_usage(desk.config.desk_data)._replace(free=1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)  # the system's answer on a full disk
    office.clock.pass_(minutes=1)
    summary = office.sync()
    assert summary.envelopes == 1
    assert get_state("sync")["problem"] == ""
    assert get_state("backup_problem")["code"] == "backup_no_room"
    assert not BackupRun.select().order_by(BackupRun.at.desc()).first().ok
    with pytest.raises(DeskError) as told:
        backup.backup(desk)
    assert (told.value.code, "MB free" in told.value.detail) == ("backup_no_room", True)
    phone.sync()
    assert phone.m.held.n > 0  # receipts went out
    monkeypatch.undo()
    office.clock.pass_(minutes=1)
    office.sync()
    assert get_state("backup_problem") is None


@pytest.mark.parametrize("where", ["a file", "not to be written"])
def test_a_folder_that_takes_nothing_is_said_and_the_round_goes_on(office, phone, desk, where):
    folder = office.config.backup_dir
    for one in sorted(folder.rglob("*"), reverse=True):
        one.unlink()
    folder.rmdir()
    folder.write_text("no folder") if where == "a file" else folder.symlink_to("/proc/1/nowhere")
    phone.write(phone.visit("demo-002"))
    phone.sync()
    office.clock.pass_(minutes=1)
    assert office.sync().envelopes == 1
    assert get_state("backup_problem")["code"] == "backup_failed"


def test_the_newest_is_read_again_each_week_and_a_damaged_one_is_named(office, desk):
    office.clock.pass_(minutes=1)
    office.sync()
    first = get_state("backup_read_again")
    office.clock.pass_(days=6)
    office.sync()
    assert get_state("backup_read_again") == first
    newest = backup.archives(office.config.backup_dir, desk.keys.office)[-1]
    whole = newest.read_bytes()
    newest.write_bytes(whole[:-5000] + bytes(5000))
    office.clock.pass_(days=2)
    with pytest.raises(DeskError):
        backup.read_newest_again(desk)
    newest.write_bytes(whole)
    backup.read_newest_again(desk)
    assert get_state("backup_read_again")["file"] == newest.name


def test_the_room_for_backups_is_told_while_there_is_still_time(desk):
    have = backup.room(desk)
    assert have.needed > 0
    assert have.lasts()
    plenty, tight = 10 * have.needed, int(2.5 * have.needed)
    assert backup.Room(have.needed, plenty, plenty, False).lasts(2)
    assert backup.Room(have.needed, tight, tight, True).lasts(1)
    assert not backup.Room(have.needed, tight, tight, True).lasts(2)
    assert not backup.Room(have.needed, plenty, have.needed - 1, False).lasts()


def test_what_a_backup_that_was_cut_off_left_lying_is_taken_away(office, desk):
    left = office.config.desk_data / "backup-cut-off"
    left.mkdir()
    (left / "copy.db").write_bytes(b"half")
    backup.backup(desk)
    assert not left.exists()


def test_threads_of_their_own_sync_and_back_up(office, desk):
    before = len(backup.archives(office.config.backup_dir, desk.keys.office))
    office.phone_of("kobayashi")
    office.clock.pass_(minutes=5)
    end = sync_round.start_thread(desk, backup_look=0.05)
    for _ in range(200):
        if len(backup.archives(office.config.backup_dir, desk.keys.office)) > before:
            break
        sync_round.threading.Event().wait(0.05)
    end()
    assert len(backup.archives(office.config.backup_dir, desk.keys.office)) > before
