"""Every screen and state of the phone, from tests/gallery: also those a running product seldom shows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser

from .pictures import four, keep, side_by_side

ROOT = Path(__file__).resolve().parents[2]
PHONE = {"viewport": {"width": 390, "height": 844}, "locale": "ja-JP", "timezone_id": "Asia/Tokyo"}


class Files(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def served() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(ROOT)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def take(browser: Browser, out: Path) -> list[str]:
    """One strip a scene. Returns their names."""
    with served() as address:
        page = browser.new_context(**PHONE).new_page()
        page.goto(f"{address}/tests/gallery/index.html")
        page.wait_for_selector("html[data-scenes]")
        names: list[str] = page.evaluate("scenes")
        for name in names:
            pictures = four(
                page,
                lambda lang, name=name: page.evaluate("([name, lang]) => show(name, lang)", [name, lang]),
            )
            keep(side_by_side(pictures), out / f"{name}.webp")
        page.context.close()
    return names
