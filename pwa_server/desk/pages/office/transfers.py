"""引き継ぎ: April or a contractor's end as one guided act: choose for each person, look, do it, take it back."""

from typing import Annotated, Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from ...actions import transfers as acts
from ...actions.organisations import find
from ...core.errors import DeskError
from ...models.organisations import Transfer
from ...queries import organisations, transfers
from ...queries.access import demand
from ...queries.transfers import ALONG, STAY, TO, Choice
from ..layout.form_values import LONGEST_NOTE
from ..layout.forms import Form, Id, Ids, checked, most
from ..layout.lookups import people
from ..layout.page import changes, office, say
from ..layout.session import fresh_proof, me, the_desk

pages = Blueprint("transfers", __name__)
OWN = "own"  # in an address, where the office itself stands in the place of an organisation
BETWEEN = "|"


class Wanted(Form):
    """`plan`: "person|how|to" of each. `mark`: of the plan that was looked at; "" while one only looks."""

    to: Id = ""
    plan: Ids
    note: Annotated[str, most(LONGEST_NOTE)] = ""
    mark: Id = ""


class Back(Form):
    people: Ids


@pages.route("/organisations/<organisation>/transfer", methods=["GET", "POST"])
@fresh_proof
def page(organisation: str) -> Any:
    demand(me(), "change", "organisations")
    demand(me(), "change", "core")
    id_ = "" if organisation == OWN else find(organisation).id
    if request.method == "GET":
        return _form(id_, Wanted(to="", plan=[]))
    form = checked(Wanted, url_for("transfers.page", organisation=organisation))
    to = "" if form.to == OWN else form.to
    chosen = [one for one in map(_choice, form.plan) if one is not None]
    if not form.mark:
        return _form(id_, form, acts.look(the_desk(), me(), id_, to, chosen))
    try:
        made = acts.make(the_desk(), me(), id_, to, chosen, form.note, form.mark)
    except DeskError as error:
        if error.code not in ("plan_changed", "plan_stopped"):
            raise
        g.refused = True
        return _form(id_, form, acts.look(the_desk(), me(), id_, to, chosen), error.code), 409
    say("desk.said.transferred", n=len(Transfer.get_by_id(made).items))
    return redirect(url_for("transfers.one", transfer=made))


def _choice(text: str) -> Choice | None:
    staff, how, to = (*text.split(BETWEEN), "", "")[:3]
    return Choice(staff, how, to) if how in (STAY, ALONG, TO) else None


def _form(organisation: str, form: Wanted, plan: Any = None, said: str = "") -> str:
    to = "" if form.to == OWN else form.to
    names = organisations.names(office().name)
    chosen = {one.split(BETWEEN, 1)[0]: one for one in form.plan}
    return render_template(
        "desk/transfer.html",
        organisation=organisation,
        address=organisation or OWN,
        names=names,
        places=[row for row in organisations.listed() if row.active and row.id != organisation],
        to=form.to,
        note=form.note,
        chosen=chosen,
        choosing=transfers.choosing(organisation),
        takers=transfers.takers(),
        nobodys=len(transfers.nobodys(organisation)),
        people=people(),
        plan=plan,
        counted=("cases", "followups", "phones", "waiting"),
        reviewers=transfers.reviewers(to) if plan else [],
        said_here=said,
        done=list(
            Transfer.select().where(Transfer.organisation == organisation).order_by(Transfer.at.desc())
        ),
    )


@pages.get("/organisations/transfers/<transfer>")
def one(transfer: str) -> Any:
    demand(me(), "see", "organisations")
    row = Transfer.get_or_none(Transfer.id == transfer)
    if row is None:
        raise DeskError("not_found")
    return render_template(
        "desk/transfer_done.html",
        row=row,
        names=organisations.names(office().name),
        told=transfers.by_person(row),
        people=people(),
        may_write=changes("organisations") and changes("core"),
    )


@pages.post("/organisations/transfers/<transfer>/back")
@fresh_proof
def take_back(transfer: str) -> Any:
    back = url_for("transfers.one", transfer=transfer)
    chosen = {one.removeprefix(BETWEEN) for one in checked(Back, back).people}
    done, left = acts.take_back(the_desk(), me(), transfer, chosen)
    say("desk.said.transfer_back", n=done, left=left)
    return redirect(back)
