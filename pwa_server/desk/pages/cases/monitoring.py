"""モニタリング: how each goal stands, by a fact; and the ball is passed in the same form."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from ...actions import plans as actions
from ...core.errors import DeskError
from ...queries import plans
from ...queries.access import demand
from ...queries.access_log import note_view
from ...queries.plan_fields import LINE, MONITORING, PASSING, TEXT, read, typed
from ..layout.form_rows import blank
from ..layout.forms import Form, Ids, sent, sent_form
from ..layout.lookups import people
from ..layout.page import say
from ..layout.session import me, the_desk
from .plan import see_plan

pages = Blueprint("monitoring", __name__)


class Done(Form):
    done: Ids  # promises that were kept


BALL = "ball."  # before the names of a promise's fields, where a form has others


@pages.route("/cases/<case>/monitoring", methods=["GET", "POST"])
def write(case: str) -> Any:
    row, version = worked_by(case)
    goals = version.content["goals"]
    if request.method == "GET":
        note_view(the_desk(), me(), "monitoring", case)
        entries = blank(MONITORING) | {"on": g.words.today.isoformat()}
        entries["items"] = [{"goal": one["id"], "progress": "", "fact": ""} for one in goals]
        return form_page(row, version, entries, blank(PASSING), {})
    entries = typed(MONITORING, sent_form()) | {"items": items_of(goals)}
    ball = typed(PASSING, sent_form(), BALL)
    values, wrong = read(MONITORING, entries)
    promise, wrong_ball = read(PASSING, ball) if any(text.strip() for text in ball.values()) else (None, {})
    wrong |= {BALL + name: code for name, code in wrong_ball.items()}
    if wrong:
        return form_page(row, version, entries, ball, wrong)
    actions.monitor_plan(the_desk(), me(), case, version.id, values, promise or None, sent(Done).done)
    say("desk.said.monitored")
    return redirect(url_for("accompanying.page"))


def worked_by(case: str) -> tuple[Any, Any]:
    """The case and the version that is followed: the one decided last, or the only one there is."""
    row = see_plan(case)
    demand(me(), "change", "plan", case)
    if row.status != "active":
        raise DeskError("case_closed", row.no)
    version = plans.decided(case) or plans.current(case)
    if version is None:
        raise DeskError("not_found")
    return row, version


def items_of(goals: list[dict[str, Any]]) -> list[dict[str, str]]:
    """A row for each goal, whatever was typed in it."""
    form = sent_form()
    columns = zip(*(form.getlist(f"items.{name}") for name in ("goal", "progress", "fact")), strict=False)
    given = {goal: (progress, fact) for goal, progress, fact in columns}
    rows = []
    for one in goals:
        progress, fact = given.get(one["id"], ("", ""))
        rows.append({"goal": one["id"], "progress": progress, "fact": fact})
    return rows


def form_page(
    case: Any, version: Any, entries: dict[str, Any], ball: dict[str, Any], wrong: dict[str, str]
) -> Any:
    g.refused = bool(wrong)
    before = plans.monitorings(case.id)
    last = {item["goal"]: item for one in before for item in one.items}
    return render_template(
        "desk/monitoring.html",
        case=case,
        version=version,
        goals=version.content["goals"],
        fields={one.name: one for one in MONITORING},
        parts_of={part.name: part for one in MONITORING for part in one.parts},
        passing=PASSING,
        told=entries,
        ball=ball,
        wrong=wrong,
        last=last,
        before=before[::-1],
        balls=plans.balls_of(case.id),
        done=sent(Done).done,
        names={one["id"]: number for number, one in enumerate(version.content["goals"], 1)},
        longest={"line": LINE, "text": TEXT},
        people=people(),
    )


@pages.route("/cases/<case>/ball", methods=["GET", "POST"])
def give(case: str) -> Any:
    """約束を決める: a promise for somebody, where nobody has one."""
    row, _ = worked_by(case)
    if request.method == "GET":
        note_view(the_desk(), me(), "monitoring", case)
        return ball_page(row, blank(PASSING), {})
    entries = typed(PASSING, sent_form(), BALL)
    values, wrong = read(PASSING, entries)
    if wrong:
        return ball_page(row, entries, {BALL + name: code for name, code in wrong.items()})
    actions.pass_ball(the_desk(), me(), case, values)
    say("desk.said.ball_passed")
    return redirect(url_for("accompanying.page"))


def ball_page(case: Any, ball: dict[str, Any], wrong: dict[str, str]) -> Any:
    g.refused = bool(wrong)
    return render_template(
        "desk/ball.html",
        case=case,
        passing=PASSING,
        ball=ball,
        wrong=wrong,
        balls=plans.balls_of(case.id),
        longest={"line": LINE, "text": TEXT},
    )
