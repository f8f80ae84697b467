"""JSON that a browser sends: what is none, or nests so deep that reading it would fail, is malformed (400)."""

import json
from typing import Any

from flask import request

from sync.limits import MAX_DEPTH

from ...core.errors import DeskError


def parse_json(text: str | bytes) -> Any:
    """The value. Raises DeskError malformed."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise DeskError("malformed") from None
    _check_depth(content)
    return content


def json_body() -> dict[str, Any]:
    """The one object in this request's body. Raises DeskError malformed."""
    content = parse_json(request.get_data())
    if not isinstance(content, dict):
        raise DeskError("malformed")
    return content


def _check_depth(entries: Any) -> None:
    level = [entries]
    for _ in range(MAX_DEPTH):
        level = [value for one in level for value in _values(one)]
        if not level:
            return
    raise DeskError("malformed")


def _values(one: Any) -> list[Any]:
    if isinstance(one, dict):
        return list(one.values())
    return one if isinstance(one, list) else []
