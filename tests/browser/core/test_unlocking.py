"""The four words open the phone, however they are typed; wrong ones are slowed down."""

from __future__ import annotations

import pytest

from .conftest import WORDS

pytestmark = pytest.mark.browser


def test_an_enrolled_phone_starts_locked_and_opens_with_the_four_words(amina):
    page = amina.page
    page.evaluate("session.lock()")
    assert page.evaluate("session.state.value") == "locked"
    assert page.evaluate("session.unlockWays.value") == {"passkey": False, "passphrase": True}

    page.evaluate("words => session.unlock({passphrase: words})", " ".join(WORDS))

    assert page.evaluate("session.state.value") == "open"


@pytest.mark.parametrize(
    "typed", ["アサヒ　アズキ アマド アミモノ", "あさひあずきあまどあみもの", "ｱｻﾋ ｱｽﾞｷ ｱﾏﾄﾞ ｱﾐﾓﾉ"]
)
def test_the_words_open_the_phone_however_they_are_typed(amina, typed):
    amina.page.evaluate(
        "words => { void session.lock(); return session.unlock({passphrase: words}) }", typed
    )  # at once

    assert amina.page.evaluate("session.state.value") == "open"


def test_the_words_open_the_phone_in_english_too(amina):
    amina.page.evaluate("session.lock()")

    amina.page.evaluate(
        """async words => {
          const { wordLists } = await import("/static/js/store/passphrase.js")
          const { ja, en } = await wordLists()
          await session.unlock({passphrase: words.map((word) => en[ja.indexOf(word)].toUpperCase()).join("  ")})
        }""",
        WORDS,
    )

    assert amina.page.evaluate("session.state.value") == "open"


# In one go: five seconds later a guess is free again.
GUESSES = """async words => {
  const guess = (passphrase) => session.unlock({ passphrase }).then(() => ["open"], ({ code, detail }) => [code, Number(detail) > 0])
  const told = []
  for (const one of [...Array(4).fill("愛国心 挨拶 間 青空"), ...Array(4).fill("あ い う え"), words]) told.push(await guess(one))
  return told
}"""


def test_wrong_words_are_told_and_slowed_down(amina):
    amina.page.evaluate("session.lock()")

    told = amina.page.evaluate(GUESSES, WORDS)

    # Even the right ones wait now, and the phone stays locked.
    # What a keyboard turned into kanji is no try, and is told as what it is.
    assert told == [["kanji", False]] * 4 + [["wrong_passphrase", False]] * 3 + [["wait", True]] * 2
    assert amina.page.evaluate("session.state.value") == "locked"
