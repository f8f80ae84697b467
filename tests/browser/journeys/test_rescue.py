"""A record the relay will not take, on a phone that never finds signal again: seen, copied, brought in by a colleague's
phone, at the office once. And another one, given up in two deliberate steps."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from .supervisor import Supervisor
from .worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

CASE = "事例ケース②"
BROUGHT, GIVEN_UP = "玄関の灯りがついていた。", "二重に書いた記録。"
BAD_SECTOR = """async () => {
  const { outbox } = await import("/static/js/store/outbox_db.js")
  await outbox.run(["envelopes"], "readwrite", async (tx) => {
    const row = (await tx.objectStore("envelopes").index("order").getAll()).filter(({ quiet }) => !quiet).at(-1)
    new Uint8Array(row.frame)[row.frame.byteLength - 1] ^= 1
    tx.objectStore("envelopes").put(row)
  })
}"""


def test_a_record_that_cannot_leave_is_brought_by_a_colleague(
    supervisor: Supervisor, new_worker, tmp_path: Path
) -> None:
    kobayashi, nishimura = new_worker(), new_worker("西村 恵")
    kobayashi.joins(supervisor)
    nishimura.joins(supervisor)
    is_refused(kobayashi, BROUGHT)
    reads_why(kobayashi)
    kobayashi.airplane_mode(True)
    copy = saves_a_copy(kobayashi, tmp_path)
    kobayashi.app_is_killed()
    kobayashi.airplane_mode(False)

    brings_it_in(nishimura, copy)
    nishimura.until_nothing_waits()
    supervisor.until_shown("/cases/demo-002", BROUGHT)

    kobayashi.opens_the_app()
    kobayashi.unlocks()
    kobayashi.until_record_is(CASE, "at_office")
    is_refused(kobayashi, GIVEN_UP)
    gives_it_up(kobayashi)
    kobayashi.until_nothing_waits()
    supervisor.open("/cases/demo-002")
    assert supervisor.page.locator("#time").get_by_text(BROUGHT).count() == 1
    expect(supervisor.page.get_by_text(GIVEN_UP)).to_have_count(0)


def is_refused(worker: Worker, fact: str) -> None:
    """Written without signal; what lies on the disk is damaged before it leaves."""
    worker.airplane_mode(True)
    worker.tab_from_anywhere("cases")
    worker.begins_a_record(CASE)
    worker.logs("不在", fact)
    worker.evaluate(BAD_SECTOR)
    worker.airplane_mode(False)
    worker.asks_until(lambda: worker.page.get_by_text(worker.t("refused.title")).count() > 0)


def reads_why(worker: Worker) -> None:
    page = worker.page
    expect(page.locator("li.record").first).to_contain_text(worker.t("refused.bad_signature"))
    worker.press("aside.more")
    expect(worker.part(worker.t("aside.holds"))).to_contain_text(
        f"{CASE}・{worker.t('aside.of.visit.logged')}"
    )


def saves_a_copy(worker: Worker, folder: Path) -> Path:
    worker.press("aside.copy")
    with worker.page.expect_download() as download:
        worker.press("rescue.out.do")
    copy = folder / download.value.suggested_filename
    download.value.save_as(copy)
    expect(worker.page.get_by_text(worker.t("rescue.out.then"))).to_be_visible()
    for word in (BROUGHT, CASE, "demo-"):
        assert word.encode() not in copy.read_bytes()
    return copy


def brings_it_in(worker: Worker, copy: Path) -> None:
    page = worker.page
    worker.tab_from_anywhere("sync")
    worker.press("rescue.link")
    expect(worker.heading()).to_have_text(worker.t("rescue.title"))
    chooser = page.locator("input[type=file]")
    torn = copy.with_suffix(".torn")
    torn.write_bytes(copy.read_bytes()[:-3])
    chooser.set_input_files(torn)
    expect(page.get_by_role("alert")).to_have_text(worker.t("rescue.trouble.malformed"))
    chooser.set_input_files(copy)
    expect(page.get_by_text(worker.t("rescue.in.then"))).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    worker.press("back")


def gives_it_up(worker: Worker) -> None:
    page = worker.page
    worker.press("aside.more")
    worker.press("aside.discard")
    expect(worker.heading()).to_have_text(worker.t("aside.discard.title"))
    expect(worker.part()).to_contain_text(CASE)
    do = page.get_by_role("button", name=worker.t("aside.discard.do"), exact=True)
    expect(do).to_be_disabled()
    page.get_by_text(worker.t("aside.discard.sure")).click()
    do.click()
    expect(worker.heading()).to_have_text(worker.t("sync"))
    expect(page.get_by_text(worker.t("refused.title"))).to_have_count(0)
    expect(worker.stop_of(CASE)).not_to_have_text(worker.t("road.on_phone"))
