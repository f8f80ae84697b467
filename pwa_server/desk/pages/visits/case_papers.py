"""Forms of a case on paper: assessment (F2), the list of contacts (F5), evaluation (F6); the headings of all forms.

What this program has no field for is an empty line to write on, never "none".
"""

from typing import Annotated, Any

from flask import Blueprint, redirect, render_template, url_for
from pydantic import create_model

from ...actions.paper_headings import set_headings
from ...queries import plans
from ...queries.access import demand, may, shown_flags, visible_record
from ...queries.access_log import note_view
from ...queries.cases import safety_of
from ...queries.paper_headings import FORMS, LONGEST
from ...queries.plan_fields import CLOSING, cut
from ..cases.household import DRAWINGS, drawn
from ..cases.plan import see_plan
from ..layout.forms import Form, checked, most
from ..layout.lookups import bodies, people
from ..layout.page import say
from ..layout.permissions import see_case
from ..layout.session import me, the_desk
from .print import reviewed

pages = Blueprint("case_papers", __name__)
# Of the assessment form (domain.md 1.3): no field here holds them, so that they are written by hand.
BY_HAND = ("housing", "health", "living", "money", "work", "past_support", "formulation", "judgement")
Headings = create_model(
    "Headings", __base__=Form, **dict.fromkeys(FORMS, (Annotated[str, most(LONGEST)], ""))
)  # type: ignore[call-overload]


@pages.get("/cases/<case>/assessment")
def assessment(case: str) -> Any:
    """インテーク・アセスメントシート."""
    row = see_case(case)
    note_view(the_desk(), me(), "assessment", case)
    household = drawn(case)
    return render_template(
        "desk/assessment_sheet.html",
        case=row,
        members=household["members"],
        safety=shown_flags(me(), safety_of(case)) if may(me(), "see", "safety", case) else [],
        **{name: household[name] for name in DRAWINGS},
        by_hand=BY_HAND,
    )


@pages.get("/cases/<case>/progress")
def progress(case: str) -> Any:
    """支援経過記録（経過一覧）: contacts a supervisor has approved, the earliest first."""
    row = see_case(case)
    note_view(the_desk(), me(), "progress", case)
    past = sorted(reviewed(case), key=lambda one: (one.occurred_at, one.id))
    records = bodies(past)
    shown = {visit.id: visible_record(me(), records[visit.id], case, visit.staff) or {} for visit in past}
    return render_template("desk/progress_sheet.html", case=row, past=past, told=shown, people=people())


@pages.get("/cases/<case>/closing/sheet")
def evaluation(case: str) -> Any:
    """評価シート: how each goal stood last, what has changed, how it ended, who stays in touch."""
    row = see_plan(case)
    note_view(the_desk(), me(), "evaluation", case)
    seen = plans.classes_seen(me(), case)
    version = plans.decided(case) or plans.current(case)
    content = plans.content_for(me(), version) if version else {}
    looked = plans.monitorings(case) if "plan_content" in seen else []
    ends = plans.closings(case)
    return render_template(
        "desk/evaluation_sheet.html",
        case=row,
        goals=content.get("goals", []),
        content=content,
        last={item["goal"]: item for one in looked for item in one.items},
        looked=looked[-1] if looked else None,
        end=ends[0] if ends else None,
        told=cut(CLOSING, ends[0].__data__, seen) if ends else {},
        people=people(),
    )


@pages.post("/settings/headings")
def headings() -> Any:
    demand(me(), "change", "settings")
    back = url_for("settings.page") + "#headings"
    form = checked(Headings, back)
    set_headings(the_desk(), me(), {name: getattr(form, name) for name in FORMS})
    say("desk.said.settings")
    return redirect(back)
