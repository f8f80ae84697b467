"""伴走: who has the ball. First what nobody has, then by organisation and day, never by number."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from ...actions import plans as actions
from ...queries import plans
from ...queries.access import demand
from ...queries.access_log import note_views
from ..layout.form_values import read_day
from ..layout.lookups import books
from ..layout.page import changes, say, sees
from ..layout.permissions import demand_sight
from ..layout.session import me, the_desk
from ..layout.words import as_date

pages = Blueprint("accompanying", __name__)
SHOWS = ("all", "late", "nobody")
COLUMNS = ("late", "week", "next", "after")
MOST = 200  # cases nobody has a promise in, shown at once


@pages.get("/accompanying")
def page() -> Any:
    demand_sight()
    if not sees("plan"):
        demand(me(), "see", "plan")
    held = plans.held(me())
    chosen = request.args.get("show", "all")
    chosen = chosen if chosen in SHOWS else "all"
    left = plans.gone()
    rows = [row for row in held.balls if row.staff not in left]
    dropped = [row for row in held.balls if row.staff in left]
    late = [row for row in rows if column_of(row.until) == "late"]
    sizes = {"all": len(held.balls) + len(held.nobody), "late": len(late), "nobody": len(held.nobody)}
    shown = {"all": rows, "late": late, "nobody": []}[chosen]
    nobody = held.nobody[:MOST] if chosen != "late" else []
    dropped = dropped if chosen != "late" else []
    note_views(
        the_desk(),
        me(),
        "accompanying",
        [*(row.case for row in (*shown, *dropped)), *(row.id for row in nobody)],
    )
    return render_template(
        "desk/accompanying.html",
        nobody=nobody,
        dropped=dropped,
        lanes=lanes(shown),
        columns=COLUMNS,
        ends=ends(),
        chosen=chosen,
        sizes=sizes,
        may_write=changes("plan"),
        **books(shown, dropped),
    )


def lanes(rows: list[Any]) -> list[tuple[str, dict[str, list[Any]]]]:
    """Each organisation, in the order of its letters, with its promises by how near their day is."""
    told: dict[str, dict[str, list[Any]]] = {}
    for row in rows:
        lane = told.setdefault(row.organisation, {name: [] for name in COLUMNS})
        lane[column_of(row.until)].append(row)
    return sorted(told.items())


def ends() -> dict[str, date]:
    """The last day of this week and of the next: a week ends on Sunday."""
    sunday = g.words.today + timedelta(days=6 - g.words.today.weekday())
    return {"week": sunday, "next": sunday + timedelta(days=7)}


def column_of(until: str) -> str:
    on, last = as_date(until), ends()
    if on < g.words.today:
        return "late"
    return "week" if on <= last["week"] else "next" if on <= last["next"] else "after"


@pages.post("/accompanying/<ball>")
def note(ball: str) -> Any:
    """An overdue promise has two acts: it was asked about by voice, or its day is another."""
    form = request.form
    how, until = form.get("how", ""), read_day(form.get("until", ""))
    if how == "moved" and until is None:
        say("desk.error.day_missing", tone="wrong")
        return redirect(url_for("accompanying.page"))
    told = form.get("note", "").strip()[:500]
    day = until.isoformat() if how == "moved" and until else None
    actions.note_ball(the_desk(), me(), ball, how, day, told)
    say(f"desk.said.ball_{how}")
    return redirect(url_for("accompanying.page"))
