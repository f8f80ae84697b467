"""A conference in a browser: reached by keyboard, planned to held, and each of its pages readable by everybody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from pwa_server.desk.models.conferences import Material, Meeting
from tests.browser.browsers import PATIENCE
from tests.desk_pages.conftest import (  # noqa: F401  # fixtures
    app,
    clock,
    config,
    hashes,
    office,
    sample_office,
    synced_files,
)

from .looking import MEASURE, axe_in_both_schemes, bring_axe
from .walking import Walker, serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
WIDE = {"width": 1440, "height": 900}
WIDTHS = (1440, 640, 390, 320)


@pytest.fixture
def address(app) -> Iterator[str]:  # noqa: F811
    with serving(app) as at:
        yield at


def filled(page: Page, form: str, **told: str) -> None:
    """Opens the form if it is folded, types, and sends it."""
    at = page.locator(f"form[action$='/{form}']").last
    at.evaluate("one => { const fold = one.closest('details'); if (fold) fold.open = true }")
    for name, value in told.items():
        field = at.locator(f"[name={name}]")
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    with page.expect_navigation():
        at.locator("button").last.click()
    assert page.locator(".said.is-wrong").count() == 0, page.locator(".said").inner_text()


@pytest.mark.parametrize(("lang", "script"), [("ja", True), ("en", False)])
def test_a_conference_from_its_plan_to_its_holding(
    looker: Browser,
    app,  # noqa: F811
    address: str,
    lang: str,
    script: bool,
) -> None:
    context = looker.new_context(
        viewport=WIDE, reduced_motion="reduce", timezone_id="Asia/Tokyo", java_script_enabled=script
    )
    context.set_default_timeout(PATIENCE)
    context.add_cookies([{"name": "sotto_lang", "value": lang, "url": address}])
    page = context.new_page()
    Walker(page, address, app).sign_in("nakagawa")
    if script:
        page.wait_for_load_state()  # the script that answers keys is there
        page.keyboard.press("g")
        page.keyboard.press("m")
        page.wait_for_url("**/meetings")
        page.keyboard.press("n")
        page.wait_for_url("**/meetings/new")
    else:
        page.goto(f"{address}/meetings/new")
    plan = page.locator("main form")
    plan.locator("[name=kind][value=support]").check()
    for name, value in (("on", "2026-11-24"), ("begins", "14:00"), ("place", "3F"), ("cases", "DEMO-002")):
        plan.locator(f"[name={name}]").fill(value)
    plan.locator("button").last.click()
    page.wait_for_url("**/meetings/*")
    filled(page, "acknowledge")
    filled(page, "agenda", topic="sharing", text="14:05")
    filled(page, "materials", title="A", text="B")
    filled(page, "requests", to="C", what="D")
    filled(page, "decisions", what="E", why="F", staff="demo-nakagawa", until="2026-12-01")
    filled(page, "minutes", text="G")
    page.locator("form[action$='/held'] [name=attended]").first.check()
    meeting = Meeting.get().id
    found = []
    if script:
        paper = Material.get().id
        below = ("", "/print", "/secrecy", f"/materials/{paper}")
        pages = (*(f"/meetings/{meeting}{one}" for one in below), "/meetings", "/meetings?view=calendar",
                 "/meetings/kinds", "/meetings/new")  # fmt: skip
        for path in pages:
            page.goto(address + path)
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
            bring_axe(page)
            found += [f"{path}: {one}" for one in axe_in_both_schemes(page, dark=True)]
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                found += [f"{path} {width}px: {one}" for one in page.evaluate(MEASURE, {})]
            page.set_viewport_size(WIDE)
    assert found == []
    page.goto(f"{address}/meetings/{meeting}")
    page.locator("form[action$='/held'] [name=attended]").first.check()
    filled(page, "held", on="2026-11-24")
    assert Meeting.get().status == "held"
    context.close()
