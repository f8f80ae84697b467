"""What the relay promises, on SQLite and on PostgreSQL alike: it loses, repeats, reorders and opens nothing.

Amina and Ben write for the north office, where Joel reads; Zoe writes for the south.
"""

import os
from dataclasses import replace

import pytest

from pwa_server.relay import limits
from sync.chain import Position
from sync.encoding import b64u, sha256, unb64u
from sync.envelope import Envelope, make_batch
from sync.limits import WINDOW
from sync.roster import read_roster
from sync.signing import verify
from sync.strict_json import read_json
from sync.wire import Cursor, read_statement
from tests.relay.people import Desk, Phone

pytestmark = pytest.mark.usefixtures("people")


def test_a_visit_sent_twice_is_kept_once(amina, joel):
    visit = amina.write()
    assert amina.push(visit) == ["stored"]
    assert amina.push(visit) == ["already_stored"]  # the first answer was lost in a tunnel
    assert joel.pull_all() == [visit.id]


def test_what_the_desk_pulls_is_what_the_phone_sent(amina, joel):
    visit = amina.write("お母さんが出てきた")
    amina.push(visit)
    _, (pulled,) = joel.pull()
    assert pulled.to_frame() == visit.to_frame()


def test_everything_arrives_in_order_over_many_pages(amina, ben, joel):
    sent = []
    for _ in range(3):
        visits = [amina.write() for _ in range(40)] + [ben.write() for _ in range(40)]
        for phone, part in ((amina, visits[:40]), (ben, visits[40:])):
            phone.push(*part)
        sent += [visit.id for visit in visits]
    assert joel.pull_all() == sent
    assert joel.pull_all() == []


def test_a_refused_envelope_stops_nothing_behind_it(people):
    good, stranger = people.amina.write(), Phone(people.http)
    foreign = stranger.envelope(people.joel.name, 1, 1)
    forged = Envelope(good.header, good.header_bytes, good.sealed, os.urandom(64), good.id)
    after = people.amina.write()
    answers = people.amina.push(forged, foreign, good, after)
    assert answers == ["bad_signature", "unknown_device", "stored", "stored"]


def test_a_forged_copy_never_stands_in_the_place_of_the_true_one(amina, joel):
    visit = amina.write()
    forged = Envelope(visit.header, visit.header_bytes, visit.sealed, os.urandom(64), visit.id)
    assert amina.push(forged) == ["bad_signature"]
    assert amina.push(visit) == ["stored"]
    _, (pulled,) = joel.pull()
    assert pulled.sig == visit.sig


def test_after_three_forgeries_the_rest_of_a_batch_waits_and_is_taken_in_the_next(amina):
    letters = [amina.write() for _ in range(5)]
    forged = [replace(letter, sig=bytes(63) + b"\1") for letter in letters[:4]]

    assert amina.push(*forged, letters[4]) == ["bad_signature"] * 3 + ["too_many"] * 2
    assert amina.push(*letters) == ["stored"] * 5


def test_a_phone_of_one_office_cannot_write_to_another(zoe, joel):
    letter = zoe.envelope(joel.name, 1, 1)
    assert zoe.push(letter) == ["unknown_device"]


def test_the_desk_writes_to_its_phone_and_to_no_other_offices(joel, amina, zoe):
    answer = joel.envelope(amina.name, 1, 1, key=amina.seal.public)
    assert joel.push(answer, joel.envelope(zoe.name, 1, 1)) == ["stored", "unknown_device"]
    _, (pulled,) = amina.pull()
    assert pulled.id == answer.id


def test_a_broken_header_is_told_apart_from_its_neighbours(amina, people):
    visit = amina.write()
    frame = bytearray(visit.to_frame())
    newer = bytes(frame).replace(b"sotto/1\n", b"sotto/2\n", 1)
    frame[10:14] = b"!!!!"
    answer = people.http.post("/v1/push", data=bytes(frame) + newer + visit.to_frame()).get_json()
    assert [entry["answer"] for entry in answer["answers"]] == ["malformed", "unknown_version", "stored"]


def test_without_a_roster_the_phone_is_asked_to_wait(make_relay, database, joel, amina, ben):
    new_office = Desk(None)
    app = make_relay(database, [new_office.name])
    newcomer = Phone(app.test_client())
    newcomer.desk = new_office
    assert newcomer.push(newcomer.write()) == ["not_ready"]


def test_the_window_keeps_a_phone_near_what_the_office_holds(amina, joel):
    far = amina.envelope(joel.name, 1, WINDOW + 1, "A" * 43)
    edge = amina.envelope(joel.name, 1, WINDOW, "A" * 43)
    assert amina.push(far, edge) == ["too_many", "stored"]
    joel.enrol(amina, up=Position(1, 1, "A" * 43)).send_roster()
    assert amina.push(far) == ["stored"]


def test_a_position_covers_and_forgets_what_is_at_or_below_it(amina, ben, joel):
    visits = [amina.write() for _ in range(3)]
    other = ben.write()
    amina.push(*visits)
    ben.push(other)
    joel.covers(amina, visits[1]).send_roster()
    assert joel.pull_all() == [visits[2].id, other.id]
    assert amina.push(visits[0], visits[2]) == ["covered", "already_stored"]


def test_a_higher_run_covers_all_lower_ones(amina, joel):
    old = [amina.write() for _ in range(2)]
    amina.push(*old)
    amina.begin_run(7)
    new = amina.write()
    amina.push(new)
    joel.covers(amina, new).send_roster()
    assert joel.pull_all() == []
    assert amina.push(*old, new) == ["covered"] * 3


def test_the_phone_sees_what_the_relay_holds_of_it(amina, ben):
    first, second, _, fourth = (amina.write() for _ in range(4))
    amina.push(first, second, fourth)
    ben.push(ben.write())
    amina.begin_run(9)
    amina.push(amina.write())
    body, _ = amina.pull()
    assert body["box"] == [[1, 1, 2], [1, 4, 4], [9, 1, 1]]


def test_what_a_phone_follows_is_forgotten_on_its_signed_word(joel, amina):
    letters = [joel.envelope(amina.name, 1, n, "-" if n == 1 else "A" * 43) for n in (1, 2, 3)]
    joel.push(*letters)
    _, pulled = amina.pull()
    assert [letter.id for letter in pulled] == [letter.id for letter in letters]
    amina.follow = Position(1, 2, letters[1].id)
    amina.pull(cursor=Cursor())
    assert joel.push(*letters) == ["covered", "covered", "already_stored"]


def test_the_desk_gets_the_phones_statement_as_it_was_signed(amina, joel):
    amina.pull(unsent=3, gap=True, highest=12)
    body, _ = joel.pull()
    (statement,) = body["statements"]
    assert statement["device"] == amina.name
    said = unb64u(statement["body"])
    verify(amina.sign.public, "pull", sha256(said), unb64u(statement["sig"], 64))
    read = read_statement(read_json(said))
    assert (read.unsent, read.gap, read.highest) == (3, True, 12)


def test_a_cursor_of_another_incarnation_or_beyond_the_box_reads_from_the_start(amina, joel):
    visits = [amina.write() for _ in range(3)]
    amina.push(*visits)
    body, _ = joel.pull()
    last = body["cursor"]
    for cursor in (Cursor(b64u(bytes(16)), last), Cursor(body["incarnation"], last + 1), Cursor()):
        _, envelopes = joel.pull(cursor)
        assert [envelope.id for envelope in envelopes] == [visit.id for visit in visits]
    _, rest = joel.pull(Cursor(body["incarnation"], last - 1))
    assert [envelope.id for envelope in rest] == [visits[2].id]


def test_numbers_are_never_given_twice_even_when_the_box_was_emptied(amina, joel):
    visits = [amina.write() for _ in range(2)]
    amina.push(visits[0])
    joel.pull_all()
    joel.covers(amina, visits[0]).send_roster()
    before = joel.cursor
    amina.push(visits[1])
    assert joel.pull_all() == [visits[1].id]
    assert joel.cursor.number > before.number


def test_a_relay_put_back_to_an_older_disk_gives_no_number_twice(amina, joel, clock, app):
    store = app.extensions["sotto_relay"].store
    first, second, third = (amina.write() for _ in range(3))
    amina.push(first, second)
    joel.pull_all()
    box = (store.Box.office == joel.name) & (store.Box.recipient == joel.name)
    with store.write():  # the disk of a minute ago, when only the first had come
        store.StoredEnvelope.delete().where(store.StoredEnvelope.id == second.id).execute()
        store.Box.update(last=store.Box.last - 1).where(box).execute()
    clock.now += 60
    assert amina.push(third) == ["stored"]
    assert joel.pull_all() == [third.id]  # its cursor was above what the old disk knew, and misses nothing


def test_an_old_roster_is_refused_and_changes_nothing(amina, joel):
    old, sig = joel.roster()
    joel.enrol(amina, status="revoked").send_roster()
    answer = joel.ask("roster", bytes=b64u(old), sig=b64u(sig), sign=b64u(joel.sign.public))
    assert (answer.status_code, answer.get_json()["error"]) == (409, "old_roster")
    assert amina.ask_pull().get_json()["error"] == "revoked"


def test_a_roster_of_an_office_that_is_not_served_is_refused(people):
    stranger = Desk(people.http)
    data, sig = stranger.roster()
    answer = stranger.ask("roster", bytes=b64u(data), sig=b64u(sig), sign=b64u(stranger.sign.public))
    assert (answer.status_code, answer.get_json()["error"]) == (404, "unknown_office")


def test_another_offices_key_signs_no_roster_here(joel, south):
    data, sig = south.roster()
    answer = joel.ask("roster", bytes=b64u(data), sig=b64u(sig), sign=b64u(joel.sign.public))
    assert answer.get_json()["error"] == "unknown_office"


def test_the_desk_reads_its_roster_back(joel):
    joel.send_roster()
    back = joel.told("roster_read")
    roster = read_roster(unb64u(back["bytes"]), unb64u(back["sig"]), joel.name)
    assert roster.serial == joel.serial == joel.pull()[0]["serial"]


def test_the_incarnation_stays_while_the_database_does(make_relay, database, joel, south, amina):
    here = amina.http.get("/v1/config").get_json()["incarnation"]
    second = make_relay(database, [joel.name, south.name]).test_client()
    assert second.get("/v1/config").get_json()["incarnation"] == here
    assert amina.http.get("/v1/nope").get_json()["incarnation"] == here


def takes_up(app, envelope, size):
    """What the relay keeps of this envelope counts as so many bytes."""
    store = app.extensions["sotto_relay"].store
    with store.connected():
        assert store.StoredEnvelope.update(size=size).where(store.StoredEnvelope.id == envelope.id).execute()


def test_the_quota_of_a_phone_is_in_bytes_too(app, amina, joel):
    first, second = amina.write(), amina.write()
    assert amina.push(first) == ["stored"]
    takes_up(app, first, limits.DEVICE_BYTES - 100)
    assert amina.push(second) == ["too_many"]
    joel.covers(amina, first).send_roster()
    assert amina.push(second) == ["stored"]


def test_a_snapshot_larger_than_the_quota_waits(app, joel, amina):
    letters = [joel.envelope(amina.name, 1, n, "-" if n == 1 else "A" * 43) for n in (1, 2, 3)]
    assert joel.push(letters[0]) == ["stored"]
    takes_up(app, letters[0], limits.DOWN_BYTES - len(letters[1].to_frame()) - 100)
    assert joel.push(*letters[1:]) == ["stored", "too_many"]


def test_a_snapshot_of_more_envelopes_than_the_quota_waits(app, joel, amina):
    store = app.extensions["sotto_relay"].store
    letters = [joel.envelope(amina.name, 1, n, "-" if n == 1 else "A" * 43) for n in (1, 2)]
    assert joel.push(letters[0]) == ["stored"]
    with store.connected():
        (row,) = store.StoredEnvelope.select().dicts()
        more = [
            row | {"number": row["number"] + n, "id": f"{n:043}"} for n in range(1, limits.DOWN_ENVELOPES)
        ]
        for start in range(0, len(more), 1000):
            store.StoredEnvelope.insert_many(more[start : start + 1000]).execute()
    assert joel.push(letters[1]) == ["too_many"]


def test_pages_hold_at_least_one_envelope_however_large(joel, amina):
    text = os.urandom(limits.PHONE_PAGE_BYTES).hex()  # does not shrink below a page
    letters = [joel.envelope(amina.name, 1, n, "-" if n == 1 else "A" * 43, text) for n in (1, 2, 3)]
    assert all(len(letter.sealed) > limits.PHONE_PAGE_BYTES for letter in letters)
    joel.push(*letters)
    got = []
    while True:
        body, page = amina.pull()
        assert len(page) == 1
        got += [letter.id for letter in page]
        if not body["more"]:
            break
    assert got == [letter.id for letter in letters]


def test_two_phones_answers_with_one_batch_each_keep_every_envelope(people):
    batch = make_batch([people.amina.write(), people.ben.write()])
    answer = people.http.post("/v1/push", data=batch).get_json()  # a carrier may bring the mail of several
    assert [entry["answer"] for entry in answer["answers"]] == ["stored", "stored"]
