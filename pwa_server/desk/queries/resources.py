"""The register of what the area has, as far as each may see of it, and how old each entry is."""

from datetime import date, timedelta
from typing import Any

from sync.folding import fold, words_of

from ..models.resources import FIELDS, KINDS, VISIBILITIES, Resource
from .access import Actor, may

OLD = timedelta(days=365)


def visible(actor: Actor) -> tuple[str, ...]:
    """The visibilities this person may read."""
    if not may(actor, "see", "opportunities"):
        return ()
    if may(actor, "change", "opportunities"):
        return VISIBILITIES
    return ("public",) if actor.role == "commissioner" else ("public", "agencies")


def listed(actor: Actor, kind: str = "", district: str = "", words: str = "") -> list[Any]:
    """By name; what is no more is left out."""
    rows = Resource.select().where(Resource.visibility.in_(visible(actor)) & Resource.ended.is_null())
    rows = rows.where(Resource.kind == kind) if kind else rows
    rows = rows.where(Resource.district == district) if district else rows
    wanted = words_of(words)
    return sorted((row for row in rows if _holds(row, wanted)), key=lambda row: (fold(row.name), row.id))


def _holds(row: Any, wanted: list[str]) -> bool:
    text = fold("\n".join(getattr(row, one.name) for one in FIELDS)) if wanted else ""
    return all(word in text for word in wanted)


def is_old(row: Any, today: date) -> bool:
    return bool(row.checked_on < (today - OLD).isoformat())


def sizes(rows: list[Any]) -> dict[str, int]:
    return {kind: number for kind in KINDS if (number := sum(row.kind == kind for row in rows))}
