"""Every page of the desk, found by its own links, can be read by everybody: in both languages and schemes, on a small
screen, at 200 and at 400 %."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.desk_pages.conftest import (  # noqa: F401  # fixtures
    PASSWORD,
    app,
    clock,
    config,
    hashes,
    morning,
    morning_files,
    office,
    sample_office,
)

from .looking import MEASURE, axe_in_both_schemes, bring_axe

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
WIDE = {"width": 1440, "height": 900}
WIDTHS = (1280, 640, 320)  # a small screen; the same at 200 %; at 400 %, which is also a phone
PAGES_AT_LEAST = 18


class Quiet(WSGIRequestHandler):
    def log(self, *_args: object) -> None:
        pass


@pytest.fixture
def address(app) -> Iterator[str]:  # noqa: F811
    server = make_server("127.0.0.1", 0, app, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


class Walker:
    """Somebody who opens one page of each kind, by the links there are."""

    def __init__(self, page: Page, address: str, rules: list) -> None:
        self.page, self.address, self.rules = page, address, rules
        self.seen: dict[str, str] = {}

    def sign_in(self, name: str) -> None:
        self.page.goto(f"{self.address}/sign-in")
        self.page.locator("[name=email]").fill(f"{name}@sample.invalid")
        self.page.locator("[name=password]").fill(PASSWORD.format(name))
        self.page.locator("form button:not([type=button])").first.click()
        self.page.wait_for_selector("nav.rail")

    def kinds(self, *begin: str) -> Iterator[str]:
        """Opens a page of every kind that can be reached; yields its name."""
        waiting = list(begin)
        while waiting:
            path = waiting.pop(0)
            kind = self.kind_of(path)
            if kind is None or kind in self.seen:
                continue
            self.seen[kind] = path
            self.page.goto(self.address + path)
            if self.page.evaluate("document.contentType") != "text/html":
                continue
            yield f"{kind} ({path})"
            hrefs = self.page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
            waiting += [_path(href) for href in hrefs if href.startswith(self.address)]

    def kind_of(self, path: str) -> str | None:
        bare = urlsplit(path).path
        return next((name for pattern, name in self.rules if pattern.fullmatch(bare)), None)


def _path(href: str) -> str:
    parts = urlsplit(href)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _rules(app) -> list:  # noqa: F811
    """(pattern, name) of every address a page may have: what a link with an id in it is an example of."""
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.rule.startswith("/static"):
            found.append((re.compile(re.sub(r"<[^>]+>", "[^/]+", rule.rule)), rule.endpoint))
    return sorted(found, key=lambda one: one[0].pattern.count("[^/]+"))


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_page_can_be_read_by_everybody(looker: Browser, app, morning, address: str, lang: str) -> None:  # noqa: F811
    context = looker.new_context(viewport=WIDE, reduced_motion="reduce", timezone_id="Asia/Tokyo")
    context.add_cookies([{"name": "sotto_lang", "value": lang, "url": address}])
    walker = Walker(context.new_page(), address, _rules(app))
    found = []
    walks = [("", ["/sign-in"]), ("nakagawa", ["/today", f"/visits/{morning.worrying}", "/people"])]
    for name, begin in walks:
        if name:
            walker.sign_in(name)
        for kind in walker.kinds(*begin):
            bring_axe(walker.page)
            found += [f"{kind}: {one}" for one in axe_in_both_schemes(walker.page) + _narrow(walker.page)]
    context.close()
    assert len(walker.seen) >= PAGES_AT_LEAST, sorted(walker.seen)
    assert not found, "\n".join(found)


def _narrow(page: Page) -> list[str]:
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{width}px: {one}" for one in page.evaluate(MEASURE, {})]
    page.set_viewport_size(WIDE)
    return found
