"""The package is whole: installed, it serves relay, phone app and desk from an empty folder, without the checkout."""

import json
import os
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

from pwa_server.phone import release as releases
from tests.standins.program import read_until

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The wheel, built without the network and unpacked as pip would; the libraries are those of the tests."""
    made, site = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(made)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    with zipfile.ZipFile(next(made.glob("*.whl"))) as wheel:
        wheel.extractall(site)
    return site


def _environ(site):
    kept = {key: text for key, text in os.environ.items() if not key.startswith("SOTTO_")}
    return kept | {"PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"}


def test_every_file_of_the_program_is_in_the_wheel(installed):
    """What git knows of the served folders is there, byte for byte, and so is every module."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    served = ("static/", "templates/", "service_worker/", "sync/")
    names = [name for name in listed.stdout.split("\n") if (ROOT / name).is_file()]
    there = {f"pwa_server/files/{name}": name for name in names if name.startswith(served)}
    there |= {
        name: name
        for name in names
        if name.startswith("pwa_server/") or (name.endswith(".py") and name.startswith("sync/"))
    }
    there = {place: name for place, name in there.items() if not name.startswith("sync/vectors/")}
    assert len(there) > 500
    missing = [place for place in there if not (installed / place).is_file()]
    assert missing == []
    assert [p for p, n in there.items() if (installed / p).read_bytes() != (ROOT / n).read_bytes()] == []


def test_installed_it_runs_from_an_empty_folder(installed, tmp_path, free_port):
    empty = tmp_path / "empty"
    empty.mkdir()
    ports = ["--port", str(free_port - 1), "--desk-port", str(free_port), "--lang", "en"]
    # The second on what the first made, with its lines where an image wants them.
    for command in (["demo"], ["serve", "--trial", "--log", "stdout"]):
        program = subprocess.Popen(
            [sys.executable, "-m", "pwa_server.cli", *command, *ports],
            cwd=empty,
            env=_environ(installed),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if "--log" in command else subprocess.STDOUT,
            text=True,
        )
        try:
            said = read_until(program, "Ctrl-C stops it.")
            listed = json.loads(_get(free_port - 1, "/phone/release.json"))
            assert listed == json.loads(releases.build_release().list_bytes)
            assert b"<html" in _get(free_port - 1, "/phone/")
            assert b"<form" in _get(free_port, "/sign-in")
            assert str(empty / "data") in said
        finally:
            program.terminate()
            rest, _ = program.communicate(timeout=60)
        assert program.returncode == 0
        assert ('"event": "request"' in said + rest) == ("--log" in command)
    assert sorted(file.name for file in empty.iterdir()) == ["data"]


def _get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
        return answer.read()
