"""A photo, sealed under a key used once (SPEC 6.6). The relay never imports this module."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sync.encoding import blob_id, tag
from sync.errors import SyncError
from sync.limits import MAX_BLOB_BYTES

KEY_BYTES = 32
_NONCE = bytes(12)  # the key seals one blob and no other, so the nonce may stand still
_TAG_BYTES = 16


def seal_blob(photo: bytes) -> tuple[str, bytes, bytes]:
    """(id, key, sealed). Key and media type travel in the event; id and size in the header."""
    if len(photo) + _TAG_BYTES > MAX_BLOB_BYTES:
        raise SyncError("too_big", "photo too large")
    key = os.urandom(KEY_BYTES)
    sealed = AESGCM(key).encrypt(_NONCE, photo, tag("blob"))
    return blob_id(sealed), key, sealed


def open_blob(key: bytes, sealed: bytes) -> bytes:
    """The photo, or `unreadable`."""
    if len(key) != KEY_BYTES or len(sealed) < _TAG_BYTES:
        raise SyncError("unreadable", "not a sealed photo")
    try:
        return AESGCM(key).decrypt(_NONCE, sealed, tag("blob"))
    except InvalidTag as error:
        raise SyncError("unreadable", "photo does not open with this key") from error
