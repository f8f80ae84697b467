"""Every page of the desk can be read by everybody: in both languages and schemes, on a small screen, at 200 and at 400 %.

Pages are found by their own links; those no link leads to, by the app's own map, in an office with a row of everything.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.browsers import PATIENCE
from tests.desk_pages import planted
from tests.desk_pages.conftest import (  # noqa: F401  # fixtures
    app,
    clock,
    config,
    hashes,
    morning,
    morning_files,
    office,
    sample_office,
    synced_files,
)

from .looking import MEASURE, axe_in_both_schemes, bring_axe
from .walking import Walker, serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
WIDE = {"width": 1440, "height": 900}
UNFOLDED = (390, 1280)
WIDTHS = (1280, 1024, 640, 390, 320)  # a small screen; the same at 200 %; a phone; at 400 %
# What a link or an address alone does not open: half of a way in. They are built as the sign-in, which is walked.
HALF_WAY = {"sign_in.code", "sign_in.set_up", "sign_in.password", "sign_in.prove", "sign_in.kept"}
FILES = {"consents.one", "imports.told", "review.photo"}  # to be kept, not read
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
def test_every_page_can_be_read_by_everybody(
    looker: Browser,
    app,  # noqa: F811
    office,  # noqa: F811
    morning,  # noqa: F811
    address: str,
    lang: str,
) -> None:
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
    planted.plant(office)
    visit = planted.visit_by(office, office.person("kobayashi"))
    paths = [path for kind, path in planted.addresses(app, [visit]) if kind not in FILES]
    for kind in walker.kinds(*paths):
        found += [f"{kind}: {one}" for one in _narrow(walker.page)]
    context.close()
    assert {name for _, name in walker.rules} - set(walker.seen) == HALF_WAY | FILES
    assert not found, "\n".join(found)


def _narrow(page: Page) -> list[str]:
    """As it comes in every width; with all its folds open in the widest and on a phone."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{width}px: {one}" for one in page.evaluate(MEASURE, {}) + page.evaluate(MENU, WIDE_FROM)]
    page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
    for width in UNFOLDED:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{width}px, unfolded: {one}" for one in page.evaluate(MEASURE, {})]
    page.set_viewport_size(WIDE)
    return found
