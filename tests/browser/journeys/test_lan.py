"""`./run --lan`: a phone in the same building trusts the program's own authority and finds an app it can install."""

from __future__ import annotations

import base64
import hashlib
import re
import socket
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Error, Playwright

from tests.browser.browsers import CHROMIUM
from tests.standins.ports import free_ports

from .product import Product

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.fixture
def lan(data: Path):
    product = Product(data)
    try:
        yield product.start("--lan", "--trust-port", str(free_ports(1)[0]))
    finally:
        product.stop()


def test_a_phone_in_the_building_trusts_the_authority_and_can_install_the_app(
    lan: Product, playwright: Playwright, tmp_path: Path
) -> None:
    phone, trust = re.findall(r"https?://\S+/(?:phone/|trust)", lan.said())
    stranger = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    page = stranger.new_page()
    with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
        page.goto(phone)
    authority = takes_the_certificate(stranger.new_page(), trust, lan, tmp_path)
    stranger.close()
    proven = the_chain_and_the_name_hold(authority, phone)

    # A browser's own list of authorities is the system's; what this one is told to trust is what the authority proved.
    trusting = playwright.chromium.launch_persistent_context(
        str(tmp_path / "phone"),
        executable_path=CHROMIUM,
        args=["--no-sandbox", f"--ignore-certificate-errors-spki-list={fingerprint_of_key(proven)}"],
    )
    page = trusting.new_page()
    page.goto(phone)
    assert page.evaluate("isSecureContext")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    cdp = trusting.new_cdp_session(page)
    assert cdp.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    trusting.close()


def takes_the_certificate(page, trust: str, lan: Product, folder: Path) -> Path:
    """The page shows the fingerprint that the terminal shows, and hands out the certificate that bears it."""
    page.goto(trust)
    shown = re.search(r"(?:[0-9A-F]{2}[: ]?){32}", page.inner_text("main"))
    assert shown is not None
    bare = re.sub("[: ]", "", shown[0])
    assert bare in re.sub("[: ]", "", lan.said())
    with page.expect_download() as taken:
        page.locator("a[href$='.crt']").first.click()
    file = folder / "authority.crt"
    taken.value.save_as(file)
    read = (
        x509.load_pem_x509_certificate
        if file.read_bytes().startswith(b"-----")
        else x509.load_der_x509_certificate
    )
    certificate = read(file.read_bytes())
    assert hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest().upper() == bare
    file.write_bytes(certificate.public_bytes(Encoding.PEM))
    return file


def the_chain_and_the_name_hold(authority: Path, phone: str) -> bytes:
    """The certificate of the phone's address, proven by the authority."""
    host, port = phone.removeprefix("https://").split("/")[0].rsplit(":", 1)
    context = ssl.create_default_context(cafile=str(authority))
    with (
        socket.create_connection(("127.0.0.1", int(port)), timeout=60) as line,
        context.wrap_socket(line, server_hostname=host) as safe,
    ):
        assert safe.version() == "TLSv1.3"
        proven = safe.getpeercert(binary_form=True)
    assert proven is not None
    return proven


def fingerprint_of_key(certificate: bytes) -> str:
    key = x509.load_der_x509_certificate(certificate).public_key()
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(der).digest()).decode()
