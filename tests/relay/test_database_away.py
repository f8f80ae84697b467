"""A database that is away, takes no writes, or gives a transaction up: nobody is told more than is so,
nothing is lost.
"""

import threading
from urllib.parse import urlsplit

import pytest

from pwa_server.config import BadSetting, Config
from pwa_server.relay.database_faults import kind_of
from pwa_server.relay.store import Store
from sync.envelope import make_batch
from sync.errors import SyncError
from sync.strict_json import write_json
from tests.relay.people import photo

postgres = pytest.mark.postgres


class Server:
    """What an operator, or a fault, does to one database of a PostgreSQL."""

    def __init__(self, own, url):
        self.own, self.name = own, urlsplit(url).path[1:]

    def tell(self, statement):
        import psycopg

        with psycopg.connect(self.own, autocommit=True) as line:
            return (
                line.execute(statement).fetchall()
                if statement.startswith("SELECT")
                else line.execute(statement)
            )

    def hang_up(self):
        lines = f"FROM pg_stat_activity WHERE datname = '{self.name}'"
        self.tell(f"SELECT pg_terminate_backend(pid) {lines}")
        while self.tell(f"SELECT 1 {lines}"):
            pass

    def go_away(self):
        self.tell(f"ALTER DATABASE {self.name} WITH ALLOW_CONNECTIONS false")
        self.hang_up()

    def take_no_writes(self):
        self.tell(f"ALTER DATABASE {self.name} SET default_transaction_read_only = on")
        self.hang_up()

    def come_back(self):
        self.tell(f"ALTER DATABASE {self.name} WITH ALLOW_CONNECTIONS true")
        self.tell(f"ALTER DATABASE {self.name} RESET default_transaction_read_only")


@pytest.fixture
def server(postgres_server, postgres_url):
    server = Server(postgres_server, postgres_url)
    yield server
    server.come_back()


@pytest.fixture
def database(postgres_url):
    """This room is about a server that is apart from the relay."""
    return postgres_url


def every_way_in(amina, joel, nonce, blob):
    """Each request of SPEC 7 that asks the database, as one call."""
    http = amina.http
    slot = "A" * 22
    yield "config", lambda: http.get("/v1/config")
    yield "nonce", lambda: http.post("/v1/nonce")
    yield "push", lambda: http.post("/v1/push", data=make_batch([amina.write()]))
    yield "pull", lambda: amina.ask_pull(nonce=nonce)
    yield "orders", lambda: http.get(f"/v1/orders/{joel.name}/{amina.name}")
    yield "blob offset", lambda: http.head(f"/v1/blobs/{blob[0]}")
    yield "blob", lambda: http.patch(f"/v1/blobs/{blob[0]}", data=blob[1], headers={"Upload-Offset": "0"})
    yield "enrolment, phone", lambda: http.post(f"/v1/enrol/{slot}/p1", data=write_json({}))
    yield "enrolment, answer", lambda: http.get(f"/v1/enrol/{slot}/p2")
    for verb in ("pull", "roster_read", "push_state", "enrol_open"):
        yield f"desk {verb}", lambda verb=verb: joel.ask(verb, nonce=nonce, slot=slot)


@postgres
@pytest.mark.parametrize("trouble", ["go_away", "take_no_writes"])
def test_every_request_is_asked_to_come_again_and_then_goes_through(amina, joel, server, trouble):
    blob = photo(20_000)
    kept = amina.write(blobs=[(blob[0], len(blob[1]))])
    amina.push(kept)
    nonce = amina.nonce()
    getattr(server, trouble)()
    waiting = amina.write()
    refused = set()
    in_hand = ("the one in hand", lambda: amina.http.post("/v1/push", data=make_batch([waiting])))
    for name, ask in (in_hand, *every_way_in(amina, joel, nonce, blob)):
        answer = ask()
        if answer.status_code == 503:
            assert int(answer.headers["Retry-After"]) > 0, name
            assert name == "blob offset" or answer.get_json()["error"] == "unavailable", name
            refused.add(name)
        else:
            assert answer.status_code < 500, name  # what only reads goes on where no writes are taken
    writes = {"the one in hand", "push", "pull", "blob", "desk pull", "desk enrol_open"}
    assert writes <= refused
    if trouble == "go_away":
        assert len(refused) >= 12  # a nonce and the incarnation need no database

    server.come_back()
    server.hang_up()  # what a proxy before the database does with the lines to the old server
    assert amina.push(waiting) == ["stored"]
    assert joel.pull_all()[:2] == [kept.id, waiting.id]
    assert amina.send_blob(blob[1], blob[0]).status_code == 200


@postgres
def test_lines_that_were_hung_up_cost_nobody_a_request(amina, server):
    for _ in range(3):
        server.hang_up()
        assert amina.push(amina.write()) == ["stored"]


@postgres
def test_a_relay_starts_without_its_database_and_waits(make_relay, database, server, joel):
    server.go_away()
    http = make_relay(database, [joel.name]).test_client()
    assert http.get("/v1/config").status_code == 503
    server.come_back()
    joel.http = http
    joel.send_roster()
    assert http.get("/v1/config").status_code == 200


@postgres
def test_two_that_wait_for_each_other_are_both_served(make_relay, database, joel, people):
    """PostgreSQL ends one of two transactions in a ring: the relay runs its own again, once."""
    import psycopg

    to_desk = people.amina.write()
    to_phone = joel.envelope(people.amina.name, 1, 1, key=people.amina.seal.public)
    first, second = sorted([joel.name, people.amina.name])  # the order in which the relay takes boxes
    people.amina.push(people.amina.write())  # both boxes are there
    joel.push(to_phone)
    quick = f"{database}&options=-cdeadlock_timeout%3D20ms"  # who looks first is ended: the relay, here
    http = make_relay(quick, [joel.name]).test_client()
    answers = []
    with psycopg.connect(database) as other:
        other.execute("SET deadlock_timeout = '60s'")
        other.execute("UPDATE boxes SET last = last WHERE recipient = %s", (second,))
        again = joel.envelope(people.amina.name, 1, 2, to_phone.id, key=people.amina.seal.public)
        asking = threading.Thread(
            target=lambda: answers.append(http.post("/v1/push", data=make_batch([to_desk, again])))
        )
        asking.start()
        waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        while not other.execute(waits).fetchone()[0]:
            pass
        other.execute("UPDATE boxes SET last = last WHERE recipient = %s", (first,))
        other.commit()
        asking.join(60)
    (answer,) = answers
    assert answer.status_code == 200, answer.data
    assert {entry["answer"] for entry in answer.get_json()["answers"]} == {"stored"}


@postgres
def test_one_server_that_does_not_answer_keeps_nobody_from_the_lines_that_are_there(database):
    """A thread makes a connection to a server that says nothing; another uses one that is there."""
    import socket

    store = Store(database)

    def refused():
        with pytest.raises(SyncError, match="unavailable"):
            store.look()

    with socket.create_server(("127.0.0.1", 0)) as silent:
        answering = dict(store.db.connect_params)
        store.db.connect_params |= {
            "host": "127.0.0.1",
            "port": silent.getsockname()[1],
            "connect_timeout": 60,
        }
        with store.connected():  # the line that is there
            stuck = threading.Thread(target=refused)
            stuck.start()
            asked, _ = silent.accept()
            store.look()  # on our own line
        store.look()  # given back and taken again meanwhile
        asked.close()
        stuck.join(60)
        assert not stuck.is_alive()
        store.db.connect_params = answering
    store.close()


@postgres
def test_no_statement_is_prepared_on_a_server(amina, joel, postgres_url):
    """Behind a pgbouncer that shares by transaction the next statement meets another server."""
    for _ in range(8):  # libpq's callers prepare what they run often
        amina.push(amina.write())
        joel.pull_all()
    store = amina.http.application.extensions["sotto_relay"].store
    with store.connected():
        assert store.db.execute_sql("SELECT count(*) FROM pg_prepared_statements").fetchone() == (0,)


ADDRESSES = [
    "postgresql://a:1,b:2/db",
    "postgresql://a,b/db?target_session_attrs=read-write",
    "postgresql://user:p%40ss@[::1]:5432/db",
    "postgres://user@/db?host=/run/postgresql",
    "postgresql:///db?host=a,b&port=1,2",
    "postgresql://%2Frun%2Fpostgresql/db",
    "postgresql://",
]


@pytest.mark.parametrize("url", ADDRESSES)
def test_every_address_that_libpq_takes_is_taken(url):
    from pwa_server.relay.connections import open_postgresql

    assert Config(database_url=url).database == url
    database = open_postgresql(url, made=lambda: None)
    assert database.connect_params["prepare_threshold"] is None
    assert 3 <= database.connect_params["connect_timeout"] <= 5


def test_what_an_address_says_stands_above_what_is_usual():
    from pwa_server.relay.connections import POSTGRESQL_DEFAULTS, open_postgresql

    said = "&".join(f"{name}=1" for name in POSTGRESQL_DEFAULTS)
    database = open_postgresql(f"postgresql://a/db?{said}", made=lambda: None)
    assert not set(POSTGRESQL_DEFAULTS) & set(database.connect_params)


@pytest.mark.parametrize(
    "url", ["postgresql://user:secret@a/db?nonsense=1", "postgresql://user:secret@[::1/db"]
)
def test_an_address_that_cannot_be_read_is_refused_without_its_password(url):
    with pytest.raises(BadSetting) as refused:
        Config(database_url=url)
    assert "SOTTO_DATABASE_URL" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_file_that_cannot_be_opened_is_told_at_the_start(tmp_path):
    with pytest.raises(SyncError, match="unavailable"):
        Store(f"sqlite:///{tmp_path}")


def test_kinds_of_what_a_server_says():
    """Every code of PostgreSQL that psycopg knows falls into a kind, or is a fault of ours."""
    import psycopg.errors

    kinds = {}
    for error in psycopg.errors._sqlcodes.values():
        kinds.setdefault(kind_of(error()), set()).add(error.sqlstate)
    assert kinds["full"] == {"53100"}
    assert kinds["contended"] == {"40001", "40P01"}
    assert {"25006", "57P01", "57P03", "53300", "08006", "58030"} <= kinds["away"]
    assert {"42601", "23505", "22001", "XX000", "42P01"} <= kinds[None]
