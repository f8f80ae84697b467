"""活躍の場と地域の課題: where somebody may take part, and what the area lacks. Nobody is named on this page."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from ...actions import community
from ...core.errors import DeskError
from ...models.community import CommunityIssue, Opportunity
from ...queries.access import demand
from ..layout.lookups import people
from ..layout.page import changes, say, sees
from ..layout.session import me, the_desk
from ..layout.words import typed_day

pages = Blueprint("places", __name__)
SHORT, LONG = 80, 1000
CALM = range(1, 6)


@pages.get("/places")
def page() -> Any:
    demand(me(), "see", "opportunities")
    rows = list(
        Opportunity.select().order_by(Opportunity.state == "resting", Opportunity.name, Opportunity.id)
    )
    issues = (
        list(CommunityIssue.select().order_by(CommunityIssue.at.desc())) if sees("community_issues") else []
    )
    return render_template(
        "desk/places.html",
        rows=rows,
        issues=issues,
        may_places=changes("opportunities"),
        may_issues=changes("community_issues"),
        choices=community,
        names=people(),
        calm=CALM,
    )


@pages.post("/places")
def add() -> Any:
    return keep_place(None)


@pages.post("/places/<place>")
def change(place: str) -> Any:
    return keep_place(place)


def keep_place(place: str | None) -> Any:
    form = request.form
    calm = form.get("calm", "")
    told = {name: text(name, SHORT) for name in ("name", "host", "kind", "place", "times", "state")} | {
        "note": text("note", LONG),
        "anonymous": form.get("anonymous") == "yes",
        "calm": int(calm) if calm in ("1", "2", "3", "4", "5") else 3,
        "verifiedUntil": day("verified_until"),
    }
    return kept(lambda: community.set_opportunity(the_desk(), me(), told, place), "places")


@pages.post("/issues")
def add_issue() -> Any:
    return keep_issue(None)


@pages.post("/issues/<issue>")
def change_issue(issue: str) -> Any:
    return keep_issue(issue)


def keep_issue(issue: str | None) -> Any:
    told = {name: text(name, SHORT) for name in ("title", "area", "state")}
    told |= {name: text(name, LONG) for name in ("what", "resources")}
    return kept(lambda: community.set_issue(the_desk(), me(), told, issue), "issues")


def kept(keep: Any, part: str) -> Any:
    try:
        keep()
    except DeskError as error:
        if error.code not in ("empty", "malformed"):
            raise
        say("desk.error.fields_missing", tone="wrong")
    else:
        say("desk.said.written_down")
    return redirect(url_for("places.page") + f"#{part}")


def text(name: str, longest: int) -> str:
    return request.form.get(name, "").strip()[:longest]


def day(name: str) -> str | None:
    given = typed_day(request.form.get(name, ""))
    return None if given is None else given.isoformat()
