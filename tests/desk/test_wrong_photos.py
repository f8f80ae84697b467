"""Every way a photo's bytes can be wrong: the phone keeps its copy, the fault is named, nothing wrong is ever safe.

With the true relay and desk; the dishonest relay hands the desk other bytes than it was given.
"""

import io
import os
import struct
import zlib

import httpx
import pytest
from PIL import Image

from pwa_server.desk import actions
from pwa_server.desk.backup import backup, checksums
from pwa_server.desk.backup.wrong_photos import not_right
from pwa_server.desk.exchange.relay_client import RelayClient
from pwa_server.desk.exchange.retry_held import retry_held
from pwa_server.desk.models.office_and_cases import BlobFile, Held, Received, UpPosition
from sync.encoding import b64u
from tests.standins.dishonest_relay import WRONG_BYTES, DishonestRelay

CASE = "demo-002"


def jpeg(width=64, height=48, **more):
    file = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(file, "JPEG", **more)
    return file.getvalue()


def bomb():
    """A small JPEG that says it is 65,500 pixels wide and high."""
    plain = bytearray(jpeg(16, 16))
    at = plain.index(b"\xff\xc0") + 5
    plain[at : at + 4] = struct.pack(">HH", 65_500, 65_500)
    return bytes(plain)


def png():
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG")
    return file.getvalue()


# What a phone can truly have sealed under this id, and yet is no picture.
NO_PICTURE = {
    "nothing": b"",
    "one byte": b"\x00",
    "noise": os.urandom(5_000),
    "text": b"hello" * 100,
    "a png": png(),
    "cut off": jpeg()[:400],
    "cut off late": jpeg(400, 300)[:-2_000],
    "flipped within": jpeg()[:20] + os.urandom(900),
    "only a beginning": b"\xff\xd8\xff\xd9",
    "a bomb": bomb(),
    "deflated": zlib.compress(bytes(10_000_000)),
}


@pytest.fixture
def liar(office):
    """The office's relay, with somebody in between."""
    liar = DishonestRelay(office.app)
    office.http = httpx.Client(transport=httpx.WSGITransport(liar), base_url="http://relay.test")
    office.desk.relay = RelayClient(office.http, office.desk.keys.office, office.desk.keys.sign)
    return liar


def settle(office, *phones):
    """Long enough for a trial's backup, and for what it says to reach the phones."""
    for _ in range(3):
        office.clock.pass_(minutes=1)
        office.round(*phones)


def nothing_of_it_is_safe(office, phone, blob):
    row = BlobFile.get_by_id(blob)
    assert not row.safe
    assert not row.dropped
    assert blob in phone.m.blobs
    told = [body["photos"] for path, body in phone.m.documents.items() if path.startswith("record/")]
    assert all(blob not in names for names in told)


def is_here_and_safe(office, phone, blob):
    row = BlobFile.get_by_id(blob)
    assert (row.state, row.safe, row.reason) == ("here", True, "")
    assert blob not in phone.m.blobs


def test_bytes_that_are_not_the_photos_are_never_kept_and_the_phone_still_has_them(office, liar):
    phone = office.phone_of("kobayashi")
    liar.photos.append(phone.m.blobs[phone.photo(jpeg())["blob"]])
    for lie in WRONG_BYTES:
        photo = phone.photo(jpeg())
        phone.write(phone.visit(CASE, photos=[photo]))
        liar.lie, liar.told = lie, 0
        settle(office, phone)
        assert liar.told > 0, lie
        row = BlobFile.get_by_id(photo["blob"])
        assert (row.state, row.reason, row.sealed) == ("wanted", "wrong_bytes", None), lie
        assert [one.id for one in not_right()] == [photo["blob"]], lie
        nothing_of_it_is_safe(office, phone, photo["blob"])

        liar.lie = None
        settle(office, phone)
        is_here_and_safe(office, phone, photo["blob"])
        assert not_right() == []


def test_what_is_no_picture_is_held_for_a_person_and_stays_on_the_phone(office, phone):
    made = {kind: phone.photo(content) for kind, content in NO_PICTURE.items()}
    good = phone.photo(jpeg())
    for photo in made.values():
        phone.write(phone.visit(CASE, photos=[photo, good]))
    settle(office, phone)
    for kind, photo in made.items():
        assert BlobFile.get_by_id(photo["blob"]).state == "held", kind
        assert Held.get_by_id(photo["blob"]).state == "held", kind
        nothing_of_it_is_safe(office, phone, photo["blob"])
    is_here_and_safe(office, phone, good["blob"])


@pytest.mark.parametrize("key", ["wrong", "another's"])
def test_what_its_key_does_not_open_is_held_and_stays_on_the_phone(office, phone, key):
    photo = phone.photo(jpeg())
    photo["key"] = b64u(os.urandom(32)) if key == "wrong" else phone.photo(jpeg())["key"]
    phone.write(phone.visit(CASE, photos=[photo]))
    settle(office, phone)
    assert Held.get_by_id(photo["blob"]).reason == "unreadable"
    nothing_of_it_is_safe(office, phone, photo["blob"])
    assert not retry_held(office.desk, photo["blob"])


def test_a_record_that_names_a_wrong_key_spoils_nothing_for_one_that_names_the_right_one(office, phone):
    photo = phone.photo(jpeg())
    phone.write(phone.visit(CASE, photos=[photo | {"key": b64u(os.urandom(32))}]))
    settle(office, phone)
    nothing_of_it_is_safe(office, phone, photo["blob"])
    phone.write(phone.visit(CASE, photos=[photo]))
    settle(office, phone)
    assert retry_held(office.desk, photo["blob"])
    settle(office, phone)
    is_here_and_safe(office, phone, photo["blob"])


def test_a_photo_leaves_the_phone_once_a_person_has_closed_its_card(office, phone, nakagawa):
    photo = phone.photo(b"no picture")
    phone.write(phone.visit(CASE, photos=[photo]))
    settle(office, phone)
    nothing_of_it_is_safe(office, phone, photo["blob"])
    actions.dismiss_held(office.desk, nakagawa, photo["blob"], "not_needed", "another was taken")
    settle(office, phone)
    assert photo["blob"] not in phone.m.blobs
    row = BlobFile.get_by_id(photo["blob"])
    assert bytes(row.sealed)  # what came is kept
    assert not row.safe
    assert row.dropped


def test_bytes_that_went_wrong_on_the_relays_disk_are_sent_anew_by_the_phone(office, phone):
    photo = phone.photo(jpeg())
    phone.write(phone.visit(CASE, photos=[photo]))
    phone.sync()
    store = office.app.extensions["sotto_relay"].store
    with store.write():
        part = store.BlobPart.get(store.BlobPart.id == photo["blob"])
        wrong = bytearray(part.bytes)
        wrong[7] ^= 1
        store.BlobPart.update(bytes=bytes(wrong)).where(store.BlobPart.id == photo["blob"]).execute()
    office.sync()
    assert BlobFile.get_by_id(photo["blob"]).state == "wanted"
    settle(office, phone)
    is_here_and_safe(office, phone, photo["blob"])


DAMAGE = {
    "flipped": lambda jpeg: jpeg[:-9] + bytes([jpeg[-9] ^ 1]) + jpeg[-8:],
    "cut off": lambda jpeg: jpeg[:-1],
    "empty": lambda jpeg: b"",
    "gone": lambda jpeg: None,
    "another's": lambda jpeg_: jpeg(),
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_picture_that_went_wrong_at_the_desk_is_not_called_safe_and_is_fetched_again(office, phone, how):
    photo = phone.photo(jpeg())
    phone.write(phone.visit(CASE, photos=[photo]))
    phone.sync()
    trial_backups(office, "no")
    office.sync()
    row = BlobFile.get_by_id(photo["blob"])
    assert (row.state, row.safe) == ("here", False)
    BlobFile.update(jpeg=DAMAGE[how](bytes(row.jpeg))).where(BlobFile.id == row.id).execute()
    backup.backup(office.desk)
    row = BlobFile.get_by_id(photo["blob"])
    assert (row.state, row.reason, row.safe) == ("wanted", "damaged", False)
    assert photo["blob"] in {one.id for one in not_right()}
    nothing_of_it_is_safe(office, phone, photo["blob"])
    trial_backups(office, "yes")
    settle(office, phone)
    is_here_and_safe(office, phone, photo["blob"])


def trial_backups(office, made):
    """Nothing is backed up meanwhile: the last backup was made this moment."""
    from pwa_server.desk.models.key_values import get_state, set_state

    last = get_state("backed_up", {"head": 0, "at": None})
    with office.desk.write():
        set_state("backed_up", last | {"at": office.desk.now() if made == "no" else None})


def test_a_photo_held_as_it_came_that_went_wrong_at_the_desk_is_wanted_again(office, phone):
    photo = phone.photo(b"no picture")
    phone.write(phone.visit(CASE, photos=[photo]))
    settle(office, phone)
    BlobFile.update(sealed=b"other").where(BlobFile.id == photo["blob"]).execute()
    backup.backup(office.desk)
    assert BlobFile.get_by_id(photo["blob"]).state == "wanted"
    settle(office, phone)
    assert bytes(BlobFile.get_by_id(photo["blob"]).sealed) == phone.m.blobs[photo["blob"]]
    nothing_of_it_is_safe(office, phone, photo["blob"])


@pytest.mark.parametrize("wrong", [b"", b"\x00", None])
def test_an_envelope_that_went_wrong_at_the_desk_stops_its_phones_safe_below_it(office, phone, wrong):
    trial_backups(office, "no")
    for _ in range(3):
        phone.write(phone.visit(CASE))
    phone.sync()
    office.sync()
    rows = list(Received.select().where(Received.device == phone.id).order_by(Received.run, Received.n))
    last = rows[-1]
    frame = bytes(last.frame)
    spoilt = frame[:-200] + bytes([frame[-200] ^ 1]) + frame[-199:] if wrong is None else wrong
    Received.update(frame=spoilt).where(Received.id == last.id).execute()
    backup.backup(office.desk)
    at = UpPosition.get_by_id(phone.id)
    assert (at.safe_run, at.safe_n) < (last.run, last.n)
    assert at.n == last.n
    Received.update(frame=frame).where(Received.id == last.id).execute()
    backup.backup(office.desk)
    assert UpPosition.get_by_id(phone.id).safe_n == last.n


def test_what_an_earlier_release_kept_of_a_lie_is_wanted_again(office, phone):
    """It held the wrong bytes and called them safe; a phone that still has the photo is asked for it."""
    photo = phone.photo(b"no picture")
    phone.write(phone.visit(CASE, photos=[photo]))
    phone.sync()
    office.sync()
    Held.update(detail="not the bytes its id names").where(Held.id == photo["blob"]).execute()
    BlobFile.update(sealed=b"a lie", safe=True).where(BlobFile.id == photo["blob"]).execute()
    office.sync()
    row = BlobFile.get_by_id(photo["blob"])
    assert not row.safe
    assert bytes(row.sealed) == phone.m.blobs[photo["blob"]]


def test_a_relay_that_fails_for_one_photo_gives_the_others(office, liar):
    phone = office.phone_of("kobayashi")
    first, second = phone.photo(jpeg()), phone.photo(jpeg())
    phone.write(phone.visit(CASE, photos=[first]))
    phone.write(phone.visit(CASE, photos=[second]))
    liar.lie, liar.spared = "fails for a photo", second["blob"]
    settle(office, phone)
    assert BlobFile.get_by_id(first["blob"]).state == "wanted"
    assert BlobFile.get_by_id(second["blob"]).state == "here"


def test_a_backup_without_digests_is_read_as_it_was(office, phone):
    """One of an earlier release has no table of digests: a picture in it has to be whole."""
    photo = phone.photo(jpeg())
    phone.write(phone.visit(CASE, photos=[photo]))
    settle(office, phone)
    office.desk.db.execute_sql("drop table photodigest")
    assert checksums.photos_in(office.desk.db) == ([photo["blob"]], [])
    BlobFile.update(jpeg=bytes(BlobFile.get_by_id(photo["blob"]).jpeg)[:-1]).execute()
    assert checksums.photos_in(office.desk.db) == ([], [photo["blob"]])
