"""What a phone tells the office of itself: quietly, once a day, only when something is different.

Whether notices are shown is told at once.

小林 悠 (kobayashi) is the worker with the phone.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pwa_server.desk.models.office_and_cases import DeviceNote, Received
from pwa_server.desk.pages.office.phone_status import drift_of
from tests.browser.core.worker import COUNTS, Worker

pytestmark = pytest.mark.browser


def test_a_phone_tells_of_itself_once_a_day_and_only_when_something_is_different(worker):
    worker.round()
    note = DeviceNote.get_by_id(worker.device()).body
    assert note["storage"]["quota"] > note["storage"]["used"] > 0
    assert note["notifications"] in ("denied", "default")
    assert drift_of(note) == 0
    assert worker.page.evaluate("session.road.value.unsent") == 0

    came = envelopes(worker)
    worker.round()
    assert envelopes(worker) == came  # it told of itself today
    worker.phone.context.grant_permissions(["notifications"])
    worker.round()
    assert DeviceNote.get_by_id(worker.device()).body["notifications"] == "granted"
    assert envelopes(worker) == came + 1  # whether notices are shown is told at once

    clock_is_put_forward(worker, hours=27)
    worker.round()
    note = DeviceNote.get_by_id(worker.device()).body
    assert drift_of(note) == pytest.approx(27 * 60, abs=5)
    assert envelopes(worker) == came + 2


def test_a_note_that_finds_no_way_out_is_nothing_the_worker_waits_for(worker):
    def torn(environ):
        if environ["PATH_INFO"] == "/v1/push":
            raise ConnectionResetError

    came = envelopes(worker)
    worker.valley.before = torn
    clock_is_put_forward(worker, hours=27)
    worker.sync()
    assert worker.page.evaluate(COUNTS)["envelopes"] == 1  # it is written, and waits
    assert worker.page.evaluate("session.road.value.unsent") == 0
    worker.valley.before = lambda _environ: None
    worker.round()
    assert envelopes(worker) == came + 1


def envelopes(worker: Worker) -> int:
    return int(Received.select().where(Received.device == worker.device()).count())


def clock_is_put_forward(worker: Worker, *, hours: int) -> None:
    worker.page.clock.set_system_time(datetime.now(UTC) + timedelta(hours=hours))
