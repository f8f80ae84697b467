"""Households somebody was asked to keep an eye on, when that is all they may know of them: a name and a place.

For a welfare commissioner (domain.md 7.1, P5): at the desk and on their phone the same two lines.
"""

from typing import Any

from ..models.office_and_cases import Assignment, Begun, CaseFile
from .access import Actor, assigned_cases, cell, may


def watched(actor: Actor, place: str = "desk") -> list[dict[str, str]]:
    """[{"case", "name", "place"}], by case number; "" where nobody wrote it down. None for whoever reads cases."""
    if cell(actor.role, "core")[0]:
        return []
    seen = [case for case in assigned_cases(actor.id) if may(actor, "see", "identity", case, place=place)]
    return [_lines(case) for case in seen]


def _lines(case: str) -> dict[str, str]:
    begun = Begun.get_or_none(Begun.case == case)
    known = begun.known if begun else {}
    name = CaseFile.get_by_id(case).kana or known.get("name") or ""
    return {"case": case, "name": name, "place": known.get("place") or ""}


def may_be_on_phone(person: Any, heard_at: str | None) -> list[str]:
    """Cases a commissioner's phone may still name: running ones, and those that ended since it was last heard of."""
    if cell(person.role, "core")[0] or not cell(person.role, "identity")[0]:
        return []
    rows = Assignment.select(Assignment.case).where(Assignment.staff == person.id)
    if heard_at:
        rows = rows.where(Assignment.until_at.is_null() | (Assignment.until_at >= heard_at))
    return sorted({row.case for row in rows})
