"""伴走: who has the ball. First what nobody has, then by organisation and day, never by number."""

from datetime import date, timedelta
from typing import Annotated, Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from ...actions import plans as actions
from ...queries import handovers, plans
from ...queries.access import demand
from ...queries.access_log import note_views
from ..cases.list import number
from ..layout.forms import Day, Form, Id, at_field, checked, most
from ..layout.lookups import books
from ..layout.page import changes, say, sees
from ..layout.permissions import demand_sight
from ..layout.session import me, the_desk
from ..layout.words import as_date

pages = Blueprint("accompanying", __name__)
SHOWS = ("all", "late", "nobody")
COLUMNS = ("late", "week", "next", "after")
PAGE = 100


@pages.get("/accompanying")
def page() -> Any:
    demand_sight()
    if not sees("plan"):
        demand(me(), "see", "plan")
    chosen = request.args.get("show", "all")
    chosen = chosen if chosen in SHOWS else "all"
    start = number(request.args.get("from", ""))
    held = plans.held(me(), g.words.today.isoformat(), chosen, start, PAGE)
    unanswered = handovers.overdue(me(), g.words.today)
    seen = [
        *(row.case for row in (*held.balls, *held.dropped, *unanswered)),
        *(row.id for row in held.nobody),
    ]
    note_views(the_desk(), me(), "accompanying", seen)
    following = start + PAGE
    return render_template(
        "desk/accompanying.html",
        nobody=held.nobody,
        dropped=held.dropped,
        lanes=lanes(held.balls),
        columns=COLUMNS,
        ends=ends(),
        chosen=chosen,
        sizes=held.sizes,
        start=start,
        page=PAGE,
        more=following if chosen != "nobody" and following < held.sizes[chosen] else None,
        may_write=changes("plan"),
        overdue_handovers=unanswered,
        today_iso=g.words.today.isoformat(),
        **books(held.balls, held.dropped, unanswered),
    )


def lanes(rows: list[Any]) -> list[tuple[str, dict[str, list[Any]]]]:
    """Each organisation, in the order of its letters, with its promises by how near their day is."""
    lanes: dict[str, dict[str, list[Any]]] = {}
    for row in rows:
        lane = lanes.setdefault(row.organisation, {name: [] for name in COLUMNS})
        lane[column_of(row.until)].append(row)
    return sorted(lanes.items())


def ends() -> dict[str, date]:
    """The last day of this week and of the next: a week ends on Sunday."""
    sunday = g.words.today + timedelta(days=6 - g.words.today.weekday())
    return {"week": sunday, "next": sunday + timedelta(days=7)}


def column_of(until: str) -> str:
    on, last = as_date(until), ends()
    if on < g.words.today:
        return "late"
    return "week" if on <= last["week"] else "next" if on <= last["next"] else "after"


class Asked(Form):
    how: Id = ""
    until: Day = None
    note: Annotated[str, most(500)] = ""


@pages.post("/accompanying/<ball>")
def note(ball: str) -> Any:
    """An overdue promise has two acts: it was asked about by voice, or its day is another."""
    back = url_for("accompanying.page")
    form = checked(Asked, back)
    if form.how == "moved" and form.until is None:
        raise at_field(back, "until", "desk.error.day_missing")
    day = form.until.isoformat() if form.how == "moved" and form.until else None
    actions.note_ball(the_desk(), me(), ball, form.how, day, form.note)
    say(f"desk.said.ball_{form.how}")
    return redirect(back)
