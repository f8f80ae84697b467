"""The main journey in Firefox and in WebKitGTK, a worst-case Safari without push and passkey.

Asked for by SOTTO_OTHER_BROWSERS=1, with `apt install firefox-esr webkit2gtk-driver xvfb`: not part of ./test.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import other_browsers as others
from tests.browser.other_browsers import Hand

from .product import Product
from .supervisor import Supervisor
from .texts import t

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        not os.environ.get("SOTTO_OTHER_BROWSERS"), reason="asked for by SOTTO_OTHER_BROWSERS=1"
    ),
]
CASE = "事例ケース②"
FACT = "朝の電話で、今日は都合が悪いとのこと。"


@pytest.fixture(params=["firefox", "webkit"])
def hand(request, tmp_path: Path):
    with getattr(others, request.param)(
        tmp_path / "profile" if request.param == "firefox" else tmp_path
    ) as one:
        yield one


def ja(key: str, **slots: object) -> str:
    return t("ja", key, **slots)


def joins(hand: Hand, supervisor: Supervisor, product: Product) -> str:
    code = supervisor.add_phone("小林 悠", f"{hand.name} 1号")
    hand.opens(f"{product.phone}/phone/")
    hand.presses("日本語")
    hand.presses(ja("install.tab"))
    hand.presses(ja("install.tab.do"))
    hand.types(ja("enrol.code"), code)
    hand.presses(ja("next"))
    heard = supervisor.two_words()
    for word in heard:
        hand.sees(word)
    supervisor.says_same()
    hand.presses(ja("unlock.passphrase"))
    hand.sees(ja("passphrase.written"))
    words = " ".join(
        hand.run("return [...document.querySelectorAll('.four-words li')].map((one) => one.textContent)")
    )
    hand.presses(ja("passphrase.written"))
    hand.types(ja("passphrase"), words)
    hand.presses(ja("passphrase.finish"))
    hand.sees(ja("ready.yes"))
    return words


def test_a_visit_is_logged_without_signal_and_read_at_the_office(
    hand: Hand, supervisor: Supervisor, product: Product
) -> None:
    words = joins(hand, supervisor, product)
    hand.until(
        lambda: hand.run("return Boolean(navigator.serviceWorker && navigator.serviceWorker.controller)"),
        "no worker",
    )
    product.airplane(True)
    hand.reloads()  # from the service worker: nobody answers
    hand.types(ja("passphrase"), words)
    hand.presses(ja("lock.open"))
    hand.presses(ja("tab.cases"))
    hand.presses(CASE)
    hand.presses(ja("log.begin"))
    hand.presses("先方都合で中止")
    hand.presses(ja("log.write_more"))
    hand.types("事実", FACT)
    hand.presses(ja("next"))
    hand.presses(ja("checklist.without"))
    hand.presses(ja("check.save"))
    hand.sees(ja("saved.title"))

    hand.reloads()
    hand.sees(ja("unsent", n=1))
    hand.types(ja("passphrase"), words)
    product.airplane(False)
    hand.presses(ja("lock.open"))
    supervisor.open_visit("先方都合で中止")
    expect(supervisor.page.locator("#note-fact")).to_contain_text(FACT)
    hand.presses(ja("tab.sync"))
    hand.sees(ja("road.at_office"))
