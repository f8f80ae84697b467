"""A checklist is answered in the version it was begun with; a newer one published meanwhile is for the next record."""

from __future__ import annotations

import pytest

from tests.browser.browsers import Phone

pytestmark = pytest.mark.browser

BEGUN = """async () => {
  const { html, render, signal } = await import("/static/vendor/preact.js")
  const { App } = await import("/static/js/app/view.js")
  const { go } = await import("/static/js/shell/router.js")
  const { learn, speak } = await import("/static/js/words/texts.js")
  const { setAt } = await import("/static/js/store/change_paths.js")
  await speak("ja")
  await learn("field")
  const list = (version, text) => ({ id: "first_visit", version, title: { ja: "初回訪問", en: "" }, intro: { ja: "", en: "" },
    items: [{ id: "A1", phase: "before", must: true, parts: ["b"], text: { ja: text, en: "" } }] })
  const sheet = { id: "c1", no: "1", title: "Dさん", household: { members: [] }, contacts: [], line: [], promises: [], safety: [], hook: null, next: null }
  const me = { worker: { id: "s1", name: "" }, staff: [], office: { name: "" } }
  globalThis.documents = signal(new Map([["me", me], ["case/c1", sheet], ["checklist/first_visit", list(1, "犬はいますか")]]))
  globalThis.publish = (version, text) => { documents.value = new Map([...documents.value, ["checklist/first_visit", list(version, text)]]) }
  globalThis.written = new Map()
  const open = (caseId, kind, { value, id } = {}) => {
    const name = id ?? caseId
    if (!written.has(name)) {
      const draft = { id: name, case: caseId, kind, value: signal(value), savedAt: signal(null), problem: signal(null), flush: async () => {} }
      draft.set = (path, v) => { draft.value.value = setAt(draft.value.peek(), path, v) }
      written.set(name, draft)
    }
    return written.get(name)
  }
  const door = { state: signal("open"), documents, records: signal([]), road: signal({ unsent: 0 }), numbers: signal([]), drafts: { list: signal([]), open } }
  const place = document.createElement("div")
  document.body.append(place)
  render(html`<${App} door=${door} />`, place)
  go("log-checklist", { case: "c1" })
  globalThis.again = () => { written.clear(); go("today"); go("log-checklist", { case: "c1" }) }
}"""

DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def test_a_version_published_meanwhile_does_not_touch_an_open_draft(phone: Phone) -> None:
    page = phone.start()
    page.evaluate(BEGUN)
    page.get_by_role("button").filter(has_text="初回訪問").click()
    page.locator("section.open").get_by_text("はい", exact=True).click()

    page.evaluate("publish(2, '犬や猫はいますか')")
    page.evaluate(DRAWN)
    assert page.get_by_text("犬はいますか").count() > 0
    assert page.get_by_text("犬や猫はいますか").count() == 0
    kept = page.evaluate("written.get('c1').value.peek().record.checklist")
    assert kept == {"id": "first_visit", "version": 1, "answers": {"A1": {"b": "yes"}}}

    page.evaluate("again()")
    page.get_by_role("button").filter(has_text="初回訪問").click()
    page.get_by_text("犬や猫はいますか").first.wait_for()
    assert page.evaluate("written.get('c1').value.peek().record.checklist.version") == 2
