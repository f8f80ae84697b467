"""`python -m tools.gallery [field] [scenes] [desk]`: pictures of every screen into docs/gallery, with their index.

`python -m tools.gallery scene NAME…` takes some scenes of the phone anew.
"""

from __future__ import annotations

import logging
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from . import desk, field, scenes
from .index import write_index
from .pictures import speaking

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "docs/gallery"
PARTS = ("field", "scenes", "desk")


def main(wanted: list[str]) -> None:
    unknown = set(wanted) - set(PARTS)
    if unknown:
        sys.exit(f"unknown: {', '.join(sorted(unknown))}. Known: {', '.join(PARTS)}")
    logging.disable()  # a line a request is for an office, not for here
    with sync_playwright() as playwright:
        browser = speaking(playwright, "ja-JP")
        for part in wanted or PARTS:
            print(part, flush=True)
            shutil.rmtree(OUT / part, ignore_errors=True)
            if part == "field":
                field.take(playwright, browser, OUT / part, OUT / "front")
            elif part == "scenes":
                scenes.take(browser, OUT / part)
                scenes.take_for_manifest(browser, ROOT / "static/screenshots")
            else:
                desk.take(playwright, OUT / part)
        browser.close()
    write_index(OUT)


def some(names: list[str]) -> None:
    with sync_playwright() as playwright:
        browser = speaking(playwright, "ja-JP")
        scenes.take(browser, OUT / "scenes", names)
        browser.close()
    write_index(OUT)


if sys.argv[1:2] == ["scene"]:
    some(sys.argv[2:])
else:
    main(sys.argv[1:])
