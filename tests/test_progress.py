"""Long work after an update is waited for and told; work that has stopped is not."""

import os
import subprocess
import sys
import time

import pytest

from pwa_server.processes import CannotStart, Part, wait_ready
from pwa_server.progress import FRESH, Steps, clear_progress, read_progress, tell_progress

# Tells of its work for as long as it is told to, then answers as a desk does.
LATE = """
import http.server, pathlib, sys, time
from pwa_server.progress import clear_progress, tell_progress
folder, port, rounds = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
for done in range(rounds):
    tell_progress(folder, done, rounds)
    time.sleep(0.05)
class Desk(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_):
        pass
server = http.server.HTTPServer(("127.0.0.1", port), Desk)
clear_progress(folder)
server.serve_forever()
"""


@pytest.fixture
def late_desk(tmp_path, free_port):
    started = []

    def start(rounds):
        command = [sys.executable, "-c", LATE, str(tmp_path), str(free_port), str(rounds)]
        started.append(subprocess.Popen(command))
        return Part("desk", "127.0.0.1", free_port, False, started[0])

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_a_desk_that_builds_its_tables_anew_is_waited_for(late_desk, tmp_path):
    said = []
    steps = Steps(said.append)

    def at_work():
        if not (found := read_progress(tmp_path)):
            return not said  # the interpreter itself has not come up yet
        steps(*found)
        return True

    wait_ready([late_desk(60)], 5, at_work)
    assert said[0] < 50
    assert said == sorted(set(said))
    assert len(said) <= 11
    assert read_progress(tmp_path) is None


def test_a_desk_that_says_nothing_is_not_waited_for(late_desk, tmp_path):
    with pytest.raises(CannotStart, match="part_slow"):
        wait_ready([late_desk(100_000)], 0.2)


def test_what_was_told_by_a_desk_that_died_is_not_believed(tmp_path):
    tell_progress(tmp_path, 5, 10)
    assert read_progress(tmp_path) == (5, 10)
    long_ago = time.time() - FRESH - 1
    os.utime(tmp_path / "progress", (long_ago, long_ago))
    assert read_progress(tmp_path) is None
    clear_progress(tmp_path)
    (tmp_path / "progress").write_text("half")
    assert read_progress(tmp_path) is None
