"""A case from its first word to its closing (domain.md 7.3): desk of a coordinator, a supervisor and a chief,
and a phone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Locator, expect

from .conftest import TOKYO, NewWorker, complaints_of
from .product import Product
from .supervisor import PATIENT
from .test_desk_day import Desk
from .worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
ASKS = "async () => { await (await import('/static/js/session/session.js')).syncNow() }"
TODAY = date.today()  # noqa: DTZ011 - as somebody at this desk would write it
LATER = (TODAY + timedelta(days=30)).isoformat()
GOAL, DONE_NEXT, LEAD = "通販を一人で頼める", "注文のしかたを紙に書いて渡す", "アウトリーチ支援"
SEAT, SECTION, TAKEN_WHY = "demo-nakagawa", "住宅課", "来週うかがいます"


@pytest.fixture
def comes(desk_browser: Browser, product: Product) -> Iterator[Callable[[str, str], Desk]]:
    """Somebody of the office in a browser of their own: comes("石田 健", "ja")."""
    opened = []

    def come(name: str, lang: str) -> Desk:
        context = desk_browser.new_context(viewport={"width": 1440, "height": 900}, **TOKYO)
        context.set_default_timeout(PATIENT)
        cookie = {"name": "sotto_lang", "value": lang, "url": product.desk}
        context.add_cookies([cookie])
        one = Desk(context.new_page(), product, name, lang=lang)
        opened.append((context, complaints_of(one.page)))
        one.sign_in()
        return one

    yield come
    for context, faults in opened:
        context.close()
        assert faults == []


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_from_the_first_word_to_the_closing(
    comes: Callable[[str, str], Desk], new_worker: NewWorker, lang: str
) -> None:
    coordinator, supervisor = comes("石田 健", lang), comes("中川 真理", lang)
    title = f"通りの家 {lang}"
    case, number = takes_it_in_without_consent(coordinator, title)
    decides_on_a_conference(coordinator, case)
    coordinator.open(f"/cases/{case}/assigned")
    coordinator.page.locator("[name=to]").select_option("demo-kobayashi")
    coordinator.page.locator("button[value=hand]").click()
    meeting = plans_the_conference(coordinator, number)
    takes_note_of_secrecy(supervisor, meeting)

    worker = new_worker("小林 悠", locale="ja-JP" if lang == "ja" else "en-GB")
    worker.lang = lang
    worker.joins(supervisor)
    goes_there(worker, title)

    holds_it(coordinator, supervisor, meeting, case)
    agrees_that_others_are_told(coordinator, case)
    writes_the_plan(coordinator, case)
    the_city_decides(comes("大森 和子", lang), case)
    knows_the_roles_without_signal(worker, title)
    looks_at_the_goals(coordinator, case)
    is_handed_over_and_answered(coordinator, case)
    worker.airplane_mode(False)
    hears_the_answer(worker, title)
    ends_it(coordinator, case)
    worker.tab_from_anywhere("cases")
    worker.until(lambda: worker.part().get_by_text(title).count() == 0, lambda: worker.evaluate(ASKS))


def says(desk: Desk, key: str, **slots: object) -> None:
    """The sentence about what was just done."""
    expect(desk.page.locator(".said").filter(has_text=desk.t(key, **slots)).first).to_be_visible()


def presses(desk: Desk, form: Locator) -> None:
    form.locator("button:not(.linklike):not([name=more])").last.click()


def unfolded(desk: Desk, action: str, field: str) -> Locator:
    """The form of a folded part, opened as a person does."""
    form = (
        desk.page.locator(f'main form[action$="{action}"]')
        .filter(has=desk.page.locator(f'[name="{field}"]'))
        .first
    )
    fold = form.locator("xpath=ancestor::details[not(@open)]").last
    if fold.count():
        fold.locator("> summary").click()
    return form


def takes_it_in_without_consent(desk: Desk, title: str) -> tuple[str, str]:
    """(the case's id, its number)."""
    desk.open("/notices")
    given = desk.page.locator("main form").filter(has=desk.page.locator("[name=noticed]"))
    desk.fills(given, noticed=f"郵便受けがいっぱい {title}", named="ask")
    presses(desk, given)
    notice = desk.page.locator("#given li").filter(has_text=title)
    notice.get_by_role("link", name=desk.t("desk.consultations.from_here")).click()
    form = desk.page.locator("form[data-keep]")
    desk.fills(
        form, consent="refused", urgency="within_week", familyComplaint="「この先が心配」", household="三人"
    )
    desk.page.get_by_role("button", name=desk.t("desk.consultation.take"), exact=True).click()
    says(desk, "desk.said.consultation_received")
    number = desk.page.get_by_label(desk.t("desk.consultation.no")).input_value()
    desk.page.get_by_label(desk.t("desk.household.field.title")).fill(title)
    if desk.page.locator("[name=into][value=apart]").count():
        desk.page.locator("[name=into][value=apart]").check()
    desk.page.get_by_role("button", name=desk.t("desk.consultation.open_case")).click()
    desk.page.wait_for_url(re.compile(r"/cases/[\w-]{22}"))
    return desk.page.url.split("/cases/")[1][:22], number


def decides_on_a_conference(desk: Desk, case: str) -> None:
    desk.open(f"/triage?case={case}")
    form = desk.page.locator("#opened form")
    desk.fills(form, decision="needs_conference", kind="support", reason="同意はまだない。支援会議で整理する")
    presses(desk, form)
    expect(desk.page.locator("#lane-undecided")).not_to_contain_text(desk.page.url)
    expect(desk.page.locator(".said").first).to_be_visible()


def plans_the_conference(desk: Desk, number: str) -> str:
    desk.open("/meetings/new")
    form = desk.page.locator("form[data-keep]")
    desk.fills(form, kind="support", on=TODAY.isoformat(), begins="13:30", place="市役所", cases=number)
    presses(desk, form)
    says(desk, "desk.said.meeting_planned")
    meeting = desk.page.url.split("/meetings/")[1][:22]
    takes_note_of_secrecy(desk, meeting)
    seat = unfolded(desk, "/members", "organisation")
    desk.fills(seat, staff=SEAT, organisation="確認", capacity="助言")
    presses(desk, seat)
    expect(desk.page.locator("main")).to_contain_text("助言")
    return meeting


def takes_note_of_secrecy(desk: Desk, meeting: str) -> None:
    desk.open(f"/meetings/{meeting}")
    form = desk.page.locator("form[action$='/acknowledge']")
    form.locator("button").last.click()
    expect(form).to_have_count(0)


def goes_there(worker: Worker, title: str) -> None:
    """Called off, a letter left, and met."""
    worker.begins_a_record(title)
    worker.logs(worker.t("outcome.cancelled_by_household.short"), "朝の電話で、体調が悪いとのこと。")
    worker.press("saved.read")
    worker.tab_from_anywhere("cases")
    worker.begins_a_record(title)
    worker.logs(worker.t("outcome.not_met_left_note.short"), "短い手紙を残した。")
    worker.until_nothing_waits()


def holds_it(desk: Desk, other: Desk, meeting: str, case: str) -> None:
    desk.open(f"/meetings/{meeting}")
    minutes = unfolded(desk, "/minutes", "text")
    desk.fills(minutes, text="三人の体調と通いの経過を確かめた。")
    presses(desk, minutes)
    decided = unfolded(desk, "/decisions", "what")
    desk.fills(decided, what=DONE_NEXT, staff="demo-kobayashi", until=LATER)
    presses(desk, decided)
    expect(desk.page.locator("#decisions")).to_contain_text(DONE_NEXT)
    held = unfolded(desk, "/held", "attended")
    for box in held.locator("[name=attended]").all():
        box.check()
    desk.fills(held, on=TODAY.isoformat())
    presses(desk, held)
    desk.open(f"/triage?case={case}")
    expect(desk.page.locator("#lane-A")).to_be_visible()
    other.open(f"/meetings/{meeting}")
    expect(other.page.locator("#minutes")).to_contain_text("三人の体調")


def agrees_that_others_are_told(desk: Desk, case: str) -> None:
    desk.open(f"/cases/{case}")
    form = unfolded(desk, "/consents", "givenBy")
    desk.fills(form, purpose="sharing", status="given", method="written", by="person", on=TODAY.isoformat())
    form.locator("[name=to][value=agencies]").check()
    form.locator("[name=scopes][value=all]").check()
    presses(desk, form)
    expect(desk.page.locator(".said").first).to_be_visible()


def writes_the_plan(desk: Desk, case: str) -> None:
    desk.open(f"/cases/{case}/plan/edit")
    form = desk.page.locator("form[data-keep]")
    form.locator("[name=kinds][value=outreach]").check()
    form.locator('[name="roles.lead"]').first.check()
    told = {
        "madeOn": TODAY.isoformat(),
        "begins": TODAY.isoformat(),
        "ends": LATER,
        "monitorOn": LATER,
        "issues.whose": "本人",
        "issues.what": "注文のしかたがわからない",
        "wishes.whose": "本人",
        "wishes.quote": "「自分で頼んでみたい」",
        "longGoal": "好きなことを続ける",
        "goals.text": GOAL,
        "goals.until": LATER,
        "actions.goal": "1",
        "actions.what": DONE_NEXT,
        "actions.organisation": LEAD,
        "actions.person": "小林 悠",
        "actions.until": LATER,
        "roles.organisation": LEAD,
        "roles.person": "小林 悠",
        "roles.role": "定期の訪問",
    }
    desk.fills(form, **told)
    form.locator(".act .btn-main, button.btn-main").last.click()
    expect(desk.page.locator("#goals")).to_contain_text(GOAL)
    agreed = unfolded(desk, "/plan/agree", "result")
    desk.fills(agreed, on=TODAY.isoformat(), result="fits")
    presses(desk, agreed)


def the_city_decides(desk: Desk, case: str) -> None:
    desk.open(f"/cases/{case}/plan")
    form = desk.page.locator("form[action$='/plan/decide']").first
    desk.fills(form, result="decided")
    presses(desk, form)
    expect(desk.page.locator("#decision")).to_contain_text(desk.t("desk.plan.decision.decided"))


def knows_the_roles_without_signal(worker: Worker, title: str) -> None:
    worker.tab_from_anywhere("cases")
    worker.opens_case(title)
    part = worker.page.locator("main")
    worker.until(lambda: part.get_by_text(DONE_NEXT).count() > 0, lambda: worker.evaluate(ASKS))
    worker.airplane_mode(True)
    worker.goes_up()
    worker.opens_case(title)
    expect(part.get_by_text(DONE_NEXT).first).to_be_visible()
    assert "三人の体調" not in part.inner_text(), "nothing of a conference reaches a phone"


def looks_at_the_goals(desk: Desk, case: str) -> None:
    desk.open(f"/cases/{case}/monitoring")
    form = desk.page.locator("form[data-keep]")
    desk.fills(form, on=TODAY.isoformat(), method="visit", next="closing")
    desk.fills(form, **{"items.progress": "ahead", "items.fact": "一人で二回頼んだ"})
    form.locator("[name=done]").first.check()
    form.locator(".act .btn-main").click()
    says(desk, "desk.said.monitored")


def is_handed_over_and_answered(desk: Desk, case: str) -> None:
    desk.open(f"/cases/{case}/handovers")
    form = desk.page.locator("main form").filter(has=desk.page.locator("[name=ground]")).first
    form.locator("[name=told][value=needs]").check()
    desk.fills(form, to=SECTION, ground="consent", text="玄関の段差のことで相談します。")
    presses(desk, form)
    says(desk, "desk.said.handover_sent")
    told = desk.page.locator("form[action$='/answer']")
    desk.fills(told, answer="taken", why=TAKEN_WHY, by="窓口の係", how="phone", on=TODAY.isoformat())
    presses(desk, told)
    says(desk, "desk.said.handover_answered")


def hears_the_answer(worker: Worker, title: str) -> None:
    worker.tab_from_anywhere("cases")
    worker.opens_case(title)
    worker.until(
        lambda: worker.page.get_by_role("button", name=worker.t("pass.title")).count() > 0,
        lambda: worker.evaluate(ASKS),
    )
    worker.press("pass.title")
    worker.until(lambda: worker.page.get_by_text(TAKEN_WHY).count() > 0, lambda: worker.evaluate(ASKS))
    expect(worker.page.get_by_text(worker.t("pass.answer.taken"))).to_be_visible()
    worker.goes_back()


def ends_it(desk: Desk, case: str) -> None:
    desk.open(f"/cases/{case}/closing")
    form = desk.page.locator("form[data-keep]")
    told = {"on": TODAY.isoformat(), "result": "reached"}
    told |= {"changes.change": "participation", "changes.who": "本人", "changes.fact": "店の人と話した"}
    told |= {
        "stays.role": "door",
        "stays.organisation": "地域包括支援センター",
        "stays.what": "困ったときの窓口",
    }
    desk.fills(form, **told)
    form.locator(".act .btn-main").click()
    desk.page.wait_for_url(re.compile(f"/cases/{case}"))
    desk.open("/cases?show=closed")
    expect(desk.page.locator("main")).to_contain_text(desk.page.title() and "通りの家")
