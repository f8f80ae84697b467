"""小林 悠 forgot the four words in the middle of a day. The office lets them in, and nothing that was written is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .supervisor import Supervisor
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
    kobayashi.app_is_killed()
    kobayashi.opens_the_app()
    kobayashi.press("way_in.link")
    kobayashi.page.get_by_role("button").filter(has_text=kobayashi.t("way_in.let_in")).click()
    kobayashi.airplane_mode(False)

    kobayashi.types_the_code(code_to_let_in(supervisor, kobayashi.label))
    assert kobayashi.two_words() == supervisor.two_words()
    assert kobayashi.page.get_by_role("button", name=kobayashi.t("unlock.passphrase"), exact=True).count() == 0
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
    expect(kobayashi.page.get_by_role("alert")).to_be_visible(timeout=GETS_THROUGH)  # whoever found the old note


def code_to_let_in(supervisor: Supervisor, label: str) -> str:
    supervisor.open_phone(label)
    supervisor.page.get_by_role("button", name=supervisor.t("desk.phone.let_in"), exact=True).click()
    supervisor.prove_if_asked()
    groups = supervisor.page.locator(".code span")
    expect(groups).to_have_count(5, timeout=GETS_THROUGH)
    return " ".join(groups.all_inner_texts())
