"""The building's own authority: phones trust it for this building and for nothing else."""

import datetime as dt
import http.client
import ipaddress
import ssl
import subprocess
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography import x509

from pwa_server.config import Config
from pwa_server.tls import lan_addresses, prepare
from pwa_server.trust_page import trust_page

NOW = dt.datetime.now(dt.UTC)
ADDRESSES = ("192.168.10.7",)


@pytest.fixture
def lan(tmp_path):
    return prepare(tmp_path / "authority", ADDRESSES, NOW)


def _leaf(lan):
    return x509.load_pem_x509_certificate(lan.cert.read_bytes())


def test_a_phone_that_trusts_the_authority_connects(lan):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(lan.cert, lan.key)

    class Ok(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Ok)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    phone = ssl.create_default_context(cafile=str(lan.authority))
    line = http.client.HTTPSConnection("127.0.0.1", server.server_port, context=phone, timeout=60)
    line.request("GET", "/")
    assert line.getresponse().status == 204
    line.close()
    thread.join()
    server.server_close()


def test_the_authority_cannot_speak_for_another_site(lan, tmp_path):
    """Whoever copies its key gains no bank: verifiers refuse a name outside private addresses."""
    openssl = ["openssl", "verify", "-CAfile", str(lan.authority)]
    assert subprocess.run([*openssl, str(lan.cert)], capture_output=True).returncode == 0
    forged = prepare(lan.authority.parent, ("203.0.113.5",), NOW)

    answer = subprocess.run([*openssl, str(forged.cert)], capture_output=True, text=True)

    assert answer.returncode != 0
    assert "permitted subtree" in answer.stdout + answer.stderr


def test_the_certificate_is_kept_while_it_fits_and_made_anew_when_it_does_not(lan):
    folder, first = lan.authority.parent, _leaf(lan)
    assert _leaf(prepare(folder, ADDRESSES, NOW)) == first

    moved = _leaf(prepare(folder, ("10.0.0.4",), NOW))
    named = moved.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert ipaddress.ip_address("10.0.0.4") in named.get_values_for_type(x509.IPAddress)

    later = NOW + dt.timedelta(days=380)
    assert _leaf(prepare(folder, ("10.0.0.4",), later)).not_valid_after_utc > later


def test_the_phone_keeps_its_trust_when_the_certificate_is_renewed(lan):
    before = lan.fingerprint
    assert prepare(lan.authority.parent, ("10.0.0.4",), NOW + dt.timedelta(days=380)).fingerprint == before


def test_no_key_is_readable_by_others(lan):
    for name in ("server.key", "sotto-ca.key"):
        assert (lan.authority.parent / name).stat().st_mode & 0o077 == 0


def test_only_private_addresses_are_offered():
    assert all(ipaddress.ip_address(ip).is_private for ip in lan_addresses())


@pytest.fixture
def page(lan, tmp_path, free_port):
    config = Config(data=tmp_path, trust_port=free_port, public_url="https://192.168.10.7:8600")
    with trust_page(replace(lan, addresses=("127.0.0.1",)), config):
        yield f"127.0.0.1:{free_port}"


def _get(address, path):
    line = http.client.HTTPConnection(address, timeout=60)
    line.request("GET", path)
    answer = line.getresponse()
    body = answer.read()
    line.close()
    return answer, body


def test_the_page_gives_the_certificate_its_fingerprint_and_the_way_on(lan, page):
    answer, body = _get(page, "/trust")
    assert answer.status == 200
    assert lan.fingerprint in body.decode()
    assert "https://192.168.10.7:8600/phone/" in body.decode()
    assert "証明書を受け取る" in body.decode()

    answer, body = _get(page, "/sotto-ca.crt")
    assert answer.headers["Content-Type"] == "application/x-x509-ca-cert"
    assert body == lan.authority.read_bytes()


def test_the_page_speaks_english_when_asked(page):
    assert "Get the certificate" in _get(page, "/trust?lang=en")[1].decode()


@pytest.mark.parametrize("path", ["/server.key", "/../server.key", "/sotto-ca.key", "/trust/../sotto-ca.key"])
def test_the_page_gives_away_no_key(page, path):
    assert _get(page, path)[0].status == 404
