"""A phone on which nothing can be written any more, at each kind of write; and one whose browser threw all away."""

from __future__ import annotations

import pytest

from pwa_server.desk import actions
from tests.browser.core.next_release import NextRelease
from tests.browser.core.places import no_line
from tests.browser.core.worker import START, VISIT

pytestmark = pytest.mark.browser

# Each kind of write, and what is told of it. Nothing is thrown at the screens that they do not know.
WRITES = """async fact => {
  const code = (promise) => promise.then(() => "written", (error) => error.code ?? String(error))
  const sheet = [...session.documents.value].find(([path]) => path.startsWith("case/"))[1]
  const draft = globalThis.draft = session.drafts.open(sheet.id, "visit")
  draft.set("record", {occurredAt: "2026-10-01T05:00:00Z", channel: "visit", planned: "as_planned",
    outcome: "voice_through_door", staff: ["demo-kobayashi"], notes: {fact}})
  const told = { draft: await code(draft.flush()), shown: draft.problem.value?.code }
  const jpeg = crypto.getRandomValues(new Uint8Array(60_000))
  told.photo = await code(draft.addPhoto(jpeg, { width: 64, height: 48 }))
  told.record = await code(session.save(draft))
  told.event = await code(session.write("promise.kept", sheet.id, {promise: "p-full"}))
  told.setting = await code(session.setAutoLock(9))
  told.received = (await session.syncNow()).problem
  return { ...told, kept: draft.value.value.record.notes.fact }
}"""


@pytest.mark.timeout(600)
def test_a_full_phone_says_so_at_every_write_and_loses_nothing_of_what_is_written_when_there_is_room(worker):
    office, case = worker.office, first_case(worker)
    stage_a_release(worker)  # which the next start would take, and cannot
    worker.valley.before = no_line
    before = worker.page.evaluate(VISIT, "前の訪問")
    worker.page.evaluate(
        DROP_CACHES
    )  # the browser needed room, and took the app's files; they cannot be kept again
    worker.phone.kill()
    worker.valley.before = lambda _environ: None  # the outbox is sent, and cannot note that it was
    actions.set_safety(office.desk, office.person("nakagawa"), case, "dog", "犬がいる", "", "2027-01-01")
    office.sync()
    worker.page, cdp = worker.phone.start_full()
    worker.open()

    told = worker.page.evaluate(WRITES, "書けない")

    full = dict.fromkeys(
        ("draft", "shown", "photo", "record", "event", "setting", "received"), "storage_full"
    )
    assert told == full | {"kept": "書けない"}
    worker.phone.make_room(worker.page, cdp)
    visit = worker.page.evaluate("session.save(draft)")
    worker.round()
    worker.round()
    assert office.visits() == [before, visit]
    assert {worker.states()[one] for one in (before, visit)} == {"at_office"}
    flags = "id => session.documents.value.get(`case/${id}`).safety.map(({text}) => text)"
    assert "犬がいる" in worker.page.evaluate(flags, case)


BEGIN_DRAFT = """() => {
  const sheet = [...session.documents.value].find(([path]) => path.startsWith("case/"))[1]
  const draft = globalThis.draft = session.drafts.open(sheet.id, "visit")
  draft.set("record", {occurredAt: "2026-10-01T05:00:00Z", channel: "visit", planned: "as_planned",
    outcome: "voice_through_door", staff: ["demo-kobayashi"], notes: {fact: "消える前に"}})
}"""


DROP_CACHES = "caches.keys().then((names) => Promise.all(names.map((name) => caches.delete(name))))"
STAGED = """async () => {
  navigator.serviceWorker.controller?.postMessage({type: "look"})
  return (await import("/static/js/store/outbox_db.js")).meta("staged").then((release) => release?.version ?? null)
}"""


def stage_a_release(worker):
    site = worker.office.app = NextRelease(worker.office.app)
    worker.page.wait_for_function("() => navigator.serviceWorker.controller")
    site.offer(worker=False)
    worker.page.wait_for_function(STAGED, polling=200)


def first_case(worker):
    return worker.page.evaluate(
        "[...session.documents.value].find(([path]) => path.startsWith('case/'))[1].id"
    )


@pytest.mark.timeout(600)
def test_a_phone_whose_browser_threw_its_databases_away_calls_nothing_saved_and_can_join_again(worker):
    sent = worker.page.evaluate(VISIT, "その前")
    worker.round()
    cdp = worker.page.context.new_cdp_session(worker.page)
    worker.page.evaluate(BEGIN_DRAFT)
    cdp.send("Storage.clearDataForOrigin", {"origin": worker.phone.site, "storageTypes": "indexeddb"})

    told = worker.page.evaluate(
        "session.save(draft).then((id) => `saved ${id}`, (error) => error.code ?? String(error))"
    )

    assert not str(told).startswith("saved")
    assert (
        worker.page.evaluate("draft.problem.value !== null && draft.value.value.record.notes.fact")
        == "消える前に"
    )
    worker.page.reload()
    worker.page.evaluate(START)
    assert worker.page.evaluate("session.state.value") == "new"
    worker.phone.faults.clear()  # every room of the page that was open has said that its database is gone
    worker.enrol()
    after = worker.page.evaluate(VISIT, "その後")
    worker.round()
    assert worker.office.visits() == [sent, after]
