"""Relay, desk and phone are lost, rolled back and restored; no record is (SPEC 13)."""

import os
import shutil
from pathlib import Path

import pytest

from pwa_server.desk import actions
from pwa_server.desk.actions import devices
from pwa_server.desk.backup import backup
from pwa_server.desk.backup.restore import restore as bring_back
from pwa_server.desk.core.errors import DeskError
from pwa_server.desk.exchange import roster
from pwa_server.desk.exchange.relay_client import RelayClient, RelayError
from pwa_server.desk.exchange.retry_held import retry_held
from pwa_server.desk.log import event_log
from pwa_server.desk.models.key_values import get_state
from pwa_server.desk.models.office_and_cases import BackupRun, DeviceRow, Held, UpPosition, Visit, VisitRead
from pwa_server.desk.open_desk import open_desk
from sync.sealing import SealKey


def arrived(*visits):
    return [Visit.get_or_none(Visit.id == visit["id"]) is not None for visit in visits]


def move_to_new_relay(office, *phones):
    office.clock.pass_(seconds=1)
    office.start_relay()
    for phone in phones:
        phone.http = office.http


def restore(office, archive, *, journal=True):
    """The desk's machine is replaced: data and key are gone, backup and journal are not."""
    office.desk.close()
    shutil.rmtree(office.config.data)
    shutil.rmtree(office.config.desk_key_file.parent)
    if not journal:
        shutil.rmtree(office.config.journal_dir)
    bring_back(office.config, archive, office.backup_key, office.clock)
    office.desk = open_desk(office.config, office.clock)
    office.desk.relay = RelayClient(office.http, office.desk.keys.office, office.desk.keys.sign)
    return office.desk


def test_the_relays_disk_is_lost_with_envelopes_on_it_in_both_directions(office, phone, desk, nakagawa):
    first, second = phone.visit("demo-002"), phone.visit("demo-003")
    phone.write(first)
    office.round(phone)
    phone.write(second)
    phone.push()  # lies on the relay when its disk dies
    actions.set_safety(desk, nakagawa, "demo-002", "dog", "犬", "", "2027-01-01")

    move_to_new_relay(office, phone)
    with pytest.raises(Exception, match="not_ready"):
        phone.pull()
    for _ in range(3):
        office.sync()
        phone.sync()
    assert arrived(first, second) == [True, True]
    assert any(flag["kind"] == "dog" for flag in phone.docs["case/demo-002"]["safety"])
    assert event_log.verify_chain()


def test_a_relay_rolled_back_to_an_old_copy(office, phone, desk, nakagawa, tmp_path):
    first, second, third = (phone.visit("demo-002") for _ in range(3))
    phone.write(first)
    office.round(phone)
    file = office.app.extensions["sotto_relay"].config.relay_data / "relay.db"
    store = office.app.extensions["sotto_relay"].store
    old = tmp_path / "old.db"
    with store.connected():
        store.db.execute_sql(f"vacuum into '{old}'")
    phone.write(second)
    office.round(phone)
    phone.write(third)
    phone.push()

    shutil.copy(old, file)
    for leftover in file.parent.glob("relay.db-*"):
        leftover.unlink()
    for _ in range(4):
        office.round(phone)
    assert arrived(first, second, third) == [True, True, True]
    actions.return_visit(desk, nakagawa, third["id"], "hook", "?")
    office.round(phone)
    assert phone.docs[f"record/{third['id']}"]["review"]["question"] == "?"


def test_a_desk_restored_from_an_old_backup_gets_everything_again(office, phone, desk, nakagawa):
    first, second, third = (phone.visit("demo-002") for _ in range(3))
    phone.write(first)
    office.round(phone)
    archive = backup.backup(desk)
    office.clock.pass_(seconds=1)
    phone.write(second)
    phone.sync()
    office.config.trial or pytest.fail("the sample desk backs up by itself")
    actions.read_visit(desk, nakagawa, first["id"])  # after the backup; in the journal
    # held by the office, not yet in any backup that will survive: the phone keeps it
    desk.config.__dict__["backup_dir"] = None
    office.sync()
    phone.sync()
    desk.config.__dict__["backup_dir"] = archive.parent
    assert arrived(first, second) == [True, True]

    desk = restore(office, archive)
    assert arrived(first, second) == [True, False]
    office.sync()
    assert roster.lacks(phone.id) == 1
    assert VisitRead.select().where(VisitRead.visit == first["id"]).exists()
    phone.write(third)
    for _ in range(4):
        office.round(phone)
    assert arrived(first, second, third) == [True, True, True]
    assert roster.lacks(phone.id) == 0
    assert phone.docs[f"record/{second['id']}"]["state"] == "at_office"
    assert event_log.verify_chain()


def test_revocations_and_new_phones_survive_a_restore_even_without_the_journal(office, phone, desk, nakagawa):
    archive = backup.backup(desk)
    theirs = office.phone_of("nishimura")
    devices.revoke(desk, nakagawa, phone.id, "lost")
    office.sync()

    restore(office, archive, journal=False)
    assert DeviceRow.get_by_id(phone.id).status == "active"
    visit = theirs.visit("demo-006")
    theirs.write(visit)
    theirs.sync()
    office.sync()
    assert DeviceRow.get_by_id(phone.id).status == "revoked"
    assert DeviceRow.get_by_id(theirs.id).staff == "demo-nishimura"
    assert DeviceRow.get_by_id(theirs.id).label == "phone"
    office.round(theirs)
    office.round(theirs)
    assert arrived(visit) == [True]
    assert "case/demo-006" in theirs.docs
    with pytest.raises(Exception, match="revoked"):
        phone.pull()


def test_what_a_phone_had_already_let_go_is_named_as_missing(office, phone, desk):
    phone.write(phone.visit("demo-002"))
    office.round(phone)
    archive = backup.backup(desk)
    for _ in range(3):
        office.clock.pass_(seconds=5)
        phone.write(phone.visit("demo-002"))
        office.round(phone)
        office.round(phone)
    assert phone.m.outbox == []  # all of it safe: in backups newer than the one that is brought back
    restore(office, archive)
    office.round(phone)
    assert [(one["first"], one["last"]) for one in get_state("missing")] == [(2, 4)]


def test_a_phone_that_was_told_safe_says_so_and_a_person_learns_what_is_not_here(office, phone, desk):
    phone.write(phone.visit("demo-002"))
    office.round(phone)
    archive = backup.backup(desk)
    office.clock.pass_(seconds=5)
    phone.write(phone.visit("demo-002"))
    for _ in range(2):
        office.round(phone)
    last = phone.m.forgot
    assert phone.m.outbox == []

    restore(office, archive)
    for _ in range(4):
        office.round(phone)

    cards = list(Held.select().where(Held.state == "held"))
    assert [(card.kind, card.reason) for card in cards] == [("stretch", "missing")]
    assert last.id in cards[0].detail
    assert not retry_held(office.desk, cards[0].id)
    assert office.desk is not desk
    assert phone.m.held.run == phone.m.head.run  # the run that said so was taken, though it brought no event


def test_a_phone_whose_records_are_all_here_says_nothing_new(office, phone, desk):
    phone.write(phone.visit("demo-002"))
    for _ in range(3):
        office.clock.pass_(seconds=5)
        office.round(phone)
    assert phone.m.outbox == []
    phone.repack()
    for _ in range(3):
        office.round(phone)

    assert list(Held.select()) == []
    assert phone.m.held == phone.m.head


def test_a_desk_silently_put_back_is_noticed_by_its_phones(office, phone, desk, nakagawa, tmp_path):
    phone.write(phone.visit("demo-002"))
    office.round(phone)
    desk.db.execute_sql("pragma wal_checkpoint(truncate)")
    shutil.copytree(office.config.data, tmp_path / "machine")
    actions.set_safety(desk, nakagawa, "demo-002", "dog", "犬", "", "2027-01-01")
    visit = phone.visit("demo-003")
    phone.write(visit)
    office.round(phone)

    desk.close()
    shutil.rmtree(office.config.data)
    shutil.copytree(tmp_path / "machine", office.config.data)
    office.desk = open_desk(office.config, office.clock)
    office.desk.relay = RelayClient(office.http, office.desk.keys.office, office.desk.keys.sign)
    for _ in range(4):
        office.round(phone)
    assert arrived(visit) == [True]
    assert not any(flag["kind"] == "dog" for flag in phone.docs["case/demo-002"]["safety"])
    assert not phone.m.gap


def test_a_phone_put_back_from_a_copy_loses_nothing_it_still_had(office, phone):
    first, second, third = (phone.visit("demo-002") for _ in range(3))
    phone.write(first)
    copy = phone.copy()
    office.round(phone)
    phone.write(second)
    office.round(phone)
    phone.put_back(copy)
    phone.write(third)
    for _ in range(4):
        office.round(phone)
    assert arrived(first, second, third) == [True, True, True]
    assert phone.m.held == phone.m.head


def test_nothing_is_called_safe_when_the_backup_cannot_be_read_back(office, phone, desk, monkeypatch):
    phone.write(phone.visit("demo-002"))
    phone.sync()
    fsync = os.fsync

    def fsync_of_a_failing_disk(handle):
        fsync(handle)
        path = Path(f"/proc/self/fd/{handle}").readlink()
        if path.suffix == ".part":
            content = bytearray(path.read_bytes())
            content[-5000] ^= 1
            path.write_bytes(content)

    monkeypatch.setattr(os, "fsync", fsync_of_a_failing_disk)
    office.clock.pass_(seconds=10)
    office.sync()
    assert UpPosition.get_by_id(phone.id).safe_n == 0
    assert BackupRun.select().order_by(BackupRun.at.desc()).first().ok is False
    with pytest.raises(DeskError, match="backup_failed"):
        backup.backup(desk)
    phone.sync()
    assert len(phone.m.outbox) == 1


def test_a_backup_opens_only_with_the_custodians_key(office, desk, tmp_path):
    archive = backup.backup(desk)
    content = archive.read_bytes()
    assert office.config.desk_key_file.read_text().strip().encode() not in content
    assert "小林".encode() not in content
    office.desk.close()
    shutil.rmtree(office.config.data)
    with pytest.raises(DeskError, match="backup_key_wrong"):
        bring_back(office.config, archive, SealKey.generate(), office.clock)
    assert not (office.config.data / "desk/desk.db").exists()
    damaged = tmp_path / "damaged.backup"
    damaged.write_bytes(content[:-4096] + bytes(4096))
    with pytest.raises(DeskError, match="backup_damaged"):
        bring_back(office.config, damaged, office.backup_key, office.clock)
    (tmp_path / "letter").write_bytes(b"hello")
    with pytest.raises(DeskError, match="not_a_backup"):
        bring_back(office.config, tmp_path / "letter", office.backup_key, office.clock)


def test_an_act_is_refused_when_its_second_place_cannot_take_it(office, phone, desk, nakagawa):
    shutil.rmtree(office.config.journal_dir, ignore_errors=True)
    office.config.journal_dir.write_text("a file stands where the folder should be")
    before = event_log.head()
    with pytest.raises(DeskError, match="journal_failed"):
        actions.set_safety(desk, nakagawa, "demo-002", "dog", "犬", "", "2027-01-01")
    assert event_log.head() == before
    office.config.journal_dir.unlink()


def test_the_desk_says_what_would_be_lost(office, phone, desk, nakagawa):
    backup.backup(desk)
    office.clock.pass_(seconds=1)
    actions.set_safety(desk, nakagawa, "demo-002", "dog", "犬", "", "2027-01-01")
    at_stake = backup.exposure(desk)
    assert (at_stake.staff_actions, at_stake.phone_events, at_stake.second_place) == (1, 0, True)


def test_the_relay_being_down_is_told_and_work_goes_on(office, desk, nakagawa):
    import httpx

    def down(request):
        raise httpx.ConnectError("refused")

    desk.relay = RelayClient(
        httpx.Client(transport=httpx.MockTransport(down), base_url="http://relay.test"), "", desk.keys.sign
    )
    with pytest.raises(RelayError, match="relay_unreachable"):
        office.sync()
    actions.set_safety(desk, nakagawa, "demo-002", "dog", "犬", "", "2027-01-01")
