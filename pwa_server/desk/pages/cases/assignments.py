"""受け持ち: who has a case, who had it, and handing it over with a word."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from ... import actions
from ...actions import trust
from ...models.office_and_cases import Assignment
from ...queries import gates
from ...queries.access_log import note_view
from ..layout.form_values import LONGEST_NOTE
from ..layout.lookups import others, people
from ..layout.page import changes, say
from ..layout.permissions import see_case
from ..layout.session import me, the_desk

pages = Blueprint("assigned", __name__)


@pages.get("/cases/<case>/assigned")
def page(case: str) -> Any:
    row = see_case(case)
    note_view(the_desk(), me(), "assigned", case)
    rows = list(
        Assignment.select().where(Assignment.case == case).order_by(Assignment.from_on, Assignment.id)
    )
    now = [one for one in rows if one.until_at is None]
    return render_template(
        "desk/assigned.html",
        case=row,
        now_rows=now,
        past=[one for one in rows if one.until_at is not None][::-1],
        names=people(),
        others=others(""),
        may_decide=changes("core", case),
        chosen=request.args.get("from", ""),
    )


@pages.post("/cases/<case>/assigned")
def change(case: str) -> Any:
    """Assign, hand over, or end an assignment."""
    see_case(case)
    form, desk = request.form, the_desk()
    note = form.get("note", "").strip()[:LONGEST_NOTE]
    if form.get("do") == "end":
        actions.unassign(desk, me(), case, form.get("from", ""), note)
        say("desk.said.unassigned")
    elif code := gates.why_not("assign", case, desk.today(), to=form.get("to", "")):
        say(f"desk.error.{code}", tone="wrong")
    elif form.get("to", "") in {row.id for row in others("")} and form.get("to") != form.get("from"):
        trust.hand_over(desk, me(), case, form.get("from") or None, form["to"], note)
        say("desk.said.handed_over")
    else:
        say("desk.error.hand_to", tone="wrong")
    return redirect(url_for("assigned.page", case=case))
