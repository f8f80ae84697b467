"""木村 和子, a welfare commissioner of 68: three screens in large type, without signal, taken back once, and a
thank-you.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .supervisor import Supervisor
from .worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

NAME, CASE = "木村 和子", "事例ケース②"
WRONG, NOTICED, WORDS = (
    "となり町のことでした。",
    "雨戸がずっと閉まったままです。",
    "教えてくださり助かりました。",
)


def test_what_a_commissioner_noticed_reaches_the_office_and_is_answered(
    supervisor: Supervisor, new_worker
) -> None:
    joins_the_office(supervisor)
    kimura: Worker = new_worker(NAME)
    enrols(kimura, supervisor)
    sees_no_household(kimura)
    kimura.airplane_mode(True)
    writes_one_and_takes_it_back(kimura)
    is_interrupted_and_goes_on(kimura)
    kimura.airplane_mode(False)
    answers(supervisor)
    page = kimura.page
    kimura.until(
        lambda: page.get_by_text(kimura.t("notice.thanks.taken_up")).count() > 0,
        lambda: kimura.evaluate(ASKS),
    )
    page.get_by_role("button").filter(has_text=NOTICED).click()
    expect(page.get_by_text(WORDS)).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^取り消す"))).to_have_count(0)
    supervisor.open("/notices")
    expect(supervisor.page.get_by_text(WRONG)).to_have_count(0)  # taken back, it is in no list
    what_was_urgent_goes_into_a_notice(kimura)


ASKS = "async () => { await (await import('/static/js/session/session.js')).syncNow() }"


def joins_the_office(supervisor: Supervisor) -> None:
    supervisor.open("/people/add")
    supervisor.prove_if_asked()
    page = supervisor.page
    page.get_by_label(supervisor.t("desk.people.name"), exact=True).fill(NAME)
    page.get_by_label(supervisor.t("desk.people.kana")).fill("きむら かずこ")
    page.get_by_label(supervisor.t("desk.sign_in.email")).fill("kimura@sample.invalid")
    page.get_by_role("radio", name=re.compile("^民生委員")).check()
    page.get_by_role("button", name=supervisor.t("desk.people.add"), exact=True).click()
    expect(page.get_by_text("kimura@sample.invalid")).to_be_visible()


def enrols(worker: Worker, supervisor: Supervisor) -> None:
    worker.meets(supervisor)
    worker.page.get_by_label(worker.t("passphrase"), exact=True).fill(worker.words)
    worker.press("passphrase.finish")
    expect(worker.heading()).to_have_text(worker.t("notice.title"), timeout=60_000)


def sees_no_household(worker: Worker) -> None:
    """Not by a tab, for there is none, nor by an address somebody types."""
    page = worker.page
    expect(page.get_by_role("navigation", name=worker.t("tabs"))).to_have_count(0)
    for name in ("cases", "log", "own", "ready"):
        page.evaluate("name => { location.hash = `#/${name}` }", name)
        expect(worker.heading()).to_have_text(worker.t("notice.title"))
        assert CASE not in page.inner_text("body")
    assert page.locator(".large").evaluate("one => parseFloat(getComputedStyle(one).fontSize)") >= 20


def writes_one_and_takes_it_back(worker: Worker) -> None:
    tells(worker, WRONG)
    worker.page.get_by_role("button", name=re.compile("^取り消す（")).click()
    worker.press("notice.take_back.do")
    expect(worker.heading()).to_have_text(worker.t("notice.title"))
    expect(worker.page.get_by_text(WRONG)).to_have_count(0)


def is_interrupted_and_goes_on(worker: Worker) -> None:
    """The app dies in the middle of writing; the words are there, and go on."""
    worker.press("notice.write")
    worker.writes(worker.t("notice.noticed"), NOTICED)
    expect(worker.page.get_by_text(re.compile("^下書き [0-9]"))).to_be_visible()
    worker.app_is_killed()
    page = worker.opens_the_app()
    page.get_by_label(worker.t("passphrase"), exact=True).fill(worker.words)
    worker.press("lock.open")
    worker.press("notice.go_on")
    expect(worker.typed(worker.t("notice.noticed"))).to_have_value(NOTICED)
    expect(page.get_by_role("button", name=worker.t("notice.send"), exact=True)).to_be_disabled()
    worker.choice(worker.t("notice.named.no")).click()
    worker.press("notice.send")
    expect(page.get_by_text(worker.t("notice.on_phone"))).to_be_visible()
    worker.press("close")


def what_was_urgent_goes_into_a_notice(worker: Worker) -> None:
    """至急 has the same steps and numbers here, and what was noted ends in what a commissioner writes."""
    page = worker.page
    worker.press("close")
    page.locator(".urgent-key").click()
    page.locator(".crisis-steps").get_by_role(
        "button", name=worker.t("urgent.step.hand_over"), exact=True
    ).click()
    worker.writes(worker.t("riskCall.to"), "市の窓口")
    worker.press("urgent.into_notice.write")
    expect(worker.heading()).to_have_text(worker.t("notice.write"))
    expect(worker.typed(worker.t("notice.noticed"))).to_have_value(re.compile("市の窓口"))


def tells(worker: Worker, noticed: str) -> None:
    worker.press("notice.write")
    worker.writes(worker.t("notice.noticed"), noticed)
    worker.writes(worker.t("notice.place"), "木川町")
    worker.choice(worker.t("notice.named.yes")).click()
    worker.press("notice.send")
    expect(worker.page.get_by_text(worker.t("notice.on_phone"))).to_be_visible()


def answers(supervisor: Supervisor) -> None:
    supervisor.until_shown("/notices", NOTICED)
    page = supervisor.page
    row = page.locator("#given li").filter(has_text=NOTICED)
    expect(row).to_contain_text(supervisor.t("desk.notices.named.no"))
    row.get_by_role("radio", name=supervisor.t("desk.notices.answer.taken_up")).check()
    row.get_by_label(supervisor.t("desk.notices.thanks")).fill(WORDS)
    row.get_by_role("button", name=supervisor.t("desk.notices.answer_send"), exact=True).click()
    expect(page.get_by_text(supervisor.t("desk.said.notice_answered"))).to_be_visible()
