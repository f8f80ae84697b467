"""The search finds what is there: every spelling, every wrapping. A search that finds nothing proves nothing."""

import base64
import gzip
import json
import os
import sqlite3
import struct
import zlib
from urllib.parse import quote

import pytest

from tests.canary import snappy
from tests.canary.needles import Needles
from tests.canary.search import Search

WRITERS = {
    "utf-8": str.encode,
    "utf-16": lambda text: text.encode("utf-16-le"),
    "hex": lambda text: text.encode().hex().encode(),
    "hex of utf-16": lambda text: text.encode("utf-16-le").hex().upper().encode(),
    "base64 at 0": lambda text: base64.b64encode(text.encode()),
    "base64 at 1": lambda text: base64.b64encode(b"x" + text.encode()),
    "base64 at 2": lambda text: base64.b64encode(b"xy" + text.encode()),
    "base64url": lambda text: base64.urlsafe_b64encode(b"\xff" + text.encode() + b"\xff"),
    "base64 of utf-16": lambda text: base64.b64encode(b"x" + text.encode("utf-16-le")),
    "base64 of json": lambda text: base64.b64encode(json.dumps({"note": text}).encode()),
    "percent": lambda text: quote(text).encode(),
    "percent lower": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()).encode(),
    "json": lambda text: json.dumps(text).encode(),
    "shift_jis": lambda text: text.encode("shift_jis", "ignore"),
}


def _gzip(data):
    return gzip.compress(data)


def _raw(data):
    press = zlib.compressobj(wbits=-15)
    return press.compress(data) + press.flush()


def _inside_sealed_frame(data):
    return struct.pack(">I", len(_raw(data))) + _raw(data) + bytes(40)


def _sqlite(data):
    db = sqlite3.connect(":memory:")
    db.execute("create table notes (text blob)")
    db.execute("insert into notes values (?)", [os.urandom(9_000).hex().encode() + data + bytes(9_000)])
    db.commit()
    return db.serialize()


def _chunked(data):
    at = len(data) // 2
    pieces = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (data[:at], data[at:], b""))
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces


def _snappy(data):
    """Literals of at most 60 bytes, and a copy, as the format has them."""
    body = b"".join(
        bytes([len(data[at : at + 60]) - 1 << 2]) + data[at : at + 60] for at in range(0, len(data), 60)
    )
    total = len(data) + 4
    return _varint(total) + body + bytes([0b00000001, 8])  # and the last 8 bytes' first 4 again


def _varint(number):
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def _entry(key, value):
    return _varint(0) + _varint(len(key)) + _varint(len(value)) + key + value


def _table(data):
    """A LevelDB table with one compressed block."""
    block = _entry(b"key", data) + struct.pack("<II", 0, 1)
    written = _snappy_exact(block)
    index = _entry(b"key", _varint(0) + _varint(len(written))) + struct.pack("<II", 0, 1)
    handle = _varint(len(written) + 5) + _varint(len(index))
    footer = (_varint(0) + _varint(0) + handle).ljust(40, b"\0") + snappy.MAGIC
    return written + b"\1crc." + index + b"\0crc." + footer


def _snappy_exact(data):
    body = b"".join(
        bytes([len(data[at : at + 60]) - 1 << 2]) + data[at : at + 60] for at in range(0, len(data), 60)
    )
    return _varint(len(data)) + body


def _journal(data):
    """A LevelDB journal whose record runs over the border of two blocks, right through the middle of `data`."""
    room = 32_768 - 14
    filler = bytes(room - 7 - len(data) // 2)
    first, second = data[: len(data) // 2], data[len(data) // 2 :]
    head = struct.pack("<IHB", 0, len(filler), 1) + filler
    left = 32_768 - len(head) - 7
    first, second = first.rjust(left, b"."), second
    return (
        head + struct.pack("<IHB", 0, len(first), 2) + first + struct.pack("<IHB", 0, len(second), 4) + second
    )


WRAPPERS = {
    "gzip": _gzip,
    "zlib": zlib.compress,
    "raw deflate": _raw,
    "plaintext frame": _inside_sealed_frame,
    "sqlite": _sqlite,
    "chunked": _chunked,
    "leveldb table": _table,
    "leveldb journal": _journal,
    "idb value": lambda data: b"\0\xff\x11\x02" + _snappy(data),
    "gzip in zlib": lambda data: zlib.compress(_gzip(data)),
}


@pytest.fixture(scope="module")
def planted():
    needles = Needles()
    search = Search()
    for script, mark in needles.marks.items():
        search.for_text(script, mark)
    return needles, search


@pytest.fixture(scope="module")
def written(planted):
    """Every needle in every spelling, by (script, spelling)."""
    needles, _ = planted
    return {
        (script, name): os.urandom(40) + write(f"「{needles.for_field(name, script)}」です") + os.urandom(40)
        for script in needles.marks
        for name, write in WRITERS.items()
        if (script, name) != ("kanji", "shift_jis")  # some of these letters have no place there
    }


def test_every_script_is_found_in_every_spelling(planted, written):
    _, search = planted
    missed = [
        at
        for at, hidden in written.items()
        if at[0] not in {one.what for one in search.in_bytes("file", hidden)}
    ]
    assert missed == []


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_what_is_wrapped_is_found_as_if_it_lay_open(planted, written, wrapper):
    _, search = planted
    everything = b"".join(written.values())
    openly = {(one.what, one.form) for one in search.in_bytes("file", everything)}
    assert len(openly) > 60
    assert {(one.what, one.form) for one in search.in_bytes("file", WRAPPERS[wrapper](everything))} >= openly


def test_what_is_not_there_is_not_found(planted):
    _, search = planted
    others = Needles()
    for script, mark in others.marks.items():
        assert search.in_bytes(script, _sqlite(mark.encode()) + _gzip(json.dumps(mark).encode())) == []
    assert search.in_bytes("noise", os.urandom(200_000)) == []


def test_a_private_key_is_found_as_bytes_hex_and_base64():
    key, search = os.urandom(32), Search()
    search.for_secret("device key", key)
    for text in (
        key,
        key.hex().encode(),
        base64.b64encode(b"--" + key),
        base64.urlsafe_b64encode(key).rstrip(b"="),
    ):
        assert {one.what for one in search.in_bytes("file", os.urandom(7) + text)} == {"device key"}


def test_names_of_files_are_looked_at_too(tmp_path, planted):
    needles, search = planted
    (tmp_path / quote(needles.for_field("file name", "ascii"))).write_bytes(b"")
    assert {one.what for one in search.in_folder(tmp_path)} == {"ascii"}
