"""JSON that reads the same in every language, or not at all (SPEC 1.7).

Two readers that differ about a text can be played against each other: one verifies, the other obeys.
So there is no second member of one name, no number that is not a whole one, no lone surrogate.
"""

import json
import re
from typing import Any, NoReturn

from sync.errors import SyncError
from sync.limits import MAX_DEPTH, MAX_VALUES

_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,14}")
_LONE = re.compile("[\ud800-\udfff]")

Json = dict[str, Any]


def read_json(data: bytes) -> Json:
    """The one JSON object these bytes spell. `malformed` for everything else, too deep and too many included."""
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_members,
            parse_int=_whole,
            parse_float=_not_whole,
            parse_constant=_not_whole,
        )
    except (ValueError, RecursionError) as error:
        raise SyncError("malformed", "not strict JSON") from error
    if not isinstance(value, dict):
        raise SyncError("malformed", "not a JSON object")
    _check(value)
    return value


def write_json(value: Json) -> bytes:
    """The bytes of a JSON object. A lone surrogate becomes U+FFFD: a keyboard's slip must not stop a record."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    data = _LONE.sub("\ufffd", text).encode("utf-8")
    read_json(data)  # what a reader would refuse is refused here, where somebody can still act
    return data


def check_version(value: Json, what: str) -> None:
    """`unknown_version` unless `v` is the number 1. (In Python `True == 1`: a version of `true` is not 1.)"""
    if type(value.get("v")) is not int or value["v"] != 1:
        raise SyncError("unknown_version", what)


def _members(pairs: list[tuple[str, Any]]) -> Json:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("two members of one name")
    if "__proto__" in members:
        raise ValueError("a member named __proto__")
    return members


def _whole(text: str) -> int:
    if _WHOLE.fullmatch(text) is None:
        _not_whole(text)
    return int(text)


def _not_whole(text: str) -> NoReturn:
    raise ValueError("a number that is not whole")


def _check(root: Json) -> None:
    """Depth, number of values (each member's value, each list entry, the root) and well-formed texts."""
    values = 0
    level: list[Any] = [root]
    depth = 0
    while level:
        values += len(level)
        if values > MAX_VALUES:
            raise SyncError("malformed", "too many values")
        below: list[Any] = []
        nested = False
        for value in level:
            if isinstance(value, str):
                _check_text(value)
            elif isinstance(value, dict):
                nested = True
                for name in value:
                    _check_text(name)
                below.extend(value.values())
            elif isinstance(value, list):
                nested = True
                below.extend(value)
        depth += nested
        if depth > MAX_DEPTH:
            raise SyncError("malformed", "nested too deep")
        level = below


def _check_text(text: str) -> None:
    if _LONE.search(text) is not None:
        raise SyncError("malformed", "a lone surrogate")
