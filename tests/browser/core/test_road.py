"""A record on its way: from a home without signal to the office and back, whatever the road does.

小林 悠 (kobayashi) is the worker with the phone, 中川 真理 (nakagawa) the supervisor.
"""

from __future__ import annotations

import pytest

from pwa_server.desk import actions

pytestmark = pytest.mark.browser

VISIT = """async fact => {
  const sheet = [...session.documents.value].find(([path]) => path.startsWith("case/"))[1]
  const draft = session.drafts.open(sheet.id, "visit")
  draft.set("record", {occurredAt: "2026-10-01T05:00:00Z", channel: "visit", planned: "as_planned",
    outcome: "voice_through_door", staff: ["demo-kobayashi"], notes: {fact}})
  return session.save(draft)
}"""


def test_a_phone_joins_under_the_code_and_is_ready_for_the_field(worker):
    assert worker.page.evaluate("session.state.value") == "open"
    paths = worker.page.evaluate("[...session.documents.value.keys()].map((path) => path.split('/')[0])")
    assert {"me", "numbers", "case", "checklist", "followups", "device"} <= set(paths)

    worker.page.wait_for_function("() => navigator.serviceWorker.controller")
    ready = worker.page.evaluate("session.ready()")
    assert ready["missing"] == []
    assert ready["ok"]
    assert ready["cases"] > 0


def test_a_record_is_told_where_it_truly_is(worker):
    worker.phone.context.set_offline(True)
    visit = worker.page.evaluate(VISIT, "戸の向こうから返事があった")
    assert worker.sync()["problem"] == "no_signal"
    assert worker.states()[visit] == "on_phone"

    worker.phone.context.set_offline(False)
    worker.sync()
    assert worker.states()[visit] == "sent"

    worker.office.sync()
    worker.sync()
    assert worker.states()[visit] == "at_office"

    actions.read_visit(worker.office.desk, worker.office.person("nakagawa"), visit)
    worker.office.sync()
    worker.sync()
    assert worker.states()[visit] == "read"
    readers = "id => session.records.value.find(({visit}) => visit === id).readBy.map(({name}) => name)"
    assert worker.page.evaluate(readers, visit) == ["中川 真理"]
