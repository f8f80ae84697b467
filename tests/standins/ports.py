"""Ports for programs a test starts: below those the system gives to outgoing lines, which could take one meanwhile.

Each worker of a run has every fourth street of eight to itself, and none is given again soon: a program that is slow
to listen finds its port still free.
"""

import os
import random
import socket
from collections import deque
from contextlib import ExitStack

FIRST, LAST, STREET, WORKERS = 16_000, 32_000, 8, 4
_chance = random.Random(os.urandom(8))
_mine = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % WORKERS
_given: deque[int] = deque(maxlen=100)


def free_ports(count: int) -> list[int]:
    """Ports in a row that nobody listens on; at most a street of them."""
    assert count <= STREET
    for _ in range(400):
        street = _chance.randrange((LAST - FIRST) // STREET // WORKERS) * WORKERS + _mine
        ports = [FIRST + street * STREET + n for n in range(count)]
        if street not in _given and all_free(ports):
            _given.append(street)
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
