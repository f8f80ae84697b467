"""The canaries' day: each is typed, sent, read, asked about and answered by the true product; then it is
searched for.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.canary import office_day
from tests.canary.needles import Needles

from .photos import take_photo
from .supervisor import Supervisor
from .worker import Worker

# Headless browsers have no push service of their own: this phone's is the stand-in.
PUSH = """
const made = %s
const key = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0)).buffer
let held = null
PushManager.prototype.getSubscription = async () => held
PushManager.prototype.subscribe = async ({ applicationServerKey }) =>
  (held = { toJSON: () => made, options: { applicationServerKey: key(applicationServerKey) }, unsubscribe: async () => true })
"""

SAVE = """async ({ title, record, followup }) => {
  const session = await import("/static/js/session/session.js")
  const sheet = [...session.documents.value.values()].find((body) => body.title === title)
  const draft = session.drafts.open(sheet.id, "visit", { value: { record, followup, closes: [], moves: null, step: "check" } })
  draft.set("record.hook", record.hook)
  await draft.flush()
  return session.save(draft)
}"""

CORRECT = """async ({ visit, comment, fact, record }) => {
  const session = await import("/static/js/session/session.js")
  const path = "record/" + visit
  const told = session.documents.value.get(path)
  const body = { ...told.record, notes: { ...told.record.notes, fact } }
  const draft = session.drafts.open(told.case, "correction", { about: visit, value: { visit, replaces: told.versions.at(-1).id,
    answers: told.review?.review ?? null, changed: ["notes.fact"], record: body, comment } })
  draft.set("comment", comment)
  await draft.flush()
  return session.save(draft)
}"""

CRISIS = """async ({ call, safe }) => {
  const { note } = await import("/static/js/session/crisis.js")
  note({ call: { ...call, at: new Date().toISOString() }, safe: { ...safe, contact: "" } })
}"""

KEYS = """async words => {
  const { openVault } = await import("/static/js/store/vault.js")
  const { keys } = await openVault({ passphrase: words })
  return { sign: keys.sign, seal: keys.seal }
}"""

STATES = """async () => {
  const session = await import("/static/js/session/session.js")
  await session.settle()
  await session.syncNow()
  return session.records.value.map(({ state, unsentBlobs }) => unsentBlobs ? "photos wait" : state)
}"""

RETURNED = """async () => {
  const session = await import("/static/js/session/session.js")
  await session.syncNow()
  return [...session.documents.value].filter(([path, body]) => path.startsWith("record/") && body.review?.status === "returned")
    .map(([path]) => path.slice(7))
}"""


def in_days(n: int) -> str:
    return (datetime.now(UTC) + timedelta(days=n)).date().isoformat()


def writes_a_visit_by_hand(worker: Worker, title: str, needles: Needles, folder: Path) -> dict[str, str]:
    """Every box of the four screens, typed; and a photo with EXIF."""

    def put(name: str) -> str:
        return needles.for_field(f"typed: {name}")

    exif = {name: needles.for_field(f"EXIF: {name}", "ascii") for name in ("caption", "camera")}
    worker.begins_a_record(title)
    worker.choice("本人に会えた").click()
    worker.press("next")
    worker.writes("事実", put("fact"))
    worker.typed("本人・家族の言葉").press_sequentially(put("quote"))
    worker.writes("第三者からの情報", put("third party"))
    worker.writes("見立て", put("view"))
    worker.picks("場所", "玄関")
    worker.picks("本人の反応", "会話が続く")
    worker.group("今の距離").first.locator("label.choice").nth(4).click()
    worker.writes("そう思ったできごと", put("stage event"))
    worker.picks("健康急変", "気になる")
    worker.press("risk.rest_none", n=7)
    worker.writes("次の声かけの切り口", put("hook"))
    worker.picks("次の関わり", "本人と約束")
    worker.picks("訪問してよいか", "来てよい")
    worker.press("next.in.week")
    worker.writes("先に・持ち物", put("follow-up note"))
    photo = take_photo(folder / "photo.jpg", exif["caption"], exif["camera"])
    worker.page.locator("input[type=file]").set_input_files(photo)
    expect(worker.page.get_by_role("img", name="写真 1")).to_be_visible()
    worker.writes("写真1の説明", put("photo note"))
    worker.press("next")
    worker.press("checklist.without")
    worker.saves()
    return exif


def writes_through_the_same_door(worker: Worker, titles: list[str], needles: Needles) -> list[str]:
    """Whole visits with every checklist; the crisis card."""
    visits = []
    for n, checklist in enumerate(office_day.TEXT_ANSWERS):
        name = f"visit {n}"
        followup = {
            "at": f"{in_days(8)}T01:00:00Z",
            "kind": "visit",
            "note": needles.for_field(f"{name}: follow-up"),
            "with": "person",
            "remind": True,
        }
        record = office_day.whole_visit(needles, name, checklist)
        visits.append(worker.evaluate(SAVE, {"title": titles[n % 2], "record": record, "followup": followup}))
    crisis = {
        "call": {"to": needles.for_field("crisis: to"), "result": needles.for_field("crisis: result")},
        "safe": {"who": needles.for_field("crisis: who"), "means": needles.for_field("crisis: means")},
    }
    worker.evaluate(CRISIS, crisis)
    return visits


def everything_arrives(worker: Worker, records: int) -> None:
    """Until the office has so many records, photos and all, and nothing is left here."""

    def there() -> bool:
        states = worker.evaluate(STATES)
        return len(states) >= records and set(states) <= {"at_office", "read"}

    worker.until(there)


def asks_at_the_desk(supervisor: Supervisor, visits: list[str], title: str, needles: Needles) -> None:
    """Questions, a question begun and left, a search, a follow-up moved nowhere, all on the desk's pages."""
    page, put = supervisor.page, needles.for_field
    for visit in visits[:2]:
        supervisor.open(f"/visits/{visit}?ask=notes.fact")
        page.locator("#question").fill(put("review question"))
        page.locator("#field").select_option("notes.fact")
        with page.expect_navigation():
            page.locator("form[action$='/return'] button").last.click()
    supervisor.open(f"/visits/{visits[2]}?ask=notes.fact")
    with page.expect_response(lambda answer: answer.url.endswith("/draft")):
        page.locator("#question").fill(put("question left unsent"))
    page.locator("#q").fill(put("search at the desk"))
    with page.expect_navigation():
        page.locator("#q").press("Enter")
    page.locator("#q").fill(title)
    with page.expect_navigation():
        page.locator("#q").press("Enter")
    supervisor.open(f"/cases/{office_id(page.content(), title)}")
    page.locator("details:has(form[action$='/follow-ups'])").evaluate("details => { details.open = true }")
    page.locator("form[action$='/follow-ups'] input[name=on]").fill(in_days(24))
    page.locator("form[action$='/follow-ups'] input[name=at]").fill("10:00")
    page.locator("form[action$='/follow-ups'] [name=with]").select_option("us")
    page.locator("form[action$='/follow-ups'] [name=note]").fill(put("follow-up of the desk"))
    with page.expect_navigation():
        page.locator("form[action$='/follow-ups'] button").last.click()


def office_id(page: str, title: str) -> str:
    import re

    row = next(part for part in re.split(r"<tr|<li", page) if title in part and 'href="/cases/' in part)
    found = re.search(r'href="/cases/([\w-]{22})', row)
    assert found
    return found[1]


def answers_and_begins_anew(worker: Worker, asked: list[str], title: str, needles: Needles) -> None:
    """Corrections of what was asked; then a visit begun, a search typed, and the app left open."""
    worker.until(lambda: set(asked) <= set(worker.evaluate(RETURNED)))
    for visit in asked:
        told = {
            "visit": visit,
            "comment": needles.for_field("correction comment"),
            "fact": needles.for_field("corrected fact"),
        }
        worker.evaluate(CORRECT, told | {"record": None})
    everything_arrives(worker, 4)
    worker.tab("cases")
    worker.page.locator("#q").fill(needles.for_field("search on the phone"))
    worker.page.locator("#q").fill("")
    worker.begins_a_record(title)
    worker.choice("本人に会えた").click()
    worker.press("next")
    for label in ("事実", "本人・家族の言葉", "第三者からの情報", "見立て", "次の声かけの切り口"):
        worker.typed(label).press_sequentially(needles.for_field(f"left unsent: {label}"))
    worker.press("next")


def push_script(subscription: Any) -> str:
    return PUSH % json.dumps(subscription.to_json())


def device_keys(worker: Worker) -> dict[str, bytes]:
    from sync.encoding import unb64u

    told = worker.evaluate(KEYS, worker.words)
    return {f"device {name} key": unb64u(text) for name, text in told.items()}
