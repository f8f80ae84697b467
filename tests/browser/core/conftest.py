"""A real Chromium over the real modules of the phone, served from the checkout under the phone's own policy."""

from __future__ import annotations

import base64
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from pwa_server.config import Config
from pwa_server.desk import enrolment
from pwa_server.desk.model import Received, Visit
from sync.envelope import Envelope, parse_batch
from sync.plaintext import unpack
from sync.sealing import SealKey, open_sealed
from tests.browser.browsers import Phone
from tests.desk.conftest import Office as DeskOffice
from tests.desk.conftest import TestClock, config, sample_office  # noqa: F401  # fixtures

ROOT = Path(__file__).parents[3]
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)
SHELL = b"<!doctype html><html lang=ja><meta charset=utf-8><title>Sotto</title><body></body></html>"


class Files(SimpleHTTPRequestHandler):
    """The checkout, as the phone's blueprint serves it; nothing of `/v1` is here: a relay without signal."""

    def do_GET(self) -> None:
        if self.path.split("?")[0] == "/phone/":
            self._answer(200, "text/html; charset=utf-8", SHELL)
        elif self.path.startswith("/v1/"):
            self.close_connection = True  # no answer at all, as in a valley
        else:
            super().do_GET()

    def do_POST(self) -> None:
        self.close_connection = True

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", CSP)
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Service-Worker-Allowed", "/phone/")
        super().end_headers()

    def log_message(self, *_args: Any) -> None:
        pass

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(ROOT)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def phone(playwright: Playwright, site: str, tmp_path: Path) -> Iterator[Phone]:
    one = Phone(playwright, tmp_path / "profile", site)
    yield one
    if one.context is not None:
        one.context.close()
    assert one.faults == []


# Amina's phone joins an office whose keys the test made; no network takes part.
ENROLLED = """async words => {
  const session = await import("/static/js/session.js")
  await session.started
  const { settleIn } = await import("/static/js/road/enrol.js")
  const { generateSignKey } = await import("/sync/signing.js")
  const { generateSealKey } = await import("/sync/sealing.js")
  const { nameOf } = await import("/sync/encoding.js")
  const { Relay } = await import("/static/js/road/relay.js")
  const [sign, seal, officeSign, officeSeal] =
    [await generateSignKey(), await generateSealKey(), await generateSignKey(), await generateSealKey()]
  await settleIn({ sign, seal, device: await nameOf(sign.public), office: await nameOf(officeSign.public),
    officeSign: officeSign.public, officeSeal: officeSeal.public }, { passphrase: words }, new Relay())
  return { office: Array.from(officeSeal.private), officePublic: Array.from(officeSeal.public) }
}"""
WORDS = ["あさひ", "あずき", "あまど", "あみもの"]


OPEN = """async words => {
  globalThis.session = await import("/static/js/session.js")
  await session.started
  if (words) await session.unlock({ passphrase: words })
}"""


@dataclass
class Amina:
    """Amina's enrolled phone, and the office's private half to open what she packed."""

    phone: Phone
    page: Page
    office: SealKey

    def opened_events(self) -> list[dict[str, Any]]:
        """Every event in the outbox, opened as the office would, in the order of the chain."""
        frames = self.page.evaluate(FRAMES)
        events = []
        for frame in frames:
            (envelope,) = parse_batch(base64.b64decode(frame))
            assert isinstance(envelope, Envelope)
            plain = unpack(open_sealed(self.office, envelope.header_bytes, envelope.sealed))
            events += plain["events"]
        return events

    def restart(self) -> Page:
        """Killed, and opened again with the four words."""
        self.phone.kill()
        self.page = self.phone.start()
        self.page.evaluate(OPEN, WORDS)
        return self.page


FRAMES = """async () => {
  const { outbox } = await import("/static/js/store/outbox_db.js")
  const rows = await outbox.run(["envelopes"], "readonly", (tx) => tx.objectStore("envelopes").index("order").getAll())
  return rows.map(({ frame }) => btoa(String.fromCharCode(...new Uint8Array(frame))))
}"""


@pytest.fixture
def amina(phone: Phone) -> Amina:
    """Amina's phone: enrolled, and open."""
    page = phone.start()
    made = page.evaluate(ENROLLED, WORDS)
    page.reload()
    page.evaluate(OPEN, WORDS)
    return Amina(phone, page, SealKey.from_bytes(bytes(made["office"])))


class NowClock(TestClock):
    """The time it is, plus what a test adds: the browser has no other clock either."""

    def __init__(self) -> None:
        super().__init__()
        self.added = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.added

    def seconds(self) -> float:
        return self().timestamp()

    def pass_(self, **span: float) -> None:
        self.added += timedelta(**span)


class Office(DeskOffice):
    """The desk, asked what it has."""

    def visits(self) -> list[str]:
        """What phones brought, without the sample."""
        return [row.id for row in Visit.select().where(Visit.device.is_null(False)) if not row.id.startswith("demo")]

    def review_box(self) -> list[str]:
        """Ids of the events that wait in the for-review box."""
        found = []
        for row in Received.select().where(Received.status == "for_review"):
            (envelope,) = parse_batch(bytes(row.frame))
            assert isinstance(envelope, Envelope)
            plain = unpack(open_sealed(self.desk.keys.seal, envelope.header_bytes, envelope.sealed))
            found += [event["id"] for event in plain["events"]]
        return found


class Quiet(WSGIRequestHandler):
    def log(self, *_args: Any) -> None:
        pass


class Valley:
    """The relay's address. `before` and `after` may tear the line (ConnectionResetError). Requests are noted by path."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.asked: list[str] = []
        self.before: Callable[[dict[str, Any]], None] = lambda _environ: None
        self.after: Callable[[dict[str, Any]], None] = lambda _environ: None
        self.server = make_server("127.0.0.1", 0, self, threaded=True, request_handler=Quiet)
        self.url = f"http://localhost:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        self.asked.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        try:
            self.before(environ)
            answer = self.office.app(environ, start)
            self.after(environ)
        except ConnectionResetError:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)  # or the phone would wait for its own limit
            raise
        return answer

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def office(config: Config, sample_office: Any) -> Iterator[Office]:  # noqa: F811
    folder, backup_key = sample_office
    shutil.copytree(folder / "data", config.data)
    config.desk_key_file.parent.mkdir()
    shutil.copy(folder / "desk.key", config.desk_key_file)
    one = Office(config, NowClock(), SealKey.from_bytes(backup_key))
    one.sync()
    yield one
    one.desk.close()
    one.http.close()


@pytest.fixture
def valley(office: Office) -> Iterator[Valley]:
    one = Valley(office)
    yield one
    one.close()


@dataclass
class Worker:
    """小林 悠 with a true phone, a true relay, a true desk."""

    phone: Phone
    valley: Valley
    office: Office
    page: Page
    words: str = ""

    def enrol(self) -> None:
        nakagawa = self.office.person("nakagawa")
        meeting = enrolment.start(self.office.desk, nakagawa, "demo-kobayashi", "phone")
        self.page.evaluate(BEGIN, meeting.code)
        end = time.monotonic() + 60
        while not (seen := enrolment.poll(self.office.desk, meeting.id)).words:
            assert time.monotonic() < end, "the phone does not answer"
            assert self.page.evaluate(REFUSED) is None
            self.page.wait_for_timeout(50)
        assert [(w["ja"], w["en"]) for w in self.page.evaluate("met.then(({words}) => words)")] == seen.words
        enrolment.confirm(self.office.desk, nakagawa, meeting.id)
        self.office.sync()
        self.page.evaluate("met.then(({confirmed}) => confirmed)")
        self.words = " ".join(self.page.evaluate(CHOOSE))
        self.first_note_is_safe()

    def first_note_is_safe(self) -> None:
        """What the phone tells of itself on its first day (device.noted) is at the office and forgotten here."""
        for _ in range(20):
            if not any(self.page.evaluate(COUNTS).values()):
                return
            self.office.clock.pass_(minutes=1)  # the next backup is due
            self.round()
        raise AssertionError(self.page.evaluate(COUNTS))

    def round(self) -> None:
        """Everything travels once up and once down."""
        self.sync()
        self.office.sync()
        self.sync()

    def sync(self) -> dict[str, Any]:
        tally: dict[str, Any] = self.page.evaluate("session.syncNow()")
        return tally

    def open(self) -> Page:
        self.page.evaluate(OPEN, self.words)
        return self.page

    def restart(self) -> Page:
        self.phone.kill()
        self.page = self.phone.start()
        return self.open()

    def device(self) -> str:
        name: str = self.page.evaluate("async () => (await import('/static/js/store/outbox_db.js')).identity().then(({device}) => device)")
        return name

    def states(self) -> dict[str, str]:
        found: dict[str, str] = self.page.evaluate(
            "async () => { await session.settle(); return Object.fromEntries("
            "session.records.value.map(({visit, state}) => [visit, state])) }"
        )
        return found


COUNTS = """async () => {
  const { outbox } = await import("/static/js/store/outbox_db.js")
  const count = (store) => outbox.run([store], "readonly", (tx) => tx.objectStore(store).count())
  return { envelopes: await count("envelopes"), events: await count("events"), blobs: await count("blobs") }
}"""
BEGIN = """async code => {
  globalThis.session = await import("/static/js/session.js")
  await session.started
  globalThis.refused = null
  globalThis.met = session.enrol(code.toLowerCase())
  met.catch(({ code, detail }) => { globalThis.refused = [code, detail] })
  return null
}"""
REFUSED = "refused"
CHOOSE = """async () => {
  const words = await session.choosePassphrase()
  await session.confirmPassphrase(words)
  await session.syncNow()
  return words
}"""


@pytest.fixture
def newcomer(playwright: Playwright, office: Office, valley: Valley, tmp_path: Path) -> Iterator[Worker]:
    """A phone that has opened the app's address and is not enrolled yet."""
    phone = Phone(playwright, tmp_path / "profile", valley.url)
    yield Worker(phone, valley, office, phone.start())
    if phone.context is not None:
        phone.context.close()
    assert phone.faults == []


@pytest.fixture
def worker(newcomer: Worker) -> Worker:
    newcomer.enrol()
    return newcomer
