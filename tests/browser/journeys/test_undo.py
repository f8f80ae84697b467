"""Written by mistake, under the wrong name, or about somebody nobody knows yet: without signal, and put right
everywhere.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from .supervisor import Supervisor
from .worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

CASE, STRANGER = "事例ケース②", "駅前の青い帽子の人"
ASKS = "async () => { await (await import('/static/js/session/session.js')).syncNow() }"
WRONG = "まちがえて書いた二重の記録"
MOVED = "となりの家のことを書いてしまった"


def test_put_right_without_signal_and_everywhere(supervisor: Supervisor, kobayashi: Worker) -> None:
    kobayashi.joins(supervisor)
    kobayashi.airplane_mode(True)
    takes_back_a_record(kobayashi)
    other = moves_a_record_to_the_household_it_belongs_to(kobayashi)
    begins_with_somebody_not_on_the_list(kobayashi)
    looks_at_what_is_carried(kobayashi)
    kobayashi.airplane_mode(False)
    kobayashi.until_record_is(STRANGER, "at_office")
    the_office_sees_what_was_put_right(supervisor, other)
    kobayashi.tab("today")
    kobayashi.until(
        lambda: since(kobayashi).get_by_text(STRANGER).count() > 0, lambda: kobayashi.evaluate(ASKS)
    )
    kobayashi.press("since.read")
    expect(since(kobayashi)).to_have_count(0)
    joins_the_stranger_to_a_household(supervisor)
    kobayashi.tab("cases")
    kobayashi.until(
        lambda: kobayashi.part().get_by_text(STRANGER).count() == 0, lambda: kobayashi.evaluate(ASKS)
    )
    kobayashi.opens_case(CASE)
    recent = kobayashi.part("最近の関わり")
    kobayashi.until(lambda: recent.get_by_text("ベンチで").count() > 0, lambda: kobayashi.evaluate(ASKS))
    kobayashi.tab_from_anywhere("today")
    expect(kobayashi.page.get_by_text(kobayashi.t("since.case_gone"))).to_be_visible()


def since(worker: Worker) -> Locator:
    """What changed since one last looked."""
    return worker.part(worker.t("since.title"))


def logs(worker: Worker, case: str, fact: str) -> None:
    worker.begins_a_record(case)
    write_down(worker, fact)


def write_down(worker: Worker, fact: str) -> None:
    worker.logs("不在", fact)
    worker.press("saved.read")


def takes_back_a_record(worker: Worker) -> None:
    logs(worker, CASE, WRONG)
    page = worker.page
    page.get_by_role("button", name=re.compile("^取り消す（")).click()
    worker.writes(worker.t("undo.reason"), "二重に書いた")
    worker.press("undo.take_back.do")
    expect(worker.heading()).to_have_text(CASE)
    expect(page.get_by_text(WRONG)).to_have_count(0)


def moves_a_record_to_the_household_it_belongs_to(worker: Worker) -> str:
    worker.tab_from_anywhere("cases")
    logs(worker, CASE, MOVED)
    worker.press("undo.misfiled")
    right = worker.page.locator("label.choice").first
    other = right.locator("span").first.evaluate("one => one.firstChild.textContent")
    expect(worker.page.get_by_role("button", name=worker.t("undo.misfiled.pick"))).to_be_disabled()
    right.click()
    worker.press("undo.misfiled.do", name=other)
    expect(worker.heading()).to_have_text(other)
    expect(worker.part("最近の関わり")).to_contain_text(MOVED)
    worker.tab_from_anywhere("cases")
    worker.opens_case(CASE)
    expect(worker.page.get_by_text(MOVED)).to_have_count(0)
    worker.tab_from_anywhere("sync")
    expect(worker.page.get_by_text(worker.t("undo.was.withdrawn"))).to_be_visible()
    expect(worker.page.get_by_text(worker.t("undo.was.misfiled"))).to_be_visible()
    return other


def begins_with_somebody_not_on_the_list(worker: Worker) -> None:
    worker.tab("log")
    worker.press("begin.title")
    worker.writes(worker.t("begin.called"), STRANGER)
    worker.writes(worker.t("begin.place"), "駅前のベンチ")
    worker.press("begin.do")
    write_down(worker, "ベンチで声をかけた。")
    worker.tab_from_anywhere("today")


def looks_at_what_is_carried(worker: Worker) -> None:
    """Without signal: how much, how old, and what is nowhere else."""
    worker.page.get_by_role("link", name=worker.t("field.open")).click()
    expect(worker.heading()).to_have_text(worker.t("field.title"))
    carried = worker.part(worker.t("field.carried"))
    expect(carried).to_contain_text("時点")
    expect(carried).to_contain_text("ファイル")
    assert worker.t("field.app.part", n="", size="")[-4:] not in carried.inner_text()
    expect(worker.part(worker.t("field.here_only"))).to_contain_text("件がまだ出ていません")
    worker.press("field.refresh")
    expect(worker.page.get_by_role("alert")).to_contain_text("電波")
    worker.press("back")


def the_office_sees_what_was_put_right(supervisor: Supervisor, other: str) -> None:
    supervisor.open("/cases/demo-002")
    main = supervisor.page.locator("main")
    supervisor.until(lambda: "二重に書いた" in main.inner_text())
    expect(main).not_to_contain_text(WRONG)
    expect(main).not_to_contain_text(MOVED)
    expect(main.get_by_role("link", name=other)).to_be_visible()


def joins_the_stranger_to_a_household(supervisor: Supervisor) -> None:
    supervisor.open("/cases?show=all")
    supervisor.page.get_by_role("row").filter(has_text=STRANGER).get_by_role("link").first.click()
    page = supervisor.page
    expect(page.locator("#begun")).to_contain_text("駅前のベンチ")
    page.get_by_label(supervisor.t("desk.begun.into")).select_option("demo-002")
    page.get_by_role("button", name=supervisor.t("desk.begun.merge"), exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(CASE)
    expect(page.locator("#time")).to_contain_text("ベンチで")
