"""開示用写し: decide paragraph by paragraph, then a copy to print in which what is masked is not there at all."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from ...actions import disclosure
from ...core.errors import DeskError
from ...models.figures import Disclosure
from ...queries.access import demand
from ...queries.access_log import note_view
from ..layout.lookups import people
from ..layout.page import say
from ..layout.permissions import see_case
from ..layout.session import fresh_proof, me, the_desk
from ..layout.words import typed_day
from . import record

pages = Blueprint("disclosure", __name__)


@pages.route("/cases/<case>/disclosure", methods=["GET", "POST"])
@fresh_proof
def page(case: str) -> Any:
    row = see_case(case)
    demand(me(), "change", "exports", case)
    demand(me(), "see", "third_party", case)
    found = readable(case)
    if request.method == "POST":
        made = decide(case, found)
        if made:
            return redirect(url_for("disclosure.copy", case=case, made=made))
    note_view(the_desk(), me(), "disclosure", case)
    earlier = Disclosure.select().where(Disclosure.case == case).order_by(Disclosure.at.desc())
    return render_template(
        "desk/disclosure.html",
        case=row,
        found=found,
        reasons=disclosure.REASONS,
        requesters=disclosure.REQUESTERS,
        form=request.form,
        earlier=list(earlier),
        people=people(),
        record=record,
    )


def readable(case: str) -> list[tuple[Any, list[Any], int]]:
    """Each record with the paragraphs this person may read, and how many stay masked because they may not."""
    told = []
    for visit, parts in disclosure.paragraphs(case):
        mine = [one for one in parts if disclosure.for_eyes(me(), case, one, visit.staff)]
        told.append((visit, mine, len(parts) - len(mine)))
    return told


def decide(case: str, found: list[Any]) -> str:
    """Read the form: a reason at a paragraph masks it. A paragraph the form does not name keeps what is proposed."""
    form = request.form
    on = form.get("on", "") if typed_day(form.get("on", "")) else ""
    if not on or form.get("requester") not in disclosure.REQUESTERS:
        say("desk.error.disclosure_form", tone="wrong")
        return ""
    masks = {}
    for _, parts, _ in found:
        for one in parts:
            reason = form.get(one.key, one.proposed)
            if reason:
                masks[one.key] = reason
    if disclosure.ASK in masks.values():
        say("desk.error.disclosure_undecided", tone="wrong")
        return ""
    return disclosure.decide(the_desk(), me(), case, form["requester"], on, masks)


@pages.get("/cases/<case>/disclosure/<made>")
@fresh_proof
def copy(case: str, made: str) -> Any:
    row = see_case(case)
    demand(me(), "change", "exports", case)
    decided = Disclosure.get_or_none((Disclosure.id == made) & (Disclosure.case == case))
    if decided is None:
        raise DeskError("not_found")
    note_view(the_desk(), me(), f"disclosure {made}", case)
    entries = disclosure.copy_of(me(), decided)
    used = sorted({reason for _, parts in entries for _, reason in parts if reason in disclosure.REASONS})
    return render_template(
        "desk/disclosure_copy.html",
        case=row,
        decided=decided,
        entries=entries,
        used=used,
        people=people(),
        record=record,
    )
