"""The journal of staff actions: no line can be taken out, moved or cut off without being named at a restore."""

import shutil
import time
from contextlib import suppress
from pathlib import Path

import pytest

from pwa_server.desk import actions
from pwa_server.desk.actions import office as office_acts
from pwa_server.desk.backup import backup
from pwa_server.desk.backup.restore import restore
from pwa_server.desk.core.tables import canonical
from pwa_server.desk.log import journal
from pwa_server.desk.log.journal_reading import JournalReading
from pwa_server.desk.models.office_and_cases import Staff
from pwa_server.desk.models.system import SecurityLine
from pwa_server.desk.open_desk import open_desk
from sync.sealing import seal


@pytest.fixture
def archive(desk):
    """A backup from before everything below."""
    return backup.backup(desk)


@pytest.fixture
def lines(archive, office, desk, nakagawa):
    """Five acts after the backup, as they lie in the journal's file; the last is that somebody has left."""
    before = len(_frames(office)) if list(office.config.journal_dir.glob("*.sotto")) else 0
    for household in ("demo-001", "demo-002", "demo-003", "demo-004"):
        actions.set_safety(desk, nakagawa, household, "dog", "犬", "", "2027-01-01")
    office_acts.change_staff(desk, Staff.get(Staff.role == "administrator"), "demo-nishimura", active=False)
    found = _frames(office)[before:]
    assert len(found) >= 5
    return found


def _file(office):
    (file,) = office.config.journal_dir.glob("*.sotto")
    return file


def _frames(office):
    return list(journal.frames(_file(office)))


def _write(office, frames):
    _file(office).write_bytes(b"".join(len(frame).to_bytes(4, "big") + frame for frame in frames))


def _read(office, archive):
    """(entries, faults) as a restore of that backup would find them."""
    told = journal.told_head(archive.parent, office.desk.keys.office)
    reading = JournalReading(
        office.config.journal_dir, office.desk.keys.office, office.backup_key, journal.Head(), told
    )
    return list(reading.entries()), reading


def test_a_whole_journal_has_no_fault_and_all_its_lines(office, archive, lines):
    entries, reading = _read(office, archive)
    assert reading.faults == []
    assert reading.unchained == 0
    assert [entry["n"] for entry in entries] == list(range(1, len(entries) + 1))


def test_each_line_taken_out_is_named(office, archive, lines):
    every = _frames(office)
    for place in range(len(every)):
        _write(office, every[:place] + every[place + 1 :])
        entries, reading = _read(office, archive)
        assert [(fault.first, fault.last) for fault in reading.faults] == [(place + 1, place + 1)]
        assert len(entries) == len(every) - 1  # and what is there comes back


def test_each_stretch_taken_out_is_named(office, archive, lines):
    every = _frames(office)
    for start in range(len(every)):
        for end in range(start + 1, len(every) + 1):
            _write(office, every[:start] + every[end:])
            _, reading = _read(office, archive)
            assert (start + 1, end) in [(fault.first, fault.last) for fault in reading.faults]


def test_every_two_lines_that_changed_places_are_named(office, archive, lines):
    every = _frames(office)
    for one in range(len(every)):
        for other in range(one + 1, len(every)):
            moved = list(every)
            moved[one], moved[other] = moved[other], moved[one]
            _write(office, moved)
            assert _read(office, archive)[1].faults


def test_each_line_that_stands_twice_is_named_and_comes_back_once(office, archive, lines):
    """Beside itself, at the end, in a copy of the file; and the whole journal from back to front."""
    every = _frames(office)
    for place, frame in enumerate(every):
        for again in ([*every[: place + 1], *every[place:]], [*every, frame]):
            _write(office, again)
            entries, reading = _read(office, archive)
            assert reading.faults, place
            assert len({entry["n"] for entry in entries}) == len(every)
    _write(office, every[::-1])
    assert _read(office, archive)[1].faults
    _write(office, every)
    copy = _file(office).with_name(f"{_file(office).stem}-2{_file(office).suffix}")
    copy.write_bytes(_file(office).read_bytes())
    assert len(_read(office, archive)[1].faults) == len(every)
    copy.unlink()


def test_each_line_changed_is_named_and_the_others_are_read(office, archive, lines):
    every = _frames(office)
    for place, frame in enumerate(every):
        _write(office, [*every[:place], frame[:-1] + bytes([frame[-1] ^ 1]), *every[place + 1 :]])
        entries, reading = _read(office, archive)
        assert ("unreadable", place + 1) in [(fault.kind, fault.first) for fault in reading.faults]
        assert len(entries) == len(every) - 1


def test_each_byte_at_which_the_file_may_end_is_named(office, archive, lines):
    whole = _file(office).read_bytes()
    ends = {0}
    for frame in _frames(office):
        start = max(ends)
        ends |= {start + cut for cut in (1, 3, 4, 5, len(frame), 4 + len(frame))}
    for end in sorted(ends - {len(whole)}):
        _file(office).write_bytes(whole[:end])
        assert _read(office, archive)[1].faults, end


def test_another_journals_line_is_no_line_of_this_one(office, archive, lines):
    """Whoever has the backup's public key can seal a line; it does not follow, or what follows it does not."""
    every = _frames(office)
    forged = {"n": 3, "before": "0" * 64, "seal": "AA", "made_at": "2026-01-01T00:00:00Z"}
    every[2] = seal(office.desk.keys.backup_public, journal.INFO, canonical(forged).encode())
    _write(office, every)
    assert _read(office, archive)[1].faults


def test_lines_no_reader_expects_are_named_and_stop_nothing(office, archive, lines):
    every, public = _frames(office), office.desk.keys.backup_public
    for plain in (b"[" * 100_000, b"7", b"{}", b'{"n":true}', b'{"n":-1,"before":"x"}', b"\xff"):
        _write(office, [*every, seal(public, journal.INFO, plain)])
        entries, reading = _read(office, archive)
        assert [fault.kind for fault in reading.faults] == ["unreadable"]
        assert len(entries) == len(every)
    _file(office).write_bytes(_file(office).read_bytes() + b"\xff\xff\xff\xff")  # 4 GiB are announced
    assert "torn" in [fault.kind for fault in _read(office, archive)[1].faults]


def test_lines_from_before_the_chain_are_read_and_counted(office, archive, lines):
    public, entries = office.desk.keys.backup_public, _read(office, archive)[0]
    old = [{name: entry[name] for name in entry if name not in ("n", "before")} for entry in entries]
    sealed = [seal(public, journal.INFO, canonical(entry).encode()) for entry in old]
    _write(office, sealed)
    journal.head_file(archive.parent, office.desk.keys.office).unlink()
    again, reading = _read(office, archive)
    assert again == old
    assert (reading.faults, reading.unchained) == ([], len(old))
    assert reading.last.n == 0


def test_an_act_that_was_taken_back_after_its_line_was_written_is_no_fault(
    office, archive, lines, desk, nakagawa
):
    with suppress(RuntimeError), desk.write():
        actions.set_safety(desk, nakagawa, "demo-005", "dog", "犬", "", "2027-01-01")
        raise RuntimeError
    actions.set_safety(desk, nakagawa, "demo-006", "dog", "犬", "", "2027-01-01")
    assert _read(office, archive)[1].faults == []


def test_after_half_a_line_the_journal_goes_on_in_another_file(office, archive, lines, desk, nakagawa):
    _file(office).write_bytes(_file(office).read_bytes() + b"\x00\x00\x01")  # a power cut
    actions.set_safety(desk, nakagawa, "demo-005", "dog", "犬", "", "2027-01-01")
    actions.set_safety(desk, nakagawa, "demo-006", "dog", "犬", "", "2027-01-01")
    assert len(list(office.config.journal_dir.glob("*.sotto"))) == 2
    entries, reading = _read(office, archive)
    assert [fault.kind for fault in reading.faults] == ["torn"]
    assert [entry["n"] for entry in entries] == list(range(1, len(entries) + 1))


def _restored(office, archive):
    office.desk.close()
    shutil.rmtree(office.config.data)
    shutil.rmtree(office.config.desk_key_file.parent)
    restored = restore(office.config, archive, office.backup_key, office.clock)
    office.desk = open_desk(office.config, office.clock)
    return restored


def test_somebody_who_left_is_not_back_unnoticed(office, archive, lines):
    """The line that says so is the last; its journal alone could not show that it is gone."""
    _write(office, _frames(office)[:-1])
    restored = _restored(office, archive)
    assert Staff.get_by_id("demo-nishimura").active
    assert [fault.kind for fault in restored.faults] == ["cut"]
    told = SecurityLine.select().where(SecurityLine.outcome == "journal_cut")
    assert told.count() == 1


def test_a_restored_desk_goes_on_in_the_same_chain(office, archive, lines, nakagawa):
    assert _restored(office, archive).faults == ()
    assert not Staff.get_by_id("demo-nishimura").active
    actions.set_safety(office.desk, nakagawa, "demo-005", "dog", "犬", "", "2027-01-01")
    assert _read(office, archive)[1].faults == []


def test_a_journal_that_is_gone_whole_is_named(office, archive, lines):
    shutil.rmtree(office.config.journal_dir)
    assert [fault.kind for fault in _restored(office, archive).faults] == ["cut"]


def _followed(count):
    """Seconds of the processor to follow so many lines that each fit on the last."""
    reading = JournalReading(Path("nowhere"), "", None, journal.Head(), None)
    before, begun = journal.START, time.process_time()
    for n in range(1, count + 1):
        reading._follow({"n": n, "before": before}, b"line", "file")
        before = reading.last.link
    assert reading.faults == []
    return time.process_time() - begun


def test_a_long_journal_is_followed_in_the_same_time_a_line():
    """A ledger of 20,000 rows leaves 80,000 lines."""
    short, long = (min(_followed(lines) for _ in range(5)) for lines in (2000, 8000))
    assert long <= 10 * short
