"""A long day at the desk, once with a script in Japanese, once without any in English: the household by pointer and by
list, two people and one field, two records of one household, the ledger, a checklist from a workbook, a month, a copy
for the person, a lost phone, a case opened in an emergency.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import parse_qs

import httpx
import openpyxl
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Request, expect

from tests.desk_pages.test_checklists import GOOD, book
from tests.standins.phone import Phone

from .conftest import TOKYO, complaints_of
from .product import Product
from .supervisor import PATIENT, Supervisor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
TODAY = date.today()  # noqa: DTZ011 - as somebody at this desk would write it
LAST_MONTH = (TODAY.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")


@dataclass
class Desk(Supervisor):
    """`case` and `other`: two households of 小林 that this browser works on."""

    case: str = ""
    other: str = ""

    def form(self, action: str, *, having: str = "", within: str = "main") -> Locator:
        """The form that does this, with this field."""
        found = self.page.locator(f'{within} form[action$="{action}"], {within} form:not([action])')
        return (found.filter(has=self.page.locator(having)) if having else found).first

    def fills(self, form: Locator, **fields: str) -> None:
        """Fields by their names, which are the same in both languages."""
        for name, value in fields.items():
            field = form.locator(f'[name="{name}"]').first
            kind = field.evaluate("one => one.type")
            if kind == "radio":
                form.locator(f'[name="{name}"][value="{value}"]').check()
            elif kind.startswith("select"):
                field.select_option(value)
            else:
                field.fill(value)

    def sends(self, form: Locator, do: str = "") -> None:
        """Presses the form's button, proves who is there if asked, and waits for the page."""
        button = form.locator(f'button[value="{do}"]' if do else "button").last
        folded = button.locator("xpath=ancestor::details[not(@open)]")
        if folded.count():
            raise AssertionError("a person cannot press what is folded away")
        button.click()
        self.page.wait_for_load_state("load")
        self.prove_if_asked()

    def unfolds(self, key: str, within: str = "main") -> None:
        self.page.locator(within).locator("summary").filter(has_text=self.t(key)).first.click()

    def reads_said(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.locator("main")).to_contain_text(text)


@pytest.fixture(params=["ja", "en"], ids=["with a script", "without"])
def desk(request: pytest.FixtureRequest, desk_browser: Browser, product: Product) -> Iterator[Desk]:
    lang = request.param
    context = a_browser(desk_browser, script=lang == "ja")
    cases = ("demo-002", "demo-001") if lang == "ja" else ("demo-004", "demo-003")
    one = Desk(context.new_page(), product, script=lang == "ja", case=cases[0], other=cases[1])
    faults = complaints_of(one.page)
    one.sign_in()
    if lang == "en":
        one.reads("en")
    yield one
    one.open("/today")
    if lang == "en":
        one.reads("ja")
    context.close()
    assert faults == []


def a_browser(browser: Browser, *, script: bool) -> BrowserContext:
    context = browser.new_context(
        java_script_enabled=script, viewport={"width": 1280, "height": 900}, **TOKYO
    )
    context.set_default_timeout(PATIENT)
    return context


def test_what_a_household_needs_is_done_at_the_desk(desk: Desk, desk_browser: Browser) -> None:
    edits_the_household_by_pointer_and_by_list(desk)
    two_people_change_one_field_and_one_decides(desk, desk_browser)
    puts_two_records_together_and_apart_again(desk)
    keeps_the_ledger(desk)
    a_copy_for_the_person_is_masked_by_paragraph(desk)
    an_approval_is_taken_back_and_says_who_did(desk)


def test_what_an_office_needs_is_done_at_the_desk(desk: Desk, desk_browser: Browser) -> None:
    reads_a_checklist_from_a_workbook(desk)
    closes_a_month_and_hands_it_in(desk)
    a_phone_is_lost(desk)
    a_case_is_opened_in_an_emergency_and_somebody_takes_note(desk, desk_browser)


def edits_the_household_by_pointer_and_by_list(desk: Desk) -> None:
    page = desk.page
    desk.open(f"/cases/{desk.case}")
    page.locator("svg[aria-labelledby='g-t g-d'] a").first.click()
    page.wait_for_url(re.compile(r"/household#m-"))
    line = page.locator("details:target")
    if not desk.script:
        line.locator("summary").click()
    form = line.locator("form").first
    expect(form.locator("[name=labels]")).to_be_visible()
    desk.fills(form, labels="将棋が好き")
    desk.sends(form)
    expect(page.locator("svg[aria-labelledby='g-t g-d']")).to_contain_text("将棋が好き")

    desk.fills(
        desk.form("/household", having="#tl-new"),
        label="将棋の会",
        other="org",
        certainty="stated",
        kind="strong",
        direction="both",
        note="月に一度",
    )
    desk.sends(desk.form("/household", having="#tl-new"))
    expect(page.locator("svg[aria-labelledby='e-t e-d']")).to_contain_text("将棋の会")
    desk.open(f"/cases/{desk.case}/sheet")
    expect(page.locator(".sheet svg[aria-labelledby='e-t e-d']")).to_contain_text("将棋の会")
    expect(page.locator(".sheet .legend").nth(1)).to_be_visible()


def two_people_change_one_field_and_one_decides(desk: Desk, browser: Browser) -> None:
    """西村, a coordinator for now, has the form open while 中川 changes the same field."""
    makes_nishimura(desk, "coordinator")
    context = a_browser(browser, script=desk.script)
    other = Desk(context.new_page(), desk.product, name="西村 恵", script=desk.script, case=desk.case)
    other.sign_in()
    other.open(f"/cases/{desk.case}/household")
    theirs = other.page.locator("details[id^=m-]").first
    theirs.locator("summary").click()
    desk.open(f"/cases/{desk.case}/household")
    mine = desk.page.locator("details[id^=m-]").first
    mine.locator("summary").click()
    desk.fills(mine.locator("form").first, ageBand="60s")
    desk.sends(mine.locator("form").first)
    other.fills(theirs.locator("form").first, ageBand="70s")
    other.sends(theirs.locator("form").first)
    expect(other.page.locator("#two .two-values > div")).to_have_count(2)

    desk.open("/today")
    desk.reads_said(desk.t("desk.today.two"))
    desk.open(f"/cases/{desk.case}")
    desk.page.locator("#two button[value=other]").first.click()
    expect(desk.page.locator("#two")).to_have_count(0)
    other.open(f"/cases/{desk.case}/household")
    expect(other.page.locator("details[id^=m-]").first.locator("[name=ageBand]")).to_have_value("70s")
    context.close()
    makes_nishimura(desk, "worker")


def makes_nishimura(desk: Desk, role: str) -> None:
    desk.open("/people/demo-nishimura")
    form = desk.page.locator("form[action$='/role']")
    desk.fills(form, role=role)
    desk.sends(form)


def puts_two_records_together_and_apart_again(desk: Desk) -> None:
    page, no = desk.page, desk.other.upper()
    desk.open(f"/cases/{desk.case}/household")
    desk.unfolds("desk.merge.begin")
    form = desk.form("/household", having="#mg-no")
    desk.fills(form, no=no, reason="同じ家でした")
    desk.sends(form)
    expect(page.locator("#merge")).to_contain_text(no)
    desk.open(f"/cases/{desk.other}")
    page.wait_for_url(f"**/cases/{desk.case}")  # whoever looks for the other finds this one
    desk.open(f"/cases/{desk.case}/household")
    undo = page.locator("#merge form").filter(has=page.locator("button[value=undo_merge]"))
    desk.fills(undo, reason="別の家でした")
    desk.sends(undo, "undo_merge")
    desk.open(f"/cases/{desk.other}")
    expect(page).to_have_url(re.compile(f"/cases/{desk.other}$"))


def keeps_the_ledger(desk: Desk) -> None:
    page = desk.page
    desk.open(f"/cases/{desk.case}")
    desk.unfolds("desk.consent.add", "#consent")
    form = desk.form("/consents", having="#c-recipient")
    desk.fills(
        form,
        purpose="sharing",
        recipient="地域包括支援センター",
        scope="訪問の日",
        status="given",
        method="oral",
        by="person",
        givenBy="D",
        on=TODAY.isoformat(),
    )
    desk.sends(form)
    row = page.locator("#consent li").filter(has_text="地域包括支援センター").first
    expect(row).to_contain_text(desk.t("desk.consent.given"))
    row.get_by_role("link", name=desk.t("desk.consent.withdraw")).click()
    form = page.locator("main form").filter(has=page.locator("#cw-reason"))  # below what it stops
    desk.fills(form, on=TODAY.isoformat(), reason="本人から電話で")
    desk.sends(form)
    expect(page.locator("#consent")).to_contain_text("本人から電話で")


def a_copy_for_the_person_is_masked_by_paragraph(desk: Desk) -> None:
    page = desk.page
    desk.open(f"/cases/{desk.case}/disclosure")
    desk.prove_if_asked()
    form = page.locator(".masks form")
    desk.fills(form, requester="person", on=TODAY.isoformat())
    paragraph = form.locator(".entry").first
    text = paragraph.locator("p").nth(1).inner_text()
    paragraph.locator("select").select_option(index=1)
    if desk.script:
        second = form.locator(".entry").nth(1).locator("select")
        name = str(second.get_attribute("name"))
        with page.expect_response(lambda answer: keeps(answer.request, name)):
            second.select_option(index=2)
        page.reload()  # the browser was closed: what was decided so far is put back
        expect(page.locator("[data-kept-form]").first).to_contain_text(desk.t("desk.draft.back"))
        expect(form.locator("[name=on]")).to_have_value(TODAY.isoformat())
        expect(form.locator(".entry").nth(1).locator("select")).not_to_have_value("")
    for doubt in form.locator("select:has(option[value=ask])").all():
        if doubt.input_value() == "ask":
            doubt.select_option("")
    desk.sends(form)
    expect(page.locator(".sheet .masked").first).to_be_visible()
    expect(page.locator(".sheet")).not_to_contain_text(text)


def keeps(request: Request, name: str) -> bool:
    """This field is kept, chosen; what was filled in before it may have been kept sooner."""
    if "/drafts/" not in request.url or request.method != "POST":
        return False
    (text,) = parse_qs(request.post_data or "").get("text", ["[]"])
    return any(key == name and value for key, value in json.loads(text))


def an_approval_is_taken_back_and_says_who_did(desk: Desk) -> None:
    page = desk.page
    desk.open("/review")
    page.locator("main table tbody a[href^='/visits/']").first.click()
    page.wait_for_url("**/visits/**")
    visit = page.url.split("#")[0]
    page.locator("form[action$='/approve'] button").click()
    page.locator(".said form button").click()
    page.wait_for_url(visit)
    expect(page.locator("#history")).to_contain_text(desk.name)
    expect(page.locator("#history")).to_contain_text(desk.t("desk.visit.review.undone"))


def reads_a_checklist_from_a_workbook(desk: Desk) -> None:
    page, name = desk.page, f"winter_{desk.lang}"
    desk.open("/checklists")
    form = page.locator("form[enctype]")

    def sends_workbook(content: bytes) -> None:
        desk.fills(form, id=name)
        form.locator("[type=file]").set_input_files(
            {"name": "冬.xlsx", "mimeType": "application/octet-stream", "buffer": content}
        )
        desk.sends(form)

    sends_workbook(book([*GOOD, ["geopoint", "A5", "場所", "Place"]]))
    fault = page.get_by_role("alert").get_by_role("row").filter(has_text="geopoint")
    expect(fault).to_contain_text("survey")
    expect(fault).to_contain_text("11")
    sends_workbook(book(GOOD))
    desk.open(f"/checklists/{name}")
    page.locator("button[value=publish]").click()
    page.wait_for_load_state("load")
    desk.open(f"/checklists/{name}")
    desk.reads_said(desk.t("desk.checklist.version", n=1))
    page.locator("button[value=retire]").click()
    desk.reads_said(desk.t("desk.checklist.retired"))


def closes_a_month_and_hands_it_in(desk: Desk) -> None:
    page = desk.page
    desk.open(f"/statistics?month={LAST_MONTH}")
    page.locator("details summary").last.click()
    desk.sends(page.locator("form[action$='/statistics/close']"))
    desk.open(f"/statistics?month={LAST_MONTH}")
    expect(page.locator("#late")).to_be_visible()
    with page.expect_download() as coming:
        page.locator("form[action*='/statistics/export'] button").click()
    made = openpyxl.load_workbook(io.BytesIO(coming.value.path().read_bytes()))
    assert len(made.worksheets) == 2
    assert not any(
        str(cell.value).startswith("=") for sheet in made for line in sheet.iter_rows() for cell in line
    )


def a_phone_is_lost(desk: Desk) -> None:
    page, label = desk.page, f"業務用 {desk.lang}"
    with httpx.Client(base_url=desk.product.phone, timeout=PATIENT / 1000) as line:
        phone = joined(desk, Phone(line), label)
    desk.open_phone(label)
    page.get_by_role("link", name=desk.t("desk.lost.title")).click()
    form = page.locator("main form").first
    desk.fills(form, kind="lost", on=TODAY.isoformat(), at="00:01", what="バスに置いたまま降りた")
    desk.sends(form)
    if page.locator(".report").count() == 0:  # the proof was asked first; what was typed came back
        desk.sends(page.locator("main form").first)
    items = page.locator(".report li")
    expect(items).to_have_count(9)
    expect(items.filter(has_text="バスに置いたまま降りた").first).to_be_visible()
    desk.unfolds("desk.lost.go_on")
    form = page.locator("details[open] form")
    desk.fills(form, prevention="持ち出し簿をつける")
    desk.sends(form)
    desk.reads_said("持ち出し簿をつける")
    desk.open("/people?show=stopped")
    expect(page.get_by_role("row").filter(has_text=label)).to_contain_text(desk.t("desk.phone.wiped"))
    with httpx.Client(base_url=desk.product.phone, timeout=PATIENT / 1000) as line:
        phone.http = line
        desk.until(
            lambda: phone.ask_orders() is not None
        )  # the order lies at the relay, for a locked phone too


def joined(desk: Desk, phone: Phone, label: str) -> Phone:
    phone.type_code(desk.add_phone("西村 恵", label))
    desk.until(lambda: desk.page.locator(".words span").count() == 2)
    phone.meet()
    desk.says_same()
    return phone


def a_case_is_opened_in_an_emergency_and_somebody_takes_note(desk: Desk, browser: Browser) -> None:
    context = a_browser(browser, script=desk.script)
    worker = Desk(context.new_page(), desk.product, name="西村 恵", script=desk.script)
    worker.sign_in()
    worker.open("/emergency-access")
    form = worker.page.locator("main form").first
    worker.fills(form, no=desk.case.upper(), reason="本人から夜間に電話があり、担当につながらない")
    worker.sends(form)
    worker.page.wait_for_url(f"**/cases/{desk.case}")
    context.close()

    desk.open("/emergency-access")
    row = (
        desk.page.locator("main li")
        .filter(has_text=desk.case.upper())
        .filter(has=desk.page.locator("button"))
        .first
    )
    expect(row).to_contain_text("西村 恵")
    desk.sends(row.locator("form"))
    expect(desk.page.locator("main li").filter(has_text=desk.case.upper()).first).to_contain_text(desk.name)
