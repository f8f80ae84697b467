"""Who asks: the address at the other end of the line, or, behind proxies of ours, the one they name.

Only a proxy that the settings name is believed, and of what it forwards only what it wrote itself: X-Forwarded-For
is read from the right, past our own proxies, to the first address that is not ours. What stands left of it was
written by the client and may say anything.
"""

import ipaddress
from collections.abc import Iterable
from typing import Any

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
IPV6_HOME = 64  # bits: one subscriber has at least so many addresses behind one prefix (RFC 6177)
FORWARDED = (
    "HTTP_FORWARDED",
    "HTTP_X_REAL_IP",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
)


def read_networks(names: Iterable[str]) -> tuple[Network, ...]:
    """Addresses and networks as the settings spell them. Raises ValueError with the one that is none."""
    return tuple(ipaddress.ip_network(name) for name in names)


class Proxies:
    """The reverse proxies of ours."""

    def __init__(self, names: Iterable[str]) -> None:
        self.networks = read_networks(names)

    def resolve(self, environ: dict[str, Any]) -> None:
        """Put the client's address and scheme into a WSGI environ and take every forwarded header out of it."""
        forwarded = {name: environ.pop(name, "") for name in FORWARDED}
        peer = _read(environ.get("REMOTE_ADDR", ""))
        if peer is None:
            return
        if not self._ours(peer):
            environ["REMOTE_ADDR"] = str(peer)
            return
        environ["REMOTE_ADDR"] = str(self._client(peer, forwarded["HTTP_X_FORWARDED_FOR"]))
        scheme = forwarded["HTTP_X_FORWARDED_PROTO"].rpartition(",")[2].strip().lower()
        if scheme in ("http", "https"):
            environ["wsgi.url_scheme"] = scheme

    def _client(self, peer: Address, forwarded: str) -> Address:
        client = peer
        for part in reversed(forwarded.split(",")):
            named = _read(part.strip())
            if named is None:
                break
            client = named
            if not self._ours(named):
                break
        return client

    def _ours(self, address: Address) -> bool:
        return any(address in network for network in self.networks if network.version == address.version)


def counted(address: str) -> str:
    """Under which name limits count an address: of IPv6 the prefix of one subscriber, or a home counts as millions."""
    read = _read(address)
    if isinstance(read, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(read) >> 64 << 64, IPV6_HOME)))
    return address if read is None else str(read)


def _read(text: str) -> Address | None:
    """An address, with or without a port; IPv4 in IPv6 as IPv4."""
    host = text.removeprefix("[").partition("]")[0] if text.startswith("[") else text
    if host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
