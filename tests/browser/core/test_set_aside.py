"""What the relay will not take: it stays with its reason, stops nothing, and a person decides."""

from __future__ import annotations

import base64

import pytest

from pwa_server.desk.models.office_and_cases import BlobFile
from tests.browser.browsers import Phone
from tests.browser.core.worker import COUNTS, PHOTO_VISIT, VISIT, Worker

pytestmark = pytest.mark.browser


def test_an_envelope_the_relay_refuses_stays_with_its_reason_and_stops_nothing(worker):
    worker.airplane_mode(True)
    broken = worker.page.evaluate(VISIT, "壊れた封筒")
    whole = worker.page.evaluate(VISIT, "次の封筒")
    worker.page.evaluate(
        """async () => {
          const { outbox } = await import("/static/js/store/outbox_db.js")
          await outbox.run(["envelopes"], "readwrite", async (tx) => {
            const rows = await tx.objectStore("envelopes").index("order").getAll()
            const row = rows.find(({ quiet }) => !quiet)
            new Uint8Array(row.frame)[row.frame.byteLength - 1] ^= 1  // a bad sector
            tx.objectStore("envelopes").put(row)
          })
        }"""
    )
    worker.airplane_mode(False)

    worker.sync()  # the service worker sends too; which of the two told what is not asked here

    assert broken != whole
    assert worker.states()[whole] == "sent"
    assert worker.states()[broken] == "on_phone"
    refused = "id => session.records.value.find(({visit}) => visit === id).refused"
    assert worker.page.evaluate(refused, broken) == "bad_signature"

    for _ in range(2):
        worker.round()
    assert worker.office.visits() == [whole]  # it was not waited for
    assert (worker.states()[broken], worker.states()[whole]) == ("on_phone", "at_office")

    envelope = worker.page.evaluate(
        "id => session.records.value.find(({visit}) => visit === id).envelope", broken
    )
    worker.page.evaluate("id => session.sendAgain(id)", envelope)  # sealed anew, it is whole
    for _ in range(2):
        worker.round()
    assert sorted(worker.office.visits()) == sorted([broken, whole])
    assert (worker.states()[broken], worker.states()[whole]) == ("at_office", "at_office")


def test_a_record_the_relay_never_takes_is_given_up_only_in_two_steps(worker):
    worker.airplane_mode(True)
    visit = worker.page.evaluate(VISIT, "大きすぎる")
    aside = """async () => {
      const { outbox } = await import("/static/js/store/outbox_db.js")
      return outbox.run(["envelopes"], "readwrite", async (tx) => {
        const [row] = await tx.objectStore("envelopes").getAll()
        tx.objectStore("envelopes").put({ ...row, state: "refused", reason: "too_big" })
        return row.id
      })
    }"""
    envelope = worker.page.evaluate(aside)
    worker.airplane_mode(False)
    seen = worker.page.evaluate("id => session.askToDiscard(id)", envelope)
    assert (seen["reason"], seen["events"]) == ("too_big", 1)
    assert worker.states()[visit] == "on_phone"
    other = "seen => session.discard({...seen, reason: 'x'}).then(() => 'gone', ({code}) => code)"
    assert worker.page.evaluate(other, seen) == "changed"

    worker.page.evaluate("seen => session.discard(seen)", seen)

    again = "id => session.askToDiscard(id).catch(({code}) => code)"
    assert worker.page.evaluate(again, envelope) == "not_found"
    assert worker.page.evaluate(COUNTS)["events"] == 0


def test_what_a_phone_cannot_send_another_phone_of_the_office_brings(worker, playwright, tmp_path):
    colleague = Worker(
        Phone(playwright, tmp_path / "other", worker.valley.url), worker.valley, worker.office, None
    )
    colleague.page = colleague.phone.start()
    colleague.enrol()
    worker.airplane_mode(True)
    visit = worker.page.evaluate(PHOTO_VISIT)
    copy = worker.page.evaluate(
        "session.rescue.copy().then((copy) => copy.arrayBuffer()).then((bytes) =>"
        " btoa(Array.from(new Uint8Array(bytes), (b) => String.fromCharCode(b)).join('')))"
    )
    worker.phone.kill()  # and never seen again
    worker.airplane_mode(False)
    assert b"demo-kobayashi" not in base64.b64decode(copy)

    bring = (
        "text => session.rescue.bringIn(new Blob([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))]))"
        ".catch(({code}) => code)"
    )
    assert colleague.page.evaluate(bring, copy[:-4]) == "malformed"
    assert colleague.page.evaluate(bring, copy) == {"taken": 1, "left": 0}
    for _ in range(2):
        colleague.round()

    assert worker.office.visits() == [visit]
    assert colleague.page.evaluate(COUNTS) == {"envelopes": 0, "events": 0, "blobs": 0}
    assert [row.state for row in BlobFile.select()] == ["here"]
    colleague.phone.close()
