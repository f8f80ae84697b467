"""Alone: the timer lies at the relay before the signal goes; late is told to those who were named, and to
nobody twice over.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .conftest import needs_the_day
from .supervisor import Supervisor
from .worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SHORT = """async seconds => {
  const session = await import("/static/js/session/session.js")
  return session.depart("demo-002", seconds)
}"""


def test_out_alone_and_late_and_back(supervisor: Supervisor, new_worker) -> None:
    needs_the_day(4)
    kobayashi: Worker = new_worker()
    nishimura: Worker = new_worker("西村 恵")
    kobayashi.joins(supervisor)
    nishimura.joins(supervisor)

    names_who_is_told(kobayashi)
    departs_and_is_told_that_nobody_would_hear(kobayashi)
    allows_notices(nishimura)
    departs_and_is_watched(kobayashi)
    supervisor.until_shown("/today", supervisor.t("desk.out.title"))
    expect(supervisor.page.locator("#out")).to_contain_text("小林 悠")
    expect(supervisor.page.locator("#out")).to_contain_text("までに戻る予定")
    comes_back_from_a_day_that_is_written_down(kobayashi)

    is_late_with_the_phone_dark(kobayashi)
    is_told_of_it(nishimura)
    comes_back(kobayashi)
    hears_that_all_is_well(nishimura)
    allows_notices(nishimura)  # this browser forgets it with each start
    departs_without_signal_and_is_told_so(kobayashi)


def names_who_is_told(worker: Worker) -> None:
    """Who has a case in common stands there already; of those one is named."""
    worker.press("out.begin")
    worker.part(worker.t("out.watchers")).get_by_role("button").click()
    expect(worker.choice("西村 恵").locator("input")).to_be_checked()
    worker.choice("岸本 葉").click()  # has a case in common too, and is not to be woken
    worker.press("back")
    looks(worker)()


def departs_and_is_told_that_nobody_would_hear(worker: Worker) -> None:
    """The colleague has a phone that shows no notices: a timer that runs wakes nobody."""
    worker.press("out.begin")
    expect(worker.page.get_by_text(worker.t("out.tells_nobody"))).to_be_visible()
    worker.press("out.depart")
    expect(worker.page.get_by_text("知らせる相手がいません")).to_be_visible()
    worker.press("out.back")
    expect(worker.page.get_by_role("button", name=worker.t("out.begin"), exact=True)).to_be_visible()
    expect(worker.page.get_by_text("帰着")).to_be_visible()


def allows_notices(worker: Worker) -> None:
    """Their finger on "allow"; the phone tells it at the end of a round."""
    assert worker.phone.context is not None
    worker.phone.context.grant_permissions(["notifications"], origin=worker.phone.site)
    looks(worker)()


def departs_and_is_watched(worker: Worker) -> None:
    worker.press("out.begin")
    told = worker.page.get_by_text(worker.t("out.tells", first="西村 恵"))
    worker.until(lambda: told.count() > 0, looks(worker))
    worker.choice("60分").click()
    worker.press("out.depart")
    expect(worker.page.get_by_text("見守り中")).to_be_visible()


def comes_back_from_a_day_that_is_written_down(worker: Worker) -> None:
    """When one left and came back stands on Today, also after the app was killed: the two times a day's
    report asks for.
    """
    expect(worker.page.get_by_text(re.compile(r"\d{1,2}:\d{2} 出発$"))).to_be_visible()
    worker.press("out.back")
    expect(worker.page.get_by_text("見守り中")).to_have_count(0)
    both = re.compile(r"\d{1,2}:\d{2} 出発・\d{1,2}:\d{2} 帰着$")
    expect(worker.page.get_by_text(both)).to_be_visible()
    worker.plan_is_kept()
    worker.app_is_killed()
    worker.opens_the_app()
    worker.unlocks()
    expect(worker.page.get_by_text(both)).to_be_visible()


def is_late_with_the_phone_dark(worker: Worker) -> None:
    assert worker.evaluate(SHORT, 1) is True
    worker.closes_the_app()


def is_told_of_it(worker: Worker) -> None:
    worker.until(
        lambda: (
            worker.page.get_by_role("alert").filter(has_text="小林 悠さんが、まだ戻っていません").count() > 0
        ),
        looks(worker),
    )
    worker.closes_the_app()
    worker.opens_the_app()  # locked: no name
    assert "小林" not in worker.page.inner_text("body")
    worker.unlocks()


def comes_back(worker: Worker) -> None:
    worker.opens_the_app()
    worker.unlocks()
    expect(worker.page.get_by_role("heading", name=re.compile("を過ぎました"))).to_be_visible()
    worker.press("out.back")
    expect(worker.page.get_by_text("を過ぎました")).to_have_count(0)
    expect(
        worker.page.get_by_role("button", name=worker.t("out.begin"), exact=True)
    ).to_be_visible()  # the relay has heard


def hears_that_all_is_well(worker: Worker) -> None:
    worker.until(lambda: worker.page.get_by_role("alert").filter(has_text="小林").count() == 0, looks(worker))


def departs_without_signal_and_is_told_so(worker: Worker) -> None:
    worker.airplane_mode(True)
    worker.press("out.begin")
    worker.press("out.depart")
    expect(worker.page.get_by_text("見守りは始まっていません")).to_be_visible()
    worker.airplane_mode(False)
    worker.until(lambda: worker.page.get_by_text("見守り中").count() > 0, looks(worker))


def looks(worker: Worker):
    return lambda: worker.evaluate(
        "async () => { await (await import('/static/js/session/session.js')).syncNow() }"
    )
