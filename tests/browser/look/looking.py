"""What is wrong with a page, as axe and the look's own measures see it. One sentence a finding."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

HERE = Path(__file__).parent
AXE = HERE.parents[1] / "js/node_modules/axe-core/axe.min.js"
MEASURE = (HERE / "measure.js").read_text("utf-8").split("\n", 2)[2]
RUN = """rules => axe.run({ resultTypes: ["violations"], ...(rules ? { runOnly: rules } : {}) }).then(({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`)))"""
PLAIN = {"width": 390, "height": 844}


def bring_axe(page: Page) -> None:
    """Once a document: `evaluate` is not bound by the page's own policy."""
    if not AXE.exists() and os.environ.get("CI") != "true":
        pytest.skip("axe is not here: npm ci in tests/js brings it")
    page.evaluate(f"() => {{ {AXE.read_text('utf-8')} }}")


def axe_in_both_schemes(page: Page, *, dark: bool = True) -> list[str]:
    """Everything in the light, and what darkness can change. The page must be asked for reduced motion:
    nothing fades.
    """
    page.emulate_media(color_scheme="light")
    found = page.evaluate(RUN, None)
    if not dark:
        return list(found)
    page.emulate_media(color_scheme="dark")
    found += [f"in the dark: {one}" for one in page.evaluate(RUN, ["color-contrast"])]
    page.emulate_media(color_scheme="light")
    return found


def measured(page: Page, **rules: bool | int) -> list[str]:
    """On a usual phone, on the narrowest, and with text twice the size."""
    found = []
    for width, text in ((390, "100%"), (360, "100%"), (320, "100%"), (390, "200%")):
        page.set_viewport_size({"width": width, "height": 844})
        page.evaluate("size => { document.documentElement.style.fontSize = size }", text)
        found += [f"{width}px, text {text}: {one}" for one in page.evaluate(MEASURE, rules)]
    page.evaluate("() => { document.documentElement.style.fontSize = '' }")
    page.set_viewport_size(PLAIN)
    return found
