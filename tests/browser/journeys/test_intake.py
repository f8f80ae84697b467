"""中川 真理 takes a consultation: from a notice, without consent, to a case that waits for its conference (B)."""

from __future__ import annotations

from urllib.parse import unquote_plus

import pytest
from playwright.sync_api import expect

from .supervisor import Supervisor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

NOTICED, SAID, NAME, NUMBER = "新聞がたまっている", "「この先が心配」", "大路 みどり", "R8-相談-001"


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_from_a_notice_without_consent_to_b(supervisor: Supervisor, lang: str) -> None:
    if lang != "ja":
        supervisor.reads(lang)
    page, t = supervisor.page, supervisor.t
    number = f"{NUMBER}-{lang}"
    name = f"{NAME}{lang}"
    supervisor.open("/notices")
    page.get_by_label(t("desk.notices.noticed")).fill(f"{NOTICED} {lang}")
    page.get_by_label(t("desk.notices.place")).fill(f"大路 {lang}")
    page.get_by_role("radio", name=t("desk.notices.named.ask")).check()
    page.get_by_role("button", name=t("desk.notices.send")).click()
    given = page.locator("#given li").filter(has_text=f"{NOTICED} {lang}")
    given.get_by_role("link", name=t("desk.consultations.from_here")).click()

    reason = page.locator("[name=reason]")
    expect(reason).to_have_value(f"{NOTICED} {lang}")
    page.locator("[name=name]").fill(name)
    with page.expect_response(
        lambda told: "/drafts/" in told.url and SAID in unquote_plus(told.request.post_data or "")
    ):
        page.locator("[name=familyComplaint]").fill(SAID)
    page.reload()
    expect(page.locator("[name=familyComplaint]")).to_have_value(SAID)
    page.get_by_role("button", name=t("desk.consultation.take"), exact=True).click()
    expect(page.locator("#e-consent")).to_be_visible()
    expect(page.locator("#e-urgency")).to_be_visible()
    expect(page.locator("[name=familyComplaint]")).to_have_value(SAID)
    page.get_by_role("radio", name=t("desk.consultation.consent.refused")).check()
    page.get_by_role("radio", name=t("desk.consultation.urgency.within_week")).check()
    page.get_by_role("button", name=t("desk.consultation.take"), exact=True).click()
    expect(page.get_by_text(t("desk.said.consultation_received"))).to_be_visible()
    assert name not in page.title() + page.url

    page.get_by_label(t("desk.consultation.no")).fill(number)
    page.get_by_label(t("desk.household.field.title")).fill("大路の世帯")
    if page.locator("[name=into][value=apart]").count():  # the notice itself, told twice
        page.locator("[name=into][value=apart]").check()
    page.get_by_role("button", name=t("desk.consultation.open_case")).click()
    expect(page.locator("#contact")).to_contain_text(name)

    page.wait_for_load_state()  # the script that answers keys is there
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url("**/triage")
    card = page.locator("#lane-undecided .card").filter(has_text=number)
    card.get_by_role("link", name=t("desk.triage.change", no=number)).click()
    page.locator("html.has-keys #f-decision").wait_for()
    page.wait_for_load_state()
    for place, option in enumerate(page.locator("[name=decision] option").all(), 1):
        page.keyboard.press(str(place))
        expect(page.locator("[name=decision]")).to_have_value(option.get_attribute("value") or "")
    page.locator("[name=decision]").select_option("needs_conference")
    page.locator("[name=kind]").select_option("support")
    page.get_by_role("button", name=t("desk.triage.keep")).click()
    expect(page.locator("#e-reason")).to_be_visible()
    expect(page.locator("[name=kind]")).to_have_value("support")
    page.locator("[name=reason]").fill("同意はまだない。支援会議で整理する")
    page.get_by_role("button", name=t("desk.triage.keep")).click()
    expect(page.get_by_text(t("desk.said.triage", no=number))).to_be_visible()
    expect(page.locator("#lane-undecided")).not_to_contain_text(number)
    supervisor.open("/cases?show=B")
    expect(page.get_by_text(number).first).to_be_visible()
