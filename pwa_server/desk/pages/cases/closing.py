"""評価と終結: what has changed, how it ends, who stays in touch; and the same case opened again under its number."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from ...actions import plans as actions
from ...core.errors import DeskError
from ...queries import plans
from ...queries.access import demand
from ...queries.access_log import note_view
from ...queries.owners import held_of_case
from ...queries.plan_fields import CLOSING, LINE, TEXT, cut, read, typed
from ..layout.form_rows import blank, with_room
from ..layout.forms import Form, Text, at_field, checked, sent, sent_form
from ..layout.lookups import people
from ..layout.page import changes, say
from ..layout.session import me, the_desk
from .plan import Rows, see_plan

pages = Blueprint("closing", __name__)


class Reopen(Form):
    reason: Text = ""


@pages.route("/cases/<case>/closing", methods=["GET", "POST"])
def write(case: str) -> Any:
    row = see_plan(case)
    if request.method == "GET":
        note_view(the_desk(), me(), "closing", case)
        entries = blank(CLOSING) | {"on": g.words.today.isoformat()}
        return page_of(row, entries, {})
    demand(me(), "change", "plan", case)
    entries = typed(CLOSING, sent_form())
    if sent(Rows).more:
        return page_of(row, entries, {}, more=True)
    values, wrong = read(CLOSING, entries)
    if wrong:
        return page_of(row, entries, wrong)
    try:
        actions.close_case(the_desk(), me(), case, values)
    except DeskError as error:
        if error.code != "case_closed":
            raise
        say("desk.error.case_closed", tone="wrong")
    else:
        say("desk.said.case_closed", no=row.no)
    return redirect(url_for("closing.write", case=case))


def page_of(case: Any, entries: dict[str, Any], wrong: dict[str, str], *, more: bool = False) -> Any:
    g.refused = bool(wrong)
    name = f"closing {case.id}"
    seen = plans.classes_seen(me(), case.id)
    ends = [(one, cut(CLOSING, one.__data__, seen)) for one in plans.closings(case.id)]
    version = plans.decided(case.id) or plans.current(case.id)
    return render_template(
        "desk/closing.html",
        case=case,
        fields={one.name: one for one in CLOSING},
        told=entries,
        wrong=wrong,
        room=with_room(CLOSING, entries, name, more=more),
        keep=name,
        ends=ends,
        seen=seen,
        goals=version.content["goals"] if version else [],
        before=plans.monitorings(case.id) if "plan_content" in seen else [],
        holds=held_of_case(case.id),
        changes_learnings=changes("learnings"),
        may_close=changes("plan", case.id) and case.status == "active",
        may_reopen=changes("plan", case.id) and case.status == "closed",
        longest={"line": LINE, "text": TEXT},
        people=people(),
    )


@pages.post("/cases/<case>/reopen")
def reopen(case: str) -> Any:
    row = see_plan(case)
    back = url_for("closing.write", case=case)
    try:
        actions.reopen_case(the_desk(), me(), case, checked(Reopen, back).reason)
    except DeskError as error:
        if error.code != "reason_missing":
            raise
        raise at_field(back, "reason", "desk.error.reason_missing") from None
    say("desk.said.case_reopened", no=row.no)
    return redirect(url_for("cases.one", case=case))
