"""At the door, without signal: seconds, a glance over the shoulder, and the phone in the hands of the person
it is about.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.browsers import Processor

from .supervisor import Supervisor
from .worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

CASE = "事例ケース②"
ABOUT = "ハローワークの相談員に、仕事をさがしていること"
TWO_FINGERS = """() => {
  const at = (id, x) => new Touch({ identifier: id, target: document.body, clientX: x, clientY: 300 })
  const both = [at(1, 100), at(2, 200)]
  const tell = (type, touches) => document.body.dispatchEvent(new TouchEvent(type, { touches, changedTouches: both, bubbles: true }))
  tell("touchstart", both)
  tell("touchend", [])
}"""


DRAWN_DOWN = """() => {
  scrollTo(0, 0)
  const at = y => [new Touch({ identifier: 1, target: document.body, clientX: 200, clientY: y })]
  const tell = (type, touches) => document.body.dispatchEvent(new TouchEvent(type, { touches, changedTouches: at(250), bubbles: true }))
  tell("touchstart", at(100))
  tell("touchmove", at(250))
  tell("touchend", [])
}"""


def test_at_the_door(supervisor: Supervisor, new_worker) -> None:
    kobayashi: Worker = new_worker(has_touch=True)
    kobayashi.joins(supervisor)
    kobayashi.airplane_mode(True)

    nobody_met_is_three_taps_and_ten_seconds(kobayashi)
    one_gesture_hides_the_screen_and_nothing_written_moves(kobayashi)
    the_person_sees_the_explanation_and_nothing_else(kobayashi)
    the_person_answers_for_themselves(kobayashi)

    kobayashi.tab_from_anywhere("today")
    draws_the_page_down(kobayashi)
    takes_new_words_and_loses_no_draft(kobayashi)
    kobayashi.until_record_is(CASE, "at_office")
    supervisor.open("/cases/demo-002")
    ledger = supervisor.page.locator("#consent")
    supervisor.until(lambda: ABOUT in ledger.inner_text())
    expect(ledger).to_contain_text("いいえ")
    expect(ledger).to_contain_text("本人が画面で")


def draws_the_page_down(worker: Worker) -> None:
    """Pull to refresh: what waited here has left, without a look at 送信. The app does not hear that the signal
    is back.
    """
    expect(worker.page.locator(".unsent")).to_be_visible()
    worker.is_ready()  # the page stands whole, and a thumb is heard
    worker.page.evaluate(
        "addEventListener('online', event => event.stopImmediatePropagation(), { capture: true })"
    )
    worker.airplane_mode(False)
    worker.page.evaluate(DRAWN_DOWN)
    expect(worker.page.locator(".unsent")).to_have_count(0)


def nobody_met_is_three_taps_and_ten_seconds(worker: Worker) -> None:
    """Begin, outcome, save; no letter. A hand takes two seconds for each; a slow phone's page has the rest."""
    worker.opens_case(CASE)
    processor = Processor(worker.page)
    before = processor.slow_ms()
    worker.evaluate("() => { window.taps = 0; addEventListener('pointerdown', () => { window.taps += 1 }) }")
    worker.press("log.begin")
    worker.choice("不在").click()
    expect(worker.page.get_by_text("反応は「反応なし」として残ります。")).to_be_visible()
    worker.saves()
    assert worker.evaluate("taps") == 3
    assert 0 < processor.slow_ms() - before < 10_000 - 3 * 2_000


def one_gesture_hides_the_screen_and_nothing_written_moves(worker: Worker) -> None:
    page = worker.page
    worker.begins_a_record(CASE)
    worker.choice("本人に会えた").click()
    worker.press("next")
    worker.writes("事実", "玄関で少し話した。")
    page.evaluate(TWO_FINGERS)
    cover = page.get_by_role("dialog", name=worker.t("cover"))
    expect(cover).to_be_visible()
    expect(worker.typed("事実")).not_to_be_focused()
    assert page.title() == "そっと"
    assert page.evaluate("!!document.elementFromPoint(195, 300).closest('.cover')")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate(
        "document.activeElement === document.body || !!document.activeElement.closest('.cover')"
    )
    cover.get_by_role("button", name=worker.t("back")).click()
    expect(worker.typed("事実")).to_be_focused()
    expect(worker.typed("事実")).to_have_value("玄関で少し話した。")
    page.keyboard.press("Escape")
    expect(cover).to_be_visible()
    cover.get_by_role("button", name=worker.t("back")).click()


def hands_over(worker: Worker) -> None:
    worker.tab_from_anywhere("cases")
    worker.opens_case(CASE)
    worker.press("hand.title")


def the_person_sees_the_explanation_and_nothing_else(worker: Worker) -> None:
    hands_over(worker)
    worker.press("hand.explain.do")
    page = worker.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("わたしたちの こと")
    assert page.locator("ruby rt").count() > 10
    assert CASE not in page.inner_text("body")
    page.evaluate("location.hash = '#/today'")
    page.keyboard.press("Escape")
    page.get_by_role("dialog").get_by_role("button").click()  # the clock, and under it still that page
    expect(page.get_by_role("heading", level=1)).to_contain_text("わたしたちの こと")
    page.get_by_role("button", name="返", exact=False).click()
    expect(page.get_by_label(worker.t("passphrase"), exact=True)).to_be_visible()
    assert CASE not in page.inner_text("body")
    unlocks_to(worker, CASE)


def the_person_answers_for_themselves(worker: Worker) -> None:
    worker.press("hand.title")
    worker.writes(worker.t("hand.about"), ABOUT)
    worker.press("hand.consent.do")
    page = worker.page
    expect(page.get_by_text(ABOUT)).to_be_visible()
    page.get_by_role("button", name="いやです").click()
    expect(page.get_by_text("いやです")).to_be_visible()
    page.get_by_role("button", name="返", exact=False).click()
    unlocks_to(worker, worker.t("consent.title", name=CASE))
    expect(page.get_by_text(worker.t("consent.answer.no"))).to_be_visible()
    worker.writes(worker.t("consent.comment"), "少し考えてから")
    worker.press("consent.save")
    expect(worker.heading()).to_have_text(CASE)
    expect(page.locator(".chips")).to_contain_text(worker.t("consent.refused"))


def takes_new_words_and_loses_no_draft(worker: Worker) -> None:
    page, old = worker.page, worker.words
    worker.opens_settings()
    page.get_by_role("button").filter(has_text=worker.t("unlock.change")).click()
    worker.press("unlock.change.words")
    expect(page.locator(".four-words li")).to_have_count(4)
    worker.words = " ".join(page.locator(".four-words li").all_inner_texts())
    worker.press("passphrase.written")
    worker.typed(worker.t("unlock.change.new_words")).fill(worker.words)
    worker.press("next")
    worker.typed(worker.t("unlock.change.old_words")).fill("あさひ あずき あまど あみもの")
    worker.press("unlock.change.do")
    expect(page.get_by_role("alert")).to_be_visible()
    worker.typed(worker.t("unlock.change.old_words")).fill(old)
    worker.press("unlock.change.do")
    expect(page.get_by_text(worker.t("unlock.change.done"), exact=True)).to_be_visible()
    worker.press("close")
    worker.press("lock.now")
    page.get_by_label(worker.t("passphrase"), exact=True).fill(old)
    worker.press("lock.open")
    expect(page.get_by_role("alert")).to_be_visible()
    unlocks_to(worker, worker.t("settings"))
    worker.press("back")
    expect(worker.part(worker.t("today.drafts"))).to_contain_text(CASE)


def unlocks_to(worker: Worker, title: str) -> None:
    worker.page.get_by_label(worker.t("passphrase"), exact=True).fill(worker.words)
    worker.press("lock.open")
    expect(worker.heading()).to_have_text(title)
