"""JSON that a browser sends: what is none, or nests so deep that reading it would fail, is malformed (400)."""

import json
from typing import Any

from flask import request

from sync.limits import MAX_DEPTH

from ...core.errors import DeskError


def read_told(text: str | bytes) -> Any:
    """The value. Raises DeskError malformed."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        raise DeskError("malformed") from None
    _check_depth(told)
    return told


def body_told() -> dict[str, Any]:
    """The one object in this request's body. Raises DeskError malformed."""
    told = read_told(request.get_data())
    if not isinstance(told, dict):
        raise DeskError("malformed")
    return told


def _check_depth(told: Any) -> None:
    level = [told]
    for _ in range(MAX_DEPTH):
        level = [value for one in level for value in _values(one)]
        if not level:
            return
    raise DeskError("malformed")


def _values(one: Any) -> list[Any]:
    if isinstance(one, dict):
        return list(one.values())
    return one if isinstance(one, list) else []
