"""A photo at the relay: only where an envelope names it, in pieces, within its bounds."""

import pytest

from pwa_server.relay import limits
from tests.relay.people import photo

pytestmark = pytest.mark.usefixtures("people")


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
        app.extensions["sotto_relay"].sweeper.sweep()
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
        sweeper, store = app.extensions["sotto_relay"].sweeper, app.extensions["sotto_relay"].store
        clock.now += 23 * 3600
        sweeper.sweep()
        with store.connected():
            assert store.BlobPart.select().count() > 0
        clock.now += 2 * 3600
        sweeper.sweep()
        with store.connected():
            assert store.BlobPart.select().count() == store.Blob.select().count() == 0

    def test_beyond_a_phones_quota_waits(self, app, amina, joel):
        store = app.extensions["sotto_relay"].store
        photos = [photo() for _ in range(2)]
        amina.push(amina.write(blobs=[(id_, len(sealed)) for id_, sealed in photos]))
        assert amina.send_blob(photos[0][1], photos[0][0], piece=300_000).status_code == 200
        with store.connected():  # the first counts as all that a phone may leave here
            store.Blob.update(received=limits.DEVICE_BLOB_BYTES).where(
                store.Blob.id == photos[0][0]
            ).execute()
        assert amina.send_blob(photos[1][1], photos[1][0], piece=300_000).status_code == 429
        joel.told("drop_blobs", ids=[photos[0][0]])
        assert amina.send_blob(photos[1][1], photos[1][0]).status_code == 200
