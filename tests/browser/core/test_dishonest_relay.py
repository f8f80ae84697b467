"""A phone behind a relay that lies: refused or noticed by name, and nothing is lost once an honest one is back.

What a true phone's JavaScript decides; `tests/faults/test_dishonest_relay.py` asks the same of the desk.
"""

from __future__ import annotations

import contextlib

import httpx
import pytest

from pwa_server.desk.actions import devices, enrolment
from pwa_server.desk.core.errors import DeskError
from pwa_server.desk.exchange.relay_client import RelayClient
from pwa_server.desk.models.key_values import get_state
from sync.errors import SyncError
from tests.browser.core.worker import COUNTS, PHOTO_VISIT, START
from tests.standins.dishonest_relay import LIES, DishonestRelay

pytestmark = pytest.mark.browser

# What the worker's phone says of it: the code in the tally, or None where the record only goes on standing at
# "sent" or "on this phone" until somebody honest answers.
SAID = {
    "forgets": "not_found",
    "says nothing": "no_signal",
    "truncates": "no_signal",
    "drops": None,
    "withholds": None,
    "repeats": None,
    "reorders": None,
    "swaps": None,
    "mixes boxes": None,
    "other office's mail": None,
    "rolls back": None,
    "forks": None,
    "old roster": None,
    "boundless serial": None,
    "wipes": None,
    "invents answers": "excellent",
    "has all photos": "malformed",
    "another's photo": None,
    "fails for a photo": None,
}


KEYS_ARE_GONE = """async () => {
  const names = (await indexedDB.databases()).map(({ name }) => name).sort()
  return names.join() === "sotto-outbox,sotto-profiles"
}"""


@pytest.fixture
def liar(newcomer):
    office = newcomer.office
    one = office.app = DishonestRelay(office.app)  # phones and desk go through it alike
    office.http.close()
    office.http = httpx.Client(transport=httpx.WSGITransport(one), base_url="http://relay.test")
    office.desk.relay = RelayClient(office.http, office.desk.keys.office, office.desk.keys.sign)
    return one


@pytest.mark.timeout(600)
def test_every_lie_of_a_relay_is_outlived(newcomer, liar):
    worker, office = newcomer, newcomer.office
    stranger_is_refused(worker, liar)
    worker.enrol()
    liar.order = order_for_another(office)
    visits = []

    for lie in SAID:
        liar.lie, liar.told = lie, 0
        visits.append(worker.page.evaluate(PHOTO_VISIT))
        said = []
        for _ in range(2):
            said.append(worker.sync()["problem"])
            look(office)
        assert liar.told > 0, lie
        assert SAID[lie] is None or SAID[lie] in said, (lie, said)
        assert worker.page.evaluate("session.state.value") == "open", lie

    liar.lie = None
    for _ in range(3):
        office.clock.pass_(days=1)
        worker.page.evaluate("session.lock()")
        worker.open()
        worker.round()
    assert sorted(office.visits()) == sorted(visits)
    assert {worker.states()[visit] for visit in visits} == {"at_office"}
    office.clock.pass_(days=1)
    worker.round()
    assert worker.page.evaluate(COUNTS) == {"envelopes": 0, "events": 0, "blobs": 0}
    assert set(SAID) == LIES.keys() - {"other office", "other phone"}


def stranger_is_refused(worker, liar):
    """The relay answers the code itself, with keys of another office; then it answers the office with another phone."""
    nakagawa = worker.office.person("nakagawa")
    worker.page.evaluate(START)
    code = "code => { globalThis.met = session.enrol(code).then(() => 'met', ({code}) => code); return null }"
    for lie, said, stands in (("other office", "bad_mac", "answered"), ("other phone", None, "refused")):
        liar.lie = lie
        meeting = enrolment.start(worker.office.desk, nakagawa, "demo-kobayashi", "phone")
        worker.page.evaluate(code, meeting.code)
        while (seen := enrolment.poll(worker.office.desk, meeting.id)).status == "open":
            worker.page.wait_for_timeout(50)
        assert seen.status == stands
        if said:
            assert worker.page.evaluate("met") == said
        assert worker.page.evaluate("session.state.value") == "new"
    liar.lie = None


def order_for_another(office):
    """A wipe order the office truly signed, for a phone that is not this one."""
    other = office.phone_of("nishimura")
    devices.wipe(office.desk, office.person("nakagawa"), other.id)
    office.sync()
    return {name: get_state(f"wipe {other.id}")[name] for name in ("bytes", "sig")}


def look(office):
    with contextlib.suppress(DeskError, SyncError):  # told at the desk as the relay's fault
        office.sync()


def test_an_order_to_erase_destroys_no_record_that_the_relay_would_not_take(newcomer, liar):
    worker, office = newcomer, newcomer.office
    worker.enrol()
    visit = worker.page.evaluate(PHOTO_VISIT)
    devices.wipe(office.desk, office.person("nakagawa"), worker.device())
    office.sync()
    liar.lie = "invents answers"

    assert worker.sync()["wiped"]

    worker.page.wait_for_function(KEYS_ARE_GONE)  # nothing is left that anybody here could read
    liar.lie = None
    worker.page.reload()
    worker.page.evaluate(START)
    worker.page.wait_for_function("""async () => {
      const { outbox } = await import("/static/js/store/outbox_db.js")
      return (await outbox.run(["envelopes"], "readonly", (tx) => tx.objectStore("envelopes").count())) === 0
    }""")
    office.sync()
    assert visit in office.review_box()
