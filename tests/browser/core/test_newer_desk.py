"""A phone that was not updated meets a desk that was: it takes what it knows, and what it does not know harms
nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pwa_server.desk.exchange import outbox
from pwa_server.desk.exchange.documents.all import documents_for
from pwa_server.desk.models.office_and_cases import DeviceRow
from tests.browser.core.worker import VISIT

pytestmark = pytest.mark.browser
LONG_AFTER = (datetime.now(UTC) + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def send_as_a_newer_desk_would(office, device):
    """A document of a kind this app has never heard of, known ones with members it has not, a receipt that
    says more.
    """
    row = DeviceRow.get_by_id(device)
    me = documents_for(office.desk, row)["me"] | {"wellbeing": {"asked": ["sleep"]}, "leaseDays": 21}
    docs = [
        {"path": "weather/north", "rev": 10**9, "body": {"sky": "雪"}, "until": LONG_AFTER},
        {"path": "me", "rev": 10**9, "body": me, "because": "a newer desk says why"},
    ]
    with office.desk.write():
        outbox._send(office.desk, row, docs, outbox.receipt_of(device) | {"read": {"run": 1, "n": 1}})


@pytest.mark.timeout(600)
def test_an_old_phone_takes_a_newer_desks_portion_and_goes_on_working(worker):
    visit = worker.page.evaluate(VISIT, "古い電話から")
    worker.round()
    send_as_a_newer_desk_would(worker.office, worker.device())
    worker.round()

    me = "session.documents.value.get('me')"
    assert worker.page.evaluate(f"[{me}.leaseDays, {me}.wellbeing.asked[0]]") == [21, "sleep"]
    assert worker.states()[visit] == "at_office"
    worker.restart()
    assert worker.page.evaluate(f"{me}.leaseDays") == 21
    after = worker.page.evaluate(VISIT, "その後も")
    worker.round()
    assert worker.states()[after] == "at_office"
    assert worker.office.visits() == [visit, after]
