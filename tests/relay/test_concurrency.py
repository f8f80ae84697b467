"""Many phones and several processes at once: a reader who has seen a number never meets a smaller new one."""

import threading

from pwa_server.relay.store import Store
from sync.wire import Cursor
from tests.relay.people import Phone, photo

WRITERS, EACH = 6, 20


def test_a_reader_misses_nothing_while_many_write(joel, make_relay, database, app):
    doors = [app, make_relay(database, [joel.name])]
    joel.http = app.test_client()
    phones = [Phone(doors[n % 2].test_client()) for n in range(WRITERS)]
    joel.enrol(*phones).send_roster()
    letters = {phone.name: [phone.write() for _ in range(EACH)] for phone in phones}
    refused = []

    def write(phone):
        for letter in letters[phone.name]:
            answer = phone.push(letter)
            if answer != ["stored"]:
                refused.append(answer)

    writers = [threading.Thread(target=write, args=(phone,)) for phone in phones]
    for writer in writers:
        writer.start()
    seen = []
    joel.cursor = Cursor()
    while any(writer.is_alive() for writer in writers):
        seen += joel.pull_all()
    seen += joel.pull_all()
    assert refused == []
    assert sorted(seen) == sorted(letter.id for written in letters.values() for letter in written)
    for phone in phones:  # and each phone's letters in the order it sent them
        mine = [letter.id for letter in letters[phone.name]]
        assert [id_ for id_ in seen if id_ in set(mine)] == mine


def test_one_letter_pushed_by_many_at_once_is_stored_once(joel, make_relay, database, app):
    doors = [app, make_relay(database, [joel.name])]
    joel.http = app.test_client()
    amina = Phone(joel.http)
    joel.enrol(amina).send_roster()
    letter = amina.write()
    answers = []

    def push(door):
        answers.extend(Phone(door.test_client()).push(letter))

    threads = [threading.Thread(target=push, args=(doors[n % 2],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["already_stored"] * 7 + ["stored"]
    assert joel.pull_all() == [letter.id]


def test_one_nonce_used_by_many_at_once_is_good_for_one(joel, make_relay, database, app):
    doors = [app, make_relay(database, [joel.name])]
    joel.http = app.test_client()
    amina = Phone(joel.http)
    joel.enrol(amina).send_roster()
    nonce = amina.nonce()
    statuses = []

    def pull(door):
        twin = Phone(door.test_client(), sign=amina.sign, desk=joel)
        statuses.append(twin.ask_pull(nonce=nonce).status_code)

    threads = [threading.Thread(target=pull, args=(doors[n % 2],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [403] * 7


def test_processes_that_start_together_make_the_schema_once(database):
    stores, faults = [], []

    def start():
        try:
            stores.append(Store(database))
        except Exception as error:  # noqa: BLE001 - whatever it is, the test tells it
            faults.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len({store.incarnation for store in stores}) == 1
    for store in stores:
        store.close()


def test_a_piece_sent_twice_at_once_is_kept_once(joel, app):
    joel.http = app.test_client()
    amina = Phone(joel.http)
    joel.enrol(amina).send_roster()
    id_, sealed = photo(120_000)
    amina.push(amina.write(blobs=[(id_, len(sealed))]))
    statuses = []

    def send():
        answer = app.test_client().patch(f"/v1/blobs/{id_}", data=sealed, headers={"Upload-Offset": "0"})
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 409, 409, 409]
    assert joel.ask("blob", id=id_).data == sealed
