"""人と端末: people in the order of the syllabary, their phones and where their records are. No ranking of anybody."""

from typing import Annotated, Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from ... import actions
from ...actions import trust
from ...core.errors import DeskError
from ...exchange.review_box import preview, what_is_in
from ...models.office_and_cases import Account, DeviceRow, Member, Received, Staff
from ...queries.access import ROLES, demand
from ...queries.access_log import note_view
from ...queries.account_rules import TWO, to_add
from ..layout.forms import Form, Id, Wrong, at_field, checked, most, needed, one_of, read_form, retyped
from ..layout.lookups import books
from ..layout.page import changes, say, sees
from ..layout.session import fresh_proof, me, the_desk
from ..visits import record
from ..work.troubles import troubles
from . import held, incidents
from .held import texts_of
from .person import proposals
from .phone_status import phone_state

pages = Blueprint("people", __name__)
SHOWS = ("workers", "desk", "others", "fleet", "stopped")
MOST_OPENED = 100
OTHERS = ("agency", "commissioner", "participation", "community")


class NewPerson(Form):
    name: Annotated[str, needed(80)]
    kana: Annotated[str, needed(80)]
    email: Annotated[str, needed(200)]
    role: Annotated[str, one_of(ROLES)]


class BoxDecision(Form):
    do: Id = ""
    reason: Annotated[str, most(500)] = ""


@pages.get("/people")
def page() -> Any:
    demand(me(), "see", "people")
    people = list(Staff.select().where(Staff.active).order_by(Staff.kana, Staff.name))
    devices: dict[str, list[Any]] = {}
    for row in DeviceRow.select().order_by(DeviceRow.enrolled_at):
        devices.setdefault(row.staff, []).append(row)
    chosen = request.args.get("show", "workers")
    lists = {
        "workers": [row for row in people if row.role == "worker"],
        "desk": [row for row in people if row.role != "worker" and row.role not in OTHERS],
        "others": [row for row in people if row.role in OTHERS],
        "fleet": [row for rows in devices.values() for row in rows if row.status == "active"],
        "stopped": [row for rows in devices.values() for row in rows if row.status != "active"],
    }
    boxed = review_box()
    return render_template(
        "desk/people.html",
        chosen=chosen if chosen in SHOWS else "workers",
        troubles=[] if sees("core") else troubles(),  # they stand on Today for whoever has that page
        lists=lists,
        devices=devices,
        state=phone_state(),
        review_box=boxed,
        inside=told_apart(boxed),
        names={row.id: row.name for row in Staff.select()},
        accounts={row.staff: row for row in Account.select()},
        may_devices=changes("devices"),
        may_people=changes("people"),
        two=proposals(),
        incidents=incidents.lately(),
        gone=list(Staff.select().where(~Staff.active).order_by(Staff.kana)),
    )


def review_box() -> list[Any]:
    """What revoked phones still sent: a person admits or rejects each."""
    rows = Received.select(Received, DeviceRow).join(
        DeviceRow, on=(Received.device == DeviceRow.id), attr="phone"
    )
    return list(rows.where(Received.status == "for_review").order_by(Received.received_at))


def told_apart(boxed: list[Any]) -> dict[str, str]:
    """Which of them are records, for whoever may read them; the first hundred, because each is opened for it."""
    return {row.id: what_is_in(the_desk(), row.id) for row in boxed[:MOST_OPENED]} if sees("held") else {}


@pages.route("/people/add", methods=["GET", "POST"])
@fresh_proof
def add() -> Any:
    """A new person, with a first password that is shown once and changed at the first sign-in."""
    demand(me(), "change", "people")
    wrong: Wrong = {}
    if request.method == "POST":
        form, wrong = read_form(NewPerson)
        if form and "@" not in form.email:
            wrong = {"email": g.words.t("desk.error.email_odd")}
        elif form:
            try:
                return make(form)
            except DeskError as error:
                wrong = {"email": g.words.t(f"desk.error.{error.code}")}
    two = {role for role in ROLES if to_add(me(), role) == TWO}
    return render_template("desk/person_add.html", form=retyped(NewPerson), wrong=wrong, roles=ROLES, two=two)


def make(form: NewPerson) -> Any:
    email, name = form.email, form.name
    if Account.select().where(Account.email == email.casefold()).exists():
        raise DeskError("email_taken")
    person, password = trust.add_person(the_desk(), me(), name, form.kana, form.role, email)
    if password is None:
        say("desk.said.proposed", tone="wait")
        return redirect(url_for("person.one", person=person))
    return render_template("desk/person_added.html", name=name, email=email, password=password, asked_by="")


@pages.get("/review-box/<envelope>")
def read_box(envelope: str) -> Any:
    """What a revoked phone sent, read before it is decided. Reading is written down."""
    demand(me(), "see", "held")
    row = next((one for one in review_box() if one.id == envelope), None)
    if row is None:
        raise DeskError("not_found")
    inside = preview(the_desk(), envelope)
    events = [event if isinstance(event, dict) else {"body": event} for event in inside.events]
    cases = [case if isinstance(case, str) else None for case in (event.get("case") for event in events)]
    for case in set(cases):
        note_view(the_desk(), me(), f"box {envelope}", case)
    texts = [
        (str(event.get("type", "?")), case, box_rows(event))
        for event, case in zip(events, cases, strict=True)
    ]
    if inside.state in ("newer", "missing"):
        texts = [("?", None, texts_of(inside.body))]
    about = "" if inside.state in ("whole", "sealed") else held.about(inside)
    return render_template(
        "desk/box.html", row=row, told=texts, about=about, may_devices=changes("devices"), **books()
    )


def box_rows(event: Any) -> list[tuple[str, str]]:
    """A record as a person reads one; of anything else every value with the path it stands at."""
    body = event.get("body")
    if event.get("type") not in ("visit.logged", "visit.corrected") or not isinstance(body, dict):
        return texts_of(body)
    members = {row.id: row.label for row in Member.select().where(Member.case == event.get("case"))}
    try:
        return record.rows(body.get("record", body), g.words, members)
    except (AttributeError, KeyError, TypeError, ValueError):  # of a form this desk does not know: as it came
        return texts_of(body)


@pages.post("/review-box/<envelope>")
@fresh_proof
def decide(envelope: str) -> Any:
    """Admit what a revoked phone sent, or reject it with a reason. Either way it is kept."""
    back = url_for("people.page") + "#box"
    form = checked(BoxDecision, back)
    if form.do == "admit":
        actions.admit_envelope(the_desk(), me(), envelope)
        say("desk.said.admitted")
    else:
        if not form.reason:
            raise at_field(back, "reason", "desk.error.reason_missing")
        actions.reject_envelope(the_desk(), me(), envelope, form.reason)
        say("desk.said.rejected")
    return redirect(back)
