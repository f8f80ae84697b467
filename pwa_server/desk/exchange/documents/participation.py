"""How somebody of one household takes part, on a phone: what a host may be told, the places, and whom to ask when."""

from typing import Any

from ...core.desk import Desk
from ...models.opportunities import Opportunity
from ...models.participation import STEPS
from ...queries.access import may
from ...queries.participation import entries_by_match, follow_ups, matches_of, told_to_host

SHOWN = 10  # the ones that moved last


def participation_of(desk: Desk, worker: Any, case: str) -> dict[str, Any] | None:
    """None where it is not for this phone, or nobody has thought of a place yet."""
    if not may(worker, "see", "matching", case, place="phone"):
        return None
    rows = [row for row in matches_of(case) if row.step in STEPS][:SHOWN]
    if not rows:
        return None
    shared = told_to_host(case, desk.today())
    sees_places = may(worker, "see", "opportunities", case, place="phone")
    there = Opportunity.select().where(Opportunity.id.in_([row.opportunity for row in rows]))
    places = {one.id: one for one in there} if sees_places else {}
    entries = entries_by_match([row.id for row in rows])
    may_read = may(worker, "see", "participation_profile", case, place="phone")
    lines = shared.lines if may_read else {}
    return {
        "missing": shared.missing,
        "told": [{"name": name, "text": text} for name, text in lines.items()],
        "kept": shared.kept,
        "matches": [_match(row, places.get(row.opportunity), entries[row.id]) for row in rows],
    }


def _match(row: Any, place: Any, entries: list[Any]) -> dict[str, Any]:
    return {
        "match": row.id,
        "place": place.name if place else "",
        "where": "　".join(text for text in (place.district, place.place) if text) if place else "",
        "times": place.times if place else "",
        "step": row.step,
        "days": row.days,
        "started": row.started,
        "ask": [
            {"side": one.side, "period": one.period, "on": one.on.isoformat()}
            for one in follow_ups(row, entries)
            if one.heard is None
        ],
    }
