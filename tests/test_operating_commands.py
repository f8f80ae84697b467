"""What an operator asks and does: status, drill, compact, support-bundle; and every command says what it is for."""

import json
import re
import shutil
from pathlib import Path

import pytest

from pwa_server import cli, status
from pwa_server.config import Config, table
from pwa_server.desk.health import DeskHealth
from pwa_server.desk.models.office_and_cases import CaseFile, Staff
from pwa_server.desk.open_desk import open_desk
from pwa_server.gauges import gauges_of
from pwa_server.processes import hold_data
from pwa_server.relay.health import RelayHealth
from pwa_server.texts import LANGS, catalogue, t
from pwa_server.trial import prepare
from tests.canary.needles import Needles

ROOT = Path(__file__).parent.parent
GUIDE = "".join(
    file.read_text("utf-8") for file in [ROOT / "docs/operating.md", *(ROOT / "docs/operating").glob("*.md")]
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A sample office with one backup, made once."""
    data = tmp_path_factory.mktemp("made") / "data"
    prepare(Config(data=data))
    assert cli.main(["backup", "--trial", "--data", str(data)]) == 0
    return data


@pytest.fixture
def data(made, tmp_path):
    return Path(shutil.copytree(made, tmp_path / "data"))


@pytest.fixture
def run(data, free_port, capsys):
    """Where nobody serves."""
    ports = ["--port", str(free_port), "--desk-port", str(free_port + 1)]

    def run(*words):
        code = cli.main([*words, *ports, "--trial", "--data", str(data), "--lang", "en"])
        told = capsys.readouterr()
        return code, told.out + told.err

    return run


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("command", [name for name, *_ in cli.COMMANDS])
def test_every_command_says_what_it_is_for(command, lang, capsys):
    """In the language that was asked for, with each of its options; and the guide names it."""
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help", "--lang", lang])
    assert ended.value.code == 0
    said = "".join(capsys.readouterr().out.split())
    options = next(options for name, _, options in cli.COMMANDS if name == command)
    for key in [f"cli.help.{command}", *(f"cli.help.{command}.{_plain(flags)}" for flags, _ in options)]:
        assert "".join(t(lang, key).split()) in said
    assert f"sotto {command}" in GUIDE


def _plain(flags):
    return flags[0].removeprefix("--").replace("-", "_")


@pytest.mark.parametrize("lang", LANGS)
def test_help_names_every_command(lang, capsys):
    with pytest.raises(SystemExit):
        cli.main([f"--lang={lang}", "--help"] if lang == "en" else ["--help"])
    said = "".join(capsys.readouterr().out.split())
    for name, *_ in cli.COMMANDS:
        assert name in said
    assert "".join(t(lang, "cli.help").split()) in said


def test_no_help_is_left_over():
    names = {f"cli.help.{name}" for name, *_ in cli.COMMANDS}
    options = {
        f"cli.help.{name}.{_plain(flags)}" for name, _, options in cli.COMMANDS for flags, _ in options
    }
    assert {key for key in catalogue("en") if key.startswith("cli.help.")} == names | options


class TestStatus:
    def test_says_in_words_and_by_its_code_that_nothing_runs(self, run):
        code, said = run("status")
        assert code == status.CRITICAL
        assert "The desk does not answer (port" in said
        assert re.search(r"The desk's database opens: [1-9]\d* events", said)
        assert "Newest backup: 0 hours ago" in said

    def test_for_programs_it_is_json(self, run):
        code, said = run("status", "--json")
        told = json.loads(said)
        assert (code, told["state"], told["role"]) == (2, "critical", "all")
        states = {check["name"]: check["state"] for check in told["checks"]}
        assert states["relay_database"] == "unknown"
        assert states["relay_seen"] == "warning"
        assert states["backup"] == states["disk"] == "ok"

    def test_it_changes_nothing(self, run, data):
        before = _content(data)
        run("status")
        assert _content(data) == before

    def test_a_wrong_key_is_a_sentence_among_the_others(self, run, data):
        (data / "trial/desk.key").write_text("ab" * 32)
        code, said = run("status")
        assert code == 2
        assert "This could not be looked at: The key does not fit" in said
        assert "MB free" in said

    @pytest.mark.parametrize(
        ("name", "number", "state"),
        [
            ("relay_seen_seconds", 60, "ok"),
            ("relay_seen_seconds", 3600, "warning"),
            ("relay_seen_seconds", 90_000, "critical"),
            ("relay_seen_seconds", None, "warning"),
            ("relay_problem", 1, "warning"),
            ("unsaved_seconds", 3 * 3600, "warning"),
            ("unsaved_seconds", 90_000, "critical"),
            ("backup_problem", 1, "warning"),
            ("backup_seconds", None, "warning"),
            ("backups_with_room", 1, "warning"),
            ("backups_with_room", 0, "critical"),
            ("held", 1, "warning"),
            ("free_bytes", 1, "ok"),  # the disk is asked by itself, for relays too
        ],
    )
    def test_each_number_is_judged(self, name, number, state, tmp_path):
        well = {"relay_seen_seconds": 1.0, "backup_seconds": 1.0, "backups_with_room": 9}
        found = DeskHealth(**{**well, name: number})
        judged = list(status.judge_desk(Config(data=tmp_path, backup_dir=tmp_path), found))
        assert status.WORDS[status.gravest(judged)] == state
        assert all(check.says(lang) for check in judged for lang in LANGS)

    def test_every_text_of_it_can_be_said(self, tmp_path):
        """What the code names is in the texts; what is in the texts the code names."""
        code = (ROOT / "pwa_server/status.py").read_text("utf-8")
        keys = {key.removeprefix("cli.status.") for key in catalogue("en") if key.startswith("cli.status.")}
        for key in keys:
            stem, _, word = key.partition(".")
            assert stem.removesuffix("_never") in code, key
            assert word in code, key


def _content(folder):
    return {
        str(file): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and "-shm" not in file.name
    }


class TestDrill:
    def test_brings_everything_back_and_takes_it_away_again(self, run, data):
        before = sorted(data.rglob("*"))
        code, said = run("drill", "--backup-key", str(data / "trial/backup.key"))
        assert code == 0, said
        assert "Everything is there" in said
        assert " 0 visits" not in said
        assert (
            sorted(file for file in data.rglob("*") if file not in before and ".lock" not in file.name) == []
        )

    def test_what_it_restored_may_stay(self, run, data, tmp_path):
        kept = tmp_path / "kept"
        code, _ = run("drill", "--backup-key", str(data / "trial/backup.key"), "--into", str(kept))
        assert code == 0
        assert (kept / "data/desk/desk.db").exists()
        assert run("drill", "--backup-key", str(data / "trial/backup.key"), "--into", str(kept))[0] == 1

    def test_a_byte_that_turned_is_found(self, run, data):
        newest = next((data / "backups").glob("*.backup"))
        content = bytearray(newest.read_bytes())
        content[len(content) // 2] ^= 1
        newest.write_bytes(content)
        code, said = run("drill", "--backup-key", str(data / "trial/backup.key"))
        assert code == 1
        assert "damaged" in said
        assert "Traceback" not in said

    def test_a_photo_that_went_wrong_is_counted(self, data, tmp_path, capsys):
        from pwa_server.desk.models.office_and_cases import BlobFile

        desk = open_desk(_trial(data))
        with desk.write():
            BlobFile.create(**_blob(desk.now()))
        desk.close()
        place = ["--trial", "--data", str(data), "--lang", "en"]
        assert cli.main(["backup", *place]) == 0
        assert cli.main(["drill", "--backup-key", str(data / "trial/backup.key"), *place]) == 1
        assert "Photos: 1" in capsys.readouterr().out

    def test_the_wrong_key_and_an_empty_folder_are_said(self, run, data, tmp_path):
        wrong = tmp_path / "wrong.key"
        wrong.write_text("ab" * 32)
        code, said = run("drill", "--backup-key", str(wrong))
        assert (code, "Traceback" in said) == (1, False)
        shutil.rmtree(data / "backups")
        code, said = run("drill", "--backup-key", str(data / "trial/backup.key"))
        assert code == 1
        assert "There is no backup in" in said


def _trial(data):
    return prepare(Config(data=data)).config


def _blob(now):
    flags = {"safe": False, "dropped": False, "tries": 0, "reason": ""}
    return flags | {"id": "A" * 43, "state": "here", "jpeg": b"no picture", "at": now}


class TestNewBackupKey:
    """A backup key that was lost, or seen: the desk goes on under another one."""

    @pytest.fixture
    def places(self, tmp_path):
        return ["--journal-dir", str(tmp_path / "journal"), "--second-place", "folder"]

    def test_backups_and_journal_go_on_under_it(self, run, data, tmp_path, places):
        old, new = data / "trial/backup.key", tmp_path / "custodian/new.key"
        email = json.loads((data / "trial/sign-ins.json").read_text("utf-8"))[0]["email"]
        assert run("invite", "--email", email, *places)[0] == 0  # a line that only the old key opens
        code, said = run("new-backup-key", str(new), *places)
        assert code == 0, said
        assert new.stat().st_mode & 0o077 == 0
        for key, opens in ((new, True), (old, False)):
            code, said = run("drill", "--backup-key", str(key), *places)
            assert ((code == 0), "Everything is there" in said) == (opens, opens), said
        assert run("invite", "--email", email, *places)[0] == 0
        code, said = run("drill", "--backup-key", str(new), *places)
        assert (code, "1 acts from the journal" in said) == (0, True), said
        assert len(list((tmp_path / "journal").glob("*.sotto"))) == 2
        assert run("verify-log")[0] == 0

    def test_an_older_backup_opens_with_the_older_key(self, run, data, tmp_path):
        before = next((data / "backups").glob("*.backup"))
        assert run("new-backup-key", str(tmp_path / "new.key"))[0] == 0
        assert run("drill", str(before), "--backup-key", str(data / "trial/backup.key"))[0] == 0

    def test_never_over_a_file_nor_beside_a_running_desk(self, run, data, tmp_path):
        taken = tmp_path / "taken"
        taken.write_text("something else")
        assert run("new-backup-key", str(taken))[0] == 1
        assert taken.read_text() == "something else"
        with hold_data(data):
            assert run("new-backup-key", str(tmp_path / "new.key"))[0] == 1
        assert run("drill", "--backup-key", str(data / "trial/backup.key"))[0] == 0


class TestCompact:
    def test_gives_back_what_was_deleted(self, run, data):
        desk = open_desk(_trial(data))
        desk.db.execute_sql("create table ballast as select randomblob(3000000) as b")
        desk.db.execute_sql("drop table ballast")
        desk.close()
        file = data / "desk/desk.db"
        before = sum(part.stat().st_size for part in file.parent.glob("desk.db*"))
        code, said = run("compact")
        assert code == 0, said
        assert file.stat().st_size < before - 2_000_000
        assert run("verify-log")[0] == 0

    def test_not_beside_a_running_sotto(self, run, data):
        with hold_data(data):
            code, said = run("compact")
        assert code == 1
        assert "in use by another Sotto" in said

    def test_an_empty_folder_is_said(self, tmp_path, capsys):
        assert cli.main(["compact", "--data", str(tmp_path), "--lang", "en"]) == 1
        assert "no database to compact" in capsys.readouterr().err


USUAL = {
    "time": "2026-11-30T00:00:00.000Z",
    "event": "request",
    "route": "/v1/desk/<verb>",
    "status": 503,
    "ms": 1.5,
}


class TestSupportBundle:
    @pytest.fixture
    def planted(self, data, tmp_path):
        """Needles wherever an operator's machine may hold them: folders, settings, log lines."""
        needles = Needles()
        log = data / "logs/relay.log"
        log.parent.mkdir()
        members = (
            "time",
            "event",
            "level",
            "fault",
            "route",
            "method",
            "problem",
            "outcome",
            "request",
            "free",
        )
        lines = [json.dumps(USUAL | {"at": ["app.py:917 dispatch_request", "front.py:99 _answer"]})]
        lines += [
            json.dumps({"event": "request", name: needles.for_field(name, script)})
            for name in members
            for script in needles.marks
        ]
        lines += [json.dumps({"at": [f"app.py:1 {needles.for_field('at')}"]}), needles.for_field("bare line")]
        log.write_text("\n".join(lines), "utf-8")
        folder = tmp_path / needles.for_field("folder")
        settings = []
        for name, default, _ in table():
            if isinstance(default, str) and name in ("desk_url", "public_url"):
                settings += [
                    f"--{name.replace('_', '-')}",
                    f"https://{needles.for_field(name, 'ascii')}.example",
                ]
        settings += ["--vapid-subject", f"mailto:{needles.for_field('subject', 'ascii')}@city.example"]
        settings += [
            "--journal-dir",
            str(folder / "journal"),
            "--relay-offices",
            needles.for_field("office", "ascii"),
        ]
        return needles, settings

    def test_no_person_no_office_and_no_place_is_in_it(self, run, data, planted, tmp_path):
        needles, settings = planted
        file = tmp_path / "bundle.json"
        code, said = run("support-bundle", str(file), "--yes", *settings)
        assert code == 0, said
        text = file.read_text("utf-8")
        assert text in said
        assert needles.in_text(text) == set()
        desk = open_desk(_trial(data))
        people = {
            value for one in Staff.select() for value in (one.id, one.name, one.email, one.kana) if value
        }
        cases = {value for one in CaseFile.select() for value in (one.title, one.kana, one.summary) if value}
        secret = {desk.keys.office, (data / "trial/desk.key").read_text().strip(), str(data)}
        desk.close()
        assert len(people) > 8
        assert len(cases) > 5
        assert {value for value in people | cases | secret if value in text} == set()

    def test_it_holds_what_whoever_helps_asks_for(self, run, planted, tmp_path):
        file = tmp_path / "bundle.json"
        run("support-bundle", str(file), "--yes")
        told = json.loads(file.read_text("utf-8"))
        assert told["sotto"]
        assert told["libraries"]["granian"]
        assert {"name": "desk_database", "state": "ok"}.items() <= told["status"][3].items()
        assert told["settings"]["SOTTO_SYNC_SECONDS"] == 15
        assert told["log"]["relay"][0] == USUAL | {"at": ["front.py:99 _answer"]}

    def test_nothing_is_written_before_somebody_agreed(self, run, tmp_path, monkeypatch):
        file = tmp_path / "bundle.json"
        for answer, written in (("", False), ("n", False), ("y", True)):
            monkeypatch.setattr("builtins.input", lambda _question, answer=answer: answer)
            code, said = run("support-bundle", str(file))
            assert (code == 0, file.exists()) == (written, written)
            assert '"libraries"' in said
        before = file.read_text("utf-8")
        assert run("support-bundle", str(file), "--yes")[0] == 1
        assert file.read_text("utf-8") == before


def test_each_gauge_says_what_it_means():
    for table_ in (DeskHealth, RelayHealth):
        assert all(text[0].isupper() or text[0].isdigit() for text in gauges_of(table_).values())
