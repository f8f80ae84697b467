"""開示用写し: decide paragraph by paragraph, then a copy to print in which what is masked is not there at all."""

from typing import Annotated, Any

from flask import Blueprint, redirect, render_template, request, url_for

from ...actions import disclosure
from ...core.errors import DeskError
from ...models.figures import Disclosure
from ...queries.access import demand
from ...queries.access_log import note_view
from ..layout.forms import Form, NeededDay, one_of, read_form, retyped, sent_form
from ..layout.lookups import people
from ..layout.page import say
from ..layout.permissions import see_case
from ..layout.session import fresh_proof, me, the_desk
from . import record

pages = Blueprint("disclosure", __name__)


class Asked(Form):
    """Who asks, and on which day; below it stands a reason for each paragraph, by its key."""

    requester: Annotated[str, one_of(disclosure.REQUESTERS)]
    on: NeededDay


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
        form=retyped(Asked) | reasons(found),
        earlier=list(earlier),
        people=people(),
        record=record,
    )


def readable(case: str) -> list[tuple[Any, list[Any], int]]:
    """Each record with the paragraphs this person may read, and how many stay masked because they may not."""
    readable = []
    for visit, parts in disclosure.paragraphs(case):
        mine = [one for one in parts if disclosure.for_eyes(me(), case, one, visit.staff)]
        readable.append((visit, mine, len(parts) - len(mine)))
    return readable


def decide(case: str, found: list[Any]) -> str:
    """Read the form: a reason at a paragraph masks it. A paragraph the form does not name keeps what is proposed."""
    form, _ = read_form(Asked)
    if form is None:
        say("desk.error.disclosure_form", tone="wrong")
        return ""
    proposed = {one.key: one.proposed for _, parts, _ in found for one in parts}
    masks = {key: reason for key, reason in (proposed | reasons(found)).items() if reason}
    if disclosure.ASK in masks.values():
        say("desk.error.disclosure_undecided", tone="wrong")
        return ""
    return disclosure.decide(the_desk(), me(), case, form.requester, form.on.isoformat(), masks)


def reasons(found: list[Any]) -> dict[str, str]:
    """What was chosen at each paragraph the form names."""
    form = sent_form()
    return {one.key: form[one.key] for _, parts, _ in found for one in parts if one.key in form}


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
