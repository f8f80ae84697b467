"""A supervisor's morning by keyboard, with a script; and the same morning without one. Japanese and English."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from .conftest import TOKYO
from .product import Product
from .supervisor import PATIENT, Supervisor
from .texts import t

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_the_morning_goes_by_keyboard_and_nothing_typed_is_lost(supervisor: Supervisor) -> None:
    page = supervisor.page
    supervisor.open("/today")
    press(page, "?")
    overlay = page.locator("dialog#keys")
    expect(overlay).to_be_visible()
    expect(overlay.get_by_text(t("ja", "desk.keys.review.flag"))).to_be_visible()
    press(page, "Escape")
    expect(overlay).to_be_hidden()

    goes(page, "r", "/review")
    approves_several_and_takes_it_back(page)
    asks_about_a_sentence(page)
    marks_for_a_day(page)
    approves_and_goes_on(page)


def press(page: Page, key: str) -> None:
    """As a person does it: not before the page that answers keys has come whole."""
    page.wait_for_load_state("load")
    page.keyboard.press(key)


def goes(page: Page, letter: str, path: str) -> None:
    """`g` and a letter. Pressed again if the machine took longer between the two than a hand does."""
    for _ in range(5):
        if page.url.endswith(path):
            return page.wait_for_load_state("load")
        press(page, "g")
        page.keyboard.press(letter)
        with suppress(PlaywrightTimeout):
            return page.wait_for_url(f"**{path}", timeout=20_000)
    raise AssertionError(f"{page.url}, not {path}")


def approves_several_and_takes_it_back(page: Page) -> None:
    waiting = page.locator("table[data-rows] tbody tr")
    before = waiting.count()
    press(page, "j")
    expect(waiting.nth(0)).to_have_class(re.compile("is-here"))
    press(page, "x")
    press(page, "j")
    press(page, "x")
    press(page, "a")
    expect(page.get_by_role("status").filter(has_text="2件を承認しました")).to_be_visible()
    expect(waiting).to_have_count(before - 2)
    press(page, "z")
    expect(page.get_by_role("status").filter(has_text="2件の承認を取り消しました")).to_be_visible()
    expect(waiting).to_have_count(before)


def asks_about_a_sentence(page: Page) -> None:
    """A sentence marked in the note is the one asked about; Esc leaves the field and discards nothing."""
    page.locator("table[data-rows] tbody tr").filter(has_text="DEMO-002").get_by_role("link").first.click()
    page.wait_for_url("**/visits/**")
    page.wait_for_load_state("load")
    # Marked and asked about within one task: the browser has not yet said that the selection changed.
    page.locator("#note-fact p").first.evaluate(
        """p => { const range = document.createRange(); const at = p.firstChild.data.indexOf("塗料")
                  range.setStart(p.firstChild, at); range.setEnd(p.firstChild, at + 6)
                  getSelection().removeAllRanges(); getSelection().addRange(range)
                  p.dispatchEvent(new KeyboardEvent("keydown", { key: "r", bubbles: true, cancelable: true })) }"""
    )
    question = page.get_by_label(t("ja", "desk.col.question"))
    expect(question).to_be_focused()
    expect(page.locator("#field option:checked")).to_have_attribute(
        "data-sentence", re.compile("塗料が切れている")
    )
    with page.expect_response(re.compile("/draft$")):
        page.keyboard.insert_text(
            "どの塗料でしたか"
        )  # whole, as from an input method: half of it may not be kept first
    press(page, "Escape")
    expect(question).not_to_be_focused()
    page.reload()
    expect(question).to_have_value("どの塗料でしたか")


def marks_for_a_day(page: Page) -> None:
    press(page, "f")
    text = page.get_by_label(t("ja", "desk.visit.flag_text"))
    expect(text).to_be_focused()
    text.fill("次の会議で相談する")
    page.get_by_label(t("ja", "desk.visit.flag_on")).fill("2030-01-15")
    page.get_by_role("button", name=t("ja", "desk.visit.flag_keep"), exact=True).click()
    expect(page.locator("#flags")).to_contain_text("次の会議で相談する")


def approves_and_goes_on(page: Page) -> None:
    here = page.url.split("#")[0]
    press(page, "a")
    page.wait_for_url(lambda url: url.split("#")[0] != here)
    expect(page.get_by_role("status").filter(has_text="DEMO-002")).to_be_visible()
    press(page, "z")
    page.wait_for_url(here)
    expect(page.get_by_role("button", name=re.compile(t("ja", "desk.visit.approve_next")))).to_be_visible()
    press(page, "e")
    page.wait_for_url("**/cases/demo-002")
    press(page, "w")
    page.wait_for_url("**/cases/demo-002/household")


def test_the_same_morning_without_a_script_in_english(desk_browser: Browser, product: Product) -> None:
    context = desk_browser.new_context(
        viewport={"width": 1280, "height": 900}, java_script_enabled=False, **TOKYO
    )
    context.set_default_timeout(PATIENT)
    page = context.new_page()
    one = Supervisor(page, product)
    one.sign_in()
    one.open("/settings")
    page.get_by_role("button", name="English").click()
    one.lang = "en"
    page.goto(f"{product.desk}/today")
    assert page.locator("kbd").first.is_hidden()  # no hint of keys that nobody answers

    searches(one)
    draws_the_household(one)
    plans(one)
    reviews(one)
    context.close()


def searches(one: Supervisor) -> None:
    page = one.page
    page.get_by_label(one.t("desk.find.label")).fill("もけい")  # the records say 模型, and モケイ nowhere
    press(page, "Enter")
    page.wait_for_url("**/cases/found")
    page.locator("#f-q").fill("模型の話")
    page.get_by_role("button", name=one.t("desk.search.go"), exact=True).click()
    expect(page.locator("mark").first).to_have_text("模型の話")
    assert "模型" not in page.url


def draws_the_household(one: Supervisor) -> None:
    page = one.page
    one.open("/cases/demo-002/household#new")
    page.locator("#new summary").click()
    page.locator("#ml-new").fill("E")
    page.locator("#mc-new").select_option("stated")
    page.locator("#new").get_by_role("button", name=one.t("desk.household.add_member"), exact=True).click()
    expect(page.locator("main svg").first.get_by_text("E", exact=True)).to_be_visible()
    page.locator("#tl-new").fill("将棋の会")
    for choice, code in (("#to-new", "org"), ("#tk-new", "normal"), ("#tc-new", "stated")):
        page.locator(choice).select_option(code)
    page.locator("#ties form").last.get_by_role("button").click()
    expect(page.locator("#ecomap svg").first.get_by_text("将棋の会", exact=True)).to_be_visible()


def plans(one: Supervisor) -> None:
    page = one.page
    for view in ("board", "calendar", "list"):
        one.open("/follow-ups")
        page.get_by_role("link", name=one.t(f"desk.followups.view.{view}"), exact=True).click()
        expect(page.get_by_role("link", name=re.compile("DEMO-00")).first).to_be_visible()


def reviews(one: Supervisor) -> None:
    page = one.page
    one.open("/review")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name=re.compile(one.t("desk.review.approve_selected"))).click()
    page.get_by_role("button", name=one.t("desk.undo")).click()
    undone = one.t("desk.said.approval_undone", count=1)
    expect(page.get_by_role("status").filter(has_text=undone)).to_be_visible()
    page.get_by_label(one.t("desk.visit.talk_add")).fill("Thank you.")
    page.get_by_role("button", name=one.t("desk.visit.talk_send"), exact=True).click()
    expect(page.locator("#talk")).to_contain_text("Thank you.")
