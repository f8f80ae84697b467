"""A phone that is revoked may send and receives nothing; an order to erase is heard by whoever asks."""

import pytest

from sync.wire import Cursor

pytestmark = pytest.mark.usefixtures("people")


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
