"""Every screen and state of the phone can be read by everybody: with a screen reader, with large text, on a
narrow phone,
in daylight and at night, with one thumb."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from .looking import PLAIN, axe_in_both_schemes, bring_axe, measured

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
LOADS_ANEW = {"broken", "unsupported"}  # their one key loads the app again: nothing is left to press twice
QUICK = 300  # ms, within which a second press is no new wish (app/view.js)
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


def test_a_thumb_that_presses_twice_does_nothing_it_did_not_mean(scenes: Page) -> None:
    """Every key of every step of every flow, pressed twice in one place: the second press keeps, sends, takes back,
    locks and calls nothing on the screen that came. What a screen asks of the door is an act until it is known to be none."""
    found, acted, pressed = [], set(), 0
    for name in scenes.evaluate("scenes"):
        if name in LOADS_ANEW:
            continue
        key, keys = 0, 1
        while key < keys:
            told = _pressed_twice(scenes, name, key)
            keys, key = told["keys"], key + 1
            pressed += 1
            acted |= set(told.get("first", ()))
            if told.get("did"):
                found.append(f"{name}: {told['key']}, then {told['under']}: {told['did']}")
    assert pressed > 250
    assert {"save", "write", "lock", "depart"} <= acted, acted  # an act is noticed
    assert not found, "\n".join(found)


def _pressed_twice(scenes: Page, name: str, key: int) -> dict[str, Any]:
    """A machine with other work may be slower than any thumb: then it is pressed again."""
    for _ in range(5):
        told = scenes.evaluate("([name, key]) => pressTwice(name, key, 'ja')", [name, key])
        if told.get("did") != ["call"] or told["took"] < QUICK:
            break
    return told


def test_with_twelve_visits_the_next_one_is_in_sight(scenes: Page) -> None:
    for width, height in ((390, 844), (360, 740)):
        scenes.set_viewport_size({"width": width, "height": height})
        scenes.evaluate(SHOW, ["today-full", "ja"])
        dock = scenes.locator(".dock").bounding_box()
        door = scenes.locator(".next-name").bounding_box()
        assert dock
        assert door
        assert door["y"] + door["height"] < dock["y"], (width, height)
        scenes.set_viewport_size(PLAIN)


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
