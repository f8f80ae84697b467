"""受け持ち: who has a case, who had it, and handing it over with a word."""

from typing import Annotated, Any

from flask import Blueprint, redirect, render_template, request, url_for
from pydantic import Field

from ... import actions
from ...actions import trust
from ...models.office_and_cases import Assignment
from ...queries import gates
from ...queries.access_log import note_view
from ..layout.form_values import LONGEST_NOTE
from ..layout.forms import Form, Id, at_field, checked, most
from ..layout.lookups import others, people
from ..layout.page import changes, say
from ..layout.permissions import see_case
from ..layout.session import me, the_desk

pages = Blueprint("assignments", __name__)


class Change(Form):
    do: Id = ""
    before: Id = Field("", alias="from")
    to: Id = ""
    note: Annotated[str, most(LONGEST_NOTE)] = ""


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
    back = url_for("assignments.page", case=case)
    form, desk = checked(Change, back), the_desk()
    if form.do == "end":
        actions.unassign(desk, me(), case, form.before, form.note)
        say("desk.said.unassigned")
    elif code := gates.why_not("assign", case, desk.today(), to=form.to):
        raise at_field(back, "to", f"desk.error.{code}")
    elif form.to in {row.id for row in others("")} and form.to != form.before:
        trust.hand_over(desk, me(), case, form.before or None, form.to, form.note)
        say("desk.said.handed_over")
    else:
        raise at_field(back, "to", "desk.error.hand_to")
    return redirect(back)
