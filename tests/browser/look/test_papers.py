"""Every paper of the desk as Chromium prints it: mark and number on every page, in reading order, nothing cut off.

The papers are found by the templates that draw one; a new one is printed here by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from flask import template_rendered
from playwright.sync_api import Browser, Page

from pwa_server import texts
from pwa_server.desk.models.conferences import Seat
from pwa_server.desk.models.figures import Disclosure
from pwa_server.desk.models.office_and_cases import Staff
from tests.browser.browsers import PATIENCE
from tests.desk_pages import planted
from tests.desk_pages.conftest import (  # noqa: F401  # fixtures
    app,
    at_desk,
    clock,
    config,
    hashes,
    office,
    sample_office,
    supervisor,
    synced_files,
)
from tests.desk_pages.test_papers import PAPERS_OF_THE_AREA

from .test_desk_pages import FILES
from .walking import Walker, serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
TEMPLATES = Path(__file__).parents[3] / "templates/desk"
PAPERS = {one.stem for one in TEMPLATES.glob("[!_]*.html") if "call parts.paged(" in one.read_text("utf-8")}
SHEETS = {one for one in PAPERS if 'class="sheet' in (TEMPLATES / f"{one}.html").read_text("utf-8")}
MARKS = (
    "desk.paper.handle",
    "desk.plan.sheet_for",
    "desk.meeting.confidential",
    "desk.disclosure.title",
    "desk.request.sheet",
)
# What a person is handed or signs is one page; a household with its drawings and its line is a leaf.
ONE_PAGE = ("handover_sheet", "match_paper", "conference_secrecy", "visit_print", "evaluation_sheet")
MOST_PAGES = dict.fromkeys(ONE_PAGE, 1) | {"sheet": 2, "assessment_sheet": 2, "plan_sheet": 2}
OF_ONE_ROLE = {"referrals": ("/referrals", "agency"), "section": ("/section", "chief")}
A4 = (595, 842)  # points
BETWEEN_MARGINS = {"width": 680, "height": 900}  # pixels of 180 mm
SMALLEST = 7  # points
# Words of drawings, in points as they are on paper.
LETTERS = """() => [...document.querySelectorAll(".paged svg text")].filter(one => one.getClientRects().length)
  .map(one => [one.textContent, parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a * 0.75])"""
HEADINGS = """() => [...document.querySelectorAll(".paged h1, .paged h2")]
  .filter(one => one.offsetParent).map(one => one.innerText)"""


@pytest.fixture
def address(app) -> Iterator[str]:  # noqa: F811
    with serving(app) as at:
        yield at


def test_every_paper_on_paper(
    looker: Browser,
    app,  # noqa: F811
    office,  # noqa: F811
    supervisor,  # noqa: F811
    address: str,
    tmp_path: Path,
) -> None:
    planted.plant(office)
    visit = planted.visit_by(office, office.person("kobayashi"))
    _sits_in_it_and_copied(planted.BY, "demo-nakagawa")
    papers = _papers(app, supervisor, visit)
    assert {name for name, _ in papers} | set(OF_ONE_ROLE) == PAPERS
    context = looker.new_context(
        viewport=BETWEEN_MARGINS, timezone_id="Asia/Tokyo", java_script_enabled=False
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    Walker(page, address, app).sign_in("nakagawa")
    found = []
    for lang in ("ja", "en"):
        context.add_cookies([{"name": "sotto_lang", "value": lang, "url": address}])
        for name, path in [*papers, ("sheet", "/cases/demo-002/sheet")]:
            if lang != "ja" and name not in SHEETS:
                continue  # a page that is printed as it is: the words are longer, and it has no form
            page.goto(address + path)
            found += [f"{lang} {name}: {one}" for one in _looked_at(page, name, lang, tmp_path)]
    for name, (path, role) in OF_ONE_ROLE.items():
        Staff.update(role=role).where(Staff.id == "demo-nakagawa").execute()
        page.goto(address + path)
        assert page.locator(".paged").count(), name
        found += [f"{name}: {one}" for one in _looked_at(page, name, "en", tmp_path)]
    context.close()
    assert not found, "\n".join(found)


def _sits_in_it_and_copied(other: str, person: str) -> None:
    """What the planted office has for others alone: a seat in the conference, a copy for the person."""
    seat = Seat.get(Seat.staff == other).__data__
    Seat.create(
        **seat | {"id": f"plant-Meeting {person}", "member": person, "staff": person, "attended": True}
    )
    told = {"requester": "person", "requested_on": "2026-11-20", "masks": {}, "paragraphs": []}
    Disclosure.create(
        id="plant-Disclosure", case=planted.CASE, at="2026-11-20T00:00:00.000Z", by=person, **told
    )


def _papers(app, supervisor, visit: str) -> list[tuple[str, str]]:  # noqa: F811
    """(template, address) of each kind of page that is a paper."""
    drawn: list[str] = []

    def noted(_sender: object, template: object, **_: object) -> None:
        drawn.append(Path(str(getattr(template, "name", ""))).stem)

    found, seen = [], set(FILES)
    with template_rendered.connected_to(noted, app):
        for kind, path in planted.addresses(app, [visit]):
            drawn.clear()
            if kind not in seen:
                seen.add(kind)
                supervisor.open(path)
                names = PAPERS & set(drawn) if 'class="paged"' in supervisor.page else set()
                found += [(name, path) for name in names]
    return found


def _looked_at(page: Page, name: str, lang: str, folder: Path) -> list[str]:
    page.emulate_media(media="print")
    headings = page.evaluate(HEADINGS)
    small = [text for text, points in page.evaluate(LETTERS) if points < SMALLEST]
    made = folder / f"{name}-{lang}.pdf"
    page.pdf(path=made, prefer_css_page_size=True)
    page.emulate_media(media="screen")
    with pypdfium2.PdfDocument(made) as paper:
        pages = [one.get_textpage() for one in paper]
        sizes = [tuple(round(side) for side in one.get_size()) for one in paper]
        told = [_squeezed(one.get_text_range()) for one in pages]
        wrong = [
            f"page of {size}" for size in sizes if any(abs(a - b) > 1 for a, b in zip(size, A4, strict=True))
        ]
        wrong += [f"page {n}: cut off at the side" for n, one in enumerate(pages, 1) if _is_cut(one)]
    marks = [_squeezed(texts.t(lang, key)) for key in MARKS]
    for number, text in enumerate(told, 1):
        if not re.search(rf"{number}/{len(told)}", text):
            wrong.append(f"page {number} of {len(told)} has no number")
        if name not in PAPERS_OF_THE_AREA and not any(mark in text for mark in marks):
            wrong.append(f"page {number} has no mark")
    if len(told) > MOST_PAGES.get(name, len(told)):
        wrong.append(f"{len(told)} pages where fewer are meant")
    wrong += [f"too small to read: {', '.join(small)}"] if small else []
    return wrong + _out_of_order("".join(told), headings)


def _out_of_order(told: str, headings: list[str]) -> list[str]:
    """Headings in the order of the page: what reads a paper aloud, or copies it, goes by this."""
    at, wrong = 0, []
    for heading in map(_squeezed, headings):
        place = told.find(heading, at)
        if place < 0:
            wrong.append(f"“{heading}” is missing or stands before what it follows")
        else:
            at = place
    return wrong


def _is_cut(page: pypdfium2.PdfTextPage) -> bool:
    boxes = [page.get_rect(one) for one in range(page.count_rects())]
    return any(left < 20 or right > A4[0] - 20 for left, _, right, _ in boxes)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
