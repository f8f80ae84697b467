"""The scenes of tests/gallery in a browser, and a browser for looking at pages."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.browser.browsers import CHROMIUM, PATIENCE

ROOT = Path(__file__).parents[3]
SCENES = "/tests/gallery/index.html"


class Files(SimpleHTTPRequestHandler):
    """The checkout. Scenes bring their own policy."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture(scope="session")
def looker(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def scenes(looker: Browser) -> Iterator[Page]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(ROOT)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    context = looker.new_context(
        viewport={"width": 390, "height": 844},
        reduced_motion="reduce",
        locale="ja-JP",
        timezone_id="Asia/Tokyo",
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"http://localhost:{server.server_address[1]}{SCENES}")
    page.wait_for_selector("html[data-scenes]")
    yield page
    context.close()
    server.shutdown()
    server.server_close()
    thread.join()
