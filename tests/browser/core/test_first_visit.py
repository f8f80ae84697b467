"""A phone's first visit, and its second without a line, in a true browser: bytes on the wire, policy, the worker."""

import re

import pytest

from pwa_server import processes
from pwa_server.config import Config
from tests.browser.browsers import CHROMIUM, PATIENCE
from tests.browser.core.worker import WHOLE
from tests.standins.tcp_proxy import TcpProxy

pytestmark = pytest.mark.browser

READY = "navigator.serviceWorker.ready.then(() => true)"
# Until the app is here for days without signal: page and worker together, with every header. What of it comes
# before the first screen is bounded file by file (tests/phone/test_parcels.py).
WHOLE_BYTES = 290_000
CONNECTIONS = 12


@pytest.fixture
def line(tmp_path, free_port):
    """A relay behind a line whose bytes are counted."""
    config = Config(
        role="relay", trial=True, data=tmp_path / "data", port=free_port, relay_offices=("A" * 43,)
    )
    with (tmp_path / "relay.log").open("wb") as log:
        part = processes.start(config, "relay", log)
    processes.wait_ready([part], 110)
    with TcpProxy("127.0.0.1", free_port) as proxy:
        yield proxy
    processes.end([part])


@pytest.fixture
def page(playwright, line):
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    page = browser.new_context(viewport={"width": 390, "height": 844}, locale="ja-JP").new_page()
    page.set_default_timeout(PATIENCE)
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
    yield page
    browser.close()


def test_the_app_comes_once_and_then_needs_no_line(page, line, record_property):
    page.goto(f"{line.url}/phone/")
    page.wait_for_selector("#app > *")
    shown = line.passed[1]
    page.evaluate(READY)
    page.wait_for_function(WHOLE)
    whole = line.passed[1]
    record_property(
        "first visit", f"{shown / 1000:.0f} KB until shown, {whole / 1000:.0f} KB with all of the app"
    )
    assert whole <= WHOLE_BYTES
    assert line.connections <= CONNECTIONS
    assert page.complaints == []

    page.reload()
    page.wait_for_selector("#app > *")
    line.refuse()
    page.reload()
    page.wait_for_selector("#app > *")
    assert re.search(r"\S", page.inner_text("#app"))
