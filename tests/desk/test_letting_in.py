"""小林 forgot how the phone opens. The office hands back its key under a fresh code, and to nobody else (SPEC 8.6)."""

import os

import pytest

from pwa_server.desk.actions import enrolment, unlock_help
from pwa_server.desk.log.office_keys import turn_seal_key
from pwa_server.desk.models.office_and_cases import DeviceRow
from sync.encoding import b64u, sha256, unb64u
from sync.enrolment import derive, make_p1, read_code
from sync.errors import SyncError
from sync.let_in import read_note, second_slot, wrap_key
from sync.sealing import SealKey
from sync.signing import SignKey


class LockedPhone:
    """What a locked phone still has: its name, and its storage key sealed to the office."""

    def __init__(self, office, device, storage_key):
        self.office, self.device = office, device
        self.wrap = wrap_key(office.desk.keys.seal.public, device, storage_key)
        self.seal = SealKey.generate()

    def answers(self, code):
        secrets = derive(read_code(code))
        self.slot = secrets.slot
        locked = {"device": self.device, "wrap": b64u(self.wrap)}
        self.p1 = make_p1(secrets.phone_key, SignKey.generate(), self.seal.public, locked=locked)
        return self.posts(self.slot)

    def posts(self, slot):
        return self.office.http.post(f"/v1/enrol/{slot}/p1", json=self.p1).status_code

    def handed_back(self):
        note = self.office.http.get(f"/v1/enrol/{second_slot(self.slot)}/p2").json()["p2"]
        if note is None:
            return None
        return read_note(
            self.seal, self.office.desk.keys.sign.public, note, self.device, unb64u(self.p1["bytes"])
        )


@pytest.fixture
def storage_key():
    return os.urandom(32)


@pytest.fixture
def locked(office, storage_key):
    return LockedPhone(office, office.phone_of("kobayashi").id, storage_key)


def code_for(office, who="kobayashi"):
    return enrolment.start(office.desk, office.person("nakagawa"), f"demo-{who}", "phone")


def test_the_key_comes_back_when_the_supervisor_says_same_and_not_before(office, locked, storage_key):
    turn_seal_key(office.desk)  # the wrap is sealed to an older key by now
    devices = DeviceRow.select().count()
    meeting = code_for(office)
    assert locked.answers(meeting.code) == 200
    seen = enrolment.poll(office.desk, meeting.id)
    assert (seen.status, seen.lets_in) == ("answered", locked.device)
    assert len(seen.words) == 2
    assert locked.posts(second_slot(locked.slot)) == 200
    assert locked.handed_back() is None

    said = enrolment.confirm(office.desk, office.person("nakagawa"), meeting.id)

    assert said.status == "confirmed"
    assert locked.handed_back() == storage_key
    assert DeviceRow.select().count() == devices  # the same phone goes on
    assert enrolment.confirm(office.desk, office.person("nakagawa"), meeting.id).status == "confirmed"


def test_differ_hands_nothing_back(office, locked):
    meeting = code_for(office)
    locked.answers(meeting.code)
    enrolment.poll(office.desk, meeting.id)
    locked.posts(second_slot(locked.slot))

    enrolment.differ(office.desk, office.person("nakagawa"), meeting.id)

    assert locked.handed_back() is None


@pytest.mark.parametrize(
    "case", ["another worker's phone", "a stopped phone", "another office's wrap", "a broken member"]
)
def test_a_code_lets_nobody_in_to(office, locked, case):
    meeting = code_for(office, "nishimura" if case == "another worker's phone" else "kobayashi")
    if case == "a stopped phone":
        DeviceRow.update(status="revoked").where(DeviceRow.id == locked.device).execute()
    if case == "another office's wrap":
        locked.wrap = wrap_key(SealKey.generate().public, locked.device, os.urandom(32))
    if case == "a broken member":
        locked.device = "somebody"

    locked.answers(meeting.code)

    assert enrolment.poll(office.desk, meeting.id).status == "refused"


def test_a_note_of_another_office_or_for_another_answer_opens_nothing(office, locked, storage_key):
    p1 = b"{}"
    stranger = SignKey.generate()
    note = unlock_help.make_note(stranger, locked.seal.public, locked.device, p1, storage_key)
    with pytest.raises(SyncError, match="bad_signature"):
        read_note(locked.seal, office.desk.keys.sign.public, note, locked.device, p1)
    with pytest.raises(SyncError, match="unknown_device"):
        read_note(locked.seal, stranger.public, note, locked.device, sha256(p1))
    with pytest.raises(SyncError, match="unknown_device"):
        read_note(locked.seal, stranger.public, note, "A" * 43, p1)
