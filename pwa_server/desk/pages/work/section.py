"""決めること: the section's page (所管課). Plans that wait for the city, incidents with their clock, the year.

Nothing here compares people or bodies: no figure of theirs, and no order by one.
"""

from typing import Annotated, Any

from flask import Blueprint, g, redirect, render_template, url_for
from pydantic import Field, create_model

from ...actions import incidents as acts
from ...core.errors import NotAllowed
from ...queries import incidents, section
from ...queries.access import demand
from ...queries.access_log import note_views
from ..layout.forms import Form, read_form, typed
from ..layout.lookups import people
from ..layout.page import changes, opens, say
from ..layout.session import me, the_desk

pages = Blueprint("section", __name__)
Number = Annotated[int, Field(ge=1, le=incidents.MOST_DAYS)]
Days = create_model("Days", __base__=Form, **dict.fromkeys(incidents.USUAL, (Number, ...)))  # type: ignore[call-overload]


@pages.get("/section")
def page() -> Any:
    return _page({})


def _page(wrong: dict[str, str]) -> str:
    if not opens("section"):
        raise NotAllowed("see section")
    today = the_desk().today()
    waiting = section.decisions_waiting()
    note_views(the_desk(), me(), "section", [one.case.id for one in waiting])
    return render_template(
        "desk/section.html",
        waiting=waiting,
        leads={one.case.id: _leads(one.version) for one in waiting},
        incidents=incidents.running(today),
        days=typed(Days) if wrong else incidents.days(),
        most=incidents.MOST_DAYS,
        wrong=wrong,
        may_change=changes("incidents"),
        months=section.months(today),
        contractors=section.contractors(),
        names=people(),
    )


def _leads(version: Any) -> list[str]:
    return [str(one.get("organisation") or "") for one in version.content.get("roles", []) if one.get("lead")]


@pages.post("/section/days")
def set_days() -> Any:
    """Days until each report, as the office's own rules have them."""
    demand(me(), "change", "plan_decision")
    demand(me(), "change", "incidents")
    shape, wrong = read_form(Days)
    if shape is None:
        g.refused = True
        return _page(
            dict.fromkeys(wrong, g.words.t("desk.section.wrong_days", most=incidents.MOST_DAYS))
        ), 400
    acts.set_days(the_desk(), me(), shape.model_dump())
    say("desk.said.report_days")
    return redirect(url_for("section.page") + "#days")
