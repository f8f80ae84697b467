"""Ports for programs a test starts: below those the system gives to outgoing lines, which could take one meanwhile."""

import os
import random
import socket
from contextlib import ExitStack

FIRST, LAST = 16_000, 32_000
_chance = random.Random(os.urandom(8))


def free_ports(count: int) -> list[int]:
    """Ports in a row that nobody listens on."""
    for _ in range(200):
        ports = [_chance.randrange(FIRST, LAST - count)]
        ports += [ports[0] + more for more in range(1, count)]
        if all_free(ports):
            return ports
    raise AssertionError(f"no {count} free ports in a row")


def all_free(ports: list[int]) -> bool:
    with ExitStack() as taken:
        for port in ports:
            try:
                taken.enter_context(socket.socket()).bind(("0.0.0.0", port))
            except OSError:
                return False
    return True
