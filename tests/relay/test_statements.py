"""How often the database is asked, and what it reads for an answer: neither grows with an office, nor with
the years.
"""

import threading

import pytest

from pwa_server.relay import limits, wakes
from pwa_server.relay.store import Store
from pwa_server.relay.sweeper import LOCK, Sweeper
from sync.chain import Position
from sync.encoding import b64u, name_of
from sync.limits import BLOB_UNNAMED_SECONDS
from sync.roster import Device, make_roster
from sync.signing import SignKey
from tests.relay.people import TIME, photo

PUSH = 9  # of one envelope, its BEGIN and COMMIT among them
ROSTER = 20


class Asked:
    """Every statement this thread's connection is given, with its values, as the driver hands it over."""

    def __init__(self, store):
        self.store, self.statements = store, []

    def __enter__(self):
        with self.store.connected():  # one thread is given the same line again
            raw = self.line = self.store.db.connection()
            if self.store.sqlite:
                raw.set_trace_callback(self.statements.append)
            else:
                import psycopg

                said = self.statements

                class Heard(psycopg.Cursor):
                    def execute(self, query, *more, **options):
                        said.append(query)
                        return super().execute(query, *more, **options)

                    def executemany(self, query, rows, **options):
                        rows = list(rows)
                        said.extend([query] * len(rows))
                        return super().executemany(query, rows, **options)

                raw.cursor_factory = Heard
        return self.statements

    def __exit__(self, *_):
        if self.store.sqlite:
            self.line.set_trace_callback(None)
        else:
            import psycopg

            self.line.cursor_factory = psycopg.Cursor


@pytest.fixture
def store(app, people):
    return app.extensions["sotto_relay"].store


def test_an_envelope_asks_few_questions(amina, store):
    amina.push(amina.write())
    with Asked(store) as statements:
        assert amina.push(amina.write()) == ["stored"]
    assert 5 < len(statements) <= PUSH, statements


def test_a_hundred_envelopes_ask_no_more_but_their_own_rows(amina, store):
    amina.push(amina.write())
    with Asked(store) as statements:
        amina.push(*[amina.write() for _ in range(100)])
    assert len(statements) <= PUSH + 99


def test_a_roster_asks_as_much_for_a_thousand_devices_as_for_ten(joel, store):
    counts = []
    for size in (10, 1_000):
        keys = [SignKey.generate() for _ in range(size)]
        devices = [
            Device(name_of(key.public), key.public, joel.seal.public, up=Position(2, n + 1, b64u(bytes(32))))
            for n, key in enumerate(keys)
        ]
        joel.serial += 1
        data, sig = make_roster(joel.sign, joel.serial, TIME, [joel.seal.public], devices)
        with Asked(store) as statements:
            said = {"bytes": b64u(data), "sig": b64u(sig), "sign": b64u(joel.sign.public)}
            assert joel.ask("roster", **said).status_code == 200
        counts.append(len(statements))
        with store.connected():
            assert store.Device.select().where(store.Device.office == joel.name).count() == size
    assert counts[1] <= counts[0] + 1 <= ROSTER, counts


def test_a_roster_forgets_what_it_covers_of_each_device_and_nothing_else(amina, ben, zoe, joel, south, store):
    mine, bens, zoes = ([phone.write() for _ in range(3)] for phone in (amina, ben, zoe))
    for phone, letters in ((amina, mine), (ben, bens), (zoe, zoes)):
        phone.push(*letters)
    joel.covers(amina, mine[1]).covers(ben, bens[0]).send_roster()
    assert joel.pull_all() == [mine[2].id, bens[1].id, bens[2].id]
    assert south.pull_all() == [letter.id for letter in zoes]


def test_no_bytes_of_a_roster_are_read_for_a_push_or_a_pull(amina, joel, store):
    with Asked(store) as statements:
        amina.push(amina.write())
        amina.pull()
        joel.pull()
    of_rosters = [text for text in statements if 'FROM "rosters"' in text]
    assert of_rosters
    assert not [text for text in of_rosters if '"bytes"' in text]


def test_a_roster_kept_by_a_program_of_before_is_named_by_its_bytes(joel, store):
    now = joel.pull()[0]
    with store.write():
        store.Roster.update(name="7 of-an-older-one").execute()
    assert joel.pull()[0]["roster"] == now["roster"]


def test_a_key_that_was_seen_opens_nothing_once_the_roster_names_it_no_more(amina, joel):
    assert amina.push(amina.write()) == ["stored"]
    del joel.phones[amina.name]
    joel.send_roster()
    assert amina.push(amina.write()) == ["unknown_device"]
    joel.enrol(amina).send_roster()
    assert amina.push(amina.write()) == ["stored"]


def test_nothing_that_runs_by_itself_reads_a_table_from_end_to_end(app, store, clock):
    """As SQLite plans it; both databases have the same indexes. Codes under way are few and live a day."""
    if not store.sqlite:
        pytest.skip("PostgreSQL plans by what lies there, and here nothing does")
    here = app.extensions["sotto_relay"]
    with Asked(store) as statements:
        here.sweeper.sweep()
        wakes.claim(store, clock(), 8)
        wakes.next_due(store)
    plans = {}
    with store.connected():
        for text in statements:
            if text.startswith(("SELECT", "DELETE", "UPDATE")):
                plan = store.db.execute_sql(f"EXPLAIN QUERY PLAN {text}").fetchall()
                plans[text] = " | ".join(row[3] for row in plan)
    assert len(plans) >= 6
    small = ("slots", "meta")
    assert [
        (text, plan)
        for text, plan in plans.items()
        if "SCAN" in plan.replace("SCAN CONSTANT ROW", "")
        and not any(f'"{table}"' in text for table in small)
    ] == []


class TestASweep:
    def test_is_one_process_at_a_time_and_once_a_minute(self, database, store, clock):
        clock.now += 61
        stores = [store, *(Store(database) for _ in range(3))]
        turns = []
        lines = [
            threading.Thread(target=lambda one=one: turns.append(Sweeper(one, clock).sweep_if_due()))
            for one in stores
        ]
        for line in lines:
            line.start()
        for line in lines:
            line.join(60)
        assert sorted(turns) == [False, False, False, True]
        assert not Sweeper(store, clock).sweep_if_due()
        clock.now += 60
        assert Sweeper(store, clock).sweep_if_due()
        clock.now -= 86_400  # the clock was set right: nobody waits a day
        assert Sweeper(store, clock).sweep_if_due()
        for other in stores[1:]:
            other.close()

    @pytest.mark.postgres
    def test_leaves_alone_what_another_process_is_at(self, postgres_url, make_relay, joel, clock):
        store, other = (
            make_relay(postgres_url, [joel.name]).extensions["sotto_relay"].store,
            Store(postgres_url),
        )
        with other.write():
            assert other.alone(LOCK)
            done = []
            line = threading.Thread(target=lambda: done.append(Sweeper(store, clock).sweep_if_due()))
            line.start()
            line.join(60)
            assert done == [False]
        other.close()

    def test_takes_what_lost_its_last_name_and_leaves_what_got_another(
        self, amina, ben, joel, clock, app, store
    ):
        lost, kept = photo(9_000), photo(9_000)
        joel.enrol(amina, status="revoked").send_roster()
        visits = [amina.write(blobs=[(id_, len(sealed))]) for id_, sealed in (lost, kept)]
        amina.push(*visits)
        for id_, sealed in (lost, kept):
            amina.send_blob(sealed, id_)
        joel.told("drop", ids=[visit.id for visit in visits])
        ben.push(ben.write(blobs=[(kept[0], len(kept[1]))]))
        clock.now += BLOB_UNNAMED_SECONDS + 1
        app.extensions["sotto_relay"].sweeper.sweep()
        assert joel.ask("blob", id=kept[0]).data == kept[1]
        with store.connected():
            assert [row.id for row in store.Blob.select()] == [kept[0]]
            assert store.Nameless.select().count() == 0

    def test_takes_many_in_short_pieces(self, clock, app, store):
        many = 1_203
        old = int(clock()) - limits.DROPPED_BLOB_SECONDS - 1
        with store.write():
            store.add(
                store.Blob,
                [
                    {"id": f"b{n}", "size": 1, "received": 0, "complete": False, "touched": old}
                    for n in range(many + 1)
                ],
            )
            store.add(
                store.BlobName,
                [
                    {
                        "office": "o",
                        "id": f"b{n}",
                        "envelope": "e",
                        "sender": "d",
                        "dropped": old + 5 * (n == many),
                    }
                    for n in range(many + 1)
                ],
            )
        app.extensions["sotto_relay"].sweeper.sweep()
        with store.connected():
            assert [row.id for row in store.Blob.select()] == [f"b{many}"]


class TestAWakeNobodyCanReceive:
    def sleeping(self, store):
        with store.connected():
            return store.Wake.select().where(store.Wake.next_try == wakes.ASLEEP).count()

    def test_sleeps_and_is_not_looked_at(self, amina, joel, clock, store):
        joel.told("wakes", device=amina.name, serial=1, wakes=[{"tag": "a", "at": "now"}])
        joel.told("wipe", device=amina.name, order=joel.order(amina))
        assert self.sleeping(store) == 2
        assert wakes.next_due(store) is None
        with Asked(store) as statements:
            assert wakes.claim(store, clock() + 60, 8) == []
        assert len(statements) == 1

    def test_is_overlooked_by_nobody_while_both_come_at_once(self, people, joel, app, store, clock):
        """A list and a subscription at the same moment, many times: whichever is first, the phone is woken."""
        for serial in range(1, 21):
            with store.write():
                store.Subscription.delete().execute()
            both = threading.Barrier(2)

            def at_once(act, both=both):
                def run():
                    both.wait(60)
                    store.transact(act)

                line = threading.Thread(target=run)
                line.start()
                return line

            said = {"serial": serial, "wakes": [{"tag": f"a{serial}", "at": "now"}]}
            values = {"endpoint": "https://push", "p256dh": "", "auth": "", "lang": "ja", "failures": 0}
            office, device = joel.name, people.amina.name

            def subscribe(office=office, device=device, values=values):
                store.lock_name(office, device)
                store.put(
                    store.Subscription, {"office": office, "device": device}, values | {"problem": None}
                )
                wakes.rouse(store, office, device)

            lines = [
                at_once(lambda said=said: wakes.replace(store, joel.name, people.amina.name, said, clock())),
                at_once(subscribe),
            ]
            for line in lines:
                line.join(60)
            assert [wake.tag for wake in wakes.claim(store, clock(), 8)] == [f"a{serial}"]

    def test_of_a_program_of_before_is_roused_within_the_hour(self, amina, joel, clock, app, store):
        joel.told("wakes", device=amina.name, serial=1, wakes=[{"tag": "a", "at": "now"}])
        sweeper = app.extensions["sotto_relay"].sweeper
        sweeper.sweep()
        key = {"office": joel.name, "device": amina.name}
        values = {"endpoint": "https://push", "p256dh": "", "auth": "", "lang": "ja", "failures": 0}
        with store.write():  # as that program does
            store.put(store.Subscription, key, values | {"problem": None})
        clock.now += 3_600
        sweeper.sweep()
        assert len(wakes.claim(store, clock(), 8)) == 1


def test_what_an_earlier_schema_held_sleeps_and_is_swept(tmp_path, clock):
    """A database of before, with a photo nobody names and a wake nobody can receive."""
    from pwa_server.relay import migrations

    url = f"sqlite:///{tmp_path / 'old.db'}"
    steps = migrations.STEPS
    import sqlite3

    with sqlite3.connect(tmp_path / "old.db") as old:
        old.execute("CREATE TABLE schema (version INTEGER NOT NULL)")
        for version, step in enumerate(steps[:2], start=1):
            old.executescript(migrations._sql(step, migrations.SQLITE))
            old.execute("INSERT INTO schema VALUES (?)", (version,))
        touched = int(clock()) - BLOB_UNNAMED_SECONDS - 1
        old.execute("INSERT INTO blobs VALUES ('lost', 1, 0, 0, ?), ('kept', 1, 0, 0, ?)", (touched, touched))
        old.execute("INSERT INTO blob_names VALUES ('o', 'kept', 'e', 'd', 0)")
        for device in ("deaf", "heard"):
            old.execute(
                "INSERT INTO wakes VALUES ('o', ?, 'desk', 't', 'now', ?, 0, 0, ?, 0)",
                (device, int(clock()), int(clock())),
            )
        old.execute(
            "INSERT INTO subscriptions VALUES ('o', 'heard', 'https://push', '', '', 'ja', NULL, 0, NULL)"
        )
    old.close()
    store = Store(url)
    Sweeper(store, clock).sweep()
    with store.connected():
        assert [row.id for row in store.Blob.select()] == ["kept"]
    assert [wake.device for wake in wakes.claim(store, clock(), 8)] == ["heard"]
    store.close()
