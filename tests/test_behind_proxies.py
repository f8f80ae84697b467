"""The sample configurations of nginx and Caddy before a true relay and desk: nothing is smuggled past a
reader, none says 500.

Each attack is sent to the program alone too. Where a proxy is not installed its part is skipped, and says so.
"""

import re
import socket
import ssl
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import cache

import httpx
import pytest

from pwa_server import processes
from pwa_server.config import Config
from pwa_server.front import SLOW_LINES
from pwa_server.trial import prepare
from tests.standins import proxies
from tests.standins.ports import free_ports

PATIENCE = 60  # seconds
QUIET = 0.4  # seconds without a byte: it has said what it says


def attacks(host):
    """What is sent, by name: (two_ways, one_way)."""
    name = b"Host: " + host + b"\r\n"
    hidden = b"GET /v1/config HTTP/1.1\r\n" + name + b"\r\n"
    post, get = b"POST /v1/nonce HTTP/1.1\r\n" + name, b"GET /v1/config HTTP/1.1\r\n" + name
    chunked = b"Transfer-Encoding: chunked\r\n"
    in_chunk = b"%x\r\n" % len(hidden) + hidden + b"\r\n0\r\n\r\n"
    length = b"Content-Length: %d\r\n" % (5 + len(hidden))
    # What two readers may take for another number of requests. The program answers once, refuses, and ends the line.
    two_ways = {
        "length and chunks, by length": post + length + chunked + b"\r\n0\r\n\r\n" + hidden,
        "length and chunks, by chunks": post + chunked + b"Content-Length: 4\r\n\r\n" + in_chunk,
        "two codings": post + chunked + b"Transfer-Encoding: x\r\nContent-Length: 4\r\n\r\n" + in_chunk,
        "two codings, the other way": post + b"Transfer-Encoding: x\r\n" + chunked + b"\r\n" + in_chunk,
        "a coding nobody knows": post
        + b"Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"
        + hidden,
        "identity, then chunks": post + b"Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n" + hidden,
        "a coding with a space": post
        + b"Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"
        + hidden,
        "a coding after a tab": post
        + b"Transfer-Encoding:\tchunked\r\n"
        + length
        + b"\r\n0\r\n\r\n"
        + hidden,
        "a coding after a bare CR": post
        + b"X: a\rTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"
        + hidden,
        "a folded coding": post
        + b"Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"
        + hidden,
        "a folded length": post + b"Content-Length: 5\r\n 0\r\n\r\n0\r\n\r\n" + hidden,
        "two lengths": post + b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(hidden) + hidden,
        "a list of lengths": post + b"Content-Length: 0, %d\r\n\r\n" % len(hidden) + hidden,
        "a length with a plus": post + b"Content-Length: +2\r\n\r\n{}" + hidden,
        "a length below nothing": post + b"Content-Length: -2\r\n\r\n{}" + hidden,
        "a length beyond numbers": post + b"Content-Length: 99999999999999999999999\r\n\r\n{}" + hidden,
        "a length in hex": post + b"Content-Length: 0x2\r\n\r\n{}" + hidden,
        "a chunk with a quoted line break": post + chunked + b'\r\n2;a="\n"\r\n{}\r\n0\r\n\r\n' + hidden,
        "a chunk ended by LF": post + chunked + b"\r\n2;\n{}\r\n0\r\n\r\n" + hidden,
        "a length in the trailer": post + chunked + b"\r\n2\r\n{}\r\n0\r\nContent-Length: 9\r\n\r\n",
        "chunks of HTTP/1.0": post.replace(b"1.1", b"1.0") + chunked + b"\r\n0\r\n\r\n" + hidden,
        "two hosts": get + b"Host: evil.example\r\n\r\n",
        "no host": b"GET /v1/config HTTP/1.1\r\n\r\n",
        "a name with a space": get + b"X Y: a\r\n\r\n",
        "a host with a space": b"GET /v1/config HTTP/1.1\r\nHost : " + host + b"\r\n\r\n",
        "a NUL": get + b"X: a\0b\r\n\r\n",
        "headers of 40 KB": get + b"X: " + b"a" * 40_000 + b"\r\n\r\n",
        "headers of 400 KB": get + b"X: " + b"a" * 400_000 + b"\r\n\r\n",
        "5,000 headers": get + b"".join(b"X-%d: a\r\n" % n for n in range(5_000)) + b"\r\n",
        "a path of 100 KB": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n" + name + b"\r\n",
        "a control in the path": b"GET /v1/config\x01 HTTP/1.1\r\n" + name + b"\r\n",
        "an odd verb": b"G@T /v1/config HTTP/1.1\r\n" + name + b"\r\n",
        "another version": b"GET /v1/config HTTP/9.9\r\n" + name + b"\r\n",
        "no HTTP at all": b"\x16\x03\x01\x02\x00garbage\r\n\r\n",
    }
    # Odd, and read by all in one way: (bytes, how many requests they are).
    one_way = {
        "a coding with an underscore": (
            post + b"Transfer_Encoding: chunked\r\n" + length + b"\r\n0\r\n\r\n" + hidden,
            1,
        ),
        "a length with an underscore": (get + b"Content_Length: 900\r\n\r\n", 1),
        "an address with an underscore": (get + b"X_Forwarded_For: 198.51.100.1\r\n\r\n", 1),
        "one length twice": (post + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 1),
        "lines ended by LF": (post.replace(b"\r", b"") + b"Content-Length: 0\n\n" + hidden, 2),
        "HTTP/1.0 kept alive": (get.replace(b"1.1", b"1.0") + b"Connection: keep-alive\r\n\r\n" + hidden, 2),
        "one after another": (get + b"\r\n" + hidden, 2),
        "a GET with a body": (get + b"Content-Length: %d\r\n\r\n" % len(hidden) + hidden, 1),
        "a whole address of another": (b"GET http://evil.example/v1/config HTTP/1.1\r\n" + name + b"\r\n", 1),
        "a whole address of ours": (
            b"GET https://" + host + b"/v1/config HTTP/1.1\r\nHost: evil.example\r\n\r\n",
            1,
        ),
        "a tunnel": (b"CONNECT evil.example:443 HTTP/1.1\r\n" + name + b"\r\n", 1),
        "everything": (b"OPTIONS * HTTP/1.1\r\n" + name + b"\r\n", 1),
        "an upgrade": (
            get + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
            1,
        ),
        "a web socket": (
            get + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n",
            1,
        ),
        "a body that waits to be asked for": (
            post + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}" + hidden,
            2,
        ),
        "a line break in the path": (b"GET /v1%2fconfig%0d%0aX:1 HTTP/1.1\r\n" + name + b"\r\n", 1),
        "bytes that are no text": (get + b"X: \xff\xfe\r\nCookie: \xe3\x81\r\n\r\n", 1),
        "a path that is no text": (b"GET /v1/%zz%ff HTTP/1.1\r\n" + name + b"\r\n", 1),
        "a new verb": (b"FOO /v1/config HTTP/1.1\r\n" + name + b"\r\n", 1),
    }
    return two_ways, one_way


PROXIES = tuple(proxies.DOCS.joinpath(name) for name in ("nginx.conf", "Caddyfile"))


@dataclass(frozen=True)
class Place:
    """Where attacks go: the program itself, or a proxy before it."""

    name: str
    port: int
    tls: bool

    def line(self, part, context=None, source="127.0.0.1"):
        plain = socket.create_connection(("127.0.0.1", self.port), PATIENCE, (source, 0))
        if not self.tls:
            return plain
        return (context or anybody()).wrap_socket(plain, server_hostname=proxies.NAMES[part])


@cache
def anybody():
    """A line that asks for no certificate: what is tried here is not whose it is."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    """Relay and desk as processes of their own, who trust a proxy at 127.0.0.1; and where."""
    office = prepare(Config(data=tmp_path_factory.mktemp("behind") / "data")).config
    relay, desk = free_ports(2)
    config = Config(
        data=office.data,
        desk_key_file=office.desk_key_file,
        trial=True,
        relay_offices=("A" * 43,),
        port=relay,
        desk_port=desk,
        trusted_proxies=("127.0.0.1",),
    )
    running = [processes.start(config, role, subprocess.DEVNULL) for role in ("relay", "desk")]
    try:
        processes.wait_ready(running, 110)
        yield {"relay": relay, "desk": desk}
    finally:
        processes.end(running)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificate")
    names = ",".join(f"DNS:{name}" for name in proxies.NAMES.values())
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=sotto"]
    made += ["-addext", f"subjectAltName={names}", "-keyout", folder / "key", "-out", folder / "cert"]
    subprocess.run(made, check=True, capture_output=True)
    return folder / "cert", folder / "key"


@pytest.fixture(scope="module", params=["the program", "nginx", "caddy"])
def place(request, parts, certificate, tmp_path_factory):
    if request.param == "the program":
        yield {part: Place(request.param, port, False) for part, port in parts.items()}
        return
    if not proxies.there(request.param):
        pytest.skip(f"{request.param} is not installed here: apt install nginx-light caddy")
    (port,) = free_ports(1)
    folder = tmp_path_factory.mktemp(request.param)
    with proxies.running(request.param, port, parts, *certificate, folder):
        yield dict.fromkeys(parts, Place(request.param, port, True))


def said(place, part, data):
    """Status of every answer, and whether the line was ended."""
    got, ended = b"", False
    with place.line(part) as line:
        line.settimeout(PATIENCE)
        with suppress(OSError):  # refused before all of it was sent
            line.sendall(data)
        try:
            while True:
                piece = line.recv(65_536)
                if not piece:
                    ended = True
                    break
                got += piece
                line.settimeout(QUIET)
        except TimeoutError:
            pass
        except OSError:
            ended = True
    return [int(code) for code in re.findall(rb"HTTP/1\.[01] (\d{3}) ", got) if code != b"100"], ended


@pytest.mark.parametrize("part", ["relay", "desk"])
def test_nothing_is_smuggled_and_nothing_breaks(place, part):
    """While others ask over lines of their own, which a proxy may share behind itself, and get their own answers."""
    here, stop, others = place[part], threading.Event(), []
    path = {"relay": "/v1/config", "desk": "/readyz"}[part]
    url = f"{'https' if here.tls else 'http'}://127.0.0.1:{here.port}"

    def ask_on():
        headers = {"Host": proxies.NAMES[part]}
        extensions = {"sni_hostname": proxies.NAMES[part]}
        with httpx.Client(base_url=url, verify=anybody(), timeout=PATIENCE, trust_env=False) as http:
            while not stop.is_set():
                answer = http.get(path, headers=headers, extensions=extensions)
                others.append((answer.status_code, answer.text))

    two_ways, one_way = attacks(proxies.NAMES[part].encode())
    tried = {name: (data, 2) for name, data in two_ways.items()} | one_way
    asker = threading.Thread(target=ask_on)
    asker.start()
    try:
        with ThreadPoolExecutor(12) as pool:
            sent = {name: pool.submit(said, here, part, data) for name, (data, _) in tried.items()}
            found = {name: one.result() for name, one in sent.items()}
    finally:
        stop.set()
        asker.join()
    for name, (codes, ended) in found.items():
        most = tried[name][1]
        assert len(codes) <= most, (name, codes)
        own = {501, 502, 505} if here.tls else set()  # what a proxy says of itself
        assert [code for code in codes if code >= 500 and code not in own] == [], (name, codes)
        if name in two_ways and not here.tls:
            assert [code // 100 for code in codes] in ([4], []), (name, codes)
            assert ended, name
    assert len(others) > 3
    assert len({one for one in others if one[0] != 429}) == 1  # asked so often, it is told to wait
    assert others[0][0] == 200


def offers(most=None, ciphers=None):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = most or ssl.TLSVersion.TLSv1_3
    context.set_ciphers(ciphers or "ALL:@SECLEVEL=0")
    return context


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of offering TLS 1.0 and 1.1
def test_lines_have_forward_secrecy_or_are_none(place):
    here = place["relay"]
    if not here.tls:
        pytest.skip("speaks TLS in tests/test_tls.py")
    for part in proxies.NAMES:
        with here.line(part, offers()) as line:
            assert line.version() == "TLSv1.3"
        with here.line(part, offers(ssl.TLSVersion.TLSv1_2)) as line:
            assert line.version() == "TLSv1.2"
            assert re.match(r"ECDHE-.*(GCM|POLY1305)", line.cipher()[0])
        for most, ciphers in (
            (ssl.TLSVersion.TLSv1, None),
            (ssl.TLSVersion.TLSv1_1, None),
            (ssl.TLSVersion.TLSv1_2, "kRSA:@SECLEVEL=0"),  # no forward secrecy
            (ssl.TLSVersion.TLSv1_2, "AES128-SHA:AES256-SHA:ECDHE-RSA-AES128-SHA:@SECLEVEL=0"),  # CBC
        ):
            with pytest.raises((ssl.SSLError, OSError)):
                here.line(part, offers(most, ciphers))


def test_slow_lines_end_at_the_proxy_and_stop_nobody(place):
    """Sixty-four bodies that never end, from one address, at relay and desk: whoever else asks is answered."""
    with ExitStack() as lines:
        for part, name in proxies.NAMES.items():
            path = {"relay": "/v1/push", "desk": "/sign-in"}[part]
            for _ in range(64):
                line = lines.enter_context(place[part].line(part))
                line.sendall(f"POST {path} HTTP/1.1\r\nHost: {name}\r\nContent-Length: 900\r\n\r\nx".encode())
        for part, path in (("relay", b"/v1/config"), ("desk", b"/sign-in")):
            asked = b"GET " + path + b" HTTP/1.1\r\nHost: " + proxies.NAMES[part].encode() + b"\r\n\r\n"
            assert said(place[part], part, asked)[0] == [200]


@pytest.mark.parametrize("file", PROXIES, ids=lambda file: file.name)
def test_both_samples_say_the_same(file):
    """One certificate, one body limit and one gathering for each part; who asks comes from the proxy alone."""
    text = file.read_text("utf-8")
    for name in proxies.NAMES.values():
        assert name in text
    assert len(re.findall(r"proxy_request_buffering on|^\s*buffer_requests", text, re.MULTILINE)) == 2
    assert len(re.findall(r"(?:client_max_body_size|max_size) [79]M?B?m?", text, re.IGNORECASE)) == 2


ATTACKER, PHONE = "127.0.0.3", "127.0.0.2"


@pytest.mark.postgres
@pytest.mark.skipif(not proxies.there("nginx"), reason="nginx is not installed here: apt install nginx-light")
def test_behind_a_proxy_that_streams_slow_lines_stop_only_whose_they_are(
    parts, certificate, tmp_path, postgres_url
):
    """Handed on as they come, they reach the program: it counts them for their sender, whatever they say of themselves.

    A relay on SQLite, one on PostgreSQL, and a desk: at the same time, because a line is slow after ten seconds only.
    """
    (port,) = free_ports(1)
    config = Config(
        data=tmp_path / "data",
        trial=True,
        role="relay",
        relay_offices=("A" * 43,),
        database_url=postgres_url,
        port=port,
        trusted_proxies=("127.0.0.1",),
    )
    other = processes.start(config, "relay", subprocess.DEVNULL)
    try:
        processes.wait_ready([other], 110)
        with ExitStack() as open_:
            doors = []
            for behind, names in ((parts, ("relay", "desk")), (parts | {"relay": port}, ("relay",))):
                (front,) = free_ports(1)
                folder = tmp_path / str(front)
                folder.mkdir()
                place = proxies.running("nginx", front, behind, *certificate, folder, streams=True)
                open_.enter_context(place)
                doors += [(Place("nginx", front, True), part) for part in names]
            for place, part in doors:
                for number in range(SLOW_LINES):
                    lies = b"X-Forwarded-For: %s\r\n" % PHONE.encode() if number % 2 else b""
                    open_.enter_context(slow_line(place, part, lies))
            for place, part in doors:
                until = time.monotonic() + PATIENCE
                while sent_from(place, part, ATTACKER) != 429:  # now they count as slow
                    assert time.monotonic() < until
                    time.sleep(0.5)
                assert sent_from(place, part, PHONE) not in (429, 502, 504), part
    finally:
        processes.end([other])


def slow_line(place, part, headers):
    """A body of which one byte comes."""
    path = {"relay": b"/v1/push", "desk": b"/sign-in"}[part]
    line = place.line(part, source=ATTACKER)
    head = b"POST " + path + b" HTTP/1.1\r\nHost: " + proxies.NAMES[part].encode() + b"\r\n" + headers
    line.sendall(head + b"Content-Length: 900\r\n\r\nx")
    return line


def sent_from(place, part, address):
    """Status of a whole body from this address."""
    path = {"relay": b"/v1/nonce", "desk": b"/sign-in"}[part]
    host = proxies.NAMES[part].encode()
    with place.line(part, source=address) as line:
        line.sendall(
            b"POST " + path + b" HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n"
            b"Content-Length: 2\r\n\r\n{}"
        )
        line.settimeout(PATIENCE)
        return int(line.recv(65_536)[9:12])
