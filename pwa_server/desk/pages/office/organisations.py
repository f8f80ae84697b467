"""機関・委託先: who people belong to, what is entrusted to whom until when, and the way to what moves in April."""

from typing import Annotated, Any

from flask import Blueprint, redirect, render_template, url_for

from ...actions import organisations as acts
from ...core.errors import DeskError
from ...models.organisations import KINDS, WALLED
from ...queries import organisations
from ...queries.access import demand
from ..layout.forms import Form, Id, NeededDay, Tick, at_field, checked, most, needed
from ..layout.page import changes, office, say
from ..layout.session import me, the_desk

pages = Blueprint("organisations", __name__)
PLACES = {"contracts": "contracts"}


class NewOrganisation(Form):
    name: Annotated[str, needed(80)]
    kind: Id = ""
    contact: Annotated[str, most(200)] = ""


class Changed(Form):
    name: Annotated[str, needed(80)]
    contact: Annotated[str, most(200)] = ""
    active: Tick = False


class Entrusted(Form):
    title: Annotated[str, needed(120)]
    begins: NeededDay
    ends: NeededDay
    note: Annotated[str, most(500)] = ""


@pages.get("/organisations")
def page() -> Any:
    demand(me(), "see", "organisations")
    rows = organisations.listed()
    return render_template(
        "desk/organisations.html",
        rows=rows,
        own=office().name,
        sizes=organisations.sizes(),
        lasts={row.id: organisations.contracts(row.id)[:1] for row in rows},
        kinds=KINDS,
        walled=WALLED,
        may_write=changes("organisations"),
    )


@pages.post("/organisations")
def add() -> Any:
    back = url_for("organisations.page")
    demand(me(), "change", "organisations")
    form = checked(NewOrganisation, back)
    if form.kind not in KINDS:
        raise at_field(back, "kind", "desk.choose_one")
    id_ = acts.write(the_desk(), me(), form.name, form.kind, form.contact)
    say("desk.said.written_down")
    return redirect(url_for("organisations.one", organisation=id_))


@pages.get("/organisations/<organisation>")
def one(organisation: str) -> Any:
    demand(me(), "see", "organisations")
    return render_template(
        "desk/organisation.html",
        row=acts.find(organisation),
        contracts=organisations.contracts(organisation),
        people=organisations.people_of(organisation),
        cases=organisations.open_cases(organisation).count(),
        walled=WALLED,
        sees_people=changes("people"),
        may_write=changes("organisations"),
    )


@pages.post("/organisations/<organisation>")
def change(organisation: str) -> Any:
    demand(me(), "change", "organisations")
    back, row = url_for("organisations.one", organisation=organisation), acts.find(organisation)
    form = checked(Changed, back)
    try:
        acts.write(the_desk(), me(), form.name, row.kind, form.contact, organisation, form.active)
    except DeskError as error:
        if error.code != "still_holds":
            raise
        raise at_field(back, "active", "desk.organisations.still_holds") from None
    say("desk.said.written_down")
    return redirect(back)


@pages.post("/organisations/<organisation>/contracts")
def add_contract(organisation: str) -> Any:
    return _contract(organisation, "")


@pages.post("/organisations/<organisation>/contracts/<contract>")
def change_contract(organisation: str, contract: str) -> Any:
    return _contract(organisation, contract)


def _contract(organisation: str, contract: str) -> Any:
    demand(me(), "change", "organisations")
    acts.find(organisation)
    back = url_for("organisations.one", organisation=organisation)
    form = checked(Entrusted, back)
    if form.ends < form.begins:
        raise at_field(back, "ends", "desk.organisations.ends_first")
    acts.write_contract(
        the_desk(), me(), organisation, form.title, form.begins, form.ends, form.note, contract
    )
    say("desk.said.written_down")
    return redirect(back)
