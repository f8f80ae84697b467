"""A disk without room: the phone is told `full`, nothing is half-written, and it goes on when there is room."""

import pytest

from sync.envelope import make_batch
from tests.relay.people import photo


class Disk:
    """Takes the room away, and gives it back."""

    def __init__(self, store):
        self.store = store

    def fill(self):
        with self.store.connected():
            if self.store.sqlite:
                pages = self.store.db.execute_sql("PRAGMA page_count").fetchone()[0]
                self.store.db.execute_sql(f"PRAGMA max_page_count={pages}").fetchone()
            else:
                # A full disk needs a disk of its own; the error of one, by its code, can be had without.
                self.store.db.execute_sql(
                    "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
                    "$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$"
                )
                for table in ("envelopes", "blob_parts", "subscriptions"):
                    self.store.db.execute_sql(
                        f"CREATE TRIGGER no_room BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION no_room()"
                    )

    def free(self):
        with self.store.connected():
            if self.store.sqlite:
                self.store.db.execute_sql("PRAGMA max_page_count=1000000").fetchone()
            else:
                self.store.db.execute_sql("DROP FUNCTION no_room CASCADE")


@pytest.fixture
def disk(app, people):
    return Disk(app.extensions["sotto_relay"].store)


def test_no_letter_of_a_batch_is_kept_by_half(amina, joel, disk):
    before = amina.write()
    amina.push(before)
    letters = [amina.write("x" * 1_000 + str(n)) for n in range(60)]
    disk.fill()
    answer = amina.http.post("/v1/push", data=make_batch(letters))
    assert (answer.status_code, answer.get_json()["error"]) == (507, "full")
    disk.free()
    assert joel.pull_all() == [before.id]
    assert amina.push(*letters) == ["stored"] * 60
    assert joel.pull_all() == [letter.id for letter in letters]


def test_a_photo_goes_on_where_the_room_ended(amina, joel, disk):
    id_, sealed = photo(900_000)
    amina.push(amina.write(blobs=[(id_, len(sealed))]))
    amina.http.patch(f"/v1/blobs/{id_}", data=sealed[:100_000], headers={"Upload-Offset": "0"})
    disk.fill()
    answer = amina.http.patch(f"/v1/blobs/{id_}", data=sealed[100_000:], headers={"Upload-Offset": "100000"})
    assert (answer.status_code, answer.get_json()["error"]) == (507, "full")
    assert amina.http.head(f"/v1/blobs/{id_}").headers["Upload-Offset"] == "100000"
    disk.free()
    assert amina.send_blob(sealed, id_, at=100_000).status_code == 200
    assert joel.ask("blob", id=id_).data == sealed
