"""A record on its way: from a home without signal to the office and back, whatever the road does.

小林 悠 (kobayashi) is the worker with the phone, 中川 真理 (nakagawa) the supervisor.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import shutil
import struct

import pytest
from playwright.sync_api import Error

from pwa_server.desk import actions, devices, enrolment
from pwa_server.desk.database import open_desk
from pwa_server.desk.keys import turn_seal_key
from pwa_server.desk.model import BlobFile
from pwa_server.desk.relay_client import RelayClient
from tests.browser.browsers import Phone
from tests.browser.core.worker import BEGIN, COUNTS, OPEN, Worker

pytestmark = pytest.mark.browser

START = """async () => {
  globalThis.session = await import("/static/js/session.js")
  await session.started
}"""
LEFT = """async () => {
  const { outbox } = await import("/static/js/store/outbox_db.js")
  const databases = (await indexedDB.databases()).map(({ name }) => name).sort()
  return { databases, caches: await caches.keys(),
    meta: await outbox.run(["meta"], "readonly", (tx) => tx.objectStore("meta").getAllKeys()) }
}"""
NOTHING = {"databases": ["sotto-outbox", "sotto-profiles"], "caches": [], "meta": ["wiped"]}
PHOTO_VISIT = """async () => {
  const { scalePhoto } = await import("/static/js/store/photos.js")
  const canvas = new OffscreenCanvas(2400, 1800)
  const paper = canvas.getContext("2d")
  const noise = paper.createImageData(2400, 1800)
  for (let at = 0; at < noise.data.length; at += 65536) crypto.getRandomValues(noise.data.subarray(at, at + 65536))
  paper.putImageData(noise, 0, 0)
  paper.fillRect(0, 0, 2400, 1200)
  const { bytes, width, height } = await scalePhoto(await canvas.convertToBlob({ type: "image/jpeg" }))
  const sheet = [...session.documents.value].find(([path]) => path.startsWith("case/"))[1]
  const draft = session.drafts.open(sheet.id, "visit")
  draft.set("record", {occurredAt: "2026-10-01T05:00:00Z", channel: "visit", planned: "as_planned",
    outcome: "met_person", staff: ["demo-kobayashi"]})
  await draft.addPhoto(bytes, { width, height })
  return session.save(draft)
}"""

VISIT = """async fact => {
  const sheet = [...session.documents.value].find(([path]) => path.startsWith("case/"))[1]
  const draft = session.drafts.open(sheet.id, "visit")
  draft.set("record", {occurredAt: "2026-10-01T05:00:00Z", channel: "visit", planned: "as_planned",
    outcome: "voice_through_door", staff: ["demo-kobayashi"], notes: {fact}})
  return session.save(draft)
}"""


def left_at_last(worker, wanted):
    """Page and service worker obey an order alike: whoever is slower may not be done when the page knows of it."""
    same = f"async wanted => JSON.stringify(await ({LEFT})()) === wanted"
    with contextlib.suppress(Error):  # it is told by what is left
        worker.page.wait_for_function(same, arg=json.dumps(wanted, separators=(",", ":")))
    return worker.page.evaluate(LEFT)


def test_a_phone_joins_under_the_code_and_is_ready_for_the_field(newcomer):
    worker = newcomer
    worker.enrol()
    assert worker.page.evaluate("session.state.value") == "open"
    paths = worker.page.evaluate("[...session.documents.value.keys()].map((path) => path.split('/')[0])")
    assert {"me", "numbers", "case", "checklist", "followups", "device"} <= set(paths)

    worker.has_the_whole_app()
    ready = worker.page.evaluate("session.ready()")
    assert ready["missing"] == []
    assert ready["ok"]
    assert ready["cases"] > 0


def test_a_record_is_told_where_it_truly_is(worker):
    worker.airplane_mode(True)
    visit = worker.page.evaluate(VISIT, "戸の向こうから返事があった")
    assert worker.sync()["problem"] == "no_signal"
    assert worker.states()[visit] == "on_phone"

    worker.airplane_mode(False)
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


def test_what_is_safe_at_the_office_is_forgotten_by_the_phone_and_still_listed(worker):
    visit = worker.page.evaluate(VISIT, "安心")
    worker.round()
    worker.office.clock.pass_(minutes=1)  # the next backup is due
    worker.round()
    worker.round()

    assert worker.page.evaluate(COUNTS) == {"envelopes": 0, "events": 0, "blobs": 0}
    assert worker.states()[visit] == "at_office"


def test_killed_in_the_valley_and_opened_again_the_app_starts_offline_with_everything(worker):
    before = worker.page.evaluate("[...session.documents.value.keys()].sort()")
    worker.airplane_mode(True)
    visit = worker.page.evaluate(VISIT, "圏外")
    worker.phone.kill()

    worker.page = worker.phone.start(offline=True)
    page = worker.open()

    assert page.evaluate("[...session.documents.value.keys()].sort()") == before
    assert worker.states()[visit] == "on_phone"


DAMAGE = """async () => {
  const { vaultDb } = await import("/static/js/store/vault_db.js")
  await vaultDb.run(["documents"], "readwrite", async (tx) => {
    for (const name of await tx.objectStore("documents").getAllKeys()) tx.objectStore("documents").put(new ArrayBuffer(40), name)
  })
}"""


def test_case_sheets_whose_rows_are_damaged_are_sent_anew(worker):
    paths = "[...session.documents.value.keys()].sort()"
    before = worker.page.evaluate(paths)
    worker.page.evaluate(DAMAGE)
    worker.page.evaluate("session.lock()")
    worker.open()
    assert worker.page.evaluate(paths) == []

    worker.round()

    assert worker.page.evaluate(paths) == before


def of_before_short_frames(app):
    """This relay as it was: a frame without a header is malformed, and what it calls such a frame no phone knows."""

    def older(environ, start):
        if environ["PATH_INFO"] == "/v1/push":
            batch = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            told = b"".join(struct.pack(">H", len(head) or 1) + (head or b"-") + rest for head, rest in frames(batch))
            environ |= {"wsgi.input": io.BytesIO(told), "CONTENT_LENGTH": str(len(told))}
        return app(environ, start)

    return older


def of_a_hundred_at_most(app):
    """This relay as it was, met with more than it takes at once: the whole batch is refused."""

    def older(environ, start):
        if environ["PATH_INFO"] == "/v1/push":
            batch = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            environ |= {"wsgi.input": io.BytesIO(batch)}
            if any(not head for head, _ in frames(batch)):
                start("429 Too Many Requests", [("Content-Type", "application/json")])
                return [b'{"error":"too_many","detail":"over 100 envelopes in a batch"}']
        return app(environ, start)

    return older


def frames(batch):
    """(header, all that follows it) of each frame, as SPEC 3.3 spells them."""
    while batch:
        head = 2 + int.from_bytes(batch[:2])
        end = head + 4 + int.from_bytes(batch[head : head + 4]) + 64
        yield batch[2:head], batch[head:end]
        batch = batch[end:]


@pytest.mark.parametrize("older", [of_before_short_frames, of_a_hundred_at_most])
def test_a_relay_of_before_short_frames_takes_a_day_too(worker, older):
    worker.airplane_mode(True)
    visits = [worker.page.evaluate(VISIT, fact) for fact in ("朝", "昼", "夜")]
    worker.office.app = older(worker.office.app)
    worker.valley.asked.clear()
    worker.airplane_mode(False)

    assert worker.sync()["problem"] is None

    assert {worker.states()[visit] for visit in visits} == {"sent"}
    assert worker.valley.asked.count("POST /v1/push") == 2  # short, and then as it was always spoken


def test_a_round_of_the_road_asks_for_no_nonce(worker):
    worker.sync()
    worker.valley.asked.clear()

    worker.page.evaluate(VISIT, "昼")
    worker.sync()
    worker.sync()

    assert "POST /v1/nonce" not in worker.valley.asked
    assert worker.valley.asked.count("POST /v1/pull") >= 2


def test_a_relay_that_lost_everything_is_sent_again_what_the_office_does_not_hold(worker):
    visit = worker.page.evaluate(VISIT, "一度目")
    worker.sync()
    assert worker.states()[visit] == "sent"

    worker.office.start_relay()  # an empty one, before the desk had read it
    worker.office.sync()
    worker.round()
    worker.round()

    assert worker.states()[visit] == "at_office"


def test_what_was_sealed_to_a_key_the_office_lost_is_sealed_again(worker, tmp_path):
    office = worker.office
    office.desk.db.execute_sql("pragma wal_checkpoint(truncate)")
    shutil.copytree(office.config.data, tmp_path / "machine")
    turn_seal_key(office.desk)
    office.sync()
    worker.sync()
    visit = worker.page.evaluate(VISIT, "新しい鍵で")
    worker.sync()
    assert worker.states()[visit] == "sent"

    office.desk.close()  # the machine is put back to before it had that key
    shutil.rmtree(office.config.data)
    shutil.copytree(tmp_path / "machine", office.config.data)
    office.desk = open_desk(office.config, office.clock)
    office.desk.relay = RelayClient(office.http, office.desk.keys.office, office.desk.keys.sign)
    for _ in range(3):
        office.sync()
        worker.sync()

    assert office.visits() == [visit]


def test_an_answer_lost_after_the_relay_committed_loses_and_repeats_nothing(worker):
    lost = []

    def cut(environ):
        if environ["PATH_INFO"] == "/v1/push" and not lost:
            lost.append(True)
            raise ConnectionResetError

    worker.valley.after = cut
    visit = worker.page.evaluate(VISIT, "トンネル")
    worker.sync()
    worker.sync()
    worker.round()

    assert lost == [True]
    assert worker.states()[visit] == "at_office"
    assert worker.office.visits() == [visit]


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

    envelope = worker.page.evaluate("id => session.records.value.find(({visit}) => visit === id).envelope", broken)
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
    colleague = Worker(Phone(playwright, tmp_path / "other", worker.valley.url), worker.valley, worker.office, None)
    colleague.page = colleague.phone.start()
    colleague.enrol()
    worker.airplane_mode(True)
    visit = worker.page.evaluate(PHOTO_VISIT)
    copy = worker.page.evaluate("session.rescue.copy().then((bytes) => btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join('')))")
    worker.phone.kill()  # and never seen again
    worker.airplane_mode(False)
    assert b"demo-kobayashi" not in base64.b64decode(copy)

    bring = "text => session.rescue.bringIn(Uint8Array.from(atob(text), (c) => c.charCodeAt(0))).catch(({code}) => code)"
    assert colleague.page.evaluate(bring, copy[:-4]) == "malformed"
    assert colleague.page.evaluate(bring, copy) == 1
    for _ in range(2):
        colleague.round()

    assert worker.office.visits() == [visit]
    assert colleague.page.evaluate(COUNTS) == {"envelopes": 0, "events": 0, "blobs": 0}
    assert [row.state for row in BlobFile.select()] == ["here"]
    colleague.phone.close()


def test_a_photo_goes_after_the_text_resumes_and_is_confirmed_by_the_office(worker):
    pieces = []
    torn = True

    def tear(environ):
        if environ["REQUEST_METHOD"] == "PATCH":
            if torn and pieces:
                raise ConnectionResetError  # however often page and service worker try
            pieces.append(environ["HTTP_UPLOAD_OFFSET"])

    worker.valley.before = tear
    visit = worker.page.evaluate(PHOTO_VISIT)
    worker.sync()
    unsent = "id => session.records.value.find(({visit}) => visit === id).unsentBlobs"
    assert worker.states()[visit] == "sent"
    assert worker.page.evaluate(unsent, visit) == 1

    torn = False
    worker.sync()
    assert worker.page.evaluate(unsent, visit) == 0
    assert pieces[0] == "0"
    assert "0" not in pieces[1:]  # it went on where the relay had got to

    worker.round()
    worker.office.clock.pass_(minutes=1)
    worker.round()
    worker.round()
    assert worker.page.evaluate(COUNTS) == {"envelopes": 0, "events": 0, "blobs": 0}


def test_two_tabs_that_sync_at_once_hold_the_same_documents(worker):
    other = worker.phone.tab()
    other.evaluate(OPEN, worker.words)
    actions.note_case(worker.office.desk, worker.office.person("nakagawa"), "demo-002", "朝は避ける", ["花の話"], [])
    worker.office.sync()

    both = "() => { globalThis.done = session.syncNow(); return null }"
    worker.page.evaluate(both)
    other.evaluate(both)
    for page in (worker.page, other):
        page.evaluate("done")
        page.wait_for_function("() => session.documents.value.get('case/demo-002')?.preferences === '朝は避ける'")


def test_a_revoked_phone_may_still_send_and_receives_nothing(worker):
    devices.revoke(worker.office.desk, worker.office.person("nakagawa"), worker.device(), "left in a train")
    worker.office.sync()
    visit = worker.page.evaluate(VISIT, "取り消しのあと")

    assert worker.sync()["problem"] == "revoked"  # by now it is sent, by this round or by the one that follows a save
    worker.office.sync()
    assert worker.states()[visit] == "sent"
    assert visit in worker.office.review_box()


def test_an_open_phone_that_is_ordered_to_erase_itself_keeps_nothing_readable(worker):
    visit = worker.page.evaluate(VISIT, "消す前の記録")
    devices.wipe(worker.office.desk, worker.office.person("nakagawa"), worker.device())
    worker.office.sync()

    assert worker.sync()["wiped"]

    assert worker.page.evaluate("session.state.value") == "wiped"
    assert left_at_last(worker, NOTHING) == NOTHING
    worker.office.sync()
    assert visit in worker.office.review_box()


@pytest.mark.parametrize(
    ("typed", "code"),
    [("0000-0000-0000-0000-1", "bad_code"), ("0123", "bad_code"), ("0000-0000-0000-0000-0", "not_found")],
)
def test_a_wrong_code_is_told_and_a_mistyped_one_before_anything_is_asked(newcomer, typed, code):
    newcomer.page.evaluate(START)
    newcomer.valley.asked.clear()

    assert newcomer.page.evaluate("code => session.enrol(code).catch(({code}) => code)", typed) == code

    asked = [one for one in newcomer.valley.asked if "/v1/enrol" in one]
    assert (asked == []) == (code == "bad_code")
    assert newcomer.page.evaluate("session.state.value") == "new"


def test_a_code_is_good_once(worker):
    meeting = enrolment.start(worker.office.desk, worker.office.person("nakagawa"), "demo-kobayashi", "second phone")
    first, second = worker.phone.tab(), worker.phone.tab()  # each has the code, and keys of its own
    meet = """async code => {
      const { meet } = await import("/static/js/road/enrol.js")
      const { Relay } = await import("/static/js/road/relay.js")
      return meet(code, new Relay()).then(() => null, ({code}) => code)
    }"""
    first.evaluate(f"code => {{ globalThis.met = ({meet})(code); return null }}", meeting.code)
    while not enrolment.poll(worker.office.desk, meeting.id).words:
        first.wait_for_timeout(50)
    assert first.evaluate("met") is None
    assert second.evaluate(meet, meeting.code) == "code_used"


def test_a_phone_killed_before_the_words_were_confirmed_is_new_again(newcomer):
    meeting = enrolment.start(newcomer.office.desk, newcomer.office.person("nakagawa"), "demo-kobayashi", "phone")
    newcomer.page.evaluate(BEGIN, meeting.code)
    while not enrolment.poll(newcomer.office.desk, meeting.id).words:
        newcomer.page.wait_for_timeout(50)
    newcomer.page.evaluate("met.then(() => null)")

    newcomer.phone.kill()
    newcomer.page = newcomer.phone.start()

    newcomer.page.evaluate(START)
    assert newcomer.page.evaluate("session.state.value") == "new"
    newcomer.enrol()
    assert newcomer.page.evaluate("session.state.value") == "open"
