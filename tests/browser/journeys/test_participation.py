"""岸本 葉 asks a host how it goes, notes a step and prints what may be told: with a script in Japanese, without in
English.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from pwa_server.desk.actions import sample_participation as told

from .conftest import complaints_of
from .product import Product
from .test_desk_day import Desk, a_browser
from .test_whole_road import presses, unfolded

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.mark.parametrize("lang", ["ja", "en"], ids=["with a script", "without"])
def test_a_step_is_noted_a_host_is_heard_and_a_paper_tells_what_may_be_told(
    desk_browser: Browser, product: Product, lang: str
) -> None:
    context = a_browser(desk_browser, script=lang == "ja")
    context.add_cookies([{"name": "sotto_lang", "value": lang, "url": product.desk}])
    desk = Desk(context.new_page(), product, "岸本 葉", lang=lang, script=lang == "ja")
    faults = complaints_of(desk.page)
    desk.sign_in()
    words = {side: f"「{side} {lang} のことば」" for side in ("host", "person")}
    desk.open("/participation")
    desk.page.locator(f"a[href*='{told.MATCH}']").first.click()
    hears_the_host(desk, words["host"])
    notes_a_step(desk, words["person"])
    for text in words.values():
        expect(desk.page.locator("main")).to_contain_text(text)
    prints_for_the_host(desk, list(words.values()))
    context.close()
    assert faults == []


def hears_the_host(desk: Desk, words: str) -> None:
    form = unfolded(desk, "/heard", "host_words")
    answers = {"did": "going_well", "felt": "go_on", "next": "same", "host_words": words}
    desk.fills(form, ask="host visit", **answers)
    presses(desk, form)
    expect(desk.page.locator(".said").first).to_be_visible()


def notes_a_step(desk: Desk, words: str) -> None:
    form = unfolded(desk, "/steps", "minutes")
    desk.fills(form, step="settled", minutes="30", person=words)
    presses(desk, form)
    expect(desk.page.locator(".said").first).to_be_visible()


def prints_for_the_host(desk: Desk, said: list[str]) -> None:
    """The lines the person said may be told, and nothing else of them: no number, no name, none of what was said."""
    desk.page.locator("a[href$='/host-paper']").first.click()
    sheet = desk.page.locator("article.sheet")
    texts = told.PROFILE["texts"]
    for name, text in texts.items():
        if name in told.PROFILE["told"]:
            expect(sheet).to_contain_text(text)
    paper = sheet.inner_text()
    kept = [text for name, text in texts.items() if name not in told.PROFILE["told"]]
    assert [one for one in (*kept, *said, "DEMO-003", "見本 三") if one in paper] == []
