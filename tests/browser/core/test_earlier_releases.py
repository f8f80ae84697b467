"""A phone enrolled by an earlier release, with a draft open and a record unsent, takes the present one.

Nothing is lost and nothing is asked twice. The earlier releases lie in `tests/browser/releases`, as they were
(`tools/keep_release.py`), and are served as a live site serves them: page, worker and all.
"""

from __future__ import annotations

import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, Playwright, expect
from werkzeug.serving import WSGIRequestHandler, make_server

from pwa_server import phone as app
from pwa_server.config import Config
from tests.browser.browsers import Phone
from tests.browser.journeys.texts import t

from .conftest import ENROLLED, FRAMES, WORDS
from .worker import OPEN

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

KEPT = sorted((Path(__file__).parents[1] / "releases").glob("*.tar.xz"))
FACT = "戸を少し開けてくれた。"
LINE = "色見本を持って行くと約束した"
WRITTEN = """async ([fact, line]) => {
  const visit = session.drafts.open("demo-002", "visit")
  visit.set("record", {occurredAt: "2026-10-01T05:00:00Z", channel: "visit", planned: "as_planned",
    outcome: "voice_through_door", notes: {fact}})
  await session.save(visit)
  globalThis.open = session.drafts.open("demo-002", "visit")
  open.set("record.notes.fact", line)
  await open.flush()
  return (await import("/static/js/store/outbox_db.js")).unsentCount()
}"""
# A file that every release has, and a name in it that only this one knows.
OF_THIS_RELEASE = (
    "async () => (await (await fetch('/static/js/store/draft.js')).text()).includes('change_paths.js')"
)
# Where the earlier releases keep what the scripts of these tests load.
EARLIER = {
    "/static/js/session/session.js": "/static/js/session.js",
    "/static/js/transport/": "/static/js/road/",
}
STAGED = """async () => {
  const { meta } = await import("/static/js/store/outbox_db.js")
  navigator.serviceWorker.controller?.postMessage({ type: "look" })
  return Boolean(await meta("staged")) || Boolean((await navigator.serviceWorker.getRegistration("/phone/"))?.waiting)
}"""
HERE_NOW = """([line]) => ({ drafts: session.drafts.list.value.length,
  line: session.drafts.open("demo-002", "visit").value.peek().record.notes.fact,
  records: session.records.value.map(({ state }) => state) })"""


def of_then(script: str) -> str:
    for now, then in EARLIER.items():
        script = script.replace(now, then)
    return script


class Quiet(WSGIRequestHandler):
    def log(self, *_args: object) -> None:
        pass


class Site:
    """The phone's address without a relay behind it: first of an earlier release, then of this one. One signing key."""

    def __init__(self, folder: Path, earlier: Path) -> None:
        config = Config(data=folder / "data", role="relay", trial=True)
        config.data.mkdir()
        self.apps = [self._app(config, root) for root in (earlier, app.releases.ROOT)]
        self.server = make_server("127.0.0.1", 0, self, threaded=True, request_handler=Quiet)
        self.url = f"http://localhost:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    @staticmethod
    def _app(config: Config, root: Path) -> Flask:
        flask = Flask("phone", static_folder=None)
        flask.register_blueprint(app.blueprint(config, root))
        return flask

    def __call__(self, environ, start):
        environ.pop(
            "HTTP_ACCEPT_ENCODING", None
        )  # nobody is told how small it gets: two releases squeezed take half a minute
        return self.apps[0](environ, start)

    def is_updated(self) -> None:
        del self.apps[0]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture(params=KEPT, ids=lambda path: path.name.split(".")[0])
def site(request, tmp_path) -> Iterator[Site]:
    earlier = tmp_path / "earlier"
    with tarfile.open(request.param) as archive:
        archive.extractall(earlier, filter="data")
    one = Site(tmp_path, earlier)
    yield one
    one.close()


@pytest.fixture
def phone(playwright: Playwright, site: Site, tmp_path: Path) -> Iterator[Phone]:
    one = Phone(playwright, tmp_path / "profile", site.url, options={"locale": "ja-JP"})
    yield one
    one.close()
    assert one.faults == []


def test_there_are_earlier_releases_to_come_from():
    assert len(KEPT) >= 2


def test_an_update_with_a_draft_open_and_a_record_unsent_loses_neither(site: Site, phone: Phone) -> None:
    page = phone.start()
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.evaluate(of_then(ENROLLED), WORDS)
    page.reload()
    page.evaluate(of_then(OPEN), WORDS)
    assert not page.evaluate(OF_THIS_RELEASE)
    assert page.evaluate(WRITTEN, [FACT, LINE]) == 1
    frames = page.evaluate(FRAMES)

    site.is_updated()
    page.wait_for_function(STAGED, polling=2000)  # each time it looks anew
    assert (
        page.evaluate("open.value.peek().record.notes.fact") == LINE
    )  # under a person's hands nothing changed
    phone.kill()

    page = started_until_updated(phone)
    words = page.get_by_label(t("ja", "passphrase"), exact=True)
    words.wait_for()
    expect(page.get_by_text(t("ja", "unsent", n=1))).to_be_visible()
    words.fill(" ".join(WORDS))
    page.get_by_role("button", name=t("ja", "lock.open"), exact=True).click()
    expect(page.get_by_role("navigation", name=t("ja", "tabs"))).to_be_visible(timeout=30_000)
    page.evaluate("async () => { globalThis.session = await import('/static/js/session/session.js') }")
    assert page.evaluate(HERE_NOW, [LINE]) == {"drafts": 1, "line": LINE, "records": ["on_phone"]}
    assert page.evaluate(FRAMES) == frames  # the sealed bytes go as they were packed
    page.evaluate("async () => session.settle()")
    assert page.evaluate("session.sharing.value.length") == 1  # the first profile, and nobody else


def started_until_updated(phone: Phone) -> Page:
    """Which start takes what waits depends on when the browser lets the old worker go: a person opens the app again."""
    for _ in range(20):
        page = phone.start()
        page.wait_for_load_state()
        if page.evaluate(OF_THIS_RELEASE):
            return page
        page.wait_for_timeout(500)
        phone.close()
    raise AssertionError("the new release was never taken")
