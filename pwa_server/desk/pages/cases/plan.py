"""支援プラン: one agreed page of whose issue, whose wish, and who does what; its versions, the decision, the sheet."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from ...actions import plans as actions
from ...core.errors import DeskError, NotAllowed
from ...models.plans import PlanVersion
from ...queries import plans
from ...queries.access import demand, may
from ...queries.access_log import note_view
from ...queries.gates import why_not
from ...queries.plan_fields import DECISIONS, LINE, PLAN, RESULTS, TEXT, at_odds, read, typed
from ..layout.form_rows import blank, with_room
from ..layout.forms import Form, Id, NeededDay, Text, Tick, WrongForm, checked, retyped, sent, sent_form
from ..layout.forms import typed as typed_form
from ..layout.lookups import people
from ..layout.page import changes, say
from ..layout.permissions import see_case
from ..layout.session import me, the_desk
from .case import consents
from .consents import told_to

pages = Blueprint("plan", __name__)


class Rows(Form):
    more: Tick = False  # asked for more empty rows


class Change(Form):
    """What changed, in a sentence; the version the form was drawn from."""

    what: Text = ""
    saw: Id = ""


class Step(Form):
    version: Id = ""
    on: NeededDay
    result: Id = ""


class Agreement(Step):
    note: Text = ""


class Deciding(Step):
    reason: Text = ""


SAID = ("case_closed", "plan_reason_missing", "reason_missing", "plan_not_agreed", "malformed")


@pages.get("/cases/<case>/plan")
def page(case: str) -> Any:
    row = see_plan(case)
    found = plans.versions(case)
    shown = version_of(case, request.args.get("version", "")) or (found[-1] if found else None)
    note_view(the_desk(), me(), "plan" if shown is None else f"plan {shown.id}", case)
    return render_template(
        "desk/plan.html", **around(row, shown, found), results=RESULTS, decisions=DECISIONS
    )


def see_plan(case: str) -> Any:
    row = see_case(case)
    demand(me(), "see", "plan", case)
    return row


def version_of(case: str, id_: str) -> Any:
    """A version of this case; None when none is asked for. Raises DeskError not_found."""
    if not id_:
        return None
    row = PlanVersion.get_or_none((PlanVersion.id == id_) & (PlanVersion.case == case))
    if row is None:
        raise DeskError("not_found")
    return row


def around(case: Any, shown: Any, found: list[Any]) -> dict[str, Any]:
    """What a page of a plan says of one version: its content, its way so far, consent, the other versions."""
    steps = [] if shown is None else plans.steps_of(shown.id)
    content = {} if shown is None else plans.content_for(me(), shown)
    return {
        "case": case,
        "shown": shown,
        "content": content,
        "sees_content": may(me(), "see", "plan_content", case.id),
        "versions": [(one, number, plans.state_of(one.id)) for number, one in enumerate(found)],
        "number": found.index(shown) if shown in found else 0,
        "state": "" if shown is None else plans.state_of(shown.id),
        "agreed": last_of(steps, "agreed"),
        "decided": last_of(steps, "decided"),
        "lead": next((one for one in content.get("roles", []) if one["lead"]), None),
        "consents": consents(case.id),
        "told_to": told_to,
        "consented": why_not("plan", case.id, the_desk().today()) is None,
        "monitored": [one for one in plans.monitorings(case.id) if shown and one.version == shown.id],
        "gone": plans.gone(),
        "people": people(),
        "may_write": changes("plan", case.id) and case.status == "active",
        "may_decide": changes("plan_decision", case.id) and case.status == "active",
        "apart": shown is not None and is_apart(shown, found),
    }


def last_of(steps: list[Any], kind: str) -> Any:
    return next((one for one in reversed(steps) if one.kind == kind), None)


def is_apart(shown: Any, found: list[Any]) -> bool:
    """Whether it was written without having seen the version before it: two people had the plan open."""
    before = [one.id for one in found if one.position < shown.position]
    return bool(before) and shown.replaces != before[-1]


@pages.route("/cases/<case>/plan/edit", methods=["GET", "POST"])
def write(case: str) -> Any:
    row = see_plan(case)
    demand(me(), "change", "plan", case)
    if row.status != "active":
        raise DeskError("case_closed", row.no)
    before = plans.current(case)
    if request.method == "GET":
        note_view(the_desk(), me(), "plan", case)
        entries = blank(PLAN) if before is None else before.content
        return form_page(row, before, entries, {})
    entries = typed(PLAN, sent_form())
    if sent(Rows).more:
        return form_page(row, before, entries, {}, more=True)
    values, wrong = read(PLAN, entries)
    wrong = wrong or at_odds(values)
    what = typed_form(Change)["what"].strip()
    if before is not None and not what:
        wrong["what"] = "missing"
    if len(what) > TEXT:
        wrong["what"] = "too_long"
    if not entries["beforeConsent"].strip() and why_not("plan", case, the_desk().today()) is not None:
        wrong["beforeConsent"] = "reason"
    if wrong:
        return form_page(row, before, entries, wrong)
    id_ = actions.write_plan(the_desk(), me(), case, values, what, saw_of(case))
    say("desk.said.plan_written")
    return redirect(url_for("plan.page", case=case, version=id_))


def saw_of(case: str) -> str | None:
    """The version the form was drawn from, if it is one."""
    saw = typed_form(Change)["saw"]
    row = PlanVersion.get_or_none((PlanVersion.id == saw) & (PlanVersion.case == case))
    return None if row is None else str(row.id)


def form_page(
    case: Any, before: Any, entries: dict[str, Any], wrong: dict[str, str], *, more: bool = False
) -> Any:
    name = f"plan {case.id}"
    g.refused = bool(wrong)
    return render_template(
        "desk/plan_edit.html",
        case=case,
        before=before,
        fields=PLAN,
        told=entries,
        room=with_room(PLAN, entries, name, more=more),
        wrong=wrong,
        what=typed_form(Change)["what"],
        saw=retyped(Change).get("saw", before.id if before else ""),
        consented=why_not("plan", case.id, the_desk().today()) is None,
        keep=name,
        longest={"line": LINE, "text": TEXT},
    )


@pages.post("/cases/<case>/plan/agree")
def agree(case: str) -> Any:
    see_plan(case)
    form = checked(Agreement, back_to(case), "desk.error.day_missing")
    return told_of(
        case,
        "desk.said.plan_agreed",
        lambda: actions.agree_plan(
            the_desk(), me(), case, form.version, form.on.isoformat(), form.result, form.note
        ),
    )


@pages.post("/cases/<case>/plan/decide")
def decide(case: str) -> Any:
    see_plan(case)
    form = checked(Deciding, back_to(case), "desk.error.day_missing")
    return told_of(
        case,
        "desk.said.plan_returned" if form.result == "returned" else "desk.said.plan_decided",
        lambda: actions.decide_plan(
            the_desk(), me(), case, form.version, form.on.isoformat(), form.result, form.reason
        ),
    )


def told_of(case: str, said: str, do: Any) -> Any:
    """Do it, and say so, or what is missing: then what was typed is asked for again."""
    try:
        do()
    except NotAllowed:
        raise
    except DeskError as error:
        if error.code not in SAID:
            raise
        code = "fields_missing" if error.code == "malformed" else error.code
        raise WrongForm(back_to(case), {}, f"desk.error.{code}") from None
    say(said)
    return redirect(back_to(case))


def back_to(case: str) -> str:
    return url_for("plan.page", case=case, version=typed_form(Step)["version"]) + "#decision"


@pages.get("/cases/<case>/plan/compare")
def compare(case: str) -> Any:
    """Two versions beside each other; without a choice the last two."""
    row = see_plan(case)
    found = plans.versions(case)
    if not found:
        raise DeskError("not_found")
    right = version_of(case, request.args.get("right", "")) or found[-1]
    left = version_of(case, request.args.get("left", "")) or found[max(0, found.index(right) - 1)]
    note_view(the_desk(), me(), f"plan {left.id} {right.id}", case)
    sides = [(one, found.index(one), plans.content_for(me(), one)) for one in (left, right)]
    return render_template(
        "desk/plan_compare.html", case=row, sides=sides, fields=PLAN, versions=found, people=people()
    )


@pages.get("/cases/<case>/plan/sheet")
def sheet(case: str) -> Any:
    """The official sheet, to print: who may read it at the top of every page, the number of the page at its foot."""
    row = see_plan(case)
    found = plans.versions(case)
    shown = version_of(case, request.args.get("version", "")) or (found[-1] if found else None)
    if shown is None:
        raise DeskError("not_found")
    note_view(the_desk(), me(), f"plan_sheet {shown.id}", case)
    return render_template("desk/plan_sheet.html", **around(row, shown, found))
