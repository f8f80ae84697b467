"""Every page of the desk, found by its own links, can be read by everybody: in both languages and schemes, on a small
screen, at 200 and at 400 %."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.browsers import PATIENCE
from tests.desk_pages.conftest import (  # noqa: F401  # fixtures
    app,
    clock,
    config,
    hashes,
    morning,
    morning_files,
    office,
    sample_office,
)

from .looking import MEASURE, axe_in_both_schemes, bring_axe
from .walking import Walker, serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
WIDE = {"width": 1440, "height": 900}
WIDTHS = (1280, 640, 320)  # a small screen; the same at 200 %; at 400 %, which is also a phone
PAGES_AT_LEAST = 25
WIDE_FROM = 768  # pixels: from here the menu stands beside the page
# The menu never fills a small screen: it is a button there, and entries beside the page where there is room.
MENU = """wide => {
  const button = document.querySelector(".menu-button"), menu = document.querySelector("#menu")
  if (!button) return []
  const shown = one => one.getClientRects().length > 0
  const said = []
  if (shown(button) !== innerWidth < wide) said.push("the menu's button")
  if (shown(menu) !== innerWidth >= wide) said.push("the menu's entries")
  if (document.querySelector(".main").getBoundingClientRect().top > 240) said.push("the page begins below the first sight")
  return said
}"""


@pytest.fixture
def address(app) -> Iterator[str]:  # noqa: F811
    with serving(app) as at:
        yield at


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_page_can_be_read_by_everybody(looker: Browser, app, morning, address: str, lang: str) -> None:  # noqa: F811
    context = looker.new_context(viewport=WIDE, reduced_motion="reduce", timezone_id="Asia/Tokyo")
    context.set_default_timeout(PATIENCE)
    context.add_cookies([{"name": "sotto_lang", "value": lang, "url": address}])
    walker = Walker(context.new_page(), address, app)
    found = []
    walks = [("", ["/sign-in"]), ("nakagawa", ["/today", f"/visits/{morning.worrying}", "/people"])]
    for name, begin in walks:
        if name:
            walker.sign_in(name)
        for kind in walker.kinds(*begin):
            bring_axe(walker.page)
            found += [
                f"{kind}: {one}"
                for one in axe_in_both_schemes(walker.page, dark=lang == "ja") + _narrow(walker.page)
            ]
    context.close()
    assert len(walker.seen) >= PAGES_AT_LEAST, sorted(walker.seen)
    assert not found, "\n".join(found)


def _narrow(page: Page) -> list[str]:
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{width}px: {one}" for one in page.evaluate(MEASURE, {})]
        found += [f"{width}px: {one}" for one in page.evaluate(MENU, WIDE_FROM)]
    page.set_viewport_size(WIDE)
    return found
