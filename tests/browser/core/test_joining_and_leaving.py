"""A phone joins under a code, is revoked, and is erased by order."""

from __future__ import annotations

import contextlib
import json

import pytest
from playwright.sync_api import Error

from pwa_server.desk.actions import devices, enrolment
from tests.browser.core.worker import BEGIN, START, VISIT

pytestmark = pytest.mark.browser

LEFT = """async () => {
  const { outbox } = await import("/static/js/store/outbox_db.js")
  const databases = (await indexedDB.databases()).map(({ name }) => name).sort()
  return { databases, caches: await caches.keys(),
    meta: await outbox.run(["meta"], "readonly", (tx) => tx.objectStore("meta").getAllKeys()) }
}"""
NOTHING = {"databases": ["sotto-outbox", "sotto-profiles"], "caches": [], "meta": ["wiped"]}


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
    assert worker.page.evaluate("session.unlockWays.value") == {
        "passkey": False,
        "passphrase": True,
    }  # new words can be asked for
    paths = worker.page.evaluate("[...session.documents.value.keys()].map((path) => path.split('/')[0])")
    assert {"me", "numbers", "case", "checklist", "followups", "device"} <= set(paths)

    worker.has_the_whole_app()
    ready = worker.page.evaluate("session.ready()")
    assert ready["missing"] == []
    assert ready["ok"]
    assert ready["cases"] > 0


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
    meeting = enrolment.start(
        worker.office.desk, worker.office.person("nakagawa"), "demo-kobayashi", "second phone"
    )
    first, second = worker.phone.tab(), worker.phone.tab()  # each has the code, and keys of its own
    meet = """async code => {
      const { meet } = await import("/static/js/transport/enrol.js")
      const { Relay } = await import("/static/js/transport/relay.js")
      return meet(code, new Relay()).then(() => null, ({code}) => code)
    }"""
    first.evaluate(f"code => {{ globalThis.met = ({meet})(code); return null }}", meeting.code)
    while not enrolment.poll(worker.office.desk, meeting.id).words:
        first.wait_for_timeout(50)
    assert first.evaluate("met") is None
    assert second.evaluate(meet, meeting.code) == "code_used"


def test_a_phone_killed_before_the_words_were_confirmed_is_new_again(newcomer):
    meeting = enrolment.start(
        newcomer.office.desk, newcomer.office.person("nakagawa"), "demo-kobayashi", "phone"
    )
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


def test_a_revoked_phone_may_still_send_and_receives_nothing(worker):
    devices.revoke(worker.office.desk, worker.office.person("nakagawa"), worker.device(), "left in a train")
    worker.office.sync()
    visit = worker.page.evaluate(VISIT, "取り消しのあと")

    assert (
        worker.sync()["problem"] == "revoked"
    )  # by now it is sent, by this round or by the one that follows a save
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
