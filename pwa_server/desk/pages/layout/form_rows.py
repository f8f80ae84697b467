"""Forms made of rows, complete without a script: how many there is room for, and what an empty form holds."""

from typing import Any

from ...queries.plan_fields import MOST_ROWS, Fields
from .drafts import rows_kept

SPARE, MORE = 2, 5  # empty rows under those that are filled in; and when more are asked for


def blank(fields: Fields) -> dict[str, Any]:
    """The values of a form nobody has written in yet."""
    return {one.name: [] if one.kind in ("rows", "codes") else "" for one in fields}


def with_room(fields: Fields, entries: dict[str, Any], draft: str, *, more: bool = False) -> dict[str, int]:
    """Rows to draw for each table: those there are, those the draft has, and a few empty ones."""
    kept = rows_kept(draft)
    room = {}
    for one in fields:
        if one.kind == "rows":
            there = len(entries[one.name])
            drafted = max((kept.get(f"{one.name}.{part.name}", 0) for part in one.parts), default=0)
            room[one.name] = min(max(there + (MORE if more else SPARE), drafted), MOST_ROWS + SPARE)
    return room
