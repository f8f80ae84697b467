"""この記録を見た人: everybody who looked at one case, at the desk or on a phone, to be handed to the person."""

from typing import Any

from flask import Blueprint, render_template

from ...core.errors import DeskError
from ...models.office_and_cases import Staff
from ...queries.access import demand
from ...queries.access_log import note_view, verify_lines, views
from ..layout.permissions import see_case
from ..layout.session import me, the_desk

pages = Blueprint("readers", __name__)
MOST = 5000


@pages.get("/cases/<case>/readers")
def page(case: str) -> Any:
    row = see_case(case)
    demand(me(), "see", "access_log", case)
    note_view(the_desk(), me(), "readers", case)
    rows = views(case=case, limit=MOST)
    broken = ""
    try:
        verify_lines(rows)
    except DeskError as error:
        broken = error.detail
    return render_template(
        "desk/readers.html",
        case=row,
        rows=rows,
        people=by_person(rows),
        broken=broken,
        staff={one.id: one for one in Staff.select()},
    )


def by_person(rows: list[Any]) -> list[dict[str, Any]]:
    """Each reader once: how often, first and last. In order of the first look, which ranks nobody."""
    found: dict[str, dict[str, Any]] = {}
    for row in reversed(rows):
        one = found.setdefault(row.staff, {"staff": row.staff, "count": 0, "first": row.at, "last": row.at})
        one["count"] += 1
        one["last"] = row.at
    return list(found.values())
