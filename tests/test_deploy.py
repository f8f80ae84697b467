"""The files an operator installs with: units that systemd takes, hardened; settings in them that exist and
can be read.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pwa_server.config import check_role, load

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
COMPOSED = sorted(DEPLOY.glob("*.compose.yml"))
MOST_EXPOSED = 20  # tenths of `systemd-analyze security`: 0 is sealed, 100 wide open; these have 14
SETTING = re.compile(r"(SOTTO_[A-Z_]+)(?:=|: *)\"?([^\s\"]+)")


@pytest.fixture(params=UNITS, ids=lambda file: file.stem)
def unit(request, tmp_path):
    """With a program that is here in the place of the one that will be."""
    installed = tmp_path / request.param.name
    text = request.param.read_text("utf-8")
    assert "/opt/sotto/bin/sotto" in text
    installed.write_text(text.replace("/opt/sotto/bin/sotto", str(Path(sys.executable).with_name("sotto"))))
    return installed


def _systemd(*words):
    program = shutil.which("systemd-analyze")
    assert program, "the units are checked by systemd-analyze: apt install systemd"
    return subprocess.run([program, *words], capture_output=True, text=True)


def test_systemd_takes_the_unit_without_a_word(unit):
    ran = _systemd("verify", str(unit))
    assert (ran.returncode, ran.stdout + ran.stderr) == (0, "")


def test_the_unit_is_hardened(unit):
    ran = _systemd("security", "--offline=yes", f"--threshold={MOST_EXPOSED}", "--no-pager", str(unit))
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize("file", [*UNITS, *COMPOSED], ids=lambda file: file.name)
def test_what_it_sets_are_settings_that_a_part_starts_with(file):
    told = dict(SETTING.findall(_without_comments(file)))
    assert len(told) > 4
    secret = told.pop("SOTTO_DATABASE_URL_FILE", None)
    assert (secret is not None) == (told["SOTTO_ROLE"] == "relay")
    if "SOTTO_RELAY_URL" not in told:
        told["SOTTO_RELAY_URL"] = "https://relay.example.jp"  # of /etc/sotto/desk.env
    if told.get("SOTTO_WORKERS", "1") != "1":
        told["SOTTO_DATABASE_URL"] = "postgresql://database/sotto"
    config = load(told)
    check_role(config, config.role)
    assert config.data == Path(told.get("SOTTO_DATA", "data")).absolute()


def _without_comments(file):
    return "\n".join(
        line for line in file.read_text("utf-8").splitlines() if not line.lstrip().startswith("#")
    )


def test_the_image_has_the_installer_of_run_and_a_python_we_support():
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    wanted = re.search(r"uv==[\d.]+", (ROOT / "run").read_text("utf-8"))[0]
    assert wanted in text
    versions = set(re.findall(r"python:(\d+)\.(\d+)", text))
    assert len(versions) == 1
    assert all((int(major), int(minor)) >= (3, 11) for major, minor in versions)


def test_what_a_container_carries_in_is_declared():
    for file in COMPOSED:
        text = _without_comments(file)
        used = set(re.findall(r"/run/secrets/([\w.-]+)", text))
        declared = set(re.findall(r"(?m)^  ([\w.-]+): \{file: ", text))
        assert used == declared, file.name
