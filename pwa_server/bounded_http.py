"""Answers of other machines, read as they come and no further than was expected.

Nothing is asked for in a packed form and nothing packed is taken: 400 KB on the line can be 400 MB in memory.
"""

import time
from dataclasses import dataclass
from typing import Any

import httpx

LONGEST = 300.0  # seconds for a whole answer, however steadily its bytes drip
PLAIN = {"Accept-Encoding": "identity"}


class Unbounded(Exception):
    """The answer is larger, longer on its way, or in another form than was asked for."""


@dataclass(frozen=True)
class Answer:
    status_code: int
    headers: httpx.Headers
    content: bytes


def ask(http: httpx.Client, method: str, path: str, most: int, **more: Any) -> Answer:
    """One request; its answer of at most `most` bytes. Raises httpx.HTTPError, Unbounded."""
    began = time.monotonic()
    headers = {**more.pop("headers", {}), **PLAIN}
    with http.stream(method, path, headers=headers, **more) as answer:
        if answer.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            raise Unbounded("packed, though nobody asked for it")
        parts: list[bytes] = []
        length = 0
        for piece in answer.iter_bytes():
            length += len(piece)
            if length > most:
                raise Unbounded(f"over {most} bytes")
            if time.monotonic() - began > LONGEST:
                raise Unbounded(f"over {LONGEST:.0f} seconds")
            parts.append(piece)
        return Answer(answer.status_code, answer.headers, b"".join(parts))
