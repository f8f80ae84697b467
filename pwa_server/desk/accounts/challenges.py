"""Challenges for visitors who have not signed in: nothing is stored for one until it was answered rightly.

A challenge carries its time and a MAC over it and the visitor's session, under a key that this process made at its
start. So whoever only asks for challenges fills no database; one that was answered is remembered until it is too old.
"""

import hmac
import secrets
import threading
import time
from hashlib import sha256

KEY = secrets.token_bytes(32)
LASTS = 300  # seconds
SIZE = 8 + 16 + 32

_used: dict[bytes, float] = {}
_lock = threading.Lock()


def make(session: str) -> bytes:
    head = int(time.time()).to_bytes(8, "big") + secrets.token_bytes(16)
    return head + _mac(session, head)


def holds(session: str, challenge: bytes) -> bool:
    """Whether this session was given it, lately, and it was not used."""
    head, mac = challenge[:24], challenge[24:]
    fits = len(challenge) == SIZE and hmac.compare_digest(mac, _mac(session, head))
    return fits and 0 <= time.time() - int.from_bytes(head[:8], "big") <= LASTS and challenge not in _used


def use(challenge: bytes) -> bool:
    """Mark it as answered; False when somebody did before."""
    with _lock:
        now = time.time()
        for old in [one for one, at in _used.items() if now - at > LASTS]:
            del _used[old]
        if challenge in _used:
            return False
        _used[challenge] = now
        return True


def _mac(session: str, head: bytes) -> bytes:
    return hmac.new(KEY, b"sotto desk challenge\n" + session.encode() + head, sha256).digest()
