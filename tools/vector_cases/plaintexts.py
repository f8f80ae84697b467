"""What is inside before it is sealed: length, deflated JSON, zeros (SPEC 3.4)."""

import struct
import zlib

from sync.encoding import b64u
from sync.limits import MAX_INFLATED_BYTES, MAX_VALUES
from sync.strict_json import write_json
from tools.vector_cases.ground import Cases, case, flipped, padded, plain, repeated, stored

BODY = {"v": 1, "events": [], "note": "\u4f1a\u3048\u305f"}
# `{"v":1}` by a compressor, fixed Huffman codes: the form real phones send.
FIXED = bytes.fromhex("ab562a53b232ac0500")
TEXT = write_json(BODY)


def cases() -> Cases:
    for size, total in _SIZES.items():
        yield case("padding", f"{size} bytes", size=size, padded=total)
    yield case("plaintext", "stored", plain=b64u(plain(BODY)), body=BODY)
    yield case("plaintext", "compressed", plain=b64u(padded(FIXED)), body={"v": 1})
    full = stored(b'{"a":"' + b"x" * (508 - 5 - 8) + b'"}')
    yield case("plaintext", "no room for padding", plain=b64u(padded(full)), body={"a": "x" * 495})
    exact = repeated(b'{"a":"', b"x", MAX_INFLATED_BYTES - 8, b'"}')
    yield case("plaintext", "exactly 4 MiB of text", plain=b64u(padded(exact)), body_bytes=MAX_INFLATED_BYTES)
    many = repeated(b'{"a":[0', b",0", MAX_VALUES - 3, b"]}")
    yield case("plaintext", "exactly 50,000 values", plain=b64u(padded(many)), body_bytes=2 * MAX_VALUES + 3)
    for name, wrong in _wrong().items():
        yield case("plaintext", name, "unreadable", plain=b64u(wrong))


# By hand from the definition: E = floor(log2 x), S = floor(log2 E) + 1, up to a multiple of 2^(E−S).
_SIZES = {
    1: 512,
    511: 512,
    512: 512,
    513: 544,
    544: 544,
    545: 576,
    1000: 1024,
    1024: 1024,
    1025: 1088,
    4097: 4352,
    65_536: 65_536,
    65_537: 67_584,
    1_000_000: 1_015_808,
    1_032_192: 1_032_192,
    4_294_967_295: 4_294_967_296,
}


def _wrong() -> dict[str, bytes]:
    good = plain(BODY)
    deflated = stored(TEXT)
    beyond = struct.pack(">I", 600) + stored(TEXT).ljust(508, b"\0")
    return {
        "a bit set in the padding's last byte": good[:-1] + b"\1",
        "a byte hidden right after the text": good[: 4 + len(deflated)] + b"h" + good[5 + len(deflated) :],
        "a step longer than need be": good + bytes(32),
        "a byte short": good[:-1],
        "unpadded": struct.pack(">I", len(deflated)) + deflated,
        "nothing": b"",
        "a length beyond the end": beyond,
        "the greatest length": b"\xff\xff\xff\xff" + good[4:],
        "no deflated bytes": bytes(512),
        "deflated bytes cut off": padded(deflated[:-1]),
        "a byte left over": padded(deflated + b"\0"),
        "many bytes left over": padded(deflated + b"hidden" * 100),
        "a compressed stream with a byte left over": padded(FIXED + b"\0"),
        "a compressed stream cut off": padded(FIXED[:-1]),
        "no last block": padded(stored(TEXT, last=False)),
        "not DEFLATE": padded(b"\xff" * 20),
        "a zlib wrapper": padded(b"\x78\x01" + deflated + struct.pack(">I", zlib.adler32(TEXT))),
        "a byte more than 4 MiB": padded(repeated(b'{"a":"', b"x", MAX_INFLATED_BYTES - 7, b'"}')),
        "a bomb of 8 MiB": padded(repeated(b'{"a":"', b"x", 8 << 20, b'"}')),
        "one value too many": padded(repeated(b'{"a":[0', b",0", MAX_VALUES - 2, b"]}")),
        "too deep": padded(stored(b'{"a":' + b"[" * 32 + b"]" * 32 + b"}")),
        "100,000 deep": padded(repeated(b'{"a":', b"[", 100_000, b"")),
        "two JSON objects": padded(stored(TEXT * 2)),
        "a list": padded(stored(b"[]")),
        "a name twice": padded(stored(b'{"v":1,"v":2}')),
        "not UTF-8": padded(stored(b'{"v":"\xff"}')),
        "a bit of the text's length flipped": flipped(good, 5),
    }
