"""Follow-ups as list, board and calendar; and no reminder is due without a delivery, or a colleague asked to call."""

from datetime import UTC, datetime

import httpx
import pytest

from pwa_server.config import Config
from pwa_server.desk import actions
from pwa_server.desk.exchange import push_delivery
from pwa_server.desk.exchange.relay_client import RelayClient
from pwa_server.desk.models.office_and_cases import FollowUp, OfficeOption
from pwa_server.desk.projections.rebuild import rebuild
from pwa_server.keyfiles import write_vapid_key
from pwa_server.relay import create_relay
from sync.wire import JSON_TYPE, SIGNATURE_HEADER, SUBSCRIPTION_TAG, sign_request
from tests.standins.push_service import NEVER, PushService


@pytest.fixture
def service():
    with PushService() as running:
        yield running


@pytest.fixture
def office(office, service, tmp_path):
    """An office whose relay may call the stand-in of a push service."""
    write_vapid_key(tmp_path / "vapid.pem")
    data = tmp_path / "relay-with-push"
    (data / "relay").mkdir(parents=True)
    config = Config(
        data=data,
        role="relay",
        trial=True,
        relay_offices=(office.desk.keys.office,),
        vapid_key_file=tmp_path / "vapid.pem",
        vapid_subject="mailto:relay@example.jp",
        push_hosts=("127.0.0.1",),
        allow_insecure_push=True,
    )
    office.app = create_relay(config, clock=office.clock.seconds, background=False)
    office.http = httpx.Client(transport=httpx.WSGITransport(office.app), base_url="http://relay.test")
    office.desk.relay = RelayClient(office.http, office.desk.keys.office, office.desk.keys.sign)
    office.sync()
    return office


def subscribe(office, phone, service):
    made = service.subscribe()
    nonce = office.http.post("/v1/nonce", json={"office": phone.office, "device": phone.id}).json()["nonce"]
    body = {
        "office": phone.office,
        "device": phone.id,
        "nonce": nonce,
        "endpoint": made.endpoint,
        "p256dh": made.p256dh,
        "auth": made.auth,
        "lang": "ja",
    }
    data, signature = sign_request(phone.m.sign, SUBSCRIPTION_TAG, body)
    answer = office.http.post(
        "/v1/subscription", content=data, headers={"Content-Type": JSON_TYPE, SIGNATURE_HEADER: signature}
    )
    assert answer.status_code == 200, answer.text


def due_in(office, nakagawa, minutes):
    """One follow-up of 小林, and no other."""
    office.clock.time = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    for row in list(FollowUp.select().where(FollowUp.state == "open")):
        actions.cancel_followup(office.desk, nakagawa, row.id, "この日のほかの予定")
    at = f"2026-11-24T03:{minutes:02d}:00.000Z"
    return actions.schedule_followup(
        office.desk, nakagawa, "demo-002", at, "visit", "person", staff="demo-kobayashi"
    )


def time_goes_by(office, minutes):
    """The relay sends what is due; the desk looks once more."""
    office.clock.pass_(minutes=minutes)
    office.app.extensions["sotto_relay"].wakes.send_due()
    office.sync()


def asked_to_call(office):
    return {(one.followup.id, one.why) for one in push_delivery.calls_to_make(office.desk)}


@pytest.mark.parametrize("answer", [201, 413])  # too long for this service: the short form arrives
def test_a_reminder_that_was_delivered_asks_nobody(supervisor, office, nakagawa, service, answer):
    phone = office.phone_of("kobayashi")
    subscribe(office, phone, service)
    due_in(office, nakagawa, 20)
    office.sync()
    service.answer = answer
    time_goes_by(office, 20)
    assert [status for _, status in service.requests][-1] in (201, 413)
    time_goes_by(office, 11)
    assert asked_to_call(office) == set()
    supervisor.sign_in()
    page = supervisor.open("/follow-ups")
    assert "届いている" in page.text
    assert "通知が届いていない予定" not in page.text


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (404, "送り先が無くなった"),
        (410, "送り先が無くなった"),
        (429, "混んでいて"),
        (503, "回 届かず"),
        (NEVER, "答えがない"),
    ],
)
def test_whatever_the_push_service_answers_a_person_is_asked_within_ten_minutes(
    supervisor, office, nakagawa, service, status, said
):
    relay = office.app.extensions["sotto_relay"]
    if status == NEVER:
        relay.wakes.sender.http.timeout = httpx.Timeout(0.5)
    phone = office.phone_of("kobayashi")
    subscribe(office, phone, service)
    followup = due_in(office, nakagawa, 20)
    office.sync()
    service.answer = status
    time_goes_by(office, 20)
    assert asked_to_call(office) == set()
    time_goes_by(office, 10)
    assert [one for one, _ in asked_to_call(office)] == [followup]
    supervisor.sign_in()
    page = supervisor.open("/follow-ups")
    assert "通知が届いていない予定" in page.text
    assert said in page.text
    assert "通知が届いていない予定" in supervisor.open("/today").text
    supervisor.send(f"/follow-ups/{followup}", do="called")
    assert asked_to_call(office) == set()


def test_a_worker_without_a_phone_or_a_subscription_is_called_by_somebody(office, nakagawa):
    followup = due_in(office, nakagawa, 20)
    time_goes_by(office, 31)
    assert asked_to_call(office) == {(followup, "none")}
    office.phone_of("kobayashi")
    office.clock.pass_(minutes=2)
    office.sync()
    assert asked_to_call(office) == {(followup, "off")}


def test_a_relay_that_cannot_be_asked_is_no_proof_of_delivery(office, nakagawa, service):
    phone = office.phone_of("kobayashi")
    subscribe(office, phone, service)
    followup = due_in(office, nakagawa, 20)
    office.sync()
    office.clock.pass_(minutes=40)  # the line is down: nobody asked the relay since
    assert asked_to_call(office) == {(followup, "unknown")}


def test_a_follow_up_is_handed_to_a_colleague_and_moves_from_phone_to_phone(supervisor, office, nakagawa):
    kobayashi, nishimura = office.phone_of("kobayashi"), office.phone_of("nishimura")
    followup = actions.schedule_followup(
        office.desk, nakagawa, "demo-001", "2026-11-25T01:00:00.000Z", "visit", "us", staff="demo-kobayashi"
    )
    office.round(kobayashi, nishimura)
    assert followup in str(kobayashi.docs["followups"])
    supervisor.open("/follow-ups?show=week")
    supervisor.send(f"/follow-ups/{followup}", do="assign", staff="demo-nishimura", show="week")
    assert "西村 恵 に渡しました" in supervisor.page
    office.round(kobayashi, nishimura)
    assert followup not in str(kobayashi.docs["followups"])
    assert followup in str(nishimura.docs["followups"])
    supervisor.send(f"/follow-ups/{followup}", do="assign", staff="demo-tanaka")
    assert "いま受け持てません" in supervisor.page
    assert FollowUp.get_by_id(followup).staff == "demo-nishimura"
    assert rebuild(office.desk)[1] == []


def test_the_board_and_the_calendar_show_the_same_follow_ups(supervisor, office, nakagawa):
    actions.schedule_followup(
        office.desk, nakagawa, "demo-002", "2026-12-24T05:00:00.000Z", "letter", "us", "年賀状の下書き"
    )
    page = supervisor.open("/follow-ups?view=board")
    assert "年賀状の下書き" in page.text.split("その先")[1]
    assert [form for form in page.forms if (form["action"] or "").startswith("/follow-ups/")]
    page = supervisor.open("/follow-ups?view=calendar&month=2026-12")
    day = supervisor.page.split('<span class="date">24</span>')[1].split("</td>")[0]
    assert "14:00 DEMO-002" in day
    assert any("month=2027-01" in link for link in page.links)
    for nonsense in ("2026-13", "x", "", "9999-12"):
        supervisor.open(f"/follow-ups?view=calendar&month={nonsense}")
        assert supervisor.status in (200, 400), nonsense
    assert (
        "DEMO-002"
        not in supervisor.open("/follow-ups?view=board&staff=demo-nishimura").text.split("その先")[1]
    )


def test_the_quiet_hours_are_the_offices_and_no_worker_changes_them(at_desk):
    tanaka, kobayashi = at_desk("tanaka"), at_desk("kobayashi")
    tanaka.open("/people")
    tanaka.send("/follow-ups/quiet-hours", **{"from": "20:00", "until": "25:00"})
    assert OfficeOption.select().count() == 0
    tanaka.send("/follow-ups/quiet-hours", **{"from": "20:00", "until": "08:00"})
    assert OfficeOption.get_by_id("quiet_hours").value == {"from": "20:00", "until": "08:00"}
    kobayashi.open("/follow-ups")
    assert "20:00–08:00 は鳴らしません" in kobayashi.page
    kobayashi.send("/follow-ups/quiet-hours", **{"from": "09:00", "until": "17:00"})
    assert kobayashi.status == 403


def test_a_worker_does_not_see_how_the_phones_of_others_do(at_desk, office):
    office.phone_of("nishimura", "ほかの電話")
    kobayashi = at_desk("kobayashi")
    for view in ("list", "board", "calendar"):
        page = kobayashi.open(f"/follow-ups?view={view}")
        assert kobayashi.status == 200
        assert "ほかの電話" not in page.text
        assert "DEMO-006" not in page.text


def test_follow_ups_speak_english_too(supervisor):
    supervisor.open("/settings")
    supervisor.send("/language", lang="en")
    assert "Within 8 days" in supervisor.open("/follow-ups?view=board").text
    assert "Notifications on phones" in supervisor.open("/follow-ups").text
    assert "Mon" in supervisor.open("/follow-ups?view=calendar").text


def test_a_follow_up_is_planned_from_the_list_for_whoever_has_the_case_and_no_other(at_desk, office):
    """By the case's number; over the New Year, for oneself or for a colleague; a stranger's case is none."""
    nakagawa, kobayashi = at_desk("nakagawa"), at_desk("kobayashi")
    told = {
        "no": "DEMO-002",
        "on": "2027-01-04",
        "at": "09:30",
        "kind": "phone",
        "with": "us",
        "note": "年始の電話",
    }
    nakagawa.open("/follow-ups")
    nakagawa.send("/follow-ups", **told, staff="demo-kobayashi")
    [row] = FollowUp.select().where(FollowUp.note == "年始の電話")
    assert (row.at, row.staff, row.case) == ("2027-01-04T00:30:00.000Z", "demo-kobayashi", "demo-002")
    wrong = {"no": "NO-SUCH"}, {"on": "2027-02-30"}, {"kind": "walk"}, {"with": ""}, {"staff": "demo-tanaka"}
    for other in wrong:
        nakagawa.send("/follow-ups", **told | other)
    kobayashi.open("/follow-ups")
    kobayashi.send("/follow-ups", **told | {"no": "DEMO-006"})
    assert FollowUp.select().where(FollowUp.note == "年始の電話").count() == 1
    kobayashi.send("/follow-ups", **told)
    assert {row.staff for row in FollowUp.select().where(FollowUp.note == "年始の電話")} == {"demo-kobayashi"}
    assert FollowUp.select().where(FollowUp.note == "年始の電話").count() == 2
    assert rebuild(office.desk)[1] == []
