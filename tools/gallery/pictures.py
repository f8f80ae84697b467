"""Takes a screen in both languages, light and dark, and keeps it small."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, Playwright

from tests.browser.browsers import CHROMIUM

LANGUAGES = ("ja", "en")
SCHEMES = ("light", "dark")
GAP = 12
GROUND = "#8a8f98"
COLOURS = 160  # a screen of words needs no more; a photo in it turns coarse, and may
Colour = tuple[int, int, int]


def speaking(playwright: Playwright, locale: str) -> Browser:
    """A browser of this language. Days and the button of a file are its own words, whatever a page says."""
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=["--no-sandbox", f"--lang={locale}"],
        env=os.environ | {"LANGUAGE": locale.replace("-", "_")},
    )
    page = browser.new_page()
    own = page.evaluate("Intl.DateTimeFormat().resolvedOptions().locale")
    page.close()
    if not locale.startswith(own):
        sys.exit(
            f"The browser says its own words in {own}, not in {locale}: install its languages (chromium-l10n)."
        )
    return browser


def shot(page: Page, *, whole: bool = False, scale: Literal["css", "device"] = "css") -> Image.Image:
    taken = page.screenshot(full_page=whole, animations="disabled", scale=scale)
    return Image.open(BytesIO(taken)).convert("RGB")


def plain(picture: Image.Image) -> Image.Image:
    """The same in few colours: every fill exactly as it is, only the rarest mixtures at the edge of letters nearby.

    A palette that is worked out melts pale fills together, and then a picture proves no contrast.
    """
    counted = sorted(picture.getcolors(picture.width * picture.height) or [], reverse=True)
    colours: list[Colour] = [colour for _, colour in counted]  # type: ignore[misc]  # of an RGB picture
    if len(colours) <= COLOURS:
        return picture
    kept = colours[:COLOURS]
    nearby = {one: one for one in kept} | _nearby(colours[COLOURS:], kept)
    raw = picture.tobytes()
    pixels = zip(raw[0::3], raw[1::3], raw[2::3], strict=True)
    return Image.frombytes("RGB", picture.size, bytes(chain.from_iterable(nearby[one] for one in pixels)))


def _nearby(rare: list[Colour], kept: list[Colour]) -> dict[Colour, Colour]:
    strip, palette = Image.new("RGB", (len(rare), 1)), Image.new("P", (1, 1))
    strip.putdata(rare)
    palette.putpalette([*chain.from_iterable(kept)])
    mapped = strip.quantize(palette=palette, dither=Image.Dither.NONE).convert("RGB").tobytes()
    return dict(zip(rare, zip(mapped[0::3], mapped[1::3], mapped[2::3], strict=True), strict=True))


def in_both_schemes(page: Page, *, whole: bool = False) -> list[Image.Image]:
    taken = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        taken.append(shot(page, whole=whole))
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return taken


def four(page: Page, speak: Callable[[str], None], *, whole: bool = False) -> list[Image.Image]:
    """ja light, ja dark, en light, en dark. Ends in the language it began with: Japanese."""
    taken = []
    for lang in LANGUAGES:
        speak(lang)
        taken += in_both_schemes(page, whole=whole)
    speak(LANGUAGES[0])
    return taken


def side_by_side(pictures: list[Image.Image]) -> Image.Image:
    width = sum(one.width for one in pictures) + GAP * (len(pictures) - 1)
    sheet = Image.new("RGB", (width, max(one.height for one in pictures)), GROUND)
    x = 0
    for one in pictures:
        sheet.paste(plain(one), (x, 0))
        x += one.width + GAP
    return sheet


def keep(picture: Image.Image, file: Path) -> None:
    """Lossless WebP: letters stay sharp."""
    file.parent.mkdir(parents=True, exist_ok=True)
    picture.save(file, "WEBP", lossless=True, quality=60, method=3)
