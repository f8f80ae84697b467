"""How one text, or one secret, may look once something has written it down: each spelling a search must know."""

from __future__ import annotations

import base64
import json
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote

SHORTEST = 8  # bytes; below that a pattern would be found by chance


def of_text(text: str) -> dict[bytes, str]:
    """pattern -> what it is called."""
    found: dict[bytes, str] = {}
    spellings = {unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC", "NFKD")} | {text}
    spellings |= {one.upper() for one in spellings} | {one.lower() for one in spellings}
    for spelling in sorted(spellings):
        for name, pattern in _spelled(spelling):
            if len(pattern) >= SHORTEST:
                found.setdefault(pattern, name)
    return found


def of_secret(secret: bytes) -> dict[bytes, str]:
    """The same for bytes: a private key, a storage key."""
    return {pattern: name for name, pattern in _written("raw", secret)}


def _spelled(text: str) -> Iterator[tuple[str, bytes]]:
    yield from _written("utf-8", text.encode())
    yield from _written("utf-16le", text.encode("utf-16-le"))
    yield "utf-16be", text.encode("utf-16-be")
    for encoding in ("shift_jis", "euc_jp"):
        yield encoding, text.encode(encoding, "ignore")
    yield "percent", quote(text, safe="").encode()
    whole = "".join(f"%{byte:02x}" for byte in text.encode())
    yield "percent, every byte", whole.encode()
    yield "percent, every byte", whole.upper().encode()
    escaped = json.dumps(text)[1:-1]
    yield from _written("json escapes", escaped.encode())
    yield "json escapes upper", escaped.upper().replace("\\U", "\\u").encode()
    yield "entities", "".join(f"&#{ord(letter)};" for letter in text).encode()


def _written(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    yield name, data
    yield f"{name}, hex", data.hex().encode()
    yield f"{name}, HEX", data.hex().upper().encode()
    for offset in range(3):
        yield from _base64(name, data, offset)


def _base64(name: str, data: bytes, offset: int) -> Iterator[tuple[str, bytes]]:
    """What of `data` is the same whatever stands before and after it, when it begins at this offset of a triple."""
    first = -(-offset * 8 // 6)  # letters that also carry bits of the bytes before
    last = (offset + len(data)) * 8 // 6
    written = base64.b64encode(bytes(offset) + data + bytes(3))[first:last]
    yield f"{name}, base64 at {offset}", written
    yield f"{name}, base64url at {offset}", written.translate(bytes.maketrans(b"+/", b"-_"))
