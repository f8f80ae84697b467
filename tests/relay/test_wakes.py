"""A promised follow-up wakes Amina's phone at its time: at least once, by whichever process, collapsed by topic."""

import threading
from dataclasses import replace

import pytest

from pwa_server.keyfiles import write_vapid_key
from pwa_server.relay import create_relay, limits
from pwa_server.relay.times import read_time, written
from pwa_server.relay.wake_thread import WakeThread
from pwa_server.relay.wakes import claim, next_due
from tests.relay.people import Desk, Phone
from tests.standins.push_service import PushService


@pytest.fixture
def service():
    with PushService() as running:
        yield running


@pytest.fixture
def app(make_relay, database, joel, south, tmp_path):
    """This relay may call the stand-in."""
    write_vapid_key(tmp_path / "vapid.pem")
    settings = {"vapid_key_file": tmp_path / "vapid.pem", "vapid_subject": "mailto:relay@example.jp"}
    settings |= {"push_hosts": ("127.0.0.1",), "allow_insecure_push": True}
    return make_relay(database, [joel.name, south.name], **settings)


@pytest.fixture
def wakes(app):
    return app.extensions["sotto_relay"].wakes


def subscribe(phone, service, lang="ja"):
    made = service.subscribe()
    answer = phone.subscribe(made.endpoint, made.p256dh, made.auth, lang)
    assert answer.status_code == 200, answer.data
    return made


def wake(joel, phone, clock, *tags, in_seconds=600, serial=1):
    at = written(clock() + in_seconds)
    joel.told("wakes", device=phone.name, serial=serial, wakes=[{"tag": tag, "at": at} for tag in tags])


def state(joel, phone):
    return next(row for row in joel.told("push_state")["devices"] if row["device"] == phone.name)


def test_the_phone_is_woken_when_it_is_time_and_once(amina, joel, service, wakes, clock):
    subscribe(amina, service)
    wake(joel, amina, clock, "a")
    assert wakes.send_due() == 0
    clock.now += 600
    assert wakes.send_due() == 1
    assert wakes.send_due() == 0
    (message,) = service.messages
    assert message.said["notification"]["tag"] == message.headers["topic"]
    assert state(joel, amina) == {
        "device": amina.name,
        "subscribed": True,
        "delivered": written(clock()),
        "failures": 0,
        "problem": None,
    }


def test_the_whole_list_replaces_the_one_before(amina, joel, service, wakes, clock):
    subscribe(amina, service)
    wake(joel, amina, clock, "a", "b")
    wake(joel, amina, clock, "b", "c", serial=2)
    wake(joel, amina, clock, "never", serial=2)  # a list that came late
    clock.now += 600
    assert wakes.send_due() == 2
    assert len({message.headers["topic"] for message in service.messages}) == 2


def test_what_was_woken_once_is_not_woken_again_by_a_longer_list(amina, joel, service, wakes, clock):
    subscribe(amina, service)
    at = written(clock())
    lists = ([{"tag": "a", "at": at}], [{"tag": "a", "at": at}, {"tag": "b", "at": "now"}])
    joel.told("wakes", device=amina.name, serial=1, wakes=lists[0])
    assert wakes.send_due() == 1
    joel.told("wakes", device=amina.name, serial=2, wakes=lists[1])
    assert wakes.send_due() == 1
    moved = [{"tag": "a", "at": written(clock() + 60)}]
    joel.told("wakes", device=amina.name, serial=3, wakes=moved)  # the visit was put off
    clock.now += 60
    assert wakes.send_due() == 1


def test_a_wake_without_a_subscription_waits_for_one_and_not_for_ever(
    amina, joel, service, wakes, clock, app
):
    wake(joel, amina, clock, "a", in_seconds=0)
    assert wakes.send_due() == 0
    clock.now += 3600
    subscribe(amina, service)
    assert wakes.send_due() == 1
    wake(joel, amina, clock, "b", in_seconds=0, serial=2)
    clock.now += limits.WAKE_KEPT_SECONDS + 1
    assert wakes.send_due() == 0
    app.extensions["sotto_relay"].sweeper.sweep()
    assert wakes.send_due() == 0


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_gone_is_dropped_and_the_desk_sees_it(
    amina, joel, service, wakes, clock, status
):
    subscribe(amina, service)
    wake(joel, amina, clock, "a", in_seconds=0)
    service.answer = status
    assert wakes.send_due() == 1
    assert wakes.send_due() == 0
    assert (state(joel, amina)["subscribed"], state(joel, amina)["problem"]) == (False, "gone")
    service.answer = 201
    subscribe(amina, service)  # the phone notices at its next start
    assert wakes.send_due() == 1
    assert state(joel, amina)["failures"] == 0


def test_a_busy_service_is_asked_later_and_later(amina, joel, service, wakes, clock):
    subscribe(amina, service)
    wake(joel, amina, clock, "a", in_seconds=0)
    service.answer = 500
    pauses = []
    for _ in range(4):
        assert wakes.send_due() == 1
        asked = clock()
        while not is_due(wakes, clock):
            clock.now += 10
        pauses.append(clock() - asked)
    assert pauses == [30, 60, 120, 240]
    service.answer = 201
    assert wakes.send_due() == 1
    assert state(joel, amina)["failures"] == 0


def is_due(wakes, clock):
    return next_due(wakes.store) <= clock()


def test_a_service_that_names_a_pause_gets_it(amina, joel, service, wakes, clock):
    subscribe(amina, service)
    wake(joel, amina, clock, "a", in_seconds=0)
    service.answer, service.retry_after = 429, 900
    wakes.send_due()
    assert (state(joel, amina)["failures"], state(joel, amina)["problem"]) == (1, "429")
    service.answer = 201
    clock.now += 899
    assert wakes.send_due() == 0
    clock.now += 1
    assert wakes.send_due() == 1


def test_a_phone_that_asks_for_no_more_is_left_alone(amina, joel, service, wakes, clock):
    subscribe(amina, service)
    assert amina.subscribe(None).status_code == 200
    wake(joel, amina, clock, "a", in_seconds=0)
    assert wakes.send_due() == 0
    assert state(joel, amina)["subscribed"] is False


def test_a_wipe_order_wakes_the_phone_at_once(amina, joel, service, wakes):
    subscribe(amina, service)
    joel.told("wipe", device=amina.name, order=joel.order(amina))
    joel.told("wakes", device=amina.name, serial=1, wakes=[])  # the desk's list does not take it away
    assert wakes.send_due() == 1
    (message,) = service.messages
    assert message.headers["urgency"] == "high"


def test_the_topic_tells_a_push_service_nothing(amina, ben, joel, service, wakes, clock):
    for phone in (amina, ben):
        subscribe(phone, service)
        wake(joel, phone, clock, "followup-1", in_seconds=0)
    assert wakes.send_due() == 2
    topics = {message.headers["topic"] for message in service.messages}
    assert len(topics) == 2
    assert not any("followup" in topic for topic in topics)


def test_a_process_that_died_between_sending_and_noting_is_followed_by_another(
    amina, joel, service, wakes, clock, app
):
    subscribe(amina, service)
    wake(joel, amina, clock, "a", in_seconds=0)
    store = app.extensions["sotto_relay"].store
    assert len(claim(store, clock(), 8)) == 1  # claimed, and then the process was killed
    assert wakes.send_due() == 0
    clock.now += limits.WAKE_LEASE_SECONDS
    assert wakes.send_due() == 1
    assert wakes.send_due() == 0


def test_many_processes_send_each_wake_once(app, joel, service, clock, database, make_relay):
    phones = [Phone(joel.http) for _ in range(20)]
    joel.http = app.test_client()
    for phone in phones:
        phone.http = joel.http
    joel.enrol(*phones).send_roster()
    for phone in phones:
        subscribe(phone, service)
        wake(joel, phone, clock, "a", "b", in_seconds=0)
    here = app.extensions["sotto_relay"]
    others = [make_relay(database, [joel.name]).extensions["sotto_relay"].store for _ in range(2)]
    processes = [WakeThread(store, here.wakes.make_sender, clock) for store in (here.store, *others)]
    sent = []

    def run(process):
        while count := process.send_due():
            sent.append(count)

    threads = [threading.Thread(target=run, args=(process,)) for process in processes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for process in processes:  # a row another process held may have made a run end early
        run(process)
    assert len(service.messages) == sum(sent) == 40
    assert len({(message.path, message.headers["topic"]) for message in service.messages}) == 40


def test_the_thread_of_a_serving_process_wakes_without_being_asked(joel, service, tmp_path, app):
    config = replace(app.extensions["sotto_relay"].config, data=tmp_path / "other", database_url="")
    serving = create_relay(replace(config, relay_offices=(joel.name,)))
    try:
        joel.http = serving.test_client()
        amina = Phone(joel.http)
        joel.enrol(amina).send_roster()
        subscribe(amina, service)
        joel.told("wakes", device=amina.name, serial=1, wakes=[{"tag": "a", "at": "now"}])
        service.wait_for(1)
    finally:
        serving.extensions["sotto_relay"].wakes.stop()
        serving.extensions["sotto_relay"].store.close()


@pytest.mark.parametrize(
    "wakes_said",
    [
        None,
        {},
        [7],
        [{"tag": "a"}],
        [{"tag": "", "at": "now"}],
        [{"tag": "a" * 65, "at": "now"}],
        [{"tag": "a", "at": "soon"}],
        [{"tag": "a", "at": "2026-02-30T00:00:00Z"}],
        [{"tag": "a", "at": "now"}, {"tag": "a", "at": "now"}],
        [{"tag": str(n), "at": "now"} for n in range(257)],
    ],
)
def test_a_list_that_cannot_be_read_changes_nothing(amina, joel, service, wakes, clock, wakes_said):
    subscribe(amina, service)
    wake(joel, amina, clock, "a", in_seconds=0)
    answer = joel.ask("wakes", device=amina.name, serial=2, wakes=wakes_said)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "malformed")
    assert wakes.send_due() == 1


def test_an_endpoint_of_no_push_service_is_refused(amina, service):
    made = service.subscribe()
    for endpoint in ("http://169.254.169.254/latest", "https://example.com/x", "http://127.0.0.2/x"):
        answer = amina.subscribe(endpoint, made.p256dh, made.auth)
        assert (answer.status_code, answer.get_json()["error"]) == (400, "malformed")
    assert amina.subscribe(made.endpoint, made.p256dh, made.auth, lang="fr").status_code == 400


def test_without_a_web_push_key_nothing_is_sent_and_phones_are_told(make_relay, tmp_path):
    joel = Desk(None)
    app = make_relay(f"sqlite:///{tmp_path / 'no-key.db'}", [joel.name])
    assert app.test_client().get("/v1/config").get_json()["vapid"] is None
    assert app.extensions["sotto_relay"].wakes.send_due() == 0


def test_times_are_read_as_they_are_written(clock):
    assert read_time(written(clock())) == int(clock())
