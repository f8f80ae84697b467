"""One person of the office: role, cases with hand-over, a new first password, leaving. Trust asks for a fresh proof."""

from typing import Annotated, Any

from flask import Blueprint, g, redirect, render_template, url_for

from ... import actions
from ...actions import trust
from ...core.errors import DeskError
from ...models.office_and_cases import Account, Assignment, CaseFile, DeviceRow, Staff
from ...models.trust import StaffProposal
from ...queries import account_rules, organisations, owners
from ...queries.access import ROLES, demand
from ..layout.form_values import LONGEST_NOTE
from ..layout.forms import Form, Id, at_field, checked, most, sent
from ..layout.lookups import others, people
from ..layout.page import changes, office, say
from ..layout.session import fresh_proof, me, the_desk

pages = Blueprint("person", __name__)


class NewRole(Form):
    role: Id = ""


class NewOrganisation(Form):
    organisation: Id = ""


class HandOver(Form):
    to: Id = ""
    note: Annotated[str, most(LONGEST_NOTE)] = ""


class Decision(Form):
    do: Id = ""


@pages.get("/people/<person>")
def one(person: str) -> Any:
    demand(me(), "see", "people")
    row = find(person)
    proposal = StaffProposal.get_or_none((StaffProposal.staff == person) & StaffProposal.open)
    return render_template(
        "desk/person.html",
        person=row,
        account=Account.get_or_none(Account.staff == person),
        roles=ROLES,
        organisations=organisations.names(office().name),
        phones=list(DeviceRow.select().where((DeviceRow.staff == person) & (DeviceRow.status == "active"))),
        assigned=running(person),
        others=others(person),
        proposal=proposal,
        may_people=changes("people"),
        may_cases=changes("core"),
        holds=owners.held_by(the_desk(), person),
        is_me=person == me().id,
        acts=acts(row),
        half=None if proposal is None else trust.asked_halves(me()).get(proposal.id),
    )


def acts(row: Any) -> dict[str, str]:
    """What the reader may do to this account, and whether alone."""
    return {act: account_rules.of(act, me(), row) for act in account_rules.ACTS}


def find(person: str) -> Any:
    row = Staff.get_or_none(Staff.id == person)
    if row is None:
        raise DeskError("not_found")
    return row


def running(person: str) -> list[Any]:
    """Assignments with their case, by number; the title only for who may see cases."""
    rows = Assignment.select(Assignment, CaseFile).join(
        CaseFile, on=(Assignment.case == CaseFile.id), attr="file"
    )
    return list(
        rows.where((Assignment.staff == person) & Assignment.until_at.is_null()).order_by(CaseFile.no)
    )


@pages.post("/people/<person>/role")
@fresh_proof
def role(person: str) -> Any:
    back = url_for("person.one", person=person)
    try:
        asked = trust.change_role(the_desk(), me(), person, sent(NewRole).role)
    except DeskError as error:
        if error.code not in ("still_holds", "consent_for_body_missing"):
            raise
        raise at_field(back, "role", f"desk.error.{error.code}") from None
    say("desk.said.proposed" if asked else "desk.said.role_changed", tone="wait" if asked else "")
    return redirect(back)


@pages.post("/people/<person>/organisation")
@fresh_proof
def organisation(person: str) -> Any:
    """To another organisation: from behind a wall into the office itself a second person agrees."""
    back = url_for("person.one", person=person)
    try:
        asked = trust.change_organisation(the_desk(), me(), person, sent(NewOrganisation).organisation)
    except DeskError as error:
        if error.code not in ("last_above_walls", "malformed"):
            raise
        code = error.code if error.code == "last_above_walls" else "organisation_same"
        raise at_field(back, "organisation", f"desk.error.{code}") from None
    say("desk.said.proposed" if asked else "desk.said.organisation_changed", tone="wait" if asked else "")
    return redirect(back)


@pages.post("/people/<person>/invite")
@fresh_proof
def invite(person: str) -> Any:
    """A new first password. What was used before stops working; where two decide, each hands over half of it."""
    asked, password = trust.recover(the_desk(), me(), person)
    if asked is not None:
        say("desk.said.proposed", tone="wait")
        return redirect(url_for("person.one", person=person))
    row = find(person)
    return render_template(
        "desk/person_added.html", name=row.name, email=row.email, password=password, asked_by=""
    )


@pages.post("/people/<person>/sign-out")
@fresh_proof
def sign_out(person: str) -> Any:
    """End this person's sessions at the desk."""
    actions.sign_out(the_desk(), me(), person)
    say("desk.said.signed_out")
    return redirect(url_for("person.one", person=person))


@pages.post("/people/<person>/stop")
@fresh_proof
def stop(person: str) -> Any:
    """The person has left: they cannot sign in. Who may give cases says first who takes what they hold."""
    back = url_for("person.one", person=person)
    form = checked(HandOver, back)
    if form.to and form.to not in {row.id for row in others(person)}:
        raise DeskError("malformed", "to")
    try:
        asked = trust.stop(the_desk(), me(), person, form.to, form.note)
    except DeskError as error:
        if error.code != "still_holds":
            raise
        raise at_field(back, "to", "desk.error.still_holds") from None
    if asked is not None:
        say("desk.said.proposed", tone="wait")
        return redirect(url_for("person.one", person=person))
    say("desk.said.person_stopped")
    return redirect(url_for("people.page"))


@pages.post("/people/<person>/hand-over")
@fresh_proof
def hand_over(person: str) -> Any:
    demand(me(), "change", "core")
    back = url_for("person.one", person=person)
    form = checked(HandOver, back)
    if form.to not in {row.id for row in others(person)}:
        raise at_field(back, "to", "desk.error.hand_to")
    try:
        say("desk.said.handed_all", n=trust.hand_over_all(the_desk(), me(), person, form.to, form.note))
    except DeskError as error:
        if error.code != "consent_for_body_missing":
            raise
        raise at_field(back, "to", f"desk.error.{error.code}") from None
    return redirect(back)


@pages.post("/people/proposals/<proposal>")
@fresh_proof
def decide(proposal: str) -> Any:
    """The second of two people. Where there is a first password, half of it is shown now, to them."""
    accepted = sent(Decision).do == "accept"
    row = StaffProposal.get_or_none(StaffProposal.id == proposal)
    if row is not None and me().id in (row.by, row.staff):
        say("desk.error.own_proposal", tone="wrong")
        return redirect(url_for("people.page"))
    decided, half = trust.decide(the_desk(), me(), proposal, accepted)
    person = find(decided.staff)
    if half:
        asked_by = people().get(decided.by, "?")
        return render_template(
            "desk/person_added.html", name=person.name, email=person.email, password=half, asked_by=asked_by
        )
    say("desk.said.accepted" if accepted else "desk.said.refused")
    return redirect(url_for("people.page"))


def proposals() -> list[dict[str, Any]]:
    """What waits for a second person, in words."""
    names, words = people(), g.words
    rows = []
    for row in trust.open_proposals():
        own = me().id in (row.by, row.staff)
        asked = words.t("desk.two.asked", who=names.get(row.by, "?"), when=words.when(row.at))
        may = trust.may_decide(me(), row)
        rows.append({"row": row, "text": asked_for(row), "asked": asked, "own": own, "may": may})
    return rows


def asked_for(row: Any) -> str:
    """What would be done: a sentence of its own for each kind of change."""
    words, person = g.words, find(row.staff)
    role_ = words.term("role", row.changes.get("role", person.role))
    kind = (
        "organisation"
        if "organisation" in row.changes
        else "role"
        if "role" in row.changes
        else "recover"
        if "recover" in row.changes
        else "join"
        if row.changes.get("active")
        else "stop"
    )
    return str(words.t(f"desk.two.{kind}", name=person.name, role=role_))
