"""The control of the canaries: what is planted by each way and in each place is found there. All of it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, Playwright

from pwa_server.keyfiles import write_vapid_key
from pwa_server.relay.push_hosts import Allowed
from pwa_server.relay.vapid import read_push_key
from pwa_server.relay.webpush_out import PushSender
from tests.browser.browsers import Phone
from tests.canary import leaky
from tests.canary.needles import Needles
from tests.canary.search import Search
from tests.standins.push_service import PushService
from tests.standins.tcp_proxy import TcpProxy

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
TYPED = ("what was typed into a text area", "what was typed into a line")
SCRIPTS = ("kanji", "ascii")


class Planted:
    """Needles of their own for each way, so that each way is told apart."""

    def __init__(self) -> None:
        self.search = Search()
        self.wanted: set[str] = set()

    def by(self, way: str, script: str) -> str:
        needle = Needles()
        text = needle.for_field(way, script)
        self.search.for_text(f"{way}, {script}", needle.marks[script])
        self.wanted.add(f"{way}, {script}")
        return text


@pytest.fixture
def planted() -> Planted:
    return Planted()


@pytest.mark.parametrize("end", ["closed", "killed"])
def test_whatever_a_leaky_app_leaves_in_the_browser_is_found(
    playwright: Playwright, tmp_path: Path, planted: Planted, end: str
) -> None:
    ways = [line.split('"')[1] for line in leaky.SCRIPT.decode().splitlines() if line.startswith('  "')]
    with leaky.serving() as port:
        phone = Phone(playwright, tmp_path / "profile", f"http://localhost:{port}")
        page = phone.start()
        for n, way in enumerate(ways):
            script = SCRIPTS[(n + (end == "killed")) % 2]  # one script each: the other one at the other end
            page.evaluate("([way, text]) => leaks[way](text)", [way, planted.by(way, script)])
        for way, place in zip(TYPED, ("#textarea", "#input"), strict=True):
            page.locator(place).press_sequentially(planted.by(way, "kanji"))
        page.evaluate("history.pushState(null, '', '#on')")  # as an app goes on to its next screen
        if end == "killed":
            until_written(page, planted, tmp_path / "profile")
            phone.kill()
        else:
            phone.close()
    found = {one.what for one in planted.search.in_folder(tmp_path / "profile")}
    assert planted.wanted - found == set()


def until_written(page: Page, planted: Planted, profile: Path) -> None:
    """Browsers write what they keep of a tab, its history and storage some seconds later."""
    deadline, found = time.monotonic() + 90, set[str]()
    while not planted.wanted <= found and time.monotonic() < deadline:
        page.wait_for_timeout(1_000)
        for folder, _, names in os.walk(profile):
            for file in (Path(folder) / name for name in names):
                with suppress(OSError):  # gone before it is read
                    found |= {one.what for one in planted.search.in_bytes(file.name, file.read_bytes())}


def test_what_is_planted_in_a_database_and_its_journal_is_found(tmp_path: Path, planted: Planted) -> None:
    file = tmp_path / "relay" / "relay.db"
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as db:
        db.execute("pragma journal_mode = wal")
        db.execute("pragma wal_autocheckpoint = 0")
        db.execute("create table planted (text)")
        for script in SCRIPTS:
            db.execute("insert into planted values (?)", [planted.by("row", script)])
            db.execute(
                "insert into planted values (?)",
                [os.urandom(9_000) + planted.by("long row", script).encode()],
            )
        db.commit()
        shutil.copytree(
            file.parent, tmp_path / "copy"
        )  # as it lies while the relay runs: all of it in the WAL
    assert (tmp_path / "copy" / "relay.db-wal").stat().st_size > 9_000
    for place in ("copy", "relay"):
        assert {one.what for one in planted.search.in_folder(tmp_path / place)} == planted.wanted


def test_what_is_planted_on_a_line_is_found_both_ways(planted: Planted) -> None:
    with (
        leaky.serving() as port,
        TcpProxy("127.0.0.1", port) as line,
        httpx.Client(base_url=line.url) as http,
    ):
        line.recorded = []
        for script in SCRIPTS:
            http.get("/kept", params={"q": planted.by("address", script)})
            http.post("/", json={"note": planted.by("JSON", script)})
            http.post("/", content=planted.by("both ways", script).encode())
            http.post("/", content=__import__("zlib").compress(planted.by("deflated", script).encode()).hex())
        streams = line.streams()
    found: dict[int, set[str]] = {0: set(), 1: set()}
    for (_, way), stream in streams.items():
        found[way] |= {one.what.split(",")[0] for one in planted.search.in_bytes("line", stream)}
    assert found[0] >= {"address", "JSON", "both ways"}
    assert found[1] >= {"JSON", "both ways"}  # compressed by the server


def test_what_a_push_says_is_found_in_what_the_service_decrypts(tmp_path: Path, planted: Planted) -> None:
    text = planted.by("push", "kanji")
    write_vapid_key(tmp_path / "vapid.pem")
    with PushService() as service:
        sender = PushSender(
            read_push_key(tmp_path / "vapid.pem"),
            "mailto:relay@example.jp",
            f"http://localhost/#{text}",
            Allowed(("127.0.0.1",), insecure=True),
        )
        to = service.subscribe()
        told = type(
            "Row", (), {"endpoint": to.endpoint, "p256dh": to.p256dh, "auth": to.auth, "lang": "ja"}
        )()
        assert sender.send(told, "topic").kind == "delivered"
        sender.close()
        (message,) = service.wait_for(1, seconds=60)
    assert {
        one.what for one in planted.search.in_bytes("said", json.dumps(message.said).encode())
    } == planted.wanted
    assert planted.search.in_bytes("body", message.body) == []  # sealed on the wire


def test_what_a_process_carries_is_found(planted: Planted) -> None:
    environ = os.environ | {"NOTE": planted.by("environment", "kanji")}
    command = [sys.executable, "-c", "import time; time.sleep(60)", planted.by("command line", "ascii")]
    with subprocess.Popen(command, env=environ) as program:
        deadline = time.monotonic() + 60
        found: set[str] = set()
        while found != planted.wanted and time.monotonic() < deadline:
            found = {one.what for one in planted.search.in_process(program.pid)}
        program.kill()
    assert found == planted.wanted


def test_what_a_log_or_a_temporary_file_says_is_found(tmp_path: Path, planted: Planted) -> None:
    for script in SCRIPTS:
        (tmp_path / f"{script}.log").write_text(
            json.dumps({"event": "fault", "text": planted.by("log", script)})
        )
        (tmp_path / f"{script}.gz").write_bytes(
            __import__("gzip").compress(planted.by("file", script).encode("utf-16"))
        )
        (tmp_path / planted.by("name", script)).touch()
    assert {one.what for one in planted.search.in_folder(tmp_path)} == planted.wanted
