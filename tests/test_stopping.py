"""Asked to stop at a random instant after the first line, it ends within 15 seconds and leaves no process and no port.

A dozen here; the hundred, quiet and under load: `python -m tests.test_stopping 100`.
"""

import fcntl
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import termios
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ENDS_WITHIN = 15.0
AFTER_READY = 0.4  # seconds, at most, after the last line of the start


def start(data, port):
    environ = {key: text for key, text in os.environ.items() if not key.startswith("SOTTO_")}
    return subprocess.Popen(
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
            str(port),
            "--desk-port",
            str(port + 1),
        ],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def stop_once(data, port, how, wait):
    """Start, read the first line, wait, ask to stop. Returns the seconds it took to end with nothing left."""
    program = start(data, port)
    try:
        assert program.stdout.readline()
        time.sleep(wait)
        asked = time.monotonic()
        program.send_signal(how)
        said, _ = program.communicate(timeout=4 * ENDS_WITHIN)  # ends when the last that holds its output has
        took = time.monotonic() - asked
    finally:
        program.kill()
    assert program.returncode == 0, said.decode()
    assert b"Stopped." in said, said.decode()
    assert b"Traceback" not in said, said.decode()
    assert not left_over(data)
    assert not any(answers(one) for one in (port, port + 1))
    return took


def left_over(data):
    """Processes that were given this data folder, by id."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            told = (place / "environ").read_bytes() + (place / "cmdline").read_bytes()
        except OSError:
            continue
        if str(data).encode() in told and int(place.name) != os.getpid():
            found.append(int(place.name))
    return found


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def load(many):
    """Processes that only compute."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(many)]
    try:
        yield
    finally:
        for one in busy:
            one.kill()
            one.wait()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    from pwa_server.config import Config
    from pwa_server.trial import prepare

    data = tmp_path_factory.mktemp("stopped") / "data"
    prepare(Config(data=data))
    return data


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("spread", range(6))
def test_it_ends_whenever_it_is_asked(folder, free_port, how, spread):
    instant = random.Random(f"{how} {spread}")
    assert stop_once(folder, free_port - 1, how, AFTER_READY * instant.random() * (spread > 0)) < ENDS_WITHIN


def test_a_hang_up_renews_the_relays_workers_and_refuses_nothing(folder, free_port):
    program = start(folder, free_port - 1)
    try:
        for line in program.stdout:
            if b"Ctrl-C stops it." in line:
                break
        before = workers(program.pid, b"pwa_server.wsgi:relay")
        program.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 60
        while workers(program.pid, b"pwa_server.wsgi:relay") & before:
            assert answers(free_port - 1)
            assert time.monotonic() < deadline
            time.sleep(0.02)
        program.send_signal(signal.SIGTERM)
        said, _ = program.communicate(timeout=60)
    finally:
        program.kill()
    assert program.returncode == 0
    assert b"renewed" in said
    assert not left_over(folder)


def workers(parent, role):
    """Ids of the processes below the web server of a role."""
    found = set()
    for server in children(parent):
        if role in Path(f"/proc/{server}/cmdline").read_bytes():
            found |= set(children(server))
    return found


def children(parent):
    told = Path(f"/proc/{parent}/task").glob("*/children")
    return [int(one) for file in told for one in file.read_text().split()]


def test_a_closed_window_ends_it(folder, free_port):
    """The terminal it was started in is gone: nothing goes on unseen."""
    master, slave = os.openpty()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        for number in (0, 1, 2):
            os.dup2(slave, number)
        os.closerange(3, 1024)
        os.chdir(ROOT)
        ports = f"--port {free_port - 1} --desk-port {free_port}"
        command = f"{sys.executable} -m pwa_server.cli demo --data {folder} --lang en {ports}; exit"
        os.execv("/bin/sh", ["/bin/sh", "-c", command])
    os.close(slave)
    said = b""
    while b"Ctrl-C stops it." not in said:
        said += os.read(master, 4096)
    os.close(master)
    deadline = time.monotonic() + 4 * ENDS_WITHIN
    while left_over(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    if left := left_over(folder):  # or nothing here would end
        os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert not left
    assert not left_over(folder)


def main(many):
    from pwa_server.config import Config
    from pwa_server.trial import prepare

    place = Path(f"/tmp/sotto-stopping-{os.getpid()}")
    data = place / "data"
    prepare(Config(data=data))
    try:
        for busy in (0, 2 * (os.cpu_count() or 1)):
            with load(busy):
                took = []
                for turn in range(many):
                    how = (signal.SIGINT, signal.SIGTERM)[turn % 2]
                    took.append(stop_once(data, 28_600 + 2 * (turn % 50), how, 3 * random.random() ** 2))
            median, longest = sorted(took)[many // 2], max(took)
            sys.stdout.write(
                f"{many} stops beside {busy} busy processes: median {median:.1f} s, longest {longest:.1f} s; "
                "no process, no port left\n"
            )
            sys.stdout.flush()
    finally:
        shutil.rmtree(place)


if __name__ == "__main__":
    main(int((sys.argv[1:] or ["100"])[0]))
