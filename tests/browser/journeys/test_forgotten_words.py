"""小林 悠 forgot the four words in the middle of a day. The office lets them in, and nothing that was written is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .supervisor import Supervisor
from .test_joining import Authenticator
from .test_sharing import CASE, FACT, UNFINISHED, leaves_a_draft
from .test_stopping import logs_a_call
from .worker import GETS_THROUGH, Worker

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_a_worker_who_forgot_the_words_is_let_in_under_a_fresh_code_and_loses_no_draft(
    supervisor: Supervisor, kobayashi: Worker
) -> None:
    kobayashi.joins(supervisor)
    forgotten = kobayashi.words
    kobayashi.airplane_mode(True)
    logs_a_call(kobayashi, FACT)
    leaves_a_draft(kobayashi)
    is_told_what_erasing_would_lose(kobayashi)
    kobayashi.app_is_killed()
    kobayashi.opens_the_app()
    reads_what_to_do_for_a_lost_phone(kobayashi)
    kobayashi.page.get_by_role("button").filter(has_text=kobayashi.t("way_in.let_in")).click()
    kobayashi.airplane_mode(False)

    kobayashi.types_the_code(code_to_let_in(supervisor, kobayashi.label))
    assert kobayashi.two_words() == supervisor.two_words()
    assert (
        kobayashi.page.get_by_role("button", name=kobayashi.t("unlock.passphrase"), exact=True).count() == 0
    )
    supervisor.says_same()
    kobayashi.writes_the_words_down()
    kobayashi.types_the_words_back()

    assert kobayashi.words != forgotten
    kobayashi.part("書きかけ").get_by_role("button").filter(has_text=CASE).click()
    expect(kobayashi.typed("事実")).to_have_value(UNFINISHED)
    supervisor.open_visit("先方都合で中止")  # the record came on the same chain
    expect(supervisor.page.locator("#note-fact")).to_contain_text(FACT)
    supervisor.open("/people?show=fleet")
    expect(supervisor.page.get_by_role("row").filter(has_text=kobayashi.label)).to_have_count(1)

    kobayashi.page.reload()
    kobayashi.page.get_by_label(kobayashi.t("passphrase"), exact=True).fill(forgotten)
    kobayashi.press("lock.open")
    expect(kobayashi.page.get_by_role("alert")).to_be_visible(
        timeout=GETS_THROUGH
    )  # whoever found the old note
    kobayashi.page.get_by_label(kobayashi.t("passphrase"), exact=True).fill(kobayashi.words)
    kobayashi.press("lock.open")
    adds_face_or_finger(kobayashi)


def is_told_what_erasing_would_lose(worker: Worker) -> None:
    """Counted first, and not done while records wait, even by whoever says they are sure."""
    worker.opens_settings()
    worker.page.get_by_role("button").filter(has_text=worker.t("erase.short")).click()
    expect(worker.part()).to_contain_text(worker.t("erase.unsent", n=1))
    expect(worker.part()).to_contain_text(worker.t("erase.drafts", n=1).split("1")[0])
    expect(worker.page.get_by_role("button", name=worker.t("erase.do"), exact=True)).to_be_disabled()
    worker.press("erase.not")


def reads_what_to_do_for_a_lost_phone(worker: Worker) -> None:
    """A colleague's locked phone will do: nobody signs in for it."""
    worker.press("way_in.link")
    worker.page.get_by_role("button").filter(has_text=worker.t("way_in.lost.what")).click()
    expect(worker.heading()).to_have_text(worker.t("lost.title"))
    expect(worker.part()).to_contain_text(worker.t("lost.call"))
    worker.page.go_back()


def adds_face_or_finger(worker: Worker) -> None:
    """Beside the words, which open it still."""
    page, _ = worker.page, Authenticator(worker)
    expect(page.get_by_role("navigation", name=worker.t("tabs"))).to_be_visible(timeout=GETS_THROUGH)
    worker.tab_from_anywhere("today")
    worker.opens_settings()
    page.get_by_role("button").filter(has_text=worker.t("unlock.change")).click()
    worker.press("unlock.change.passkey")
    worker.typed(worker.t("unlock.change.old_words")).fill(worker.words)
    worker.press("unlock.change.do")
    expect(page.get_by_text(worker.t("unlock.change.done"), exact=True)).to_be_visible(timeout=GETS_THROUGH)
    worker.press("close")
    worker.press("lock.now")
    worker.press("lock.open")
    expect(page.get_by_role("button", name=worker.t("lock.now"), exact=True)).to_be_visible(
        timeout=GETS_THROUGH
    )


def code_to_let_in(supervisor: Supervisor, label: str) -> str:
    supervisor.open_phone(label)
    supervisor.page.get_by_role("button", name=supervisor.t("desk.phone.let_in"), exact=True).click()
    supervisor.prove_if_asked()
    groups = supervisor.page.locator(".code span")
    expect(groups).to_have_count(5, timeout=GETS_THROUGH)
    return " ".join(groups.all_inner_texts())
