"""Long work after an update is waited for and told; work that has stopped, or begins again and again, is not."""

import subprocess
import sys

import pytest

from pwa_server.processes import CannotStart, Part, wait_ready
from pwa_server.progress import Steps, Watched, read_progress, tell_progress

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
    watched = Watched(tmp_path, Steps(said.append))
    # Five seconds of work with four allowed; before its first word the interpreter itself comes up.
    wait_ready([late_desk(100)], 4, lambda: watched() or not said)
    assert said[0] < 50
    assert said == sorted(set(said))
    assert len(said) <= 11
    assert read_progress(tmp_path) is None


def test_a_desk_that_says_nothing_is_not_waited_for(late_desk):
    with pytest.raises(CannotStart, match="part_slow"):
        wait_ready([late_desk(100_000)], 0.2)


def test_a_desk_that_dies_and_begins_again_is_not_waited_for_without_end(tmp_path):
    tell_progress(tmp_path, 9, 10)  # left by a start that was killed
    said = []
    watched = Watched(tmp_path, Steps(said.append))
    assert not watched()
    told = []
    for done in (0, 4, 4, 0, 2, 4, 5):
        tell_progress(tmp_path, done, 10)
        told.append(watched())
    assert told == [True, True, False, False, False, False, True]
    assert said == [0, 40, 50]


def test_a_folder_that_takes_no_word_undoes_no_work(tmp_path):
    tell_progress(tmp_path / "nowhere", 1, 2)
    (tmp_path / "progress").write_text("half")
    assert read_progress(tmp_path) is None
