"""Amina goes out alone under a timer. When she is late, Ben is woken, then Joel's phone: once each, whatever
is down by then.
"""

import os

import pytest

from pwa_server.keyfiles import write_vapid_key
from pwa_server.relay.times import written
from sync.encoding import b64u
from tests.relay.people import Phone
from tests.relay.test_wakes import service, subscribe  # noqa: F401  # fixture

LATER = 600  # seconds until the second step


@pytest.fixture
def settings(joel, south, tmp_path):
    write_vapid_key(tmp_path / "vapid.pem")
    return {
        "vapid_key_file": tmp_path / "vapid.pem",
        "vapid_subject": "mailto:relay@example.jp",
        "push_hosts": ("127.0.0.1",),
        "allow_insecure_push": True,
    }


@pytest.fixture
def app(make_relay, database, joel, south, settings):
    return make_relay(database, [joel.name, south.name], **settings)


@pytest.fixture
def leads(people, joel):
    """The phone of Joel, who leads."""
    phone = Phone(people.http)
    joel.enrol(phone).send_roster()
    return phone


@pytest.fixture
def watched(people, joel, leads, service):  # noqa: F811
    """Ben watches over Amina, and after ten minutes Joel."""
    steps = [{"after": 0, "devices": [people.ben.name]}, {"after": LATER, "devices": [leads.name]}]
    joel.told("watch", device=people.amina.name, serial=1, steps=steps)
    return {path_of(people.ben, service): "ben", path_of(leads, service): "joel"}


def path_of(phone, service):  # noqa: F811
    return subscribe(phone, service).endpoint.removeprefix(service.origin)


def sets(phone, seconds, tag=None):
    body = {
        "office": phone.desk.name,
        "device": phone.name,
        "nonce": phone.nonce(),
        "tag": tag or b64u(os.urandom(16)),
        "seconds": seconds,
    }
    return phone.signed("/v1/timer", "timer", body)


def passes(clock, thread, seconds, step=5):
    """Time goes by and the thread looks, as it does every five seconds. Returns when it sent something."""
    fired = []
    for _ in range(0, seconds, step):
        clock.now += step
        fired += [clock.now] * thread.send_due()
    return fired


def test_overdue_wakes_the_colleague_then_the_supervisor_within_seconds_and_once(
    make_relay,
    database,
    app,
    people,
    joel,
    south,
    settings,
    watched,
    service,  # noqa: F811
    clock,
):
    said = sets(people.amina, 1800)
    assert (said.status_code, said.get_json()["due"]) == (200, written(clock() + 1800))
    due = clock.now + 1800
    assert passes(clock, app.extensions["sotto_relay"].wakes, 1500) == []

    app.extensions["sotto_relay"].store.close()  # the relay is started anew; phone and desk are dark
    again = make_relay(database, [joel.name, south.name], **settings).extensions["sotto_relay"].wakes
    fired = passes(clock, again, 3600)

    assert len(fired) == 2
    assert 0 <= fired[0] - due <= 30
    assert 0 <= fired[1] - due - LATER <= 30
    assert [watched[message.path] for message in service.messages] == ["ben", "joel"]
    assert {message.headers["urgency"] for message in service.messages} == {"high"}


def test_back_safe_in_time_wakes_nobody(app, people, watched, service, clock):  # noqa: F811
    sets(people.amina, 1800)
    passes(clock, app.extensions["sotto_relay"].wakes, 1200)
    assert sets(people.amina, 0).get_json()["due"] is None
    assert passes(clock, app.extensions["sotto_relay"].wakes, 7200) == []


def test_back_safe_after_the_first_call_spares_the_second_and_the_alarm_is_gone(
    app, people, leads, watched, clock
):
    sets(people.amina, 600)
    assert "alarms" not in people.ben.pull()[0]
    assert len(passes(clock, app.extensions["sotto_relay"].wakes, 700)) == 1
    (alarm,) = people.ben.pull()[0]["alarms"]
    assert alarm["device"] == people.amina.name
    assert "alarms" not in leads.pull()[0]  # not yet
    assert "alarms" not in people.zoe.pull()[0]
    sets(people.amina, 0)
    assert passes(clock, app.extensions["sotto_relay"].wakes, 7200) == []
    assert "alarms" not in people.ben.pull()[0]


def test_more_time_moves_it(app, people, watched, clock):
    sets(people.amina, 600)
    clock.now += 500
    sets(people.amina, 1800)
    assert passes(clock, app.extensions["sotto_relay"].wakes, 1700) == []
    assert len(passes(clock, app.extensions["sotto_relay"].wakes, 200)) == 1


def test_a_new_list_of_watchers_counts_for_one_who_is_out(app, people, joel, leads, watched, service, clock):  # noqa: F811
    sets(people.amina, 600)
    joel.told("watch", device=people.amina.name, serial=2, steps=[{"after": 0, "devices": [leads.name]}])
    joel.told("watch", device=people.amina.name, serial=1, steps=[])  # came late
    assert len(passes(clock, app.extensions["sotto_relay"].wakes, 3600)) == 1
    assert [watched[message.path] for message in service.messages] == ["joel"]


def test_nobody_arms_anothers_timer_nor_one_without_end(people, joel):
    forged = {
        "office": joel.name,
        "device": people.amina.name,
        "nonce": people.ben.nonce(),
        "tag": b64u(bytes(16)),
        "seconds": 60,
    }
    assert people.ben.signed("/v1/timer", "timer", forged).status_code == 403
    assert sets(people.amina, 24 * 3600 + 1).status_code == 400
    assert sets(people.amina, 60, tag="home").status_code == 400
    joel.enrol(people.amina, status="revoked").send_roster()
    assert sets(people.amina, 60).status_code == 403
