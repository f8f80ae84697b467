"""`./run` starts both parts, says where they are, and leaves nothing behind when it stops."""

import http.client
import os
import resource
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.standins.program import read_until

ROOT = Path(__file__).parent.parent
QUICK = 8  # seconds of the processor, for three programs to come and go; alone it is about 2
ENVIRON = {key: text for key, text in os.environ.items() if not key.startswith("SOTTO_")}


@contextmanager
def started(data, port, *more, command="demo"):
    """The program running, and every line it said until it was ready."""
    program = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "pwa_server.cli",
            command,
            "--data",
            str(data),
            "--lang",
            "en",
            "--port",
            str(port - 1),
            "--desk-port",
            str(port),
            *more,
        ],
        cwd=ROOT,
        env=ENVIRON,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield program, read_until(program, "Ctrl-C stops it.")
    finally:
        if program.poll() is None:
            program.terminate()
        program.communicate(timeout=60)


def _healthy(port):
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        line.request("GET", "/healthz")
        return line.getresponse().status == 200
    except OSError:
        return False
    finally:
        line.close()


def _falls_silent(port):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return True
        time.sleep(0.05)
    return False


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    """A data folder with the sample office, made once: making it is not what these tests are about."""
    from pwa_server.config import Config
    from pwa_server.trial import prepare

    data = tmp_path_factory.mktemp("trial") / "data"
    return data, prepare(Config(data=data)).sign_ins


def test_the_start_lines_say_everything_a_newcomer_needs(trial, free_port):
    data, sign_ins = trial
    with started(data, free_port) as (_, said):
        assert _healthy(free_port - 1)
        assert _healthy(free_port)
    assert f"http://localhost:{free_port}" in said
    assert f"http://localhost:{free_port - 1}/phone/" in said
    assert all(who.email in said and who.password in said for who in sign_ins)
    assert "Add a phone" in said
    assert str(data) in said
    assert "a break-in here reads records" in said
    assert "start with --lan" in said


def test_a_second_start_is_quick(trial, free_port):
    """Three seconds is the promise on an idle machine. What it costs the processor is the same on a busy one."""
    before = processor_seconds_of_children()
    with started(trial[0], free_port):
        pass
    assert processor_seconds_of_children() - before < QUICK


def processor_seconds_of_children():
    """Of all that ended, and of what they had started."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_when_asked(trial, free_port, how):
    with started(trial[0], free_port) as (program, _):
        program.send_signal(how)
        rest, _ = program.communicate(timeout=60)
        assert program.returncode == 0
        assert rest.strip() == "Stopped."
    assert _falls_silent(free_port)
    assert _falls_silent(free_port - 1)


def test_killed_outright_it_leaves_no_orphan_on_the_ports(trial, free_port):
    with started(trial[0], free_port) as (program, _):
        program.kill()
        program.wait()
        assert _falls_silent(free_port)
        assert _falls_silent(free_port - 1)


def test_a_second_sotto_says_what_is_in_its_way(trial, free_port, tmp_path):
    with started(trial[0], free_port):
        again = subprocess.run(
            [sys.executable, "-m", "pwa_server.cli", "demo", "--data", str(trial[0]), "--lang", "en"],
            cwd=ROOT,
            env=ENVIRON,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert again.returncode == 1
    assert "in use by another Sotto" in again.stderr


def test_a_phone_in_the_building_reaches_the_app_over_https(trial, free_port):
    with started(trial[0], free_port, "--lan", "--trust-port", str(free_port + 1)) as (_, said):
        trusted = ssl.create_default_context(cafile=str(trial[0] / "authority/sotto-ca.crt"))
        line = http.client.HTTPSConnection("127.0.0.1", free_port - 1, context=trusted, timeout=60)
        line.request("GET", "/healthz")
        assert line.getresponse().status == 200
        line.close()
        page = http.client.HTTPConnection("127.0.0.1", free_port + 1, timeout=60)
        page.request("GET", "/trust")
        assert page.getresponse().status == 200
        page.close()
        assert _healthy(free_port)  # the desk stays on this machine, where plain http is trusted
    assert "/phone/" in said
    assert "https://" in said
    assert f":{free_port + 1}/trust" in said
    assert "start with --lan" not in said


def test_the_terminal_stays_quiet_and_what_was_said_lies_in_files(trial, free_port):
    with started(trial[0], free_port) as (program, said):
        for port in (free_port - 1, free_port):
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            line.request("GET", "/nowhere")
            assert line.getresponse().status in (302, 404)
            line.close()
        program.terminate()
        rest, _ = program.communicate(timeout=60)
    assert '{"time"' not in said + rest
    assert "unreachable" not in said + rest
    log = trial[0] / "logs" / "relay.log"
    assert '"event": "request"' in log.read_text("utf-8")
    assert log.stat().st_mode & 0o077 == 0


def test_a_wrong_key_file_is_told_in_one_sentence_and_harms_nothing(trial, free_port, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(trial[0], data)
    key = data / "trial" / "desk.key"
    right = key.read_bytes()
    key.write_bytes(right.replace(right[:1], b"f" if right[:1] != b"f" else b"e"))
    tried = subprocess.run(
        [
            sys.executable,
            "-m",
            "pwa_server.cli",
            "demo",
            "--data",
            str(data),
            "--lang",
            "en",
            "--port",
            str(free_port - 1),
            "--desk-port",
            str(free_port),
        ],
        cwd=ROOT,
        env=ENVIRON,
        capture_output=True,
        text=True,
        timeout=90,
    )
    said = tried.stdout + tried.stderr
    assert tried.returncode == 1
    assert "key" in said
    assert "Traceback" not in said
    key.write_bytes(right)
    with started(data, free_port):
        assert _healthy(free_port)
