"""A phone is stopped: what it still sends waits for a person's word, and a wipe order is obeyed, locked or not."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

from .conftest import NewWorker
from .product import Product
from .supervisor import Supervisor
from .woken import Woken
from .worker import GETS_THROUGH, Worker

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

CASE = "事例ケース②"
ADMITTED = "朝の電話で、母から体調が悪いとのこと。"
REJECTED = "同じ電話のことを、もう一度書いた。"
LOST = "端末を電車に置き忘れた。"


def test_a_revoked_phone_sends_for_review_and_a_wipe_order_finds_it_open(
    supervisor: Supervisor, kobayashi: Worker, product: Product
) -> None:
    kobayashi.joins(supervisor)
    kobayashi.airplane_mode(True)
    for fact in (ADMITTED, REJECTED):
        logs_a_call(kobayashi, fact)
    supervisor.stop_phone(kobayashi.label, "revoke", LOST)
    product.until(lambda: product.relay_holds("devices where status = 'revoked'") > 0)

    kobayashi.airplane_mode(False)
    kobayashi.tab("sync")
    kobayashi.page.locator(".sending button.button-main").click()
    expect(kobayashi.page.get_by_text("この端末は止められています")).to_be_visible(timeout=GETS_THROUGH)
    expect(kobayashi.part()).to_contain_text("残りの記録は、事務所の確認箱へ送ります")
    decides_about_what_came(supervisor, kobayashi)

    supervisor.stop_phone(kobayashi.label, "wipe", LOST)
    sees_the_erased_phone(kobayashi)  # by itself, while it lay open in somebody's hands
    joins_again_after_it_was_found(kobayashi, supervisor)


def logs_a_call(worker: Worker, fact: str) -> None:
    worker.begins_a_record(CASE)
    worker.logs("先方都合で中止", fact)


def decides_about_what_came(supervisor: Supervisor, worker: Worker) -> None:
    """Nothing of it is in the records before a person has read it and said so."""
    page = supervisor.page
    supervisor.open("/review")
    expect(page.get_by_role("main")).not_to_contain_text("先方都合で中止")
    supervisor.until_shown("/people", worker.label)
    opens_the_box(supervisor, ADMITTED)
    expect(page.get_by_role("main")).to_contain_text("先方都合で中止")  # a record in words, not its bare form
    page.get_by_role("button", name="受け入れる").click()
    supervisor.prove_if_asked()
    opens_the_box(supervisor, REJECTED)
    page.get_by_label(supervisor.t("desk.box.why")).fill("同じ電話の記録が二つあるため。")
    page.get_by_role("button", name=supervisor.t("desk.box.reject"), exact=True).click()
    supervisor.open_visit("先方都合で中止")
    expect(page.locator("#note-fact")).to_contain_text(ADMITTED)
    supervisor.open("/review")
    expect(page.get_by_role("row").filter(has_text="先方都合で中止")).to_have_count(1)


def opens_the_box(supervisor: Supervisor, text: str) -> None:
    """Reads one after the other until it is this one."""
    page = supervisor.page

    def there() -> bool:
        supervisor.open("/people")
        links = [str(one.get_attribute("href")) for one in page.locator("a[href*='/review-box/']").all()]
        for link in links:
            supervisor.open(link)
            if page.get_by_text(text).count():
                return True
        return False

    supervisor.until(there)


def sees_the_erased_phone(worker: Worker) -> None:
    page = worker.page
    told = page.get_by_role("heading", name="この端末の記録は消されました")
    worker.until(
        lambda: told.count() > 0, lambda: page.evaluate(LOOKED_AT)
    )  # it asks every minute, and when it is looked at
    expect(page.get_by_text("119", exact=True).first).to_be_visible()
    assert CASE not in page.inner_text("body")
    nothing_is_left(worker)


LOOKED_AT = "document.dispatchEvent(new Event('visibilitychange'))"


def nothing_is_left(worker: Worker) -> None:
    worker.page.wait_for_function(LEFT_ONLY_A_NOTE)


LEFT_ONLY_A_NOTE = """async () => {
  const names = (await indexedDB.databases()).map(({ name }) => name)
  if (names.includes("sotto") || (await caches.keys()).length > 0) return false
  const db = await new Promise((done, fail) => Object.assign(indexedDB.open("sotto-outbox"), { onsuccess: (e) => done(e.target.result), onerror: fail }))
  const count = (name) => new Promise((done) => { db.transaction(name).objectStore(name).count().onsuccess = (e) => done(e.target.result) })
  const left = await Promise.all(["envelopes", "blobs", "events", "chain"].map(count))
  db.close()
  return left.every((n) => n === 0)
}"""


def joins_again_after_it_was_found(worker: Worker, supervisor: Supervisor) -> None:
    worker.press("wiped.again")
    worker.page.wait_for_load_state()
    expect(worker.page.get_by_role("button", name=worker.t("install.tab"), exact=True)).to_be_visible()


def test_a_wipe_order_is_obeyed_by_a_locked_phone_whose_app_is_closed(
    supervisor: Supervisor, new_worker: NewWorker, product: Product
) -> None:
    nishimura = new_worker("西村 恵")
    nishimura.joins(supervisor)
    nishimura.opens_settings()
    nishimura.press("lock.now")
    expect(nishimura.page.get_by_label(nishimura.t("passphrase"), exact=True)).to_be_visible()
    woken = Woken(nishimura.page, nishimura.phone.site)
    nishimura.page.goto(f"{nishimura.phone.site}/healthz")  # the app is closed; only its worker can be woken
    before = product.relay_holds("orders")
    supervisor.stop_phone(nishimura.label, "wipe", LOST)
    product.until(lambda: product.relay_holds("orders") > before)

    for _ in range(4):  # a message to a worker that is just ending is nobody's: the browser wakes it again
        woken.syncs()
        with suppress(PlaywrightTimeout):
            nishimura.page.wait_for_function(LEFT_ONLY_A_NOTE, timeout=30_000)
            break
    nothing_is_left(nishimura)
    nishimura.page.goto(f"{nishimura.phone.site}/phone/")
    expect(nishimura.heading()).to_have_text("この端末の記録は消されました")
    expect(nishimura.page.get_by_label(nishimura.t("passphrase"), exact=True)).to_have_count(0)
    supervisor.open_phone(nishimura.label)
    expect(supervisor.page.get_by_role("main")).to_contain_text(re.compile("消"))
