"""Every screen and state of the phone can be read by everybody: with a screen reader, with large text, on a
narrow phone,
in daylight and at night, with one thumb."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from .looking import axe_in_both_schemes, bring_axe, measured

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
SHOW = "([name, lang]) => show(name, lang)"


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_screen_can_be_read_by_everybody(scenes: Page, lang: str) -> None:
    bring_axe(scenes)
    names = scenes.evaluate("scenes")
    found = []
    for name in names:
        scenes.evaluate(SHOW, [name, lang])
        found += [
            f"{name}, {one}" for one in axe_in_both_schemes(scenes) + measured(scenes, targets=48, text=True)
        ]
    assert len(names) > 60  # the walk was not cut short
    assert not found, "\n".join(found)


def test_no_screen_is_without_a_scene(scenes: Page) -> None:
    assert scenes.evaluate("missing") == []


def test_what_the_office_stored_absurdly_breaks_no_screen_and_is_said_as_it_is(scenes: Page) -> None:
    scenes.evaluate(SHOW, ["today", "ja"])  # the screens behind the first ones are here
    told = scenes.evaluate("spoil()")
    scenes.evaluate(SHOW, ["today", "ja"])

    assert len(told["places"]) > 100  # every kind of document, every field of the sample
    assert told["broken"] == []
    assert told["unsaid"] == []


def test_what_somebody_planted_runs_on_no_screen_and_bursts_none(scenes: Page) -> None:
    """Markup, addresses that run, turned lines, words without an end: in every text of every document."""
    scenes.evaluate(SHOW, ["today", "ja"])
    told = scenes.evaluate("plant()")
    scenes.evaluate(SHOW, ["today", "ja"])

    assert told["places"] > 30
    assert told["tried"] > 100
    assert told["said"] > 60  # as the words they are, on the screen
    assert told["ran"] == []
    assert told["broken"] == []
    assert told["wide"] == []


BREAK = """() => {
  const low = document.createElement("p")
  low.textContent = "pale"
  low.style = "color: #bbb; font-size: 12px; inline-size: 900px"
  const nameless = document.createElement("button")
  nameless.style = "inline-size: 20px; block-size: 20px"
  document.querySelector("main").append(low, nameless)
}"""


def test_a_screen_with_faults_is_found_out(scenes: Page) -> None:
    bring_axe(scenes)
    scenes.evaluate(SHOW, ["today", "ja"])
    scenes.evaluate(BREAK)

    seen = " ".join(axe_in_both_schemes(scenes) + measured(scenes, targets=48, text=True))

    for fault in ("color-contrast", "button-name", "is no target", "is too small", "scrolls sideways"):
        assert fault in seen
