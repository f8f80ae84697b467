"""参加支援: everybody who takes part or may, by where it stands, and whom to ask by today."""

from typing import Any

from flask import Blueprint, render_template

from ...core.errors import NotAllowed
from ...models.opportunities import Opportunity
from ...models.participation import SIDE_ROADS, STEPS
from ...queries import participation as matches
from ...queries.access_log import note_views
from ..layout.lookups import books
from ..layout.page import sees
from ..layout.session import me, the_desk

pages = Blueprint("taking_part", __name__)


@pages.get("/participation")
def page() -> Any:
    if not sees("matching"):
        raise NotAllowed("see matching")
    today = the_desk().today()
    rows = matches.open_matches(me())
    none_yet = matches.without_match(me())
    note_views(the_desk(), me(), "participation_board", [row.case for row in rows])
    return render_template(
        "desk/participation.html",
        lanes={step: [row for row in rows if row.step == step] for step in (*STEPS, *SIDE_ROADS)},
        rows=rows,
        due=matches.due(rows, today),
        none_yet=none_yet,
        places={one.id: one for one in Opportunity.select()},
        today=today.isoformat(),
        **books(rows),
    )
