"""Everything that can be read out of some bytes: inflated, uncompressed, joined, row by row. Nothing is trusted."""

from __future__ import annotations

import re
import sqlite3
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from . import snappy
from .forms import SHORTEST

DEEPEST = 3
MOST = 32 * 1024 * 1024
EVERY_OFFSET = 64 * 1024  # bytes up to which a raw DEFLATE stream is looked for at each of them
GZIP_OR_ZLIB = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
SNAPPY_IN_VALUE = b"\xff\x11\x02"  # Blink's mark before a compressed value of IndexedDB


def views(data: bytes, name: str = "", depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """(how it was come by, bytes): `data` itself and all that unfolds from it."""
    yield name, data
    if depth == DEEPEST:
        return
    for how, inner in _unfolded(data):
        # What comes out of a raw stream is mostly chance: looked at, and not unfolded further.
        yield from views(
            inner, f"{name} > {how}" if name else how, DEEPEST if how == "raw inflated" else depth + 1
        )


def _unfolded(data: bytes) -> Iterator[tuple[str, bytes]]:
    yield from _inflated(data)
    if data[-8:] == snappy.MAGIC:
        yield from (("table", block) for block in snappy.table_blocks(data))
    for found in re.finditer(re.escape(SNAPPY_IN_VALUE), data):
        yield from _snappy(data[found.end() :])
    if data.startswith(b"SQLite format 3\0"):
        yield "rows", sqlite_rows(data)
    elif len(data) > 7 and data[6] in (1, 2) and data[4:6] != b"\0\0" and b"HTTP/" not in data[:200]:
        joined = snappy.log_records(data)
        if len(joined) > len(data) // 2 and joined != data:
            yield "journal", joined
    if b"Transfer-Encoding: chunked" in data or b"transfer-encoding: chunked" in data:
        yield "chunks", re.sub(rb"\r\n[0-9a-fA-F]{1,6}\r\n", b"", data)


def _inflated(data: bytes) -> Iterator[tuple[str, bytes]]:
    for found in GZIP_OR_ZLIB.finditer(data):
        yield from _inflate(data, found.start(), 47, "inflated")
    if len(data) <= EVERY_OFFSET:
        for at in range(len(data) - 8):
            if data[at] >> 1 & 3 != 3:  # the block type that does not exist
                yield from _inflate(data, at, -15, "raw inflated")


def _inflate(data: bytes, at: int, bits: int, how: str) -> Iterator[tuple[str, bytes]]:
    stream = zlib.decompressobj(bits)
    out = bytearray()
    try:
        out += stream.decompress(data[at : at + 64], 4096)  # most places are no stream: found out cheaply
        out += stream.decompress(stream.unconsumed_tail, MOST)
        out += stream.decompress(memoryview(data)[at + 64 :], MOST)
    except zlib.error:
        pass
    if len(out) >= SHORTEST:
        yield how, bytes(out)


def _snappy(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The value may be followed by others: what can be read before the first nonsense."""
    out = bytearray()
    try:
        length, at = snappy.varint(data, 0)
        while at < len(data) and len(out) < min(length, MOST):
            at = snappy._element(data, at, out)
    except (IndexError, snappy.NotThis):
        pass
    if out:
        yield "snappy", bytes(out)


def sqlite_rows(data: bytes) -> bytes:
    """Every cell of every table, whole: long values lie in pieces in the file."""
    parts: list[bytes] = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.db"
        copy.write_bytes(data)
        with closing(sqlite3.connect(copy)) as db:
            db.text_factory = bytes
            try:
                names = [
                    row[0].decode() for row in db.execute("select name from sqlite_master where type='table'")
                ]
                for name in names:
                    for row in db.execute(f'select * from "{name}"'):
                        parts += [
                            one if isinstance(one, bytes) else str(one).encode()
                            for one in row
                            if one is not None
                        ]
            except sqlite3.DatabaseError:
                pass
    return b"\n".join(parts)
