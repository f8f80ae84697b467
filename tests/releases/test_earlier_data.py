"""What earlier releases stored opens: desk, relay, backup and journal, and what was on its way arrives."""

import json
import shutil
import sqlite3
import tarfile
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from pwa_server import status
from pwa_server.config import Config
from pwa_server.desk.app import create_desk
from pwa_server.desk.backup.archive import look
from pwa_server.desk.backup.backup import backup
from pwa_server.desk.backup.restore import restore
from pwa_server.desk.exchange import sync_round
from pwa_server.desk.exchange.relay_client import RelayClient
from pwa_server.desk.log.event_log import verify_chain
from pwa_server.desk.models.office_and_cases import CaseFile, LogEntry, Visit
from pwa_server.desk.open_desk import desk_file, open_desk, read_key
from pwa_server.desk.projections.rebuild import rebuild
from pwa_server.desk.queries import access_log_head
from pwa_server.relay import create_relay
from sync.sealing import SealKey
from tests.desk.conftest import TestClock

HERE = Path(__file__).parent
RELEASES = sorted(HERE.glob("*.tar.xz"))


@pytest.fixture(scope="module", params=RELEASES, ids=lambda file: file.name.partition(".")[0])
def unpacked(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    with tarfile.open(request.param) as archive:
        archive.extractall(folder, filter="data")
    return folder, json.loads((folder / "told.json").read_text("utf-8"))


@pytest.fixture
def kept(unpacked, tmp_path):
    """(settings, what was in it) of a copy that a test may change."""
    folder = Path(shutil.copytree(unpacked[0], tmp_path / "kept"))
    journal = folder / "journal"
    config = Config(
        data=folder / "data",
        desk_key_file=folder / "desk.key",
        backup_dir=folder / "backups",
        journal_dir=journal if journal.exists() else None,
        second_place="folder" if journal.exists() else "none",
        trial=True,
        relay_url="https://relay.test",
    )
    return config, unpacked[1]


def test_some_are_kept():
    assert len(RELEASES) >= 3


def test_the_desk_opens_with_every_event_and_takes_what_lay_at_the_relay(kept):
    config, told = kept
    clock = TestClock()
    clock.pass_(minutes=5)
    desk = open_desk(config, clock)
    assert set(told["ids"]) <= {row.id for row in LogEntry.select(LogEntry.id)}
    assert Visit.select().count() == told["visits"]
    relay_config = Config(
        data=config.data.parent, role="relay", trial=True, relay_offices=(desk.keys.office,)
    )
    app = create_relay(relay_config, clock=clock.seconds, background=False)
    with httpx.Client(transport=httpx.WSGITransport(app), base_url="http://relay.test") as http:
        desk.relay = RelayClient(http, desk.keys.office, desk.keys.sign)
        came = sync_round.sync_once(desk)
    assert (came.envelopes, came.held) == (1, 0)
    assert Visit.select().count() == told["visits"] + 1
    events = LogEntry.select().count()
    assert verify_chain() == events
    access_log_head.verify()
    assert rebuild(desk, lambda _done, _of: None) == (events, [])
    assert backup(desk).exists()
    page = create_desk(config, desk).test_client().get("/sign-in")
    assert page.status_code == 200
    desk.close()
    app.extensions["sotto_relay"].store.close()


def test_status_of_a_newer_program_changes_nothing_there(kept):
    config, _ = kept
    there = Config(data=config.data.parent, role="relay", trial=True)
    schema = "select version from schema"
    with sqlite3.connect(there.relay_data / "relay.db") as line:
        before = line.execute(schema).fetchall()
    found = {check.name: check for check in status.checks(there)}
    assert found["relay_database"].key in ("database.yes", "fault")
    assert found["relay_database"].state in (status.OK, status.CRITICAL)
    with sqlite3.connect(there.relay_data / "relay.db") as line:
        assert line.execute(schema).fetchall() == before
    desk = config.data / "desk" / "desk.db"
    content = desk.read_bytes()
    assert {check.name for check in status.checks(replace(config, role="desk"))} >= {"desk_serving", "disk"}
    assert desk.read_bytes() == content


def test_its_backup_comes_back_with_the_journal(kept, tmp_path):
    config, told = kept
    key = SealKey.from_bytes(bytes.fromhex((config.data.parent / "backup.key").read_text().strip()))
    archive = max(config.backup_dir.glob("*.backup"))
    there = Config(
        data=tmp_path / "new",
        desk_key_file=tmp_path / "new.key",
        backup_dir=config.backup_dir,
        journal_dir=config.journal_dir,
        second_place=config.second_place,
        trial=True,
    )
    restored = restore(there, archive, key, TestClock())
    assert restored.faults == ()
    assert look(desk_file(there), read_key(there))["head"] >= told["in_backup"]
    desk = open_desk(there, TestClock())
    assert (restored.acts > 0) == (config.journal_dir is not None)
    assert LogEntry.select().count() >= told["in_backup"] + restored.acts
    assert CaseFile.select().count() > 3
    desk.close()
