"""What is inside an envelope before it is sealed: length, deflated JSON, zeros (SPEC 3.4).

The relay never imports this module.
"""

import struct
import zlib

from sync.errors import SyncError
from sync.limits import MAX_INFLATED_BYTES, MAX_PLAIN_BYTES, MIN_PADDED_BYTES
from sync.strict_json import Json, read_json, write_json

_RAW = -15  # zlib's spelling of raw DEFLATE with a 32 KiB window


def padded_size(size: int) -> int:
    """512, or Padmé above it (Nikitin et al. 2019): sizes leak at most log log of the length."""
    if size <= MIN_PADDED_BYTES:
        return MIN_PADDED_BYTES
    exponent = size.bit_length() - 1
    step = 1 << (exponent - exponent.bit_length())
    return -(-size // step) * step


def pack(body: Json) -> bytes:
    """Plaintext of a body. `too_big` when it would not fit one envelope, `malformed` if no reader would take it."""
    text = write_json(body)
    if len(text) > MAX_INFLATED_BYTES:
        raise SyncError("too_big", "over 4 MiB of text")
    packer = zlib.compressobj(level=9, wbits=_RAW)
    deflated = packer.compress(text) + packer.flush()
    total = padded_size(4 + len(deflated))
    if total > MAX_PLAIN_BYTES:
        raise SyncError("too_big", "over 1 MiB sealed")
    return (struct.pack(">I", len(deflated)) + deflated).ljust(total, b"\0")


def unpack(plain: bytes) -> Json:
    """The body of a plaintext; `unreadable` whatever is wrong with it, as the envelope is held, not refused."""
    try:
        return read_json(_inflate(_deflated(plain)))
    except SyncError as error:
        raise SyncError("unreadable", error.detail) from error


def _deflated(plain: bytes) -> bytes:
    if len(plain) < MIN_PADDED_BYTES:
        raise SyncError("unreadable", "too short")
    length = int.from_bytes(plain[:4], "big")
    if padded_size(4 + length) != len(plain):
        raise SyncError("unreadable", "not the padded size")
    if any(plain[4 + length :]):
        raise SyncError("unreadable", "padding is not zeros")
    return plain[4 : 4 + length]


def _inflate(deflated: bytes) -> bytes:
    """Bounded: 256 MiB of zeros deflate into 254 KiB."""
    inflater = zlib.decompressobj(wbits=_RAW)
    try:
        text = inflater.decompress(deflated, MAX_INFLATED_BYTES + 1)
    except zlib.error as error:
        raise SyncError("unreadable", "does not inflate") from error
    if len(text) > MAX_INFLATED_BYTES:
        raise SyncError("unreadable", "over 4 MiB of text")
    if not inflater.eof or inflater.unused_data:
        raise SyncError("unreadable", "deflated bytes cut off or left over")
    return text
