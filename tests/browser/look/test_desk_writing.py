"""A contact written down and a ledger brought in, in a browser: with a script and without, readable by everybody."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from pwa_server.desk.models.office_and_cases import CaseFile, Visit
from sync.events import RISK_KEYS
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
# After a refused form one stands in the field that is meant, and it is in sight with its error.
STANDS = """() => {
  const at = document.activeElement, error = document.getElementById(at.getAttribute("aria-describedby")?.split(" ")[0])
  const seen = (one) => one && one.getBoundingClientRect().top >= 0 && one.getBoundingClientRect().bottom <= innerHeight
  return at.closest("form") !== null && Boolean(seen(error)) && Boolean(seen(at))
}"""
LEDGER = "ケース番号,氏名,生年月日,方法\r\nN-1,山田 太郎,S55.3.2,x\r\nN-2,林 花,いつか,y\r\n"


@pytest.fixture
def address(app) -> Iterator[str]:  # noqa: F811
    with serving(app) as at:
        yield at


def looked_at(page: Page, name: str) -> list[str]:
    """What axe and the measures of the look find on this page; pictures where SOTTO_PICTURES names a folder."""
    page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
    bring_axe(page)
    found = [f"{name}: {one}" for one in axe_in_both_schemes(page, dark=True)]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{name} {width}px: {one}" for one in page.evaluate(MEASURE, {})]
        if folder := os.environ.get("SOTTO_PICTURES"):
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size(WIDE)
    return found


def sends(page: Page, form: str) -> None:
    with page.expect_navigation():
        page.locator(f"{form} button.btn").last.click()


@pytest.mark.parametrize(("lang", "script"), [("ja", True), ("en", False)])
def test_a_call_is_written_down_and_a_ledger_comes_in(
    looker: Browser,
    app,  # noqa: F811
    address: str,
    lang: str,
    script: bool,
    tmp_path: Path,
) -> None:
    context = looker.new_context(
        viewport=WIDE, reduced_motion="reduce", timezone_id="Asia/Tokyo", java_script_enabled=script
    )
    context.set_default_timeout(PATIENCE)
    context.add_cookies([{"name": "sotto_lang", "value": lang, "url": address}])
    page = context.new_page()
    Walker(page, address, app).sign_in("nakagawa")
    found: list[str] = []

    page.goto(f"{address}/cases/demo-002/contacts/new")
    page.locator("[name=channel]").select_option("fax")
    sends(page, ".intake")
    assert page.locator("[id^='e-']").count() > 0
    assert not script or page.evaluate(STANDS), page.evaluate(
        "document.activeElement.outerHTML.slice(0, 300)"
    )
    found += looked_at(page, "contact-wrong") if script else []
    page.locator("[name=outcome]").select_option("note_taken")
    page.locator("[name='notes.fact']").fill("母からのFAX")
    page.locator("[name=reaction][value='1']").check()
    page.locator("[name=stage]").select_option("none")
    for key in RISK_KEYS:
        page.locator(f"[name='risk.{key}'][value=none]").check()
    sends(page, ".intake")
    row = Visit.get(Visit.by_hand)
    assert row.channel == "fax"
    page.goto(f"{address}/visits/{row.id}/correct")
    found += looked_at(page, "contact-correct") if script else []

    ledger = tmp_path / "台帳.csv"
    ledger.write_bytes(LEDGER.encode("cp932"))
    page.goto(f"{address}/imports")
    found += looked_at(page, "imports") if script else []
    page.locator("[name=kind][value=cases]").check()
    page.locator("[name=file]").set_input_files(ledger)
    sends(page, "form[action='/imports']")
    found += looked_at(page, "import-trial") if script else []
    sends(page, "#agree")
    page.wait_for_selector("form[action$='/back']")  # the page asks again by itself
    page.reload()
    assert [one.no for one in CaseFile.select().where(CaseFile.no.startswith("N-"))] == ["N-1"]
    found += looked_at(page, "import-done") if script else []
    assert found == []
    context.close()
