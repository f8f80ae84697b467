"""Adding a phone under a code, and stopping one. Trust is a person comparing two words: no key, no default."""

from contextlib import suppress
from typing import Annotated, Any

from flask import Blueprint, abort, g, jsonify, redirect, render_template, request, url_for

from ...actions import devices, enrolment
from ...core.errors import DeskError
from ...exchange import roster
from ...exchange.relay_client import RelayError
from ...models.office_and_cases import Assignment, DeviceRow, Enrolment, Staff
from ...queries.access import demand
from ..layout.forms import Form, Id, at_field, checked, most, needed, read_form, sent, typed
from ..layout.lookups import people
from ..layout.page import changes, say
from ..layout.session import fresh_proof, me, the_desk
from ..layout.words import Words
from .phone_status import phone_state

pages = Blueprint("phones", __name__)
LONGEST_LABEL = 40


class NewPhone(Form):
    staff: Annotated[Id, needed(200)]
    label: Annotated[str, needed(LONGEST_LABEL)]


class Compared(Form):
    words: Id = ""


class Stop(Form):
    do: Id = ""
    reason: Annotated[str, most(500)] = ""


CARRY = ("worker", "commissioner")  # who goes about with a phone of the office
ENDED = ("expired", "refused", "closed")


@pages.route("/people/phones/add", methods=["GET", "POST"])
@fresh_proof
def add() -> Any:
    """Whose phone, and what it is called here. The next page shows the code."""
    demand(me(), "change", "devices")
    wrong = ""
    if request.method == "POST":
        form, faults = read_form(NewPhone)
        if form is None:
            wrong = next(iter(faults.values()))
        else:
            try:
                meeting = enrolment.start(the_desk(), me(), form.staff, form.label)
            except RelayError as error:
                wrong = g.words.t("desk.error.relay", code=error.code)
            else:
                return redirect(url_for("phones.meet", slot=meeting.id))
    workers = list(Staff.select().where(Staff.active).order_by(Staff.kana))
    chosen = typed(NewPhone)["staff"] or request.args.get("staff", "")
    return render_template(
        "desk/phone_add.html",
        workers=[row for row in workers if row.role in CARRY] or workers,
        wrong=wrong,
        chosen=chosen,
        label=typed(NewPhone)["label"] or free_label(),
    )


def free_label() -> str:
    """業務用 n号, the first number nobody has."""
    used = {row.label for table in (DeviceRow, Enrolment) for row in table.select(table.label)}
    words: Words = g.words
    return next(name for n in range(1, 1000) if (name := words.t("desk.phone.label", n=n)) not in used)


@pages.get("/people/phones/meet/<slot>")
def meet(slot: str) -> Any:
    """The code, then the words, then done. Opening the page asks how it stands."""
    demand(me(), "change", "devices")
    trouble = ""
    try:
        meeting = enrolment.poll(the_desk(), slot)
    except RelayError as error:
        meeting, trouble = enrolment.look(the_desk(), slot), g.words.t("desk.error.relay", code=error.code)
    words: Words = g.words
    row = Enrolment.get_by_id(slot)
    count = (
        Assignment.select().where((Assignment.staff == meeting.staff) & Assignment.until_at.is_null()).count()
    )
    return render_template(
        "desk/phone_meet.html",
        meeting=meeting,
        name=people().get(meeting.staff, "?"),
        groups=meeting.code.split("-") if meeting.code else [],
        trouble=trouble,
        started=words.clock(row.started_at),
        until=words.clock(meeting.until),
        assigned=count,
        spoken=[pair[0 if words.lang == "ja" else 1] for pair in meeting.words],
        ended=meeting.status in ENDED,
        lets_in=lets_in(meeting),
        may_confirm=enrolment.may_confirm(me(), meeting.staff),
    )


def lets_in(meeting: enrolment.Meeting) -> bool:
    """A worker is let in to a phone they have: it said so, or the code was asked for beside it."""
    if meeting.status != "open":
        return meeting.lets_in is not None
    mine = (
        (DeviceRow.staff == meeting.staff)
        & (DeviceRow.label == meeting.label)
        & (DeviceRow.status == "active")
    )
    return DeviceRow.select().where(mine).exists()


@pages.get("/people/phones/meet/<slot>/state")
def meet_state(slot: str) -> Any:
    """For the page's script: whether there is something new to show."""
    demand(me(), "change", "devices")
    try:
        return jsonify({"status": enrolment.poll(the_desk(), slot).status})
    except RelayError:
        return jsonify({"status": enrolment.look(the_desk(), slot).status})


@pages.post("/people/phones/meet/<slot>")
@fresh_proof
def decide(slot: str) -> Any:
    """*same* takes the phone in, *differ* throws the code away. Anything else does nothing."""
    answer, desk = sent(Compared).words, the_desk()
    if answer == "same":
        try:
            meeting = enrolment.confirm(desk, me(), slot)
        except RelayError as error:
            say("desk.error.relay", tone="wrong", code=error.code)
        else:
            say("desk.said.phone_let_in" if meeting.lets_in else "desk.said.phone_in", label=meeting.label)
    elif answer == "differ":
        with suppress(RelayError):  # closed here all the same; the relay forgets the slot after ten minutes
            enrolment.differ(desk, me(), slot)
        say("desk.said.phone_differ", tone="wait")
    return redirect(url_for("phones.meet", slot=slot))


@pages.get("/people/phones/<device>")
def one(device: str) -> Any:
    demand(me(), "see", "devices")
    row = DeviceRow.get_or_none(DeviceRow.id == device)
    if row is None:
        abort(404)
    count = Assignment.select().where((Assignment.staff == row.staff) & Assignment.until_at.is_null()).count()
    return render_template(
        "desk/phone.html",
        phone=row,
        state=phone_state()[device],
        name=people().get(row.staff, "?"),
        assigned=count,
        two_places=roster.writes_from_two_places(device),
        lacks=roster.lacks(device),
        told=roster.told_by_phone(device),
        may_devices=changes("devices"),
    )


@pages.post("/people/phones/<device>/let-in")
@fresh_proof
def let_in(device: str) -> Any:
    """A code for a worker who forgot how this phone opens. What is on the phone stays as it is."""
    demand(me(), "change", "devices")
    row = DeviceRow.get_or_none((DeviceRow.id == device) & (DeviceRow.status == "active"))
    if row is None:
        abort(404)
    try:
        meeting = enrolment.start(the_desk(), me(), row.staff, row.label)
    except RelayError as error:
        say("desk.error.relay", tone="wrong", code=error.code)
        return redirect(url_for("phones.one", device=device))
    return redirect(url_for("phones.meet", slot=meeting.id))


@pages.post("/people/phones/<device>/stop")
@fresh_proof
def stop(device: str) -> Any:
    """Revoke a phone, with a reason; `wipe` also orders it to erase itself. What it has not sent is not lost."""
    back = url_for("phones.one", device=device)
    form = checked(Stop, back)
    if not form.reason:
        raise at_field(back, "reason", "desk.error.reason_missing")
    if form.do == "wipe":
        devices.wipe(the_desk(), me(), device, form.reason)
        say("desk.said.phone_wiped")
    elif form.do == "revoke":
        devices.revoke(the_desk(), me(), device, form.reason)
        say("desk.said.phone_stopped")
    else:
        raise DeskError("malformed")
    return redirect(back)
