"""Every screen and state of the phone, from tests/gallery: also those a running product seldom shows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from .pictures import four, keep, shot, side_by_side

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


# What the system's install page shows, and anybody may fetch: screens that name nobody and tell nothing of the work.
MANIFEST = (
    ("lock", "lock", 390, 844, 2),
    ("notifications-on", "notices", 390, 844, 2),
    ("lock", "lock-wide", 1280, 800, 1),
)


def take_for_manifest(browser: Browser, out: Path) -> None:
    """static/screenshots, in the sizes that templates/phone/manifest.json says."""
    out.mkdir(exist_ok=True)
    with served() as address:
        for scene, name, width, height, scale in MANIFEST:
            wide = PHONE | {"viewport": {"width": width, "height": height}, "device_scale_factor": scale}
            page = browser.new_context(**wide).new_page()
            page.goto(f"{address}/tests/gallery/index.html?screen={scene}")
            page.wait_for_selector("html[data-scenes]")
            few = shot(page, scale="device").quantize(64, dither=Image.Dither.NONE)
            few.save(out / f"{name}.png", optimize=True)
            page.context.close()


def take(browser: Browser, out: Path, only: list[str] | None = None) -> list[str]:
    """One strip a scene, or a strip of those named. Returns their names."""
    with served() as address:
        page = browser.new_context(**PHONE).new_page()
        page.goto(f"{address}/tests/gallery/index.html")
        page.wait_for_selector("html[data-scenes]")
        names: list[str] = only or page.evaluate("scenes")
        for name in names:
            pictures = four(
                page,
                lambda lang, name=name: page.evaluate("([name, lang]) => show(name, lang)", [name, lang]),
            )
            keep(side_by_side(pictures), out / f"{name}.webp")
        page.context.close()
    return names
