"""Somebody who opens one page of every kind the desk has, by the links there are."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Page
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.desk_pages.conftest import PASSWORD


class Quiet(WSGIRequestHandler):
    def log(self, *_args: object) -> None:
        pass


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The desk's address while it is served from this process."""
    server = make_server(
        "127.0.0.1", 0, app, threaded=True, request_handler=Quiet
    )  # browsers open lines in store
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:  # a test that failed would leave it serving, and the run would never end
        server.shutdown()
        server.server_close()
        thread.join()


class Walker:
    """Somebody who opens one page of each kind, by the links there are."""

    def __init__(self, page: Page, address: str, app: Flask) -> None:
        self.page, self.address, self.rules = page, address, rules(app)
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
            yield kind
            hrefs = self.page.eval_on_selector_all(
                "a[href]", "all => all.map(one => new URL(one.getAttribute('href'), location).href)"
            )
            waiting += [_path(href) for href in hrefs if href.startswith(self.address)]

    def kind_of(self, path: str) -> str | None:
        bare = urlsplit(path).path
        return next((name for pattern, name in self.rules if pattern.fullmatch(bare)), None)


def _path(href: str) -> str:
    parts = urlsplit(href)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def rules(app: Flask) -> list[tuple[re.Pattern[str], str]]:
    """(pattern, name) of every address a page may have: what a link with an id in it is an example of."""
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.rule.startswith("/static"):
            found.append((re.compile(re.sub(r"<[^>]+>", "[^/]+", rule.rule)), rule.endpoint))
    return sorted(found, key=lambda one: one[0].pattern.count("[^/]+"))
