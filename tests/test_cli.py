"""The command line refuses with a sentence, and keeps the two parts' secrets apart."""

import os
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from pwa_server import cli
from pwa_server.config import Config, table
from pwa_server.keyfiles import write_secret, write_vapid_key
from pwa_server.processes import CannotStart, _settings_for, check_ports, hold_data

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    for name in [name for name in os.environ if name.startswith("SOTTO_")]:
        monkeypatch.delenv(name)


def test_it_says_which_release_it_is(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert capsys.readouterr().out == f"sotto {declared}\n"


def test_every_setting_is_an_option(capsys):
    with pytest.raises(SystemExit):
        cli.main(["serve", "--help"])
    said = capsys.readouterr().out
    assert [name for name, _, _ in table() if f"--{name.replace('_', '-')}" not in said] == []


def test_a_bad_setting_is_one_sentence_and_no_trace(capsys):
    assert cli.main(["serve", "--role", "both"]) == 2
    said = capsys.readouterr().err
    assert said == "SOTTO_ROLE is 'both'; write one of: all, relay, desk.\n"


def test_serving_an_empty_folder_says_how_to_make_an_office(tmp_path, capsys):
    assert cli.main(["serve", "--data", str(tmp_path), "--lang", "en"]) == 1
    assert "sotto init" in capsys.readouterr().err


def test_a_taken_port_is_named_with_the_way_out(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CannotStart) as refused:
            check_ports(Config(data=tmp_path, port=port))
    assert refused.value.params == {"port": port, "option": "--port"}


def test_two_sottos_never_share_a_data_folder(tmp_path):
    with hold_data(tmp_path), pytest.raises(CannotStart, match="data_taken"), hold_data(tmp_path):
        pass
    with hold_data(tmp_path):
        pass


def test_the_relay_is_not_told_where_the_desks_key_lies(tmp_path):
    config = Config(data=tmp_path, desk_key_file=tmp_path / "desk.key", trial=True, backup_dir=tmp_path / "b")
    assert str(tmp_path / "desk.key") not in _settings_for(config, "relay").environ().values()
    assert "SOTTO_BACKUP_DIR" not in _settings_for(config, "relay").environ()


def test_the_desk_is_not_told_what_signs_pushes(tmp_path):
    config = Config(
        data=tmp_path, vapid_key_file=tmp_path / "vapid.pem", database_url="postgresql://u:secret@h/d"
    )
    handed = _settings_for(config, "desk").environ()
    assert not {"SOTTO_VAPID_KEY_FILE", "SOTTO_DATABASE_URL"} & handed.keys()


def test_a_key_file_is_its_owners_alone_and_never_written_over(tmp_path):
    file = tmp_path / "keys" / "vapid.pem"
    assert write_vapid_key(file)
    first = file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    assert not write_vapid_key(file)
    assert not write_secret(file, b"other")
    assert file.read_bytes() == first


def test_asking_for_help_loads_neither_the_web_server_nor_a_database():
    script = (
        "import sys, pwa_server.cli as c\n"
        "try: c.main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'flask', 'peewee', 'granian', 'cryptography', 'sqlcipher3', 'pydantic'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
