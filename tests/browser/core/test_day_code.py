"""Six digits open the phone for the rest of a day, if its worker turned that on: no longer, and not for a guesser."""

import pytest

pytestmark = pytest.mark.browser
WORDS = ["あさひ", "あずき", "あまど", "あみもの"]
BY_WORDS = "([words, day]) => session.unlock({passphrase: words, day}).then(() => 'open', ({code}) => code)"
BY_CODE = "code => session.unlock({code}).then(() => 'open', ({code}) => code)"
# A day in the office is over, or its clock was put back.
MADE_HOURS_AGO = """async hours => {
  const { vaultDb } = await import("/static/js/store/vault_db.js")
  const wrap = await vaultDb.get("wraps", "day")
  await vaultDb.put("wraps", { ...wrap, made: Date.now() - hours * 3_600_000 }, "day")
}"""


@pytest.fixture
def page(amina):
    amina.page.evaluate("session.allowDayCode(true)")
    amina.page.evaluate("session.lock()")
    return amina.page


def lock(page):
    page.evaluate("session.lock()")


def test_six_digits_open_it_again_until_five_were_wrong(page):
    assert page.evaluate(BY_CODE, "604213") == "day_code_over"  # none before the words
    assert [page.evaluate(BY_WORDS, [WORDS, day]) for day in ("111111", "123456", "12345")] == [
        "weak_code"
    ] * 3
    assert page.evaluate(BY_WORDS, [WORDS, "604213"]) == "open"
    lock(page)
    assert page.evaluate("session.dayCode.value") == {"on": True, "there": True}
    assert page.evaluate(BY_CODE, "６０４２１３") == "open"
    lock(page)

    assert [page.evaluate(BY_CODE, "604214") for _ in range(5)] == ["wrong_code"] * 4 + ["day_code_over"]
    assert page.evaluate(BY_CODE, "604213") == "day_code_over"
    assert page.evaluate("session.dayCode.value.there") is False
    assert page.evaluate(BY_WORDS, [WORDS, ""]) == "open"


@pytest.mark.parametrize("hours", [10.01, -1])
def test_after_ten_hours_or_a_clock_put_back_the_words_are_asked(page, hours):
    page.evaluate(BY_WORDS, [WORDS, "604213"])
    lock(page)
    page.evaluate(MADE_HOURS_AGO, hours)

    assert page.evaluate(BY_CODE, "604213") == "day_code_over"


def test_turned_off_or_locked_out_by_wrong_words_it_is_gone_at_once(page):
    page.evaluate(BY_WORDS, [WORDS, "604213"])
    page.evaluate("session.allowDayCode(false)")
    lock(page)
    assert page.evaluate(BY_CODE, "604213") == "day_code_over"

    page.evaluate(BY_WORDS, [WORDS, "604213"])
    lock(page)
    assert [page.evaluate(BY_WORDS, ["あ い う え", ""]) for _ in range(3)] == ["wrong_passphrase"] * 3
    assert page.evaluate(BY_CODE, "604213") == "day_code_over"
