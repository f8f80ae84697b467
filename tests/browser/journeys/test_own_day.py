"""A worker's own day: larger letters, the doors in their order, an appointment moved on the calendar, a
checklist that does
not change under the thumb, what one did counted for oneself; and a day that 西村 goes for 小林, who is ill."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from .conftest import needs_the_day
from .supervisor import Supervisor
from .worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

ASKS = "async () => { await (await import('/static/js/session/session.js')).syncNow() }"
NEW_TITLE = "見守り・不在時（新しい版）"
# Two households with nothing planned today get an appointment now, due whatever the hour; the second is none
# of the colleague's.
PLANS = """async others => {
  const session = await import("/static/js/session/session.js")
  const { newId, timeText } = await import("/static/js/store/ids.js")
  const { sameDay } = await import("/static/js/words/dates.js")
  const planned = session.documents.value.get("followups").followups.filter(({ at }) => sameDay(at, new Date())).map(one => one.case)
  const free = session.documents.value.get("me").cases.filter(id => !planned.includes(id))
  const cases = free.sort((a, b) => others.includes(a) - others.includes(b)).slice(0, 2).reverse()
  for (const id of cases) await session.write("followup.scheduled", id, { followup: newId(), at: timeText(), kind: "visit", with: "person", note: "先に電話", remind: true })
  return cases.map(id => session.documents.value.get(`case/${id}`).title)
}"""
CASES = "async () => (await import('/static/js/session/session.js')).documents.value.get('me').cases"
CHECKLIST = "async () => (await import('/static/js/session/session.js')).documents.value.get('checklist/watch_absent').version"


def test_a_workers_own_day(supervisor: Supervisor, new_worker) -> None:
    needs_the_day(6)
    kobayashi, nishimura = new_worker(), new_worker("西村 恵")
    reads_what_to_do_about_a_lost_phone(nishimura)
    for worker in (kobayashi, nishimura):
        worker.joins(supervisor)
    one, other = kobayashi.evaluate(PLANS, nishimura.evaluate(CASES))
    kobayashi.airplane_mode(True)
    reads_larger_letters(kobayashi)
    goes_in_an_order_of_their_own(kobayashi)
    moves_an_appointment_on_the_calendar(kobayashi, one)
    begins_a_checklist(kobayashi, other)
    kobayashi.airplane_mode(False)
    publishes_another_version(supervisor)
    goes_on_with_the_old_one(kobayashi)
    counts_for_oneself(kobayashi)
    is_ill_and_asks(kobayashi)
    hands_the_day_over(supervisor)
    has_the_day(nishimura, other)


def reads_what_to_do_about_a_lost_phone(worker: Worker) -> None:
    """On a phone that never saw the app, which could be anybody's."""
    page = worker.opens_the_app()
    worker.press("lost.link")
    expect(worker.heading()).to_have_text(worker.t("lost.title"))
    expect(page.get_by_text(worker.t("lost.call"))).to_be_visible()
    worker.closes_the_app()


def reads_larger_letters(worker: Worker) -> None:
    worker.tab_from_anywhere("today")
    worker.opens_settings()
    worker.choice(worker.t("settings.text.larger")).click()
    worker.closes_the_app()
    page = worker.opens_the_app()
    page.get_by_label(worker.t("passphrase"), exact=True).wait_for()  # the lock screen is large already
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") > 20
    worker.unlocks()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    worker.opens_settings()
    worker.choice(worker.t("settings.text.usual")).click()
    taps_back_twice_at_once(worker)


def taps_back_twice_at_once(worker: Worker) -> None:
    """Quicker than the browser goes back: it leads to Today, not out of the app."""
    worker.evaluate("() => { const key = document.querySelector('.head .back'); key.click(); key.click() }")
    worker.sees_today()
    assert worker.page.url.startswith(f"{worker.phone.site}/phone/")


def goes_in_an_order_of_their_own(worker: Worker) -> None:
    page = worker.page
    part = worker.part(worker.t("today.after"))
    part.get_by_role("button", name=worker.t("plan.title"), exact=True).click()
    stops = page.locator(".stop .row-name")
    expect(stops.nth(1)).to_be_visible()
    before = stops.all_inner_texts()
    page.get_by_role("button", name=worker.t("plan.down", name=before[0]), exact=True).click()
    expect(stops.first).to_have_text(before[1])
    km = page.get_by_label(worker.t("plan.leg", **{"from": worker.t("plan.office"), "to": before[1]}))
    km.fill("３．２")
    km.press("Tab")
    expect(page.get_by_text(worker.t("plan.sum", km="3.2"))).to_be_visible()
    handle, to = page.locator(".handle").first.bounding_box(), page.locator(".stop").nth(1).bounding_box()
    assert handle is not None
    assert to is not None
    page.mouse.move(handle["x"] + 10, handle["y"] + 10)
    page.mouse.down()
    page.mouse.move(to["x"] + 10, to["y"] + to["height"] - 4, steps=4)
    page.mouse.up()
    expect(stops.first).to_have_text(before[0])
    page.get_by_role("button", name=worker.t("plan.up", name=before[1]), exact=True).click()
    expect(stops.first).to_have_text(before[1])
    worker.plan_is_kept()
    worker.app_is_killed()
    worker.opens_the_app()
    worker.unlocks()
    expect(worker.page.locator(".next-name")).to_have_text(before[1])


def moves_an_appointment_on_the_calendar(worker: Worker, title: str) -> None:
    page, tomorrow = worker.page, datetime.now(UTC) + timedelta(hours=9, days=1)
    worker.part(worker.t("today.next")).get_by_role(
        "button", name=worker.t("calendar.title"), exact=True
    ).click()
    today = page.locator("section", has=page.get_by_role("heading", name=re.compile("今日$")))
    entry = today.get_by_role("listitem").filter(has_text=title).filter(has_text="先に電話")
    entry.get_by_role("button", name=re.compile(worker.t("calendar.change"))).click()
    entry.get_by_label(worker.t("next.move"), exact=True).fill(f"{tomorrow:%Y-%m-%d}T09:35")
    entry.get_by_role("button", name=worker.t("next.move.do"), exact=True).click()
    if tomorrow.day == 1:
        worker.press("calendar.after")
    there = page.get_by_role("region", name=re.compile(f"{tomorrow.month}月{tomorrow.day}日"))
    expect(there.get_by_role("listitem").filter(has_text="9:35")).to_contain_text(title)
    worker.press("back")


def begins_a_checklist(worker: Worker, title: str) -> None:
    """Its stars close the visit: before they are answered it is not saved."""
    worker.tab_from_anywhere("cases")
    worker.begins_a_record(title)
    worker.choice("不在").click()
    worker.press("log.write_more")
    worker.press("next")
    worker.part().get_by_role("button").filter(has_text="見守り・不在時").click()
    worker.choice("約束あり", worker.page.locator("section.open")).click()
    worker.press("log.to_check")
    expect(worker.page.get_by_text(re.compile("チェックリストの★があと"))).to_be_visible()
    expect(worker.page.get_by_role("button", name=worker.t("check.save"), exact=True)).to_be_disabled()
    worker.press("back")


def publishes_another_version(supervisor: Supervisor) -> None:
    supervisor.open("/checklists/watch_absent")
    supervisor.page.get_by_label(supervisor.t("desk.checklist.title_ja")).fill(NEW_TITLE)
    supervisor.page.get_by_role("button", name=supervisor.t("desk.checklist.publish"), exact=True).click()
    expect(supervisor.page.locator("main")).to_contain_text(NEW_TITLE)


def goes_on_with_the_old_one(worker: Worker) -> None:
    """The new one has come to the phone, and the open draft is as it was."""
    page = worker.page
    worker.until(lambda: worker.evaluate(CHECKLIST) == 2, lambda: worker.evaluate(ASKS))
    expect(page.locator("main")).not_to_contain_text(NEW_TITLE)
    expect(page.locator(".answered, .open").filter(has_text="約束あり").first).to_be_visible()
    worker.press("checklist.put_away")
    expect(worker.part().get_by_role("button").filter(has_text=NEW_TITLE)).to_be_visible()
    worker.press("checklist.without")
    worker.saves()


def counts_for_oneself(worker: Worker) -> None:
    worker.tab_from_anywhere("today")
    worker.opens_settings()
    worker.page.get_by_role("button").filter(has_text=worker.t("own.title")).click()
    expect(worker.part(worker.t("own.outcomes"))).to_contain_text("不在")
    for word in ("位", "平均", "%"):
        assert word not in str(worker.page.locator("main dl").all_inner_texts())
    worker.goes_up()
    worker.goes_up()


def is_ill_and_asks(worker: Worker) -> None:
    worker.press("cover_day.title")
    worker.choice(worker.t("cover_day.own")).click()
    worker.choice("西村 恵").click()
    worker.writes(worker.t("cover_day.note"), "熱があります")
    worker.press("cover_day.ask")
    expect(worker.page.get_by_text(re.compile("事務所に頼みました"))).to_be_visible()


def hands_the_day_over(supervisor: Supervisor) -> None:
    supervisor.until_shown("/today", "熱があります")
    card = supervisor.page.locator("#cover")
    expect(card.get_by_label(supervisor.t("desk.cover.who"))).to_have_value("demo-nishimura")
    card.get_by_role("button", name=supervisor.t("desk.cover.grant"), exact=True).click()
    expect(supervisor.page.get_by_role("status")).to_contain_text("引き継ぎました")


def has_the_day(worker: Worker, title: str) -> None:
    page = worker.page
    worker.until(
        lambda: page.get_by_text(re.compile("西村 恵さんが行きます")).count() > 0,
        lambda: worker.evaluate(ASKS),
    )
    worker.tab_from_anywhere("cases")
    expect(worker.part().get_by_role("button").filter(has_text=title).first).to_be_visible()
