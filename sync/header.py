"""The header of an envelope: fixed text, strictly read (SPEC 2). Parse then print is byte-identical."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass

from sync.encoding import MAX_INT, NONE, is_name, parse_int, unb64u
from sync.errors import SyncError
from sync.limits import MAX_BLOB_BYTES, MAX_HEADER_BLOBS, MAX_HEADER_BYTES, MAX_RUN

VERSION = b"sotto/1"
_ANY_VERSION = re.compile(rb"sotto/[0-9A-Za-z.]{1,16}")
_LINES = ("from", "to", "key", "run", "n", "prev", "seen")

Seen = tuple[int, int, str]
NOTHING_SEEN: Seen = (0, 0, NONE)


@dataclass(frozen=True)
class Header:
    """`from_`, `to`, `key`: names. `prev`: the id of n−1, or `-`. `seen`: (run, n, id) accepted the other way.

    `blobs`: (id, sealed size in bytes) of each photo the events name.
    """

    from_: str
    to: str
    key: str
    run: int
    n: int
    prev: str
    seen: Seen = NOTHING_SEEN
    blobs: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        _check(self)

    @classmethod
    def parse(cls, data: bytes) -> Header:
        """Raise `unknown_version` before any other fault, `malformed` for everything else."""
        _check_version(data)
        if len(data) > MAX_HEADER_BYTES or not data.endswith(b"\n"):
            raise SyncError("malformed", "header too long or cut off")
        try:
            lines = data.decode("ascii").split("\n")[1:-1]
        except UnicodeDecodeError as error:
            raise SyncError("malformed", "header is not ASCII") from error
        if len(lines) < len(_LINES):
            raise SyncError("malformed", "header lines missing")
        words = [_words(line, name) for line, name in zip(lines, _LINES, strict=False)]
        run, n, id_ = _exactly(words[6], 3)
        header = cls(
            from_=_exactly(words[0], 1)[0],
            to=_exactly(words[1], 1)[0],
            key=_exactly(words[2], 1)[0],
            run=parse_int(_exactly(words[3], 1)[0]),
            n=parse_int(_exactly(words[4], 1)[0]),
            prev=_exactly(words[5], 1)[0],
            seen=(parse_int(run), parse_int(n), id_),
            blobs=tuple(_blob(line) for line in lines[len(_LINES) :]),
        )
        if header.to_bytes() != data:
            raise SyncError("malformed", "header does not print as it was read")
        return header

    def following(self, id_: str) -> Header:
        """The header after this one, whose envelope's id is `id_`: what a short frame leaves out (SPEC 3.3).

        All of it was checked in this one, so only what is new can be wrong.
        """
        if self.n == MAX_INT:
            raise SyncError("malformed", "run and n count from 1")
        header = copy.copy(self)
        for name, value in {"n": self.n + 1, "prev": id_, "blobs": ()}.items():
            object.__setattr__(header, name, value)
        return header

    def to_bytes(self) -> bytes:
        seen = f"{self.seen[0]} {self.seen[1]} {self.seen[2]}"
        lines = [
            VERSION.decode("ascii"),
            f"from {self.from_}",
            f"to {self.to}",
            f"key {self.key}",
            f"run {self.run}",
            f"n {self.n}",
            f"prev {self.prev}",
            f"seen {seen}",
            *(f"blob {id_} {size}" for id_, size in self.blobs),
        ]
        return ("\n".join(lines) + "\n").encode("ascii")


def _check_version(data: bytes) -> None:
    first, newline, _ = data[: MAX_HEADER_BYTES + 1].partition(b"\n")
    if first == VERSION and newline:
        return
    if newline and _ANY_VERSION.fullmatch(first):
        raise SyncError("unknown_version", first.decode("ascii"))
    raise SyncError("malformed", "not a header")


def _check(header: Header) -> None:
    """What parsing and printing both demand, so that nothing is ever sealed under a header no reader takes."""
    for name in (header.from_, header.to, header.key):
        unb64u(name, 32)
    if not 1 <= header.run <= MAX_RUN or not 1 <= header.n <= MAX_INT:
        raise SyncError("malformed", "run and n count from 1")
    if (header.prev == NONE) != (header.n == 1):
        raise SyncError("malformed", "prev is - exactly when n is 1")
    if header.prev != NONE:
        unb64u(header.prev, 32)
    _check_seen(header.seen)
    if len(header.blobs) > MAX_HEADER_BLOBS or len({id_ for id_, _ in header.blobs}) != len(header.blobs):
        raise SyncError("malformed", "too many blobs, or one twice")
    for id_, size in header.blobs:
        unb64u(id_, 32)
        if not 1 <= size <= MAX_BLOB_BYTES:
            raise SyncError("malformed", "blob size")


def _check_seen(seen: Seen) -> None:
    run, n, id_ = seen
    if seen == NOTHING_SEEN:
        return
    if not 1 <= run <= MAX_INT or not 1 <= n <= MAX_INT or not is_name(id_):
        raise SyncError("malformed", "seen")


def _words(line: str, name: str) -> list[str]:
    words = line.split(" ")
    if words[0] != name:
        raise SyncError("malformed", f"expected the line {name}")
    return words[1:]


def _exactly(words: list[str], count: int) -> list[str]:
    if len(words) != count:
        raise SyncError("malformed", "words in a header line")
    return words


def _blob(line: str) -> tuple[str, int]:
    id_, size = _exactly(_words(line, "blob"), 2)
    return id_, parse_int(size)
