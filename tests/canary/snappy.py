"""Reads what Chromium's databases write compressed: the snappy block format, and LevelDB's tables and journals.

Formats: google/snappy format_description.txt; google/leveldb doc/table_format.md, doc/log_format.md.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

MAGIC = bytes.fromhex("57fb808b247547db")  # 0xdb4775248b80fb57, little-endian, ends every table
LOG_BLOCK = 32_768
MOST = 64 * 1024 * 1024


class NotThis(ValueError):
    """These bytes are not what they were taken for."""


def uncompress(data: bytes) -> bytes:
    """One snappy block. Raises NotThis."""
    try:
        length, at = varint(data, 0)
        if length > MOST:
            raise NotThis("too long")
        out = bytearray()
        while at < len(data):
            at = _element(data, at, out)
    except IndexError as error:
        raise NotThis("cut off") from error
    if len(out) != length:
        raise NotThis("length")
    return bytes(out)


def _element(data: bytes, at: int, out: bytearray) -> int:
    tag = data[at]
    kind, at = tag & 3, at + 1
    if kind == 0:
        length = tag >> 2
        if length >= 60:
            more = length - 59
            length, at = int.from_bytes(data[at : at + more], "little"), at + more
        out += data[at : at + length + 1]
        return at + length + 1
    if kind == 1:
        length, offset, at = 4 + (tag >> 2 & 7), (tag >> 5) << 8 | data[at], at + 1
    else:
        size = 2 if kind == 2 else 4
        length, offset, at = 1 + (tag >> 2), int.from_bytes(data[at : at + size], "little"), at + size
    if not 0 < offset <= len(out):
        raise NotThis("offset")
    for _ in range(length):
        out.append(out[-offset])
    return at


def varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value, shift, at = value | (byte & 127) << shift, shift + 7, at + 1
        if byte < 128:
            return value, at
        if shift > 63:
            raise NotThis("varint")


def table_blocks(data: bytes) -> Iterator[bytes]:
    """The blocks of a LevelDB table, uncompressed. Keys within a block share prefixes, values are whole."""
    if data[-8:] != MAGIC:
        return
    footer = data[-48:]
    try:
        _, at = varint(footer, 0)
        _, at = varint(footer, at)
        place, at = varint(footer, at)
        size, at = varint(footer, at)
        for handle in _values(_block(data, place, size)):
            start, after = varint(handle, 0)
            length, _ = varint(handle, after)
            block = _block(data, start, length)
            yield block
            yield from _values(block)
    except (IndexError, NotThis):
        return


def _block(data: bytes, place: int, size: int) -> bytes:
    raw = data[place : place + size]
    return uncompress(raw) if data[place + size] == 1 else raw


def _values(block: bytes) -> list[bytes]:
    """The values of a block, in order."""
    restarts = struct.unpack_from("<I", block, len(block) - 4)[0]
    end, at, found = len(block) - 4 - 4 * restarts, 0, []
    while at < end:
        _, at = varint(block, at)
        unshared, at = varint(block, at)
        size, at = varint(block, at)
        at += unshared
        found.append(block[at : at + size])
        at += size
    return found


def log_records(data: bytes) -> bytes:
    """The records of a LevelDB journal joined: one that runs over blocks of 32 KiB is whole again."""
    joined = bytearray()
    for start in range(0, len(data), LOG_BLOCK):
        block, at = data[start : start + LOG_BLOCK], 0
        while at + 7 <= len(block):
            length, kind = struct.unpack_from("<HB", block, at + 4)
            if kind not in (1, 2, 3, 4):
                break
            joined += block[at + 7 : at + 7 + length]
            at += 7 + length
    return bytes(joined)
