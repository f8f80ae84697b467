"""One trial for the journeys, its supervisor at the desk, and phones that come and go."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright

from tests.browser.browsers import CHROMIUM, Phone
from tests.standins.tcp_proxy import TcpProxy

from .product import Product
from .supervisor import PATIENT, Supervisor
from .worker import Worker

TOKYO = {"locale": "ja-JP", "timezone_id": "Asia/Tokyo"}


def needs_the_day(minutes: int) -> None:
    """A journey about *today* begins only if today lasts as long: what one planned or did is of that day alone."""
    in_japan = datetime.now(UTC) + timedelta(hours=9)
    if (in_japan + timedelta(minutes=minutes)).date() != in_japan.date():
        pytest.skip("the day of this journey would end in the middle of it")


@pytest.fixture(scope="session")
def made_office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample office, made by the command's first start; every module gets a copy."""
    product = Product(tmp_path_factory.mktemp("made") / "data").start()
    product.stop()
    return product.data


@pytest.fixture(scope="module")
def data(made_office: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("office") / "data"
    shutil.copytree(made_office, folder)
    return folder


@pytest.fixture(scope="module")
def settings() -> list[str]:
    """What a module gives to the command besides."""
    return []


@pytest.fixture(scope="module")
def product(data: Path, settings: list[str]) -> Iterator[Product]:
    """The running trial; its end is part of every journey."""
    one = Product(data)
    with TcpProxy("127.0.0.1", one.relay_port) as line:
        one.line = line
        try:
            yield one.start("--public-url", one.phone, *settings)
        finally:
            one.stop()


@pytest.fixture(scope="session")
def desk_browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def supervisor(desk_browser: Browser, product: Product) -> Iterator[Supervisor]:
    context = desk_browser.new_context(viewport={"width": 1440, "height": 900}, **TOKYO)
    context.set_default_timeout(PATIENT)
    one = Supervisor(context.new_page(), product)
    faults = complaints_of(one.page)
    one.sign_in()
    yield one
    context.close()
    assert faults == []


def complaints_of(page) -> list[str]:
    """What a page's own script and policy complain about: errors nobody caught, and what the policy refused."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on(
        "console", lambda said: found.append(said.text) if "Content Security Policy" in said.text else None
    )
    return found


NewWorker = Callable[..., Worker]


@pytest.fixture
def new_worker(playwright: Playwright, product: Product, tmp_path: Path) -> Iterator[NewWorker]:
    """A worker with an empty phone that has never seen the app."""
    made: list[Worker] = []

    def make(name: str = "小林 悠", label: str = "", **options: object) -> Worker:
        profile = tmp_path / f"phone-{len(made)}"
        phone = Phone(playwright, profile, product.phone, options=TOKYO | options)
        one = Worker(phone, name, label or f"{tmp_path.name[:30]} {len(made)}", airplane=product.airplane)
        made.append(one)
        return one

    yield make
    try:
        product.airplane(False)
    finally:
        for one in made:
            one.phone.close()
    assert [fault for one in made for fault in one.phone.faults] == []


@pytest.fixture
def kobayashi(new_worker: NewWorker) -> Worker:
    return new_worker()
