"""閲覧の記録: who looked at what, when, from where. Looking at this page is written down too."""

from typing import Any

from flask import Blueprint, render_template, request

from ...core.errors import DeskError
from ...queries import access_log_head
from ...queries.access import sees_all
from ...queries.access_log import length, note_view, verify_lines, views
from ..layout.emergency_notices import unnoticed
from ..layout.lookups import books
from ..layout.page import sees
from ..layout.session import me, the_desk

pages = Blueprint("access_log", __name__)
PAGE = 100


@pages.get("/access-log")
def page() -> Any:
    person, own = me(), not sees_all(me(), "access_log")
    if not sees("access_log"):
        raise DeskError("not_allowed")
    case = request.args.get("case") or None
    note_view(the_desk(), person, "access_log", case)
    before = request.args.get("before", "")
    rows = views(
        staff=person.id if own else None,
        case=case,
        limit=PAGE + 1,
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 12 else 0,
    )
    broken = ""
    try:
        verify_lines(rows)  # what is shown; `sotto verify-log` walks all of it
        access_log_head.check_reach(*access_log_head.newest())
    except DeskError as error:
        broken = error.detail
    found = books()
    return render_template(
        "desk/access_log.html",
        rows=rows[:PAGE],
        count=length(),
        broken=broken,
        more=rows[PAGE - 1].position if len(rows) > PAGE else None,
        own=own,
        notices=unnoticed(),
        case=found["cases"].get(case or ""),
        **found,
    )
