"""A record on its way: from a home without signal to the office and back, whatever the road does.

小林 悠 (kobayashi) is the worker with the phone, 中川 真理 (nakagawa) the supervisor.
"""

from __future__ import annotations

import io
import shutil
import struct

import pytest

from pwa_server.desk import actions
from pwa_server.desk.exchange.relay_client import RelayClient
from pwa_server.desk.log.office_keys import turn_seal_key
from pwa_server.desk.open_desk import open_desk
from tests.browser.core.worker import COUNTS, OPEN, PHOTO_VISIT, VISIT

pytestmark = pytest.mark.browser


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
            told = b"".join(
                struct.pack(">H", len(head) or 1) + (head or b"-") + rest for head, rest in frames(batch)
            )
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


def without_its_database(app):
    """The relay while another server takes over its database (SPEC 7)."""

    def away(environ, start):
        if not environ["PATH_INFO"].startswith("/v1/"):
            return app(environ, start)
        start("503 Service Unavailable", [("Content-Type", "application/json"), ("Retry-After", "120")])
        return [b'{"error":"unavailable","detail":""}']

    return away


def test_a_relay_without_its_database_is_waited_for_and_loses_nothing(worker):
    app = worker.office.app
    worker.office.app = without_its_database(app)
    visit = worker.page.evaluate(VISIT, "待つ訪問")
    told = worker.page.evaluate("session.syncNow()")
    assert (told["problem"], told["after"], told["refused"]) == ("unavailable", 120, 0)
    assert worker.page.evaluate("session.road.value.problem.code") == "unavailable"
    assert worker.states()[visit] == "on_phone"
    worker.office.app = app
    worker.round()
    worker.round()
    assert worker.states()[visit] == "at_office"


@pytest.mark.parametrize("older", [of_before_short_frames, of_a_hundred_at_most])
def test_a_relay_of_before_short_frames_takes_a_day_too(worker, older):
    worker.airplane_mode(True)
    visits = [worker.page.evaluate(VISIT, fact) for fact in ("朝", "昼", "夜")]
    relay, spoken = older(worker.office.app), []

    def heard(environ, start):
        if environ["PATH_INFO"] == "/v1/push":
            batch = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            environ |= {"wsgi.input": io.BytesIO(batch)}
            spoken.append("short" if any(not head for head, _ in frames(batch)) else "whole")
        return relay(environ, start)

    worker.office.app = heard
    worker.airplane_mode(False)

    assert worker.sync()["problem"] is None

    assert {worker.states()[visit] for visit in visits} == {"sent"}
    # Short once, and from then on as it was always spoken: also in a look of its own when the line came back.
    assert spoken == ["short", *["whole"] * (len(spoken) - 1)]
    assert len(spoken) >= 2


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
    actions.note_case(
        worker.office.desk, worker.office.person("nakagawa"), "demo-002", "朝は避ける", ["花の話"], []
    )
    worker.office.sync()

    both = "() => { globalThis.done = session.syncNow(); return null }"
    worker.page.evaluate(both)
    other.evaluate(both)
    for page in (worker.page, other):
        page.evaluate("done")
        page.wait_for_function(
            "() => session.documents.value.get('case/demo-002')?.preferences === '朝は避ける'"
        )
