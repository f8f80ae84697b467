"""A visit comes back with a question, is answered by a correction, and is approved; the desk's browser has no
script.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from .conftest import TOKYO, NewWorker
from .photos import take_photo
from .product import Product
from .supervisor import PATIENT, Supervisor
from .worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

CASE = "事例ケース②"
FACT = "九時に母から電話。体調が悪く、今日は休みたいとのこと。"
CORRECTED = "九時半に母から電話。兄の体調が悪く、今日は休みたいとのこと。"
QUESTION = "体調が悪いのはどなたですか。"
REPLY = "書き落としていました。"


@pytest.fixture(scope="module")
def supervisor(desk_browser: Browser, product: Product) -> Iterator[Supervisor]:
    """As in a city's isolated browser: no script at all."""
    context = desk_browser.new_context(
        java_script_enabled=False, viewport={"width": 1440, "height": 900}, **TOKYO
    )
    context.set_default_timeout(PATIENT)
    one = Supervisor(context.new_page(), product, script=False)
    one.sign_in()
    yield one
    context.close()


def test_a_returned_visit_is_answered_without_signal_and_approved_at_a_desk_without_script(
    supervisor: Supervisor, kobayashi: Worker, tmp_path: Path
) -> None:
    kobayashi.joins(supervisor)
    kobayashi.opens_case(CASE)
    logs_a_call(kobayashi, FACT, take_photo(tmp_path / "photo.jpg"))
    kobayashi.until_record_is(CASE, "at_office")
    asks(supervisor)
    sees_the_question_on_today(kobayashi)
    answers_by_a_correction(kobayashi)
    both_versions_stay_on_the_phone(kobayashi)

    kobayashi.airplane_mode(False)
    kobayashi.until_record_is(CASE, "at_office")
    sees_both_versions_word_by_word(supervisor)
    the_photo_is_still_there(supervisor)
    supervisor.page.get_by_role("button", name="承認").click()
    kobayashi.until_heard(CASE, "中川 真理が承認しました")
    expect(
        kobayashi.page.locator("li.record").filter(has_text=CASE).get_by_text("質問に答える")
    ).to_have_count(0)


def logs_a_call(worker: Worker, fact: str, photo: Path | None = None) -> None:
    """The household called the visit off: little has to be filled in."""
    worker.press("log.begin")
    worker.logs(worker.t("outcome.cancelled_by_household.short"), fact, photo)


def the_photo_is_still_there(supervisor: Supervisor) -> None:
    """The phone that answered held no key of the photo any more (EVENTS.md, `visit.corrected`)."""
    photo = supervisor.page.locator("img[src*='/photos/']")
    supervisor.until(lambda: photo.count() > 0)
    answer = supervisor.page.request.get(supervisor.product.desk + str(photo.first.get_attribute("src")))
    assert (answer.status, answer.headers["content-type"]) == (200, "image/jpeg")


def asks(supervisor: Supervisor) -> None:
    supervisor.open_visit(CASE)
    page = supervisor.page
    page.get_by_role("link", name="この欄を質問 事実").click()
    expect(page.get_by_label("たずねる欄")).to_have_value("notes.fact")
    page.get_by_label("質問", exact=True).fill(QUESTION)
    page.get_by_role("button", name="この質問を送る").click()
    expect(page.locator("#note-fact")).to_contain_text(QUESTION)


def sees_the_question_on_today(worker: Worker) -> None:
    worker.until_heard(CASE, "中川 真理から質問があります")
    worker.tab("today")
    row = worker.part("確認のお願い").get_by_role("button").filter(has_text=CASE)
    expect(row).to_contain_text(QUESTION)
    expect(row).to_contain_text("中川 真理からの質問")


def answers_by_a_correction(worker: Worker) -> None:
    """The question came while there was signal; the answer is written where there is none."""
    worker.airplane_mode(True)
    worker.part("確認のお願い").get_by_role("button").filter(has_text=CASE).click()
    page = worker.page
    tied = page.get_by_role("region", name="事実")
    expect(tied).to_contain_text(QUESTION)
    expect(tied.locator("blockquote")).to_have_text(FACT)
    expect(page.get_by_role("button", name="直して返す")).to_be_disabled()
    worker.writes("直したあと", CORRECTED)
    worker.writes("返事", REPLY)
    worker.press("review.send")
    expect(page.get_by_role("heading", name="この端末に保存しました")).to_be_visible()


def both_versions_stay_on_the_phone(worker: Worker) -> None:
    worker.app_is_killed()
    worker.opens_the_app()
    worker.unlocks()
    expect(worker.page.get_by_text(QUESTION)).to_have_count(0)  # answered: it asks no more
    worker.tab("sync")
    expect(worker.stop_of(CASE)).to_have_text("この端末")
    expect(worker.page.locator("li.record").first).to_contain_text("質問に答えました")
    worker.page.get_by_role("button", name=CASE).first.click()
    expect(worker.part("記録")).to_contain_text(CORRECTED)
    history = worker.part("これまでの版")
    expect(history).to_contain_text("訂正 1")
    expect(history).to_contain_text(FACT)
    expect(history).to_contain_text(REPLY)
    worker.goes_back()


def sees_both_versions_word_by_word(supervisor: Supervisor) -> None:
    supervisor.until_shown("/review?show=answered", CASE)
    supervisor.open_visit(CASE)
    note = supervisor.page.locator("#note-fact")
    assert "".join(note.locator(".diff del").all_inner_texts()) in FACT
    assert note.locator(".diff").evaluate(WITHOUT, "ins") == FACT
    assert note.locator(".diff").evaluate(WITHOUT, "del") == CORRECTED
    expect(note).to_contain_text(REPLY)
    expect(supervisor.page.locator("#history")).to_contain_text(FACT)


WITHOUT = (
    "(p, mark) => Array.from(p.childNodes).filter(n => n.localName !== mark).map(n => n.textContent).join('')"
)


def test_an_english_desk_approves_an_english_record_as_it_is(
    supervisor: Supervisor, new_worker: NewWorker
) -> None:
    guest = new_worker("西村 恵", locale="en-GB")
    guest.lang = "en"
    supervisor.reads("en")
    guest.joins(supervisor)
    guest.tab("cases")
    row = guest.part().locator("button.row").first
    title = row.locator(".row-name").inner_text()
    row.click()
    logs_a_call(guest, "Called off by telephone at nine.")
    guest.until_record_is(title, "at_office")

    supervisor.open_visit(title)
    page = supervisor.page
    expect(page.locator("#note-fact")).to_contain_text("Called off by telephone at nine.")
    page.get_by_role("button", name="Approve").click()
    supervisor.reads("ja")
    guest.until_heard(title, "Approved by 中川 真理")
