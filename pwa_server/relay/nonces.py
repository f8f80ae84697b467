"""One-time numbers for signed requests (SPEC 6.5). Any process gives them, any takes them, once.

A nonce is its age, something random, and a MAC under a key of the database: giving one writes nothing, so
nobody can fill a table by asking. Only used ones are kept, until they are too old to be used again.
"""

import hmac
import os
import struct

from sync.encoding import b64u, unb64u
from sync.errors import SyncError
from sync.limits import NONCE_SECONDS

from .store import Store

MAC_BYTES = 8  # what a guess gains is only another random number to sign; the signature is what protects


def give(store: Store, now: float) -> str:
    head = struct.pack(">I", int(now)) + os.urandom(4)
    return b64u(head + _mac(store, head))


def use(store: Store, nonce: object, now: float) -> None:
    """Inside `write`: take the nonce off the market, or raise `bad_nonce`."""
    try:
        data = unb64u(nonce, 8 + MAC_BYTES)
    except SyncError as error:
        raise SyncError("bad_nonce", "not a nonce of this relay") from error
    head, mac = data[:8], data[8:]
    age = now - struct.unpack(">I", head[:4])[0]
    if not hmac.compare_digest(mac, _mac(store, head)) or not -1 <= age <= NONCE_SECONDS:
        raise SyncError("bad_nonce", "not a nonce of this relay, or too old")
    used = store.UsedNonce.insert(nonce=b64u(data), expires=int(now) + NONCE_SECONDS + 1)
    if not used.on_conflict_ignore().as_rowcount().execute():
        raise SyncError("bad_nonce", "this nonce was used before")


def sweep(store: Store, now: float) -> None:
    store.UsedNonce.delete().where(store.UsedNonce.expires < int(now)).execute()


def _mac(store: Store, head: bytes) -> bytes:
    return hmac.digest(unb64u(store.fact("nonce_key"), 32), b"sotto relay nonce\n" + head, "sha256")[
        :MAC_BYTES
    ]
