"""Which push services the relay may call. A phone names the address: unchecked, it could make us call anybody."""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from sync.errors import SyncError

MAX_ENDPOINT = 1_024


@dataclass(frozen=True)
class Allowed:
    """`hosts`: names, `*` for the first part. `insecure`: plain http and private addresses too; for tests alone."""

    hosts: tuple[str, ...]
    insecure: bool = False

    def check(self, endpoint: object) -> SplitResult:
        """The endpoint taken apart, or `malformed`. Where the name leads, `addresses` checks when calling."""
        if not isinstance(endpoint, str) or len(endpoint) > MAX_ENDPOINT or not endpoint.isascii():
            raise SyncError("malformed", "endpoint")
        try:
            parts = urlsplit(endpoint)
            port = parts.port
        except ValueError as error:
            raise SyncError("malformed", "endpoint") from error
        if any(ord(letter) <= 32 or ord(letter) == 127 for letter in endpoint) or "@" in parts.netloc:
            raise SyncError("malformed", "endpoint")
        if not any(_fits(parts.hostname or "", host) for host in self.hosts):
            raise SyncError("malformed", "not a push service this relay may call")
        if not self.insecure and (parts.scheme != "https" or port not in (None, 443)):
            raise SyncError("malformed", "a push service is called by https")
        if parts.scheme not in ("https", "http"):
            raise SyncError("malformed", "endpoint")
        return parts

    def addresses(self, host: str, port: int) -> list[str]:
        """The addresses to try, looked up once and then used, so that a name cannot change between check and call.

        Raises OSError when there is none, NotPublic when the name leads into a private network.
        """
        found = [entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        if not self.insecure and not all(ipaddress.ip_address(address).is_global for address in found):
            raise NotPublic(host)
        return list(dict.fromkeys(map(str, found)))


class NotPublic(Exception):
    """The push service's name leads to an address that is not public."""


def _fits(host: str, pattern: str) -> bool:
    """A star stands for exactly one part of a name."""
    if not pattern.startswith("*."):
        return host == pattern
    first, _, rest = host.partition(".")
    return first != "" and rest == pattern[2:]
