"""What is typed on any screen is there again: after a lock by hand, a lock by the timer, and a killed app."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.core.worker import VISIT, Worker

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[3]
FIELD = re.compile(
    r"<(?:input|textarea|select|\$\{(?:Box|Field|DateField|DraftField|DraftBox|DraftDate)\})(?=[\s/>])([^\n]*)"
)
# What a lock may take: a secret is kept nowhere, a tick that lets something go is asked again, a file is a file.
SECRETS = {"gate/choose_unlock.js", "gate/enrol.js", "gate/lock.js", "gate/unlock_change.js"}
ASKED_AGAIN = {"settings/settings.js", "sync/refused.js"}


@dataclass(frozen=True)
class Stop:
    """A screen, the files whose fields it shows, and what is pressed (CSS) before they all stand there."""

    route: str
    files: tuple[str, ...]
    carried: tuple[str, ...] = ("case",)
    press: tuple[str, ...] = ()
    crisis: int | None = None


WALK = (
    Stop("cases", ("case/cases.js",)),
    Stop("case", ("case/followup.js",)),
    Stop("hand-over", ("case/hand_over.js",)),
    Stop("pass-on", ("case/pass_on.js",)),
    Stop("consent", ("case/hand_over.js",)),
    Stop("taking-part", ("case/taking_part.js",), carried=("case", "match")),
    Stop("hand-day", ("day/ask_cover.js",), press=(".choice",)),
    Stop("plan", ("day/plan.js",)),
    Stop("log", ("log/log_outcome.js",), press=(".choice",)),
    Stop(
        "log-notes",
        ("log/log_notes.js", "log/log_next.js", "log/log_photos.js", "log/log_stage.js"),
    ),
    Stop("log-checklist", ("log/question.js",), carried=("case", "at")),
    Stop("begin", ("record/undo.js",)),
    Stop("take-back", ("record/undo.js",), carried=("case", "visit")),
    Stop("review", ("record/correcting.js", "record/review.js"), carried=("visit",)),
    Stop("notice-write", ("notice.js",)),
    Stop("sharing", ("settings/sharing.js",)),
    Stop("urgent", ("urgent/urgent_steps.js",), crisis=2),
    Stop("urgent", ("urgent/urgent_steps.js",), crisis=3),
    Stop("urgent", ("urgent/urgent_steps.js",), press=("li:not(:has(:checked)) .promise",), crisis=4),
)
OPENED = "() => document.querySelector('#app main:not([aria-busy])') && session.state.value === 'open'"
GO = """async ([route, carried, crisis]) => {
  const { go, swap } = await import("/static/js/shell/router.js")
  const known = { case: globalThis.sheet, visit: globalThis.written, at: "checklist.q1", match: "m1" }
  swap("today")
  await new Promise(requestAnimationFrame)
  if (crisis !== null) (await import("/static/js/session/crisis.js")).note({ step: crisis })
  go(route, Object.fromEntries(carried.map((name) => [name, known[name]])))
  await new Promise(requestAnimationFrame)
}"""
TYPED = """() => [...document.querySelectorAll("main input, main textarea")].filter((one) => one.checkVisibility()
  && !["radio", "checkbox", "file"].includes(one.type)).map(({ value }) => value).filter(Boolean)"""


def test_every_field_of_the_phone_is_on_the_walk():
    walked = {name for stop in WALK for name in stop.files}
    fields = {
        str(file.relative_to(ROOT / "static/js/screens")): found
        for file in (ROOT / "static/js/screens").rglob("*.js")
        if (found := [one for one in FIELD.findall(file.read_text("utf-8")) if 'type="file"' not in one])
    }
    assert len(fields) > 15
    assert set(fields) - walked - SECRETS - ASKED_AGAIN == set()
    loose = [
        (name, one[:60])
        for name in ASKED_AGAIN
        for one in fields.get(name, [])
        if 'type="checkbox"' not in one
    ]
    assert loose == []


WRITTEN = """async () => {
  const sheets = [...session.documents.value].filter(([path]) => path.startsWith("case/")).map(([, body]) => body)
  const sheet = sheets.find(({ next }) => next).id
  const at = new Date(Date.now() + 60_000).toISOString()
  const followup = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16)))).replace(/\\+/g, "-").replace(/\\//g, "_").slice(0, 22)
  await session.write("followup.scheduled", sheet, { followup, at, kind: "visit", with: "person", note: "", remind: false })
  return { sheet, written: session.records.value[0].visit }
}"""
# Text, number and day of one question: a checklist of the sample asks them one by one.
ASKS = """() => {
  const draft = session.drafts.open(globalThis.sheet, "visit")
  draft.set("checklist", { id: "c1", version: 1, title: { ja: "問" }, intro: {}, items: [
    { id: "q1", phase: "before", must: false, parts: ["t", "n", "d"], text: { ja: "問" } }] })
  draft.set("record.checklist", { id: "c1", version: 1, answers: {} })
}"""
# A place the person of this case goes to: the sample's worker accompanies nobody there.
PLACES = """() => {
  const sheet = session.documents.value.get(`case/${globalThis.sheet}`)
  const match = { match: "m1", place: "場", where: "", times: "", step: "tried", days: "", started: null, ask: [] }
  sheet.participation = { missing: "", told: [], kept: 0, matches: [match] }
}"""
KNOW = "known => Object.assign(globalThis, known)"


def test_what_is_typed_on_any_screen_is_there_after_lock_timer_and_kill(worker: Worker) -> None:
    worker.page.evaluate(VISIT, "会えた")
    for _ in range(2):
        worker.round()
    known = worker.page.evaluate(WRITTEN)
    worker.page.evaluate(KNOW, known)

    same = [next(i for i, other in enumerate(WALK) if other.files == stop.files) for stop in WALK]
    typed = {number: types_all(worker.page, stop, same[number]) for number, stop in enumerate(WALK)}
    assert [WALK[number].route for number, texts in typed.items() if not texts] == []
    lost = []
    for how in (locks_by_hand, locks_by_the_timer, is_killed):
        how(worker)
        worker.page.evaluate(KNOW, known)
        for number, stop in enumerate(WALK):
            show(worker.page, stop)
            there = worker.page.evaluate(TYPED)
            lost += [
                f"{stop.route} {how.__name__}: {text}, {there}" for text in typed[number] if text not in there
            ]
    assert lost == []


def locks_by_hand(worker: Worker) -> None:
    worker.page.evaluate("session.lock()")
    worker.page.evaluate("words => session.unlock({ passphrase: words })", worker.words)


def locks_by_the_timer(worker: Worker) -> None:
    worker.page.evaluate("session.setAutoLock(0.005)")
    worker.page.locator("main").first.click(position={"x": 2, "y": 2})
    worker.page.wait_for_function("() => session.state.value === 'locked'")
    worker.page.evaluate("session.setAutoLock(5)")
    worker.page.evaluate("words => session.unlock({ passphrase: words })", worker.words)


def is_killed(worker: Worker) -> None:
    worker.restart()


def types_all(page: Page, stop: Stop, number: int) -> list[str]:
    """Into every field that stands there; what the screen then shows of them."""
    if stop.route == "log-checklist":
        page.evaluate(ASKS)
    show(page, stop)
    fields = page.locator("main input:visible, main textarea:visible").filter(visible=True)
    for at in range(fields.count()):
        one = fields.nth(at)
        kind = one.evaluate("one => [one.type, one.inputMode, one.max, one.maxLength]")
        if kind[0] in ("radio", "checkbox", "file"):
            continue
        one.fill(value_for(*kind, number=number, at=at))
    return page.evaluate(TYPED)


def value_for(kind: str, mode: str, most: str, longest: int, *, number: int, at: int) -> str:
    if kind in ("date", "datetime-local"):
        return most
    if kind == "time":
        return f"2{at}:30"
    if mode in ("numeric", "decimal"):
        return f"{at + 1}"
    return f"字{number}-{at}"


def show(page: Page, stop: Stop) -> None:
    if stop.route == "taking-part":
        page.evaluate(PLACES)
    page.evaluate(GO, [stop.route, stop.carried, stop.crisis])
    page.wait_for_function(OPENED)
    for press in stop.press:
        if page.locator(f"main {press}").count():
            page.locator(f"main {press}").first.click()
    closed = page.locator("main button[aria-expanded=false]")
    for _ in range(closed.count()):
        closed.first.click()
    page.wait_for_timeout(30)
