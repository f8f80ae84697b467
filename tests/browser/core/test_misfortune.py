"""Storage that is missing, cleared or broken, and a clock that is wrong: said in words, and nothing
acknowledged lost.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.browsers import Phone
from tests.browser.journeys.texts import t

pytestmark = pytest.mark.browser

VISIT = """async text => {
  const draft = globalThis.draft = session.drafts.open("demo-002", "visit")
  draft.set("record", {occurredAt: "2026-10-01T05:00:00Z", channel: "visit", planned: "as_planned",
    outcome: "voice_through_door", notes: {fact: text}})
  return session.save(draft).then(() => "saved", ({code}) => code)
}"""
SHOWN = """async () => {
  const { html, render } = await import("/static/vendor/preact.js")
  const { App } = await import("/static/js/app/view.js")
  const { speak } = await import("/static/js/words/texts.js")
  const session = await import("/static/js/session/session.js")
  await session.started
  await speak("ja")
  document.body.append(document.createElement("div"))
  render(html`<${App} door=${session} />`, document.body.lastChild)
}"""
CLEARED = """async () => {
  for (const { name } of await indexedDB.databases()) {
    await new Promise((done) => Object.assign(indexedDB.deleteDatabase(name), { onsuccess: done, onerror: done }))
  }
}"""
# A disk the browser cannot read any more: opening fails, in the words browsers have for it.
BROKEN = """async () => {
  const { outbox } = await import("/static/js/store/outbox_db.js")
  const { vaultDb } = await import("/static/js/store/vault_db.js")
  globalThis.true_open = indexedDB.open
  IDBFactory.prototype.open = () => { throw new DOMException("Internal error opening backing store", "UnknownError") }
  outbox.close()
  vaultDb.close()
}"""
MENDED = "() => { IDBFactory.prototype.open = true_open }"


@pytest.mark.parametrize(
    "script",
    [
        "Object.defineProperty(globalThis, 'indexedDB', { value: undefined })",
        "IDBFactory.prototype.open = () => { throw new DOMException('not allowed here', 'SecurityError') }",
        """for (const name of ["localStorage", "sessionStorage"]) {
          Object.defineProperty(globalThis, name, { get() { throw new DOMException("blocked", "SecurityError") } })
        }
        globalThis.BroadcastChannel = class { constructor() { throw new DOMException("blocked", "SecurityError") } }
        IDBFactory.prototype.open = () => { throw new DOMException("blocked", "SecurityError") }""",
    ],
    ids=["missing", "refused", "all storage blocked"],
)
def test_a_browser_without_a_place_for_records_says_so_and_how_to_go_on(phone: Phone, script: str) -> None:
    phone.scripts.append(script)
    page = phone.start()
    page.evaluate(SHOWN)
    expect(page.get_by_role("heading", level=1)).to_have_text(t("ja", "unsupported.title"))
    expect(page.get_by_text(t("ja", "unsupported.do"))).to_be_visible()
    expect(page.get_by_text("119", exact=True).first).to_be_visible()


def test_storage_cleared_under_an_open_phone_is_told_and_nothing_new_is_called_saved(amina) -> None:
    assert amina.page.evaluate(VISIT, "前の記録") == "saved"
    amina.page.evaluate(CLEARED)

    assert amina.page.evaluate(VISIT, "いまの記録") == "storage_gone"
    assert amina.page.evaluate("draft.value.value.record.notes.fact") == "いまの記録"  # still on the screen
    amina.page.evaluate("() => { draft.set('record.notes.view', '続き') }")
    amina.page.evaluate("draft.flush().catch(() => {})")
    assert amina.page.evaluate("draft.problem.value.code") == "storage_gone"
    assert not t("ja", "trouble.storage_gone").startswith("trouble")

    amina.page.reload()  # not as if nobody had ever joined here
    amina.page.evaluate(SHOWN)
    expect(amina.page.get_by_role("heading", level=1)).to_have_text(t("ja", "cleared.title"))
    amina.page.get_by_role("button", name=t("ja", "wiped.again"), exact=True).click()
    expect(amina.page.get_by_role("heading", level=1)).to_have_text(t("ja", "install.title").replace("|", ""))


def test_a_disk_that_cannot_be_read_for_a_while_is_told_and_the_visit_is_saved_afterwards(amina) -> None:
    amina.page.evaluate(BROKEN)
    assert amina.page.evaluate(VISIT, "読めない間の記録") == "database_closed"

    amina.page.evaluate(MENDED)
    assert amina.page.evaluate("session.save(draft).then(() => 'saved')") == "saved"
    amina.restart()
    assert [event["body"]["notes"]["fact"] for event in amina.opened_events()] == ["読めない間の記録"]


@pytest.mark.parametrize("days", [-5, 5])
def test_a_clock_wrong_by_days_loses_no_record_and_the_phone_says_when_it_is_behind(
    newcomer, days: int
) -> None:
    shift = days * 86_400_000
    newcomer.phone.kill()
    newcomer.phone.scripts.append(
        f"const right = Date; globalThis.Date = class extends right {{"
        f" constructor(...at) {{ at.length ? super(...at) : super(right.now() + {shift}) }}"
        f" static now() {{ return right.now() + {shift} }} }}"
    )
    newcomer.page = newcomer.phone.start()
    newcomer.enrol()
    newcomer.round()
    page = newcomer.page
    visit = page.evaluate(
        """async () => {
          const draft = session.drafts.open("demo-002", "visit")
          draft.set("record", {occurredAt: new Date().toISOString().replace(/\\.[0-9]+Z$/, "Z"), channel: "visit",
            planned: "as_planned", outcome: "voice_through_door", notes: {fact: "時計のずれた端末から"}})
          return session.save(draft)
        }"""
    )
    newcomer.round()

    assert visit in newcomer.office.visits()
    assert page.evaluate("session.documents.value.has('case/demo-002')")  # days are not the end of the lease
    assert page.evaluate("Boolean(session.road.value.clockBehind)") is (days < 0)
