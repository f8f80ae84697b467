"""The follow-up a worker scheduled reminds at its time, in words that name nobody; a tap opens Today."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import expect

from pwa_server.config import load
from pwa_server.desk.actions.office import set_option
from pwa_server.desk.models.office_and_cases import Staff
from pwa_server.desk.open_desk import open_desk
from pwa_server.trial import settings as of_trial
from tests.standins.push_service import Message, PushService, Subscription

from .supervisor import Supervisor
from .woken import Woken
from .worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

CASE = "事例ケース②"
NOTE = "青の色見本を持って行く"
COMES_WITHIN = 90.0


@pytest.fixture(scope="module")
def push_service() -> Iterator[PushService]:
    with PushService() as service:
        yield service


@pytest.fixture(scope="module")
def data(data: Path) -> Path:
    """An office without quiet hours: the journey must not depend on the hour it is run at."""
    desk = open_desk(of_trial(load({}, {"data": data, "trial": True})))
    set_option(desk, Staff.get(Staff.role == "administrator"), "quiet_hours", {"from": "", "until": ""})
    desk.close()
    return data


@pytest.fixture(scope="module")
def settings(push_service: PushService) -> list[str]:
    return ["--push-hosts", "127.0.0.1", "--allow-insecure-push"]


def test_a_scheduled_followup_reminds_the_worker_without_naming_anybody(
    supervisor: Supervisor, kobayashi: Worker, push_service: PushService
) -> None:
    kobayashi.phone.scripts.append(SUBSCRIBES % json.dumps(browser_keys(push_service.subscribe())))
    kobayashi.joins(supervisor)
    looks_whether_reminders_arrive(kobayashi, "まだ許可していません")
    allows_reminders_where_an_appointment_is_made(kobayashi)
    looks_whether_reminders_arrive(kobayashi, "この端末に届きます")
    woken = Woken(kobayashi.page, kobayashi.phone.site)
    tries_one(kobayashi, woken)

    moves_the_appointment_to_now(kobayashi)
    kobayashi.tab("cases")
    message = push_service.wait_for(1, COMES_WITHIN)[0]
    arrives(kobayashi, woken, message, ("お知らせ", "アプリを開いて予定を確かめてください。", "ja"))
    assert message.token["k"] == kobayashi.evaluate("subscribedWith")  # signed by the key this phone named

    reads_english(kobayashi)
    before = len(push_service.messages)  # the sample's own appointments of this hour are among them
    moves_the_appointment_to_now(kobayashi)
    kobayashi.tab("cases")
    message = push_service.wait_for(before + 1, COMES_WITHIN)[before]
    arrives(kobayashi, woken, message, ("Notice", "Please open the app and look at today's plan.", "en"))
    assert push_service.complaints == []


def looks_whether_reminders_arrive(worker: Worker, said: str) -> None:
    worker.opens_settings()
    worker.part().get_by_role("button").filter(has_text=worker.t("notifications.short")).click()
    expect(worker.part().get_by_role("status").first).to_contain_text(said)
    worker.goes_back()
    worker.goes_back()


def allows_reminders_where_an_appointment_is_made(worker: Worker) -> None:
    """Nobody asks at the start; the app asks when there is something to be reminded of."""
    worker.begins_a_record(CASE)
    worker.choice("先方都合で中止").click()
    worker.press("log.write_more")
    worker.picks("次の関わり", "本人と約束")
    worker.press("next.in.week")
    worker.writes("先に・持ち物", NOTE)
    worker.press("next")
    worker.press("checklist.without")
    worker.saves()
    expect(worker.page.get_by_role("button", name=worker.t("notifications.ask"))).to_be_visible()
    worker.phone.context.grant_permissions(
        ["notifications"], origin=worker.phone.site
    )  # their finger on "allow"
    worker.press("notifications.ask")
    expect(worker.page.get_by_text("この端末に届きます")).to_be_visible()
    worker.press("saved.today")


def tries_one(worker: Worker, woken: Woken) -> None:
    worker.opens_settings()
    worker.part().get_by_role("button").filter(has_text=worker.t("notifications.short")).click()
    for _ in range(3):  # a message to a worker that is just ending is nobody's: one presses again
        worker.press("notifications.test")
        with suppress(AssertionError):
            until(worker, lambda: woken.shown() != [])
            break
    assert [one["title"] for one in woken.shown()] == ["お知らせ"]
    woken.is_tapped()
    worker.sees_today()
    worker.opens_settings()
    worker.part().get_by_role("button").filter(has_text=worker.t("notifications.short")).click()
    expect(worker.part()).to_contain_text("最後に試したとき")
    worker.goes_back()
    worker.goes_back()


def moves_the_appointment_to_now(worker: Worker) -> None:
    """Through the case sheet. A time that has just passed is due at once; each move goes to other five minutes."""
    worker.opens_case(CASE)
    part = worker.part(worker.t("case.next"))
    part.get_by_role("button", name=worker.t("change")).click()
    part.get_by_label(worker.t("next.move")).fill(worker.evaluate(NOW))
    worker.press("next.move.do")
    expect(part.get_by_label(worker.t("next.move"))).to_have_count(0)
    worker.goes_back()
    worker.until_nothing_waits()


NOW = """() => new Date(Date.now() + 9 * 3600e3 - 6 * 60e3 * window.earlier++).toISOString().slice(0, 16)"""


def arrives(worker: Worker, woken: Woken, message: Message, words: tuple[str, str, str]) -> None:
    """Nothing on the way names anybody, and what is shown is what was sent."""
    said = message.said["notification"]
    assert (said["title"], said["body"], said["lang"]) == words
    assert set(said) == {"title", "body", "lang", "navigate", "tag"}
    assert said["navigate"] == f"{worker.phone.site}/phone/"  # where an app that was killed opens on Today
    woken.gets_a_push(message.said)
    until(worker, lambda: woken.shown() != [])
    assert [(one["title"], one["body"], one["lang"]) for one in woken.shown()] == [words]
    expect(worker.heading()).to_have_text(worker.t("cases"))
    woken.is_tapped()
    worker.sees_today()
    until(worker, lambda: woken.shown() == [])


def reads_english(worker: Worker) -> None:
    """The relay is told at once in which language to remind."""
    worker.opens_settings()
    with worker.page.expect_response(
        lambda answer: (
            answer.url.endswith("/v1/subscription")
            and answer.ok
            and '"en"' in (answer.request.post_data or "")
        )
    ):
        worker.choice("English").click()
    worker.lang = "en"
    worker.goes_back()


def until(worker: Worker, there: Callable[[], bool]) -> None:
    for _ in range(600):  # half a minute: a worker that slept takes its time on a busy machine
        if there():
            return
        worker.page.wait_for_timeout(50)
    raise AssertionError("it did not come")


def browser_keys(subscription: Subscription) -> dict:
    return subscription.to_json()


# Headless Chromium has no push service to subscribe at: keys and address are the stand-in's.
SUBSCRIBES = """(() => {
  const told = %s
  let kept = null
  window.earlier = 0
  PushManager.prototype.getSubscription = async () => kept
  PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
    if (!userVisibleOnly || Notification.permission !== "granted") throw new DOMException("", "NotAllowedError")
    window.subscribedWith = applicationServerKey
    const text = atob(applicationServerKey.replaceAll("-", "+").replaceAll("_", "/"))
    const key = Uint8Array.from(text, (letter) => letter.charCodeAt(0)).buffer
    kept = { endpoint: told.endpoint, options: { applicationServerKey: key }, toJSON: () => told, unsubscribe: async () => true }
    return kept
  }
})()"""
