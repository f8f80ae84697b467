"""A day without signal: the app is killed again and again, and nothing that was written is lost."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from .photos import take_photo
from .supervisor import Supervisor
from .worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

CASE = "事例ケース②"
DURABLE = 300  # ms after the last keystroke: the promise
# The draft has written what it set out to write: on a machine with other work its timer and the disk come later.
IS_KEPT = """async title => {
  const session = await import("/static/js/session/session.js")
  const sheet = [...session.documents.value.values()].find((body) => body.title === title)
  const draft = session.drafts.open(sheet.id, "visit")
  while (draft.dirty) await new Promise((go) => setTimeout(go, 20))
  await draft.writing
}"""
FACT = "玄関先で15分、色見本を一緒に見た。"
QUOTE = "「青いほうがいい」　D"


def test_visits_logged_in_airplane_mode_survive_every_kill_and_are_read_at_the_office(
    supervisor: Supervisor, kobayashi: Worker, tmp_path: Path
) -> None:
    kobayashi.joins(supervisor)
    kobayashi.airplane_mode(True)
    kobayashi.app_is_killed()

    page = kobayashi.opens_the_app()  # from the service worker: nobody answers
    expect(page.get_by_text("119", exact=True).first).to_be_visible()  # a lock screen still dials
    assert CASE not in page.inner_text("body")
    kobayashi.unlocks()
    reads_today(kobayashi)
    reads_the_case_sheet(kobayashi)
    logs_a_visit_that_fell_through(kobayashi)
    logs_a_whole_visit_and_is_interrupted(kobayashi, take_photo(tmp_path / "photo.jpg"))

    kobayashi.app_is_killed()
    kobayashi.opens_the_app()
    expect(kobayashi.page.get_by_text("未送信 2件")).to_be_visible()
    kobayashi.unlocks()
    kobayashi.tab("sync")
    for n in range(2):
        expect(kobayashi.page.locator("li.record .road li[aria-current=step]").nth(n)).to_have_text(
            "この端末"
        )
    expect(kobayashi.page.get_by_text("この端末に 2件")).to_be_visible()

    comes_back_to_signal(kobayashi, supervisor)


def reads_today(worker: Worker) -> None:
    page = worker.page
    expect(page.get_by_text("持ち出しの準備ができています")).to_be_visible()
    expect(worker.part("過ぎた予定")).to_be_visible()
    due = [worker.part(title) for title in ("つぎ", "このあと", "過ぎた予定")]
    assert any(part.get_by_text(CASE).count() for part in due)  # due today, whatever the hour
    assert page.locator(".unsent").count() == 0


def reads_the_case_sheet(worker: Worker) -> None:
    worker.opens_case(CASE)
    page = worker.page
    first = page.locator("main section, main details").first
    expect(first).to_have_class("safety")
    expect(first.get_by_role("heading")).to_contain_text("安全カード")
    assert first.locator("summary, button").count() == 0  # nothing to fold it with
    assert first.locator("li").count() >= 2
    for title in ("声かけの切り口", "最近の関わり", "約束", "今の距離"):
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("今の距離と反応"))).to_be_visible()


def logs_a_visit_that_fell_through(worker: Worker) -> None:
    """先方都合で中止（体調不良）, with the checklist for days nobody is met."""
    worker.press("log.begin")
    chosen = worker.choice("先方都合で中止")
    expect(chosen).to_contain_text("体調不良など")
    chosen.click()
    worker.press("log.write_more")
    worker.writes("事実", "朝の電話で、母の体調が悪いとのこと。")
    worker.press("next")

    worker.part().get_by_role("button").filter(has_text="見守り・不在時").click()
    for answer in ("約束あり",):
        answers(worker, answer)
    worker.page.locator("section.open").get_by_text("はい", exact=True).click()
    worker.press("checklist.next")
    answers(worker, "先方都合で中止")
    worker.press("checklist.skip")
    answers(worker, "なし")
    for _ in ("C6", "C7"):
        worker.press("checklist.skip")
    answers(worker, "なし")
    worker.press("checklist.skip")
    worker.page.locator("section.open").get_by_placeholder("数").fill(
        "０"
    )  # full-width, as a keyboard gives it
    worker.press("checklist.next")
    answers(worker, "電話で再確認")
    expect(worker.page.get_by_text("★ すべて済み")).to_be_visible()
    worker.press("log.to_check")
    expect(worker.part()).to_contain_text("先方都合で中止")
    worker.saves()
    expect(worker.page.get_by_role("heading", name="この端末に保存しました")).to_be_visible()


def answers(worker: Worker, choice: str) -> None:
    worker.choice(choice, worker.page.locator("section.open")).click()
    worker.press("checklist.next")


def logs_a_whole_visit_and_is_interrupted(worker: Worker, photo: Path) -> None:
    worker.begins_a_record(CASE)
    worker.choice("本人に会えた").click()
    worker.press("next")
    worker.writes("事実", FACT)
    worker.typed("本人・家族の言葉").press_sequentially(QUOTE)
    worker.page.wait_for_timeout(DURABLE)
    worker.evaluate(IS_KEPT, CASE)
    worker.app_is_killed()

    worker.opens_the_app()
    worker.unlocks()
    worker.part("書きかけ").get_by_role("button").filter(has_text=CASE).click()
    expect(worker.typed("事実")).to_have_value(FACT)
    expect(worker.typed("本人・家族の言葉")).to_have_value(QUOTE)

    worker.writes("第三者からの情報", "包括から電話。母の通院が延びた。")
    worker.writes("見立て", "物を介すると話しやすい。")
    worker.picks("会えた人", "本人 D")
    worker.picks("場所", "玄関")
    worker.picks("本人の反応", "会話が続く")
    worker.picks("今の距離", "近く")
    worker.writes("そう思ったできごと", "自分から色を選んだ")
    worker.picks("健康急変", "気になる")
    worker.press("risk.rest_none", n=7)
    worker.picks("食事", "良")
    worker.writes("次の声かけの切り口", "青い塗料の話から")
    worker.picks("次の関わり", "本人と約束")
    worker.picks("訪問してよいか", "来てよい")
    worker.press("next.in.week")
    worker.writes("先に・持ち物", "青の色見本")
    worker.page.locator("input[type=file]").set_input_files(photo)
    expect(worker.page.get_by_role("img", name="写真 1")).to_be_visible()
    worker.writes("写真1の説明", "色見本")
    worker.page.get_by_text(worker.t("photos.keep", n=1)).click()
    worker.press("next")
    worker.press("checklist.without")
    expect(worker.part("記録する内容")).to_contain_text(FACT)
    worker.saves()


def comes_back_to_signal(worker: Worker, supervisor: Supervisor) -> None:
    """Each true state in its turn: the office is there later than the relay."""
    worker.airplane_mode(False)
    worker.until_record_is(CASE, "at_office")
    worker.until_nothing_waits()
    expect(worker.page.get_by_text("すべて送りました")).to_be_visible()
    supervisor.open_visit("本人に会えた")
    expect(supervisor.page.get_by_text(FACT)).to_be_visible()
    worker.until_record_is(CASE, "read")
    expect(worker.page.locator("li.record").first).to_contain_text("中川 真理が読みました")
    sees_the_photo(supervisor)
    keeps_the_photo_until_told_otherwise(worker)


def sees_the_photo(supervisor: Supervisor) -> None:
    """It came after the text, scaled, and without the place and camera it was taken with."""
    photo = supervisor.page.get_by_role("img", name="色見本")
    supervisor.until(lambda: photo.count() > 0)
    jpeg = bytes(supervisor.page.evaluate(BYTES, photo.get_attribute("src")))
    assert Image.open(BytesIO(jpeg)).size == (1600, 1200)
    assert dict(Image.open(BytesIO(jpeg)).getexif()) == {}


def keeps_the_photo_until_told_otherwise(worker: Worker) -> None:
    """It was asked to stay; the phone was killed since, and shows it without asking anybody."""
    worker.page.locator("li.record h3 button").first.click()
    photos = worker.part(worker.t("photos.of", n=1))
    expect(photos.get_by_role("img", name="色見本")).to_be_visible()
    assert photos.get_by_role("img").evaluate("one => one.decode().then(() => one.naturalWidth)") == 1600
    photos.get_by_role("button", name=re.compile(worker.t("photos.let_go"))).click()
    expect(photos.get_by_role("img")).to_have_count(1)  # a slip of the thumb is asked about
    photos.get_by_role("button", name=worker.t("photos.let_go.do"), exact=True).click()
    expect(photos.get_by_role("img")).to_have_count(0)


BYTES = "async src => Array.from(new Uint8Array(await (await fetch(src)).arrayBuffer()))"
