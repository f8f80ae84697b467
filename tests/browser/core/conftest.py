"""A real Chromium over the real modules of the phone, served from the checkout under the phone's own policy."""

from __future__ import annotations

import base64
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright

from sync.envelope import Envelope, parse_batch
from sync.plaintext import unpack
from sync.sealing import SealKey, open_sealed
from tests.browser.browsers import Phone
from tests.browser.core.places import Address, NowClock, Office, Valley, config_in, opened
from tests.browser.core.worker import OPEN, Worker
from tests.desk.conftest import sample_office  # noqa: F401  # a fixture

ROOT = Path(__file__).parents[3]
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)
SHELL = b"<!doctype html><html lang=ja><meta charset=utf-8><title>Sotto</title><body></body></html>"


class Files(SimpleHTTPRequestHandler):
    """The checkout, as the phone's blueprint serves it; nothing of `/v1` is here: a relay without signal."""

    protocol_version = "HTTP/1.1"

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


class Site(ThreadingHTTPServer):
    request_queue_size = 128  # a browser calls six times at once, and whom nobody takes in waits a second


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    server = Site(("127.0.0.1", 0), partial(Files, directory=str(ROOT)))
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
  const session = await import("/static/js/session/session.js")
  await session.started
  const { settleIn } = await import("/static/js/transport/enrol.js")
  const { generateSignKey } = await import("/sync/signing.js")
  const { generateSealKey } = await import("/sync/sealing.js")
  const { nameOf } = await import("/sync/encoding.js")
  const { Relay } = await import("/static/js/transport/relay.js")
  const [sign, seal, officeSign, officeSeal] =
    [await generateSignKey(), await generateSealKey(), await generateSignKey(), await generateSealKey()]
  await settleIn({ sign, seal, device: await nameOf(sign.public), office: await nameOf(officeSign.public),
    officeSign: officeSign.public, officeSeal: officeSeal.public }, { passphrase: words }, new Relay())
  return { office: Array.from(officeSeal.private), officePublic: Array.from(officeSeal.public) }
}"""
WORDS = ["あさひ", "あずき", "あまど", "あみもの"]


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


@pytest.fixture(scope="session")
def enrolled(
    playwright: Playwright, site: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, bytes]:
    """Where Amina's phone lies, and her office's private half: enrolled once a run. Every test gets a copy."""
    phone = Phone(playwright, tmp_path_factory.mktemp("amina") / "profile", site)
    made = phone.start().evaluate(ENROLLED, WORDS)
    phone.close()
    assert phone.faults == []
    return phone.profile, bytes(made["office"])


@pytest.fixture
def amina(phone: Phone, enrolled: tuple[Path, bytes]) -> Amina:
    """Amina's phone: enrolled, and open."""
    shutil.copytree(enrolled[0], phone.profile, ignore=shutil.ignore_patterns("Singleton*"))
    page = phone.start()
    page.evaluate(OPEN, WORDS)
    return Amina(phone, page, SealKey.from_bytes(enrolled[1]))


@pytest.fixture
def office(tmp_path: Path, sample_office: tuple[Path, bytes]) -> Iterator[Office]:  # noqa: F811
    with opened(tmp_path / "office", sample_office) as one:
        yield one


@pytest.fixture
def valley(office: Office) -> Iterator[Valley]:
    address = Address()
    yield Valley(office, address)
    address.close()


@pytest.fixture
def newcomer(playwright: Playwright, office: Office, valley: Valley, tmp_path: Path) -> Iterator[Worker]:
    """A phone that has opened the app's address and is not enrolled yet."""
    phone = Phone(playwright, tmp_path / "profile", valley.url)
    yield Worker(phone, valley, office, phone.start())
    if phone.context is not None:
        phone.context.close()
    assert phone.faults == []


@dataclass(frozen=True)
class Joined:
    """Where a phone that has joined lies, with its office. `later`: how far that office's clock is ahead."""

    folder: Path
    words: str
    later: timedelta
    backup_key: bytes


@pytest.fixture(scope="session")
def address() -> Iterator[Address]:
    one = Address()
    yield one
    one.close()


@pytest.fixture(scope="session")
def joined(
    playwright: Playwright,
    address: Address,
    sample_office: tuple[Path, bytes],  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> Joined:
    """小林's phone after the whole way in, with its first note safe: once a run. Every test gets a copy of everything."""
    folder = tmp_path_factory.mktemp("joined")
    with opened(folder / "office", sample_office) as office:
        phone = Phone(playwright, folder / "phone", address.url)
        one = Worker(phone, Valley(office, address), office, phone.start())
        one.enrol()
        one.has_the_whole_app()
        phone.close()
        one.valley.close()
        assert phone.faults == []
        office.desk.db.execute_sql("pragma wal_checkpoint(truncate)")
        office.app.extensions["sotto_relay"].store.close()
    return Joined(folder, one.words, one.office.clock.added, sample_office[1])


@pytest.fixture
def worker(playwright: Playwright, address: Address, joined: Joined, tmp_path: Path) -> Iterator[Worker]:
    shutil.copytree(joined.folder, tmp_path / "copy", ignore=shutil.ignore_patterns("Singleton*"))
    clock = NowClock()
    clock.added = joined.later
    (relay,) = (tmp_path / "copy" / "office").glob("relay-*")
    office = Office(
        config_in(tmp_path / "copy" / "office"), clock, SealKey.from_bytes(joined.backup_key), relay
    )
    valley = Valley(office, address)
    phone = Phone(playwright, tmp_path / "copy" / "phone", address.url)
    try:
        one = Worker(phone, valley, office, phone.start(), joined.words)
        one.open()
        one.sync()  # the round that follows on opening is over
        yield one
    finally:
        phone.close()
        valley.close()
        office.close()
    assert phone.faults == []
