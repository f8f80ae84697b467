"""What was written stays: two windows, a promise not added, a tap that takes words away, a number that is none."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .supervisor import Supervisor
from .worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

CASE = "事例ケース②"


def test_two_windows_an_added_promise_an_undone_tap_and_a_number_that_is_none(
    supervisor: Supervisor, kobayashi: Worker
) -> None:
    kobayashi.joins(supervisor)
    kobayashi.airplane_mode(True)
    kobayashi.begins_a_record(CASE)
    kobayashi.choice("不在").click()
    kobayashi.press("log.write_more")
    first = kobayashi.page
    kobayashi.writes("事実", "朝")
    expect(first.get_by_text(re.compile("下書き [0-9]"))).to_be_visible()

    second = writes_on_in_a_second_window(kobayashi)
    goes_on_in_the_first(kobayashi, first, second)

    kobayashi.pages.append(second)
    types_a_promise_and_does_not_add_it(kobayashi)
    puts_a_checklist_away_and_takes_that_back(kobayashi)
    types_a_number_that_is_none(kobayashi)
    kobayashi.saves()
    kobayashi.press("saved.read")
    record = kobayashi.part("記録")
    expect(record).to_contain_text("朝昼夕")
    expect(record).to_contain_text("役所に電話する")
    expect(first.get_by_text(kobayashi.t("trouble.gone_elsewhere"))).to_be_visible()


def writes_on_in_a_second_window(worker: Worker) -> Page:
    second = worker.phone.tab()
    worker.pages.append(second)
    worker.unlocks()
    second.get_by_role("region", name=worker.t("today.drafts")).get_by_role("button").first.click()
    box = worker.typed("事実")
    expect(box).to_have_value("朝")
    box.press_sequentially("昼")
    worker.pages.pop()
    return second


def goes_on_in_the_first(worker: Worker, first: Page, second: Page) -> None:
    """Each window shows what the other wrote, also in the box one stands in."""
    box = worker.typed("事実")
    expect(box).to_have_value("朝昼")
    box.press_sequentially("夕")
    expect(second.get_by_label(re.compile("^事実"))).to_have_value("朝昼夕")


def types_a_promise_and_does_not_add_it(worker: Worker) -> None:
    worker.writes(worker.t("promises.new"), "役所に電話する")
    worker.press("next")


def puts_a_checklist_away_and_takes_that_back(worker: Worker) -> None:
    page = worker.page
    page.get_by_role("button").filter(has_text="見守り・不在時").click()
    question = page.locator(".open")
    question.get_by_role("radio").first.check(force=True)
    answered = page.locator(".answered:not(.skipped)")
    question.get_by_role("button").last.click()
    before = answered.count()
    worker.press("checklist.put_away")
    expect(page.get_by_role("heading", name=worker.t("checklist.which"))).to_be_visible()
    worker.press("undo.back")
    expect(page.locator(".open")).to_be_visible()
    assert answered.count() >= before


def types_a_number_that_is_none(worker: Worker) -> None:
    """Refused at its field, still there, named at the last look, and led to."""
    page = worker.page
    row = page.get_by_role("button", name=re.compile("声かけ・呼び鈴の回数"))
    worker.press("log.to_check")
    worker.press("back")
    page.get_by_role("navigation", name=worker.t("phases")).get_by_role("button").nth(1).click()
    if row.count() > 0:
        row.first.click()
    number = page.locator(".open input[inputmode=numeric]")
    number.fill("36.5")
    expect(page.locator(".open").get_by_role("alert").filter(has_text="36.5")).to_be_visible()
    worker.press("log.to_check")
    page.get_by_role("button", name=worker.t("need.number.one")).click()
    expect(number).to_have_value("36.5")
    expect(number).to_be_focused()
    number.fill("2")
    number.fill("")
    expect(page.locator(".open").get_by_role("alert").filter(has_text="36.5")).to_have_count(0)
    worker.press("checklist.put_away")
    worker.press("checklist.without")
