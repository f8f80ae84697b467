"""A certificate authority of this program's own, so that phones in one building can try the app over HTTPS.

Its certificate may sign for private addresses only (name constraints, RFC 5280 4.2.1.10): a phone that
trusts it does not put its other sites into the hands of whoever copies the key. Never use it in earnest.
"""

import datetime as dt
import ipaddress
import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NAME = "Sotto"
AUTHORITY_DAYS = 3650
SERVER_DAYS = 397  # Apple refuses longer ones
RENEW_DAYS = 30
PRIVATE = (
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "::1/128",
    "fc00::/7",
)
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Lan:
    """Files (PEM) of the authority and of this server, and the addresses the server's certificate names."""

    authority: Path
    cert: Path
    key: Path
    addresses: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the authority's certificate, as phones show it."""
        raw = _read_cert(self.authority).fingerprint(hashes.SHA256())
        return " ".join(f"{byte:02X}" for byte in raw)


def prepare(folder: Path, addresses: tuple[str, ...], now: dt.datetime) -> Lan:
    """The files for serving at these addresses, made or renewed where needed. `now` is in UTC."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lan = Lan(folder / "sotto-ca.crt", folder / "server.crt", folder / "server.key", addresses)
    if not lan.authority.exists():
        _make_authority(lan.authority, folder / "sotto-ca.key", now)
    if not _still_fits(lan, now):
        _make_server(lan, folder / "sotto-ca.key", now)
    return lan


def lan_addresses() -> tuple[str, ...]:
    """This machine's private addresses, the one that leads out first."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # sends nothing: asks which way a packet would leave
        found.append(probe.getsockname()[0])
    with suppress(OSError):
        found += [
            str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
        ]
    private = [ip for ip in found if _is_private(ip) and not ipaddress.ip_address(ip).is_loopback]
    return tuple(dict.fromkeys(private))


def _is_private(text: str) -> bool:
    ip = ipaddress.ip_address(text)
    return any(ip in net for net in map(ipaddress.ip_network, PRIVATE) if net.version == ip.version)


def _make_authority(cert_file: Path, key_file: Path, now: dt.datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{NAME} {os.urandom(2).hex()}")])
    allowed: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.DNSName("local")]
    allowed += [x509.IPAddress(ipaddress.ip_network(net)) for net in PRIVATE]
    cert = (
        _builder(name, name, key, now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .add_extension(x509.NameConstraints(allowed, None), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write_key(key_file, key)
    cert_file.write_bytes(cert.public_bytes(serialization.Encoding.PEM))


def _make_server(lan: Lan, authority_key: Path, now: dt.datetime) -> None:
    authority = _read_cert(lan.authority)
    signer = serialization.load_pem_private_key(authority_key.read_bytes(), None)
    if not isinstance(signer, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{authority_key} is not the key this program wrote")
    key = ec.generate_private_key(ec.SECP256R1())
    cert = (
        _builder(x509.Name([]), authority.subject, key, now, SERVER_DAYS)
        .add_extension(x509.SubjectAlternativeName(_names(lan.addresses)), critical=True)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .sign(signer, hashes.SHA256())
    )
    lan.key.unlink(missing_ok=True)
    _write_key(lan.key, key)
    lan.cert.write_bytes(cert.public_bytes(serialization.Encoding.PEM))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: dt.datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=days - 1))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _names(addresses: tuple[str, ...]) -> list[x509.GeneralName]:
    ips = dict.fromkeys([*addresses, "127.0.0.1"])
    return [x509.DNSName("localhost"), *(x509.IPAddress(ipaddress.ip_address(ip)) for ip in ips)]


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _still_fits(lan: Lan, now: dt.datetime) -> bool:
    if not (lan.cert.exists() and lan.key.exists()):
        return False
    cert = _read_cert(lan.cert)
    named = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    enough = cert.not_valid_after_utc - now > dt.timedelta(days=RENEW_DAYS)
    return enough and list(named) == _names(lan.addresses)


def _read_cert(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())


def _write_key(file: Path, key: ec.EllipticCurvePrivateKey) -> None:
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(pem)
