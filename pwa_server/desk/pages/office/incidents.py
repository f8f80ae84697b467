"""なくした・盗まれた: one form that stops the phone, orders the wipe and drafts the leak report; then its print."""

from datetime import timedelta
from typing import Annotated, Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from ...actions import incidents
from ...core.clock import read_stamp
from ...core.errors import DeskError, NotAllowed
from ...core.tables import among
from ...models.office_and_cases import CaseFile, DeviceRow, Staff
from ...models.trust import Incident
from ...queries import incidents as clock
from ...queries.access import demand, may, on_a_phone
from ...queries.access_log import note_view
from ..layout.form_values import read_when
from ..layout.forms import (
    Form,
    Id,
    NeededDay,
    Text,
    Wrong,
    at_field,
    checked,
    one_of,
    read_form,
    retyped,
    typed_names,
)
from ..layout.lookups import people
from ..layout.page import changes, say
from ..layout.session import fresh_proof, me, the_desk

pages = Blueprint("incidents", __name__)
CHANGES = "reported"


class Lost(Form):
    kind: Annotated[str, one_of(incidents.KINDS)]
    on: Id = ""
    at: Id = ""
    what: Text = ""


class Told(Form):
    report: Annotated[str, one_of([one for one in clock.REPORTS if one not in clock.TOLD])]
    how: Annotated[str, one_of(clock.HOW)]
    day: NeededDay
    why: Text = ""


@pages.route("/people/phones/<device>/lost", methods=["GET", "POST"])
@fresh_proof
def report(device: str) -> Any:
    row = DeviceRow.get_or_none(DeviceRow.id == device)
    if row is None:
        raise DeskError("not_found")
    allow(row.staff)
    known = Incident.get_or_none(Incident.device == device)
    if known is not None:
        return redirect(url_for("incidents.one", incident=known.id))
    wrong: Wrong = {}
    if request.method == "POST":
        form, wrong = read_form(Lost)
        noticed = read_when(form.on, form.at) if form else None
        if form and (noticed is None or read_stamp(noticed) > the_desk().clock() + timedelta(minutes=5)):
            wrong["on"] = g.words.t("desk.lost.when_wrong")
        elif form and noticed is not None:
            facts = incidents.what_was_on(device)
            items = draft(row, form.kind, noticed, form.what, facts)
            incident = incidents.report_lost(the_desk(), me(), device, form.kind, noticed, items, facts)
            say("desk.said.lost", tone="wait")
            return redirect(url_for("incidents.one", incident=incident))
    return render_template(
        "desk/phone_lost.html",
        phone=row,
        name=people().get(row.staff, "?"),
        facts=incidents.what_was_on(device),
        form=retyped(Lost),
        wrong=wrong,
        kinds=incidents.KINDS,
    )


def allow(owner: str) -> None:
    if not may(me(), "see", "incidents", author=owner):
        raise NotAllowed("see incidents")


def draft(row: Any, kind: str, noticed: str, what: str, facts: dict[str, Any]) -> dict[str, str]:
    """The nine items as far as the desk knows them, in the reader's language; a person goes on from here."""
    words = g.words
    name = people().get(row.staff, "?")
    heard = words.stamp(facts["heardAt"]) if facts["heardAt"] else words.t("desk.fleet.unknown")
    unsent = facts["unsent"] if facts["unsent"] is not None else words.t("desk.lost.not_known")
    known = {
        "label": row.label,
        "name": name,
        "when": words.stamp(noticed),
        "kind": words.t(f"desk.lost.kind.{kind}"),
        "what": what or words.t("desk.lost.not_known"),
        "cases": len(facts["cases"]),
        "has": on_it(row.staff),
        "photos": facts["photos"],
        "n": facts["people"],
        "heard": heard,
        "unsent": unsent,
        "ordered": words.stamp(the_desk().now()),
    }
    return {item: words.t(f"desk.lost.draft.{item}", **known_slots(item, known)) for item in incidents.ITEMS}


def on_it(staff: str) -> str:
    """What a phone of this person has of a case, in words: what the access table gives it."""
    person = Staff.get_or_none(Staff.id == staff)
    classes = on_a_phone(person.role) if person else []
    return str(g.words.t("desk.comma").join(g.words.t(f"desk.on_phone.{one}") for one in classes))


def known_slots(item: str, known: dict[str, Any]) -> dict[str, Any]:
    return known if item in ("summary", "data", "people", "cause", "secondary", "response", "other") else {}


@pages.get("/incidents/<incident>")
def one(incident: str) -> Any:
    """The report to read, print and go on writing."""
    row = find(incident)
    note_view(the_desk(), me(), f"incident {incident}")
    phone = DeviceRow.get_or_none(DeviceRow.id == row.device) or unknown_phone(row.device)
    numbers = {}
    if may(me(), "see", "core"):
        numbers = {one.id: one.no for one in CaseFile.select().where(among(CaseFile.id, row.facts["cases"]))}
    return render_template(
        "desk/incident.html",
        incident=row,
        phone=phone,
        names=people(),
        items=incidents.ITEMS,
        numbers=numbers,
        clocks=clock.clocks(row, the_desk().today()),
        may_tell=changes("incidents"),
        reports=[one for one in clock.REPORTS if one not in clock.TOLD],
        hows=clock.HOW,
        may_write=may(me(), "change", "incidents", author=row.staff),
    )


def unknown_phone(device: str) -> Any:
    """Stands for a phone a report names and the office does not know."""
    return DeviceRow(id=device, label=device[:8], status="revoked")


def find(incident: str) -> Any:
    row = Incident.get_or_none(Incident.id == incident)
    if row is None:
        raise DeskError("not_found")
    allow(row.staff)
    return row


@pages.post("/incidents/<incident>")
def write(incident: str) -> Any:
    find(incident)
    incidents.write_report(the_desk(), me(), incident, typed_names(incidents.ITEMS))
    say("desk.said.incident_written")
    return redirect(url_for("incidents.one", incident=incident))


@pages.post("/incidents/<incident>/told")
def told(incident: str) -> Any:
    """A report was made, or none is needed: its clock stops."""
    demand(me(), "change", "incidents")
    back = url_for("incidents.one", incident=incident)
    form = checked(Told, back)
    try:
        incidents.tell(the_desk(), me(), incident, form.report, form.how, form.day, form.why)
    except DeskError as error:
        if error.code == "reason_missing":
            raise at_field(back, "why", "desk.incident.why_missing") from None
        if error.code == "malformed":
            raise at_field(back, "day", "desk.incident.day_ahead") from None
        raise
    say("desk.said.incident_told")
    return redirect(back)


def lately() -> list[Any]:
    """Reports, the newest first; for the people page."""
    rows = Incident.select().order_by(Incident.at.desc()).limit(20)
    return [row for row in rows if may(me(), "see", "incidents", author=row.staff)]
