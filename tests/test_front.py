"""What stands before relay and desk: bodies that never end hold nobody up, and who asks is who asks."""

import http.client
import socket
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from pwa_server import processes
from pwa_server.config import BadSetting, Config, load
from pwa_server.desk.app import LONGEST_FORM
from pwa_server.probes import PATHS
from pwa_server.proxies import FORWARDED, Proxies, counted
from pwa_server.trial import prepare
from sync.encoding import b64u
from sync.limits import MAX_BATCH_BYTES

ROOT = Path(__file__).parent.parent
PATIENCE = 60  # seconds; a request that waits for a thread that never comes waits for ever
THREADS = {"relay": processes.RELAY_THREADS, "desk": processes.DESK_THREADS}


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return prepare(Config(data=tmp_path_factory.mktemp("front") / "data")).config


@pytest.fixture
def running(request, office, free_port):
    """One role as a process of its own, behind a proxy at 127.0.0.1."""
    place = {"port": free_port, "desk_port": free_port - 1, "trusted_proxies": ("127.0.0.1",)}
    config = Config(
        data=office.data,
        desk_key_file=office.desk_key_file,
        trial=True,
        relay_offices=("A" * 43,),
        **place,
    )
    part = processes.start(config, request.param)
    try:
        processes.wait_ready([part], 110)
        yield part
    finally:
        processes.end([part])


@pytest.mark.parametrize("running", ["relay", "desk"], indirect=True)
def test_more_unfinished_bodies_than_threads_stop_nobody(running):
    """Without signing in: a line announces a body, sends one byte of it, and waits."""
    with ExitStack() as lines:
        for number in range(64):  # eight times the desk's threads, four times the relay's
            line = lines.enter_context(socket.create_connection(("127.0.0.1", running.port), PATIENCE))
            path = ("/sign-in", "/v1/push", "/healthz", "/no/such/page")[number % 4]
            line.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nx".encode())
        asked = http.client.HTTPConnection("127.0.0.1", running.port, timeout=PATIENCE)
        for path in ("/healthz", {"relay": "/v1/config", "desk": "/sign-in"}[running.role]):
            asked.request("GET", path)
            answer = asked.getresponse()
            assert answer.status == 200
            answer.read()
        asked.close()


@pytest.mark.parametrize("running", ["relay", "desk"], indirect=True)
def test_whoever_looks_after_the_machine_is_answered(running):
    with httpx.Client(base_url=f"http://127.0.0.1:{running.port}", timeout=PATIENCE, trust_env=False) as http:
        for path in PATHS:
            assert http.get(path).json() == {"ok": True, "role": running.role}
            assert http.head(path).status_code == 200
            assert http.post(path).status_code >= 400


@pytest.mark.postgres
def test_probes_answer_while_every_thread_waits_for_a_database_that_hangs(office, free_port, postgres_url):
    """One stays alive and is not ready; nobody else is held up by those who ask."""
    import psycopg

    config = Config(
        trial=True,
        role="relay",
        data=office.data,
        port=free_port,
        relay_offices=("A" * 43,),
        database_url=postgres_url,
    )
    part = processes.start(config, "relay")
    try:
        processes.wait_ready([part], 110)
        with (
            httpx.Client(base_url=f"http://127.0.0.1:{part.port}", timeout=PATIENCE, trust_env=False) as http,
            psycopg.connect(postgres_url) as other,
            ExitStack() as lines,
        ):
            assert http.get("/readyz").status_code == 200
            other.execute("LOCK TABLE slots, schema IN ACCESS EXCLUSIVE MODE")
            for _ in range(THREADS["relay"] * 2):
                line = lines.enter_context(socket.create_connection(("127.0.0.1", part.port), PATIENCE))
                line.sendall(f"GET /v1/enrol/{b64u(bytes(16))}/p2 HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            with psycopg.connect(postgres_url, autocommit=True) as look:
                while look.execute(waits).fetchone()[0] < THREADS["relay"]:
                    pass
            assert http.get("/healthz").status_code in (200, 503)
            assert http.get("/readyz").status_code == 503
            other.rollback()
            for _ in range(600):
                if http.get("/readyz").status_code == 200:
                    break
            assert http.get("/readyz").status_code == 200
            assert http.get("/healthz").json()["ok"]
    finally:
        processes.end([part])


@pytest.mark.postgres
def test_a_relay_without_its_database_is_alive_and_not_ready(office, free_port):
    nowhere = f"postgresql://nobody@127.0.0.1:{free_port + 1}/none"
    config = Config(
        trial=True,
        role="relay",
        data=office.data,
        port=free_port,
        relay_offices=("A" * 43,),
        database_url=nowhere,
    )
    part = processes.start(config, "relay")
    try:
        processes.wait_ready([part], 110)
        with httpx.Client(
            base_url=f"http://127.0.0.1:{part.port}", timeout=PATIENCE, trust_env=False
        ) as http:
            assert http.get("/healthz").status_code == 200
            assert http.get("/readyz").status_code == 503
            assert http.get("/v1/config").json()["error"] == "unavailable"
    finally:
        processes.end([part])


@pytest.mark.parametrize("running", ["relay"], indirect=True)
def test_limits_count_who_asks_and_not_the_proxy(running):
    """Two phones behind one proxy: what one has spent does not refuse the other, and no header of its own helps it."""

    def guess(forwarded, **more):
        path = f"/v1/enrol/{b64u(bytes(16))}/p2"
        return http.get(path, headers={"X-Forwarded-For": forwarded} | more).status_code

    with httpx.Client(base_url=f"http://127.0.0.1:{running.port}", timeout=PATIENCE, trust_env=False) as http:
        for _ in range(60):
            if guess("198.51.100.7") == 429:
                break
        assert guess("198.51.100.7") == 429
        assert guess("203.0.113.5, 198.51.100.7") == 429
        assert guess("203.0.113.5, 198.51.100.7, 127.0.0.1") == 429
        assert guess("198.51.100.7", X_Forwarded_For="198.51.100.9") == 429  # a proxy hands it on as it is
        assert guess("198.51.100.8") == 404
        assert guess("198.51.100.7, 198.51.100.9") == 404


OURS = ("10.0.0.5", "10.9.0.0/16", "fd00::/64")
CASES = [
    # the line's other end, X-Forwarded-For, who asks
    ("203.0.113.9", "", "203.0.113.9"),
    ("203.0.113.9", "10.0.0.5", "203.0.113.9"),  # a stranger's word
    ("203.0.113.9", "198.51.100.7, 10.0.0.5", "203.0.113.9"),
    ("10.0.0.5", "198.51.100.7", "198.51.100.7"),
    ("10.0.0.5", "1.2.3.4, 198.51.100.7", "198.51.100.7"),
    ("10.0.0.5", "1.2.3.4,198.51.100.7 , 10.9.3.3", "198.51.100.7"),  # two proxies of ours
    ("10.0.0.5", "10.9.3.3", "10.9.3.3"),  # a machine of ours asks
    ("10.0.0.5", "", "10.0.0.5"),
    ("10.0.0.5", "nonsense", "10.0.0.5"),
    ("10.0.0.5", "198.51.100.7, nonsense", "10.0.0.5"),
    ("10.0.0.5", "nonsense, 198.51.100.7", "198.51.100.7"),
    ("10.0.0.5", "198.51.100.7:5511", "198.51.100.7"),
    ("10.0.0.5", "[2001:db8::7]:443", "2001:db8::7"),
    ("fd00::1", "2001:db8::7", "2001:db8::7"),
    ("[fd00::1]", "2001:db8::7", "2001:db8::7"),
    ("::ffff:10.0.0.5", "::ffff:198.51.100.7", "198.51.100.7"),
    ("fd00:0:0:1::1", "2001:db8::7", "fd00:0:0:1::1"),
]


@pytest.mark.parametrize(("peer", "forwarded", "client"), CASES)
def test_who_asks(peer, forwarded, client):
    environ = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http", "HTTP_HOST": "x"}
    environ |= dict.fromkeys(FORWARDED, "evil") | {
        "HTTP_X_FORWARDED_FOR": forwarded,
        "HTTP_X_FORWARDED_PROTO": "https",
    }
    Proxies(OURS).resolve(environ)
    assert environ["REMOTE_ADDR"] == client
    assert not set(environ) & set(FORWARDED)  # nothing behind the front reads what anybody can write
    trusted = client != peer.strip("[]") or peer == "10.0.0.5"
    assert environ["wsgi.url_scheme"] == ("https" if trusted else "http")


def test_one_subscriber_of_ipv6_is_counted_once():
    assert counted("2001:db8:1:2::1") == counted("2001:db8:1:2:ffff::9") != counted("2001:db8:1:3::1")
    assert counted("198.51.100.7") != counted("198.51.100.8")
    assert counted("?") == "?"


@pytest.mark.parametrize("named", ["proxy.example", "10.0.0.5/8", "0.0.0.0/0", "::/0", "10.0.0.300"])
def test_a_proxy_is_named_by_address(named):
    with pytest.raises(BadSetting, match="SOTTO_TRUSTED_PROXIES"):
        Config(trusted_proxies=(named,))


def test_the_setting_of_before_says_what_to_write_now():
    with pytest.raises(BadSetting, match="SOTTO_TRUSTED_PROXIES"):
        load({"SOTTO_BEHIND_PROXY": "1"})


@pytest.mark.parametrize("name", ["public_url", "desk_url", "relay_url"])
def test_plain_http_is_for_this_machine_alone(name):
    for host in ("127.0.0.1", "localhost", "[::1]", "127.8.8.8", "sotto.localhost"):
        Config(**{name: f"http://{host}:8600"})
    for host in (
        "relay.example.jp",
        "10.0.0.5",
        "192.168.0.2",
        "0.0.0.0",
        "[fe80::1]",
        "localhost.example.jp",
        "127.example",
    ):
        Config(**{name: f"https://{host}"})
        with pytest.raises(BadSetting, match="https"):
            Config(**{name: f"http://{host}"})


def test_the_sample_proxy_gathers_bodies_and_lets_ours_through():
    sample = (ROOT / "docs/nginx.conf").read_text("utf-8")
    servers = sample.split("server {")[1:]
    assert len(servers) == 2
    for server, largest in zip(servers, (MAX_BATCH_BYTES, LONGEST_FORM), strict=True):
        assert "proxy_request_buffering on;" in server
        assert "X-Forwarded-For $proxy_add_x_forwarded_for;" in server
        mebibytes = int(server.split("client_max_body_size ")[1].split("m;")[0])
        assert mebibytes * 2**20 >= largest


def test_https_for_every_name_below_is_a_setting_of_both():
    for widened, told in ((False, "max-age=31536000"), (True, "max-age=31536000; includeSubDomains")):
        assert Config(hsts_subdomains=widened).hsts == told
