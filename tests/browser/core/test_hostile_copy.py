"""A rescue copy is anybody's file: nothing wrong is taken in, nothing stored is written over, and it is said
in words.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[3]
ASK = "async ([name, given]) => (await import('/tests/browser/core/hostile_copy.js'))[name](given)"
WRITTEN = """async () => {
  globalThis.session ??= await import("/static/js/session/session.js")
  const draft = session.drafts.open("demo-001", "visit")
  draft.set("record", {occurredAt: "2026-10-01T05:00:00Z", channel: "visit", planned: "as_planned",
    outcome: "met_person", staff: ["demo-kobayashi"]})
  await draft.addPhoto(crypto.getRandomValues(new Uint8Array(5000)), { width: 4, height: 3 })
  return session.save(draft)
}"""


@pytest.fixture
def written(amina):
    """A phone that keeps a record and a photo of its own."""
    amina.page.evaluate(WRITTEN)
    return amina


def ask(amina, name, given=None):
    return amina.page.evaluate(ASK, [name, given])


def test_nothing_wrong_in_a_copy_is_taken_in_and_each_refusal_has_its_words(written):
    seen = ask(written, "bringAll")

    assert len(seen) > 25
    assert [one for one in seen if one["answer"] != one["expected"]] == []
    assert [one for one in seen if one["wrong"] or one["changed"]] == []
    assert [one for one in seen if isinstance(one["answer"], str) and one["came"]] == []
    codes = {one["answer"] for one in seen if isinstance(one["answer"], str)} | {"storage_full"}
    for language in ("ja", "en"):
        words = json.loads((ROOT / f"static/texts/{language}/field.json").read_text("utf-8"))
        assert {code for code in codes if f"rescue.trouble.{code}" not in words} == set()

    spoilt = ask(written, "spoilEverywhere", 397)  # one bit wrong, or the end missing, all along a good one
    assert spoilt["bad"] == []
    assert spoilt["answers"]["malformed"] > 20
    assert spoilt["answers"]["taken"] > 20  # what is whole beside it comes in


def test_what_a_copy_brought_stands_in_the_way_of_nothing_true(written):
    order = ask(written, "orderOfLeaving")
    flat = [own for batch in order for own in batch]
    assert flat == sorted(flat, reverse=True)  # this phone's own go first
    assert flat.count(False) == 3
    assert flat.count(True) >= 1
    assert all(len(set(batch)) == 1 for batch in order)

    assert ask(written, "namesOurPhoto") == {"photo": True, "planted": None}

    forged = ask(written, "forgedFirst")
    assert forged == {"first": 1, "waiting": 0, "second": 1, "whole": True, "state": "packed"}
