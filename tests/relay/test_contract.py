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
from tests.relay.people import Desk, Phone, photo

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


class TestARevokedPhone:
    def test_may_still_send_into_the_review_box_and_gets_nothing(self, amina, joel):
        before = amina.write()
        amina.push(before)
        joel.push(joel.envelope(amina.name, 1, 1))
        joel.enrol(amina, status="revoked").send_roster()
        after = amina.write()
        assert amina.push(before, after) == ["already_stored", "stored"]
        body, envelopes = joel.pull()
        assert [envelope.id for envelope in envelopes] == [before.id, after.id]
        assert body["review"] == [after.id]
        assert amina.ask_pull().get_json()["error"] == "revoked"

    def test_fills_at_most_its_small_quota(self, amina, joel):
        joel.enrol(amina, status="revoked").send_roster()
        answers = amina.push(*[amina.write() for _ in range(66)])
        assert answers == ["stored"] * 64 + ["too_many"] * 2

    def test_is_handed_its_wipe_order_and_nothing_else(self, amina, joel):
        joel.push(joel.envelope(amina.name, 1, 1))
        joel.enrol(amina, status="revoked").send_roster()
        order = joel.order(amina)
        joel.told("wipe", device=amina.name, order=order)
        body, envelopes = amina.pull()
        assert (body["wipe"], envelopes) == (order, [])
        assert amina.orders() == order

    def test_keeps_its_review_envelopes_until_a_person_decides(self, amina, joel):
        joel.enrol(amina, status="revoked").send_roster()
        kept, dropped = amina.write(), amina.write()
        amina.push(kept, dropped)
        joel.covers(amina, dropped, status="revoked").send_roster()
        joel.told("drop", ids=[dropped.id])
        joel.cursor = Cursor()
        assert joel.pull_all() == [kept.id]

    def test_drop_takes_nothing_but_review_envelopes(self, amina, joel):
        visit = amina.write()
        amina.push(visit)
        joel.told("drop", ids=[visit.id])
        assert joel.pull_all() == [visit.id]


class TestAWipeOrder:
    def test_is_nobodys_but_the_offices(self, amina, joel, south):
        order = south.order(amina)
        assert joel.ask("wipe", device=amina.name, order=order).get_json()["error"] == "bad_signature"
        assert amina.orders() is None

    def test_for_another_phone_is_refused(self, amina, ben, joel):
        assert (
            joel.ask("wipe", device=amina.name, order=joel.order(ben)).get_json()["error"] == "unknown_device"
        )

    def test_an_older_one_does_not_come_back(self, amina, joel):
        newer = joel.order(amina, serial=5)
        joel.told("wipe", device=amina.name, order=newer)
        joel.told("wipe", device=amina.name, order=joel.order(amina, serial=4))
        assert amina.orders() == newer


class TestANonce:
    def test_is_good_once(self, amina):
        nonce = amina.nonce()
        assert amina.ask_pull(nonce=nonce).status_code == 200
        again = amina.ask_pull(nonce=nonce)
        assert (again.status_code, again.get_json()["error"]) == (403, "bad_nonce")
        assert amina.ask_pull(nonce=again.get_json()["nonce"]).status_code == 200

    def test_is_good_for_ten_minutes(self, amina, clock):
        nonce = amina.nonce()
        clock.now += 601
        assert amina.ask_pull(nonce=nonce).get_json()["error"] == "bad_nonce"

    def test_cannot_be_made_up(self, amina):
        assert amina.ask_pull(nonce=b64u(os.urandom(16))).get_json()["error"] == "bad_nonce"

    def test_comes_with_every_answer(self, amina, joel):
        body, _ = amina.pull()
        body, _ = amina.pull(nonce=body["nonce"])
        answer = joel.told("push_state")
        assert joel.told("push_state", nonce=answer["nonce"])["nonce"]

    def test_is_burnt_by_a_refused_request_too(self, joel):
        nonce = joel.nonce()
        assert (
            joel.ask("enrol_read", nonce=nonce, slot=b64u(os.urandom(16))).get_json()["error"] == "not_found"
        )
        assert joel.ask("push_state", nonce=nonce).get_json()["error"] == "bad_nonce"

    def test_of_one_process_is_known_to_another(self, make_relay, database, joel, south, amina):
        second = make_relay(database, [joel.name, south.name]).test_client()
        nonce = amina.nonce()
        amina.http = second
        assert amina.ask_pull(nonce=nonce).status_code == 200
        amina.http = joel.http
        assert amina.ask_pull(nonce=nonce).get_json()["error"] == "bad_nonce"


def test_a_signature_over_another_kind_of_request_is_refused(amina):
    answer = amina.signed("/v1/pull", "subscription", amina.statement())
    assert (answer.status_code, answer.get_json()["error"]) == (403, "bad_signature")


def test_another_phones_signature_is_refused(amina, ben):
    answer = ben.signed("/v1/pull", "pull", amina.statement())
    assert answer.get_json()["error"] == "bad_signature"


def test_a_key_not_in_the_roster_pulls_nothing(amina, joel):
    stranger = Phone(amina.http, desk=joel)
    assert stranger.ask_pull().get_json()["error"] == "unknown_device"


def test_the_incarnation_stays_while_the_database_does(make_relay, database, joel, south, amina):
    here = amina.http.get("/v1/config").get_json()["incarnation"]
    second = make_relay(database, [joel.name, south.name]).test_client()
    assert second.get("/v1/config").get_json()["incarnation"] == here
    assert amina.http.get("/v1/nope").get_json()["incarnation"] == here


class TestAPhoto:
    def test_follows_its_text_in_pieces_and_is_handed_to_the_desk(self, amina, joel):
        id_, sealed = photo()
        answer = amina.push_all(amina.write(blobs=[(id_, len(sealed))]))
        assert answer["blobs"] == [id_]
        assert amina.send_blob(sealed, id_).get_json()["offset"] == len(sealed)
        assert joel.ask("blob", id=id_).data == sealed

    def test_goes_on_where_the_line_broke(self, amina, joel):
        id_, sealed = photo()
        amina.push(amina.write(blobs=[(id_, len(sealed))]))
        amina.http.patch(f"/v1/blobs/{id_}", data=sealed[:70_000], headers={"Upload-Offset": "0"})
        head = amina.http.head(f"/v1/blobs/{id_}")
        assert head.headers["Upload-Offset"] == "70000"
        wrong = amina.http.patch(f"/v1/blobs/{id_}", data=sealed[:70_000], headers={"Upload-Offset": "0"})
        assert (wrong.status_code, wrong.get_json()["error"]) == (409, "wrong_offset")
        assert wrong.get_json()["offset"] == int(wrong.headers["Upload-Offset"]) == 70_000
        assert joel.ask("blob", id=id_).get_json()["error"] == "not_found"
        amina.send_blob(sealed, id_, at=70_000)
        assert joel.ask("blob", id=id_).data == sealed

    def test_that_nothing_names_is_refused(self, amina):
        id_, sealed = photo()
        assert amina.http.head(f"/v1/blobs/{id_}").status_code == 404
        assert amina.send_blob(sealed, id_).get_json()["error"] == "not_found"

    def test_with_other_bytes_is_thrown_away_and_may_begin_again(self, amina, joel):
        id_, sealed = photo()
        amina.push(amina.write(blobs=[(id_, len(sealed))]))
        wrong = bytes([sealed[0] ^ 1]) + sealed[1:]
        answer = amina.send_blob(wrong, id_)
        assert (answer.status_code, answer.get_json()["error"]) == (400, "blob_mismatch")
        assert amina.http.head(f"/v1/blobs/{id_}").headers["Upload-Offset"] == "0"
        amina.send_blob(sealed, id_)
        assert joel.ask("blob", id=id_).data == sealed

    def test_longer_than_named_is_refused(self, amina):
        id_, sealed = photo()
        amina.push(amina.write(blobs=[(id_, len(sealed) - 1)]))
        assert amina.send_blob(sealed, id_).get_json()["error"] == "too_big"

    def test_in_crumbs_is_refused(self, amina):
        id_, sealed = photo()
        amina.push(amina.write(blobs=[(id_, len(sealed))]))
        assert amina.send_blob(sealed, id_, piece=100).get_json()["error"] == "malformed"

    def test_outlives_its_envelope(self, amina, joel, clock, app):
        id_, sealed = photo()
        visit = amina.write(blobs=[(id_, len(sealed))])
        amina.push(visit)
        joel.covers(amina, visit).send_roster()
        clock.now += 3 * 24 * 3600
        app.extensions["sotto_relay"].wakes.sweep()
        amina.send_blob(sealed, id_)
        assert joel.ask("blob", id=id_).data == sealed

    def test_is_asked_for_by_a_relay_that_lost_it(self, amina, joel):
        id_, sealed = photo()
        visit = amina.write(blobs=[(id_, len(sealed))])
        joel.covers(amina, visit).send_roster()  # the office had the text before the relay's disk was lost
        answer = amina.push_all(visit)
        assert (answer["answers"][0]["answer"], answer["blobs"]) == ("covered", [id_])

    def test_is_dropped_on_the_desks_word_and_not_asked_for_again(self, amina, joel, app):
        id_, sealed = photo()
        visit = amina.write(blobs=[(id_, len(sealed))])
        amina.push(visit)
        amina.send_blob(sealed, id_)
        joel.told("drop_blobs", ids=[id_])
        assert joel.ask("blob", id=id_).get_json()["error"] == "not_found"
        assert amina.push_all(visit)["blobs"] == []
        assert amina.http.head(f"/v1/blobs/{id_}").headers["Upload-Offset"] == str(len(sealed))
        store = app.extensions["sotto_relay"].store
        with store.connected():
            assert store.BlobPart.select().count() == 0

    def test_of_another_office_is_not_handed_out_or_dropped(self, amina, south, joel):
        id_, sealed = photo()
        amina.push(amina.write(blobs=[(id_, len(sealed))]))
        amina.send_blob(sealed, id_)
        assert south.ask("blob", id=id_).get_json()["error"] == "not_found"
        south.told("drop_blobs", ids=[id_])
        assert joel.ask("blob", id=id_).data == sealed

    def test_named_by_a_dropped_review_envelope_is_swept_after_a_day(self, amina, joel, clock, app):
        id_, sealed = photo()
        joel.enrol(amina, status="revoked").send_roster()
        visit = amina.write(blobs=[(id_, len(sealed))])
        amina.push(visit)
        amina.send_blob(sealed, id_)
        joel.told("drop", ids=[visit.id])
        wakes, store = app.extensions["sotto_relay"].wakes, app.extensions["sotto_relay"].store
        clock.now += 23 * 3600
        wakes.sweep()
        with store.connected():
            assert store.BlobPart.select().count() > 0
        clock.now += 2 * 3600
        wakes.sweep()
        with store.connected():
            assert store.BlobPart.select().count() == store.Blob.select().count() == 0

    def test_beyond_a_phones_quota_waits(self, amina, joel, monkeypatch):
        monkeypatch.setattr(limits, "DEVICE_BLOB_BYTES", 300_000)
        photos = [photo() for _ in range(2)]
        amina.push(amina.write(blobs=[(id_, len(sealed)) for id_, sealed in photos]))
        answers = [amina.send_blob(sealed, id_, piece=300_000).status_code for id_, sealed in photos]
        assert answers == [200, 429]
        joel.told("drop_blobs", ids=[photos[0][0]])
        assert amina.send_blob(photos[1][1], photos[1][0]).status_code == 200


def test_the_quota_of_a_phone_is_in_bytes_too(amina, joel, monkeypatch):
    first, second = amina.write(), amina.write()
    room = len(first.sealed) + len(first.header_bytes) + 100
    monkeypatch.setattr(limits, "DEVICE_BYTES", room)
    assert amina.push(first, second) == ["stored", "too_many"]
    joel.covers(amina, first).send_roster()
    assert amina.push(second) == ["stored"]


def test_a_snapshot_larger_than_the_quota_waits(joel, amina, monkeypatch):
    monkeypatch.setattr(limits, "DOWN_ENVELOPES", 2)
    letters = [joel.envelope(amina.name, 1, n, "-" if n == 1 else "A" * 43) for n in (1, 2, 3)]
    assert joel.push(*letters) == ["stored", "stored", "too_many"]


def test_pages_hold_at_least_one_envelope_however_large(joel, amina, monkeypatch):
    monkeypatch.setattr(limits, "PHONE_PAGE_BYTES", 1)
    letters = [joel.envelope(amina.name, 1, n, "-" if n == 1 else "A" * 43) for n in (1, 2, 3)]
    joel.push(*letters)
    got = []
    while True:
        body, page = amina.pull()
        got += [letter.id for letter in page]
        if not body["more"]:
            break
    assert got == [letter.id for letter in letters]


def test_two_phones_answers_with_one_batch_each_keep_every_envelope(people):
    batch = make_batch([people.amina.write(), people.ben.write()])
    answer = people.http.post("/v1/push", data=batch).get_json()  # a carrier may bring the mail of several
    assert [entry["answer"] for entry in answer["answers"]] == ["stored", "stored"]


def test_a_stolen_device_key_cannot_speak_as_the_office(amina, joel):
    body = {"office": joel.name, "nonce": amina.nonce()}
    assert amina.signed("/v1/desk/push_state", "desk", body).get_json()["error"] == "bad_signature"
