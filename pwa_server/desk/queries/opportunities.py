"""Places to take part in as somebody looks for one, and what their day of being looked at again means."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sync.folding import fold, words_of

from ..models.opportunities import FIELDS, HostContact, Opportunity

CHECK_AGAIN = timedelta(days=183)  # half a year, unless another day is named


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed to. `load`: at most; a place whose load nobody knows is shown."""

    kind: str = ""
    district: str = ""
    state: str = ""
    load: int | None = None
    anonymous: bool = False
    old: bool = False
    words: str = ""


def listed(wanted: Wanted, today: date) -> list[Any]:
    """By name."""
    rows = Opportunity.select()
    for name in ("kind", "district", "state"):
        if value := getattr(wanted, name):
            rows = rows.where(getattr(Opportunity, name) == value)
    asked = words_of(wanted.words)
    found = [row for row in rows if _fits(row, wanted, today) and _holds(row, asked)]
    return sorted(found, key=lambda row: (fold(row.name), row.id))


def _fits(row: Any, wanted: Wanted, today: date) -> bool:
    quiet = wanted.load is None or row.load is None or row.load <= wanted.load
    return quiet and (row.anonymous or not wanted.anonymous) and (is_old(row, today) or not wanted.old)


def _holds(row: Any, asked: list[str]) -> bool:
    text = fold("\n".join(getattr(row, one.name) for one in FIELDS)) if asked else ""
    return all(word in text for word in asked)


def is_old(row: Any, today: date) -> bool:
    """Nobody has asked the host lately whether it is still so, or ever: it is shown, and asked before it is told of."""
    return row.state != "resting" and (row.verified_until is None or row.verified_until < today.isoformat())


def talks(opportunity: str) -> list[Any]:
    """What was talked over with a host, the latest first."""
    rows = HostContact.select().where((HostContact.opportunity == opportunity) & ~HostContact.undone)
    return list(rows.order_by(HostContact.on.desc(), HostContact.position.desc()))
