"""小林 悠 and 西村 恵 share one phone: each has records, drafts, keys and words apart from the other's."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .conftest import NewWorker
from .product import Product
from .supervisor import Supervisor
from .test_stopping import logs_a_call
from .worker import GETS_THROUGH, Worker

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

CASE = "事例ケース②"
FACT = "朝の電話で、今日は都合が悪いとのこと。"
UNFINISHED = "色見本を持って行くと約束した。"


def test_two_workers_share_a_phone_and_neither_touches_what_the_other_has_not_sent(
    supervisor: Supervisor, new_worker: NewWorker, product: Product
) -> None:
    kobayashi = new_worker()
    kobayashi.joins(supervisor)
    puts_a_mark(kobayashi, "青")
    kobayashi.airplane_mode(True)
    logs_a_call(kobayashi, FACT)
    leaves_a_draft(kobayashi)

    # 西村 takes the phone, still without signal, and sees nothing of it but the mark and a number.
    nishimura = Worker(
        kobayashi.phone, "西村 恵", "共用 2号", airplane=product.airplane, pages=kobayashi.pages
    )
    kobayashi.tab("today")
    kobayashi.opens_settings()
    kobayashi.press("lock.now")
    nishimura.press("way_in.link")
    nishimura.page.get_by_role("button").filter(has_text=nishimura.t("way_in.another")).click()
    nishimura.page.wait_for_load_state()
    expect(whose(nishimura, "青")).to_contain_text(nishimura.t("unsent", n=1))
    assert CASE not in nishimura.page.inner_text("body")

    nishimura.airplane_mode(False)
    nishimura.flying = False
    nishimura.types_the_code(supervisor.add_phone(nishimura.name, nishimura.label))
    assert nishimura.two_words() == supervisor.two_words()
    supervisor.says_same()
    nishimura.writes_the_words_down()
    nishimura.types_the_words_back()
    nishimura.is_ready()

    # What 小林 packed leaves while 西村 has the phone in hand; what was not finished waits for its writer alone.
    supervisor.open_visit("先方都合で中止")
    expect(supervisor.page.locator("#note-fact")).to_contain_text(FACT)
    assert drafts(nishimura) == []
    nishimura.opens_settings()
    nishimura.press("lock.now")
    nishimura.page.get_by_label(nishimura.t("passphrase"), exact=True).fill(kobayashi.words)
    nishimura.press("lock.open")
    expect(nishimura.page.get_by_role("alert")).to_be_visible()  # 小林's words open 小林's profile only

    # 西村 erases what is hers, and 小林 goes on where the pen was put down.
    nishimura.page.get_by_label(nishimura.t("passphrase"), exact=True).fill(nishimura.words)
    nishimura.press("lock.open")
    nishimura.page.get_by_role("button").filter(has_text=nishimura.t("erase.short")).click()
    nishimura.page.get_by_text(nishimura.t("erase.sure"), exact=True).click()
    nishimura.press("erase.do")
    expect(nishimura.heading()).to_have_text(nishimura.t("wiped.title"))
    takes_the_phone(kobayashi, "青")
    kobayashi.airplane_mode(True)
    kobayashi.page.reload()  # the app itself is still here
    kobayashi.unlocks()
    kobayashi.part("書きかけ").get_by_role("button").filter(has_text=CASE).click()
    expect(kobayashi.typed("事実")).to_have_value(UNFINISHED)


def test_an_order_to_erase_one_worker_leaves_the_other_on_the_same_phone(
    supervisor: Supervisor, new_worker: NewWorker, product: Product
) -> None:
    kobayashi = new_worker()
    kobayashi.joins(supervisor)
    nishimura = Worker(
        kobayashi.phone, "西村 恵", "共用 3号", airplane=product.airplane, pages=kobayashi.pages
    )
    kobayashi.opens_settings()
    kobayashi.page.get_by_role("button").filter(has_text=kobayashi.t("share.short")).click()
    kobayashi.press("share.add")
    kobayashi.page.wait_for_load_state()
    nishimura.types_the_code(supervisor.add_phone(nishimura.name, nishimura.label))
    assert nishimura.two_words() == supervisor.two_words()
    supervisor.says_same()
    nishimura.writes_the_words_down()
    nishimura.types_the_words_back()

    before = product.relay_holds("orders")
    supervisor.stop_phone(kobayashi.label, "wipe", "小林 was moved to another office.")
    product.until(lambda: product.relay_holds("orders") > before)
    nishimura.tab("sync")
    nishimura.until(
        lambda: nishimura.evaluate(FIRST_IS_GONE),
        lambda: nishimura.page.locator(".sending button.button-main").click(timeout=GETS_THROUGH),
    )

    nishimura.airplane_mode(True)
    nishimura.page.reload()  # the app is still here, and nobody else is named at the lock
    nishimura.page.get_by_label(nishimura.t("passphrase"), exact=True).fill(nishimura.words)
    expect(nishimura.page.get_by_role("navigation", name=nishimura.t("share.whose"))).to_have_count(0)
    nishimura.press("lock.open")
    expect(nishimura.page.get_by_role("navigation", name=nishimura.t("tabs"))).to_be_visible(
        timeout=GETS_THROUGH
    )
    assert nishimura.evaluate(
        "async () => (await import('/static/js/session/session.js')).documents.value.size > 0"
    )


FIRST_IS_GONE = """async () => {
  const door = await import("/static/js/session/session.js")
  await door.serveOthers()
  const names = (await indexedDB.databases()).map(({ name }) => name)
  return !names.includes("sotto") && door.sharing.value.length === 1
}"""


def puts_a_mark(worker: Worker, mark: str) -> None:
    worker.opens_settings()
    worker.page.get_by_role("button").filter(has_text=worker.t("share.short")).click()
    worker.page.get_by_label(worker.t("share.mark")).fill(mark)
    worker.page.get_by_label(worker.t("share.mark")).blur()
    worker.goes_up()
    worker.goes_up()


def leaves_a_draft(worker: Worker) -> None:
    worker.tab("cases")
    worker.begins_a_record(CASE)
    worker.choice("本人に会えた").click()
    worker.press("next")
    worker.writes("事実", UNFINISHED)
    worker.tab_from_anywhere("today")


def whose(worker: Worker, mark: str):
    return (
        worker.page.get_by_role("navigation", name=worker.t("share.whose"))
        .get_by_role("button")
        .filter(has_text=mark)
    )


def takes_the_phone(worker: Worker, mark: str) -> None:
    whose(worker, mark).click()
    worker.page.wait_for_load_state()
    expect(worker.page.get_by_label(worker.t("passphrase"), exact=True)).to_be_visible()


def drafts(worker: Worker) -> list[object]:
    found: list[object] = worker.evaluate(
        "async () => (await import('/static/js/session/session.js')).drafts.list.value"
    )
    return found
