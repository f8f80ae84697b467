"""Nothing that arrives is lost, whatever is wrong with it, and one bad thing holds up nothing else (SPEC 4.2)."""

import json
from pathlib import Path

import pytest

from pwa_server.desk import actions
from pwa_server.desk.actions import devices
from pwa_server.desk.core.errors import DeskError
from pwa_server.desk.exchange import inbox, retry_held, review_box, roster
from pwa_server.desk.models.office_and_cases import FollowUp, Held, LogEntry, Received, UpPosition, Visit
from sync.envelope import Envelope, make_batch
from sync.header import Header
from sync.sealing import seal
from tests.standins.phone import new_id


def statuses(device):
    rows = Received.select().where(Received.device == device).order_by(Received.run, Received.n)
    return [row.status for row in rows]


def held_reasons():
    return sorted(row.reason for row in Held.select().where(Held.state == "held"))


def test_an_event_of_a_newer_app_is_held_and_its_neighbours_are_applied(office, phone):
    promise = {"id": new_id(), "text": "電池を持っていく", "due": None, "to": ""}
    visit = phone.visit("demo-002", promises=[promise])
    newer = phone.event("visit.sketched", "demo-002", {"strokes": []})
    after = phone.event("promise.kept", "demo-002", {"promise": promise["id"]})
    phone.write(newer, visit, after)
    office.round(phone)

    assert held_reasons() == ["unknown_event"]
    assert Visit.get_or_none(Visit.id == visit["id"]) is not None
    assert LogEntry.get_or_none(LogEntry.id == after["id"]) is not None
    assert phone.m.held == phone.m.head  # the envelope moved the position all the same


def test_after_an_update_what_was_unknown_is_applied(office, phone, desk):
    newer = phone.event("visit.sketched", "demo-002", {"strokes": []})
    phone.write(newer)
    office.round(phone)
    assert retry_held.retry_all(desk) == 0

    # As a desk of before kept an event that this one knows: the same row, of another type.
    known = phone.visit("demo-002") | {"id": newer["id"]}
    Held.update(event=known).execute()
    assert retry_held.retry_all(desk) == 1
    assert held_reasons() == []
    assert LogEntry.get_or_none(LogEntry.id == newer["id"]) is not None


def test_a_visit_that_does_not_fit_is_named_to_the_phone_as_held(office, phone, desk, nakagawa):
    visit = phone.visit("demo-002")
    visit["body"]["channel"] = "telepathy"
    phone.write(visit)
    office.round(phone)

    assert phone.docs[f"record/{visit['id']}"]["state"] == "held"
    assert phone.docs[f"record/{visit['id']}"]["reason"] == "malformed"
    held = Held.get()
    assert actions.retry_held(desk, nakagawa, held.id) is False
    actions.dismiss_held(desk, nakagawa, held.id, "recorded_by_hand", "")
    assert Held.get_by_id(held.id).event["body"]["channel"] == "telepathy"  # kept, only closed


def test_a_day_no_calendar_has_is_held_and_what_came_with_it_is_served(office, phone, desk, nakagawa):
    """As a phone of before sent it: a year typed with a keyboard."""
    text = (Path(__file__).parent / "events" / "year2_followup.json").read_text("utf-8")
    told = json.loads(text.replace("<case>", "demo-002").replace("<22 letters>", new_id()))
    visit = phone.visit("demo-002")
    phone.write(told | {"id": new_id()}, visit)
    office.round(phone)
    assert held_reasons() == ["malformed"]
    assert FollowUp.get_or_none(FollowUp.id == told["body"]["followup"]) is None
    assert phone.docs[f"record/{visit['id']}"]["state"] == "at_office"


def test_the_same_id_with_other_content_is_held_as_a_conflict(office, phone):
    visit = phone.visit("demo-002", hook="one")
    phone.write(visit)
    phone.write(visit | {"body": visit["body"] | {"hook": "two"}})
    phone.write(visit)  # and the same once more is simply known
    office.round(phone)
    assert held_reasons() == ["conflict"]
    assert LogEntry.select().where(LogEntry.id == visit["id"]).count() == 1


@pytest.mark.parametrize("what", ["not sealed", "other key", "not a body", "newer body"])
def test_an_envelope_nobody_can_read_is_kept_and_the_chain_goes_on(office, phone, what):
    m = phone.m
    if what == "not a body":
        phone._pack([], [], body={"v": 1, "events": "none"})
    elif what == "newer body":
        phone._pack([], [], body={"v": 2, "events": []})
    else:
        key = m.seal_id if what == "not sealed" else phone.id
        header = Header(phone.id, phone.office, key, int(office.clock.seconds()), 1, "-")
        sealed = seal(m.seal.public, header.to_bytes(), b"x" * 600)
        envelope = Envelope.make(header, sealed, m.sign)
        m.head = type(m.head)(header.run, 1, envelope.id)
        m.floor = type(m.head)(header.run, 0, "-")
        m.outbox.append(type("One", (), {"envelope": envelope, "events": [], "blobs": [], "sent": False})())
    after = phone.visit("demo-002")
    phone.write(after)
    office.round(phone)

    assert held_reasons() == [
        {"newer body": "unknown_body", "not a body": "malformed"}.get(what, "unreadable")
    ]
    assert Visit.get_or_none(Visit.id == after["id"]) is not None
    assert statuses(phone.id) == ["applied", "applied"]


def test_only_the_first_envelope_of_a_run_may_bring_no_events(office, phone):
    phone._pack([], [], body={"v": 1, "events": []})
    phone._pack([], [], body={"v": 1, "events": []})
    office.round(phone)
    assert held_reasons() == ["malformed"]
    assert statuses(phone.id) == ["applied", "applied"]


def test_what_comes_too_early_waits_for_what_is_missing(office, phone):
    first, second, third = (phone.visit("demo-002") for _ in range(3))
    envelopes = [phone.write(one) for one in (first, second, third)]
    phone.push_raw(make_batch(envelopes[2:]))
    office.sync()
    assert statuses(phone.id) == ["waiting"]
    assert Visit.get_or_none(Visit.id == third["id"]) is None

    phone.push_raw(make_batch(envelopes[:2]))
    office.sync()
    assert statuses(phone.id) == ["applied"] * 3
    assert UpPosition.get_by_id(phone.id).n == 3


def test_a_forged_envelope_is_not_taken_in(office, phone, desk):
    stranger = office.phone_of("nishimura")
    header = Header(phone.id, phone.office, phone.m.seal_id, 1, 1, "-")
    sealed = seal(phone.m.keys[phone.m.seal_id], header.to_bytes(), b"\0" * 512)
    forged = Envelope.make(header, sealed, stranger.m.sign)
    assert inbox.store(desk, [forged], set(), {"incarnation": "", "number": 0}) == []
    assert Received.select().where(Received.id == forged.id).count() == 0


def test_a_cloned_phone_shows_as_a_fork_and_no_record_of_either_is_lost(office, phone):
    phone.write(phone.visit("demo-002"))
    office.round(phone)
    clone_memory = phone.copy()
    mine, theirs = phone.visit("demo-002", hook="mine"), phone.visit("demo-003", hook="theirs")

    phone.write(mine)
    office.round(phone)
    own_memory = phone.copy()
    phone.put_back(clone_memory)  # the clone is switched on
    envelope = phone.write(theirs)
    phone.sync()
    office.sync()

    assert held_reasons() in (["fork"], [])  # the relay may already have answered "covered"
    phone.sync()  # its receipt is not on its chain: it packs everything again under a new run
    office.round(phone)
    assert Visit.get_or_none(Visit.id == theirs["id"]) is not None
    assert Visit.get_or_none(Visit.id == mine["id"]) is not None
    assert held_reasons() == []  # what the fork said came again by id
    assert envelope.id != phone.m.head.id
    phone.put_back(own_memory)
    last = phone.visit("demo-002")
    phone.write(last)
    for _ in range(3):  # gap told, new run, packed again
        office.round(phone)
    assert Visit.get_or_none(Visit.id == last["id"]) is not None


def test_a_fork_that_never_comes_again_is_applied_by_a_person(office, phone, desk, nakagawa):
    phone.write(phone.visit("demo-002"))
    taken = phone.copy()
    office.round(phone)
    phone.put_back(taken)
    phone.m.outbox.clear()
    phone.m.head = type(phone.m.head)(phone.m.head.run, 0, "-")
    lost = phone.visit("demo-003")
    envelope = phone.write(lost)
    inbox.store(desk, [envelope], set(), {"incarnation": "", "number": 0})
    inbox.settle(desk, phone.id)

    assert held_reasons() == ["fork"]
    assert roster.writes_from_two_places(phone.id)
    assert actions.retry_held(desk, nakagawa, Held.get(Held.state == "held").id) is True
    assert Visit.get_or_none(Visit.id == lost["id"]) is not None


def test_an_old_run_is_held_only_while_it_says_something_new(office, phone, desk):
    old = phone.write(phone.visit("demo-002"))
    never_sent = phone.write(phone.visit("demo-002"))
    phone.m.outbox = phone.m.outbox[:1]
    phone.repack()
    office.round(phone)

    inbox.store(desk, [old], set(), {"incarnation": "", "number": 0})
    inbox.settle(desk, phone.id)
    assert held_reasons() == []
    inbox.store(desk, [never_sent], set(), {"incarnation": "", "number": 0})
    inbox.settle(desk, phone.id)
    assert held_reasons() == ["old_run"]


def test_a_phone_corrects_only_what_its_worker_wrote(office, phone, desk, nakagawa):
    theirs = office.phone_of("nishimura")
    visit = phone.visit("demo-001")
    phone.write(visit)
    office.round(phone, theirs)
    body = {
        "visit": visit["id"],
        "replaces": visit["id"],
        "changed": ["hook"],
        "record": visit["body"] | {"hook": "x"},
        "answers": None,
        "comment": "",
    }
    theirs.write(theirs.event("visit.corrected", "demo-001", body))
    office.round(phone, theirs)
    assert held_reasons() == ["not_theirs"]
    assert Visit.get_by_id(visit["id"]).current_version == visit["id"]
    assert actions.retry_held(desk, nakagawa, Held.get().id)  # a person may
    assert Visit.get_by_id(visit["id"]).current_version != visit["id"]


def test_a_revoked_phone_delivers_into_the_review_box(office, phone, desk, nakagawa):
    wanted, unwanted = phone.visit("demo-002"), phone.visit("demo-003")
    phone.write(wanted)
    phone.write(unwanted)
    devices.revoke(desk, nakagawa, phone.id, "lost")
    office.sync()
    assert set(phone.push().values()) <= {"stored"}
    with pytest.raises(Exception, match="revoked"):
        phone.pull()
    office.sync()
    first, second = Received.select().where(Received.status == "for_review").order_by(Received.n)
    assert Visit.get_or_none(Visit.id == wanted["id"]) is None

    assert review_box.preview(desk, first.id).events[0]["id"] == wanted["id"]
    actions.admit_envelope(desk, nakagawa, first.id)
    actions.reject_envelope(desk, nakagawa, second.id, "not ours")
    assert Visit.get_or_none(Visit.id == wanted["id"]) is not None
    assert Visit.get_or_none(Visit.id == unwanted["id"]) is None
    assert Received.get_by_id(second.id).frame  # kept, sealed
    office.sync()
    office.sync()
    assert statuses(phone.id) == ["admitted", "rejected"]
    with pytest.raises(DeskError, match="not_found"):
        actions.admit_envelope(desk, nakagawa, second.id)


def test_a_wipe_order_is_obeyed_and_the_outbox_still_arrives(office, phone, desk, nakagawa):
    visit = phone.visit("demo-002")
    phone.write(visit)
    devices.wipe(desk, nakagawa, phone.id, "stolen")
    office.sync()
    assert phone.ask_orders() is not None
    assert phone.m.wiped
    assert phone.docs == {}
    office.sync()
    assert Received.select().where(Received.status == "for_review").count() == 1
