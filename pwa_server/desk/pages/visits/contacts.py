"""接触の記録: a call, a letter, a fax, somebody at the counter, written down at the desk in the phone's own fields.

One form for a new contact and for the correction of one. Nothing typed is lost to a mistake, what nobody changed is
never written, and a record somebody else corrected meanwhile becomes two values a person decides between.
"""

from typing import Annotated, Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from pydantic import Field

from sync import events
from sync.events import FOLLOWUP_KINDS

from ... import actions
from ...core.errors import DeskError, NotAllowed
from ...models.office_and_cases import FollowUp, Member, Staff, VisitVersion
from ...queries import contact_form as fields
from ...queries import owners
from ...queries.access import may
from ...queries.access_log import note_view
from ...queries.cases import stage_of
from ..layout.form_values import LONGEST_NOTE, read_when
from ..layout.forms import Form, Id, Ids, Yes, most, read_form, retyped, sent, sent_form
from ..layout.lookups import labels
from ..layout.page import say
from ..layout.permissions import see_case
from ..layout.session import me, the_desk

pages = Blueprint("contacts", __name__)
Note = Annotated[str, most(LONGEST_NOTE)]


class Agreed(Form):
    """The next follow-up, written down with the contact."""

    on: Id = Field("", alias="followup.on")
    at: Id = Field("", alias="followup.at")
    kind: Id = Field("", alias="followup.kind")
    staff: Id = Field("", alias="followup.staff")
    note: Note = Field("", alias="followup.note")
    remind: Yes = Field(False, alias="followup.remind")


class Closed(Form):
    closes: Ids


class Correction(Form):
    """`replaces`: the version the form was drawn from."""

    replaces: Id = ""
    comment: Note = ""


@pages.route("/cases/<case>/contacts/new", methods=["GET", "POST"])
def new(case: str) -> Any:
    row = see_case(case)
    if row.merged_into:
        return redirect(url_for("contacts.new", case=row.merged_into))
    if not actions.may_record(me(), case):
        raise NotAllowed("change visit_facts")
    paths = writable(case, me().id)
    if request.method == "GET":
        note_view(the_desk(), me(), "case", case)
        return form_page(row, paths, fields.blank(me().id, the_desk().now()), {})
    typed = fields.typed(sent_form(), paths)
    values, wrong = fields.read(typed, paths, the_desk().now(), stage_of(case))
    agreed, fault = agreed_next(case, values)
    wrong |= fault
    if not wrong:
        try:
            visit = actions.record_visit(
                the_desk(), me(), case, fields.whole(values), closes=closing(case), agreed=agreed
            )
        except DeskError as error:
            wrong = at_its_field(error)
        else:
            say("desk.said.contact_recorded")
            return redirect(url_for("review.page", visit=visit))
    return form_page(row, paths, typed, wrong)


@pages.route("/visits/<visit>/correct", methods=["GET", "POST"])
def correct(visit: str) -> Any:
    """What one wrote oneself, or may change; an open question is answered with it."""
    record = actions.read_visit(the_desk(), me(), visit)
    row = see_case(record.case)
    paths = writable(record.case, record.staff)
    if not paths or not may(me(), "change", "visit_facts", record.case, author=record.staff):
        raise NotAllowed("change visit_facts")
    base = version_of(visit, retyped(Correction).get("replaces", record.current_version))
    before = fields.filled(base.body)
    if request.method == "GET":
        return form_page(row, paths, before, {}, record, base)
    typed = fields.typed(sent_form(), paths)
    changed = fields.changed(before, typed, paths)
    now, stage = the_desk().now(), base.body.get("stage")
    values, wrong = fields.read(typed, paths, now, stage)
    left_open = fields.read(before, paths, now, stage)[1]  # what nobody answered then stops no correction now
    wrong = {path: why for path, why in wrong.items() if why != "missing" or path not in left_open}
    correction, too_long = read_form(Correction)
    wrong |= dict.fromkeys(too_long, "too_much")
    if not wrong and not changed:
        say("desk.said.nothing_changed")
        return redirect(url_for("review.page", visit=visit))
    if not wrong and correction:
        body = fields.put(base.body, {path: values[path] for path in changed})
        if "staff" in changed:
            body["alone"] = len(body["staff"]) < 2
            changed = [*changed, "alone"]
        asked = actions.open_review(visit) if record.staff == me().id else None
        comment = correction.comment
        try:
            actions.correct_visit(
                the_desk(), me(), visit, base.id, changed, body, comment, answers=asked.id if asked else None
            )
        except DeskError as error:
            wrong = at_its_field(error)
        else:
            say("desk.said.contact_corrected")
            return redirect(url_for("review.page", visit=visit))
    return form_page(row, paths, typed, wrong, record, base)


def writable(case: str, author: str) -> list[str]:
    """The fields this person may write: what they may change, and in what they wrote themselves what they may see."""
    own = author == me().id
    return [
        path
        for _, names in fields.SECTIONS
        for path in names
        if may(me(), "change", fields.FORM[path].data_class, case, author=author)
        or (own and may(me(), "see", fields.FORM[path].data_class, case, author=author))
    ]


def version_of(visit: str, id_: str) -> Any:
    row = VisitVersion.get_or_none((VisitVersion.id == id_) & (VisitVersion.visit == visit))
    if row is None:
        raise DeskError("not_found")
    return row


def agreed_next(case: str, values: dict[str, Any]) -> tuple[dict[str, Any] | None, dict[str, str]]:
    """The next follow-up as it was typed, or what is wrong with it."""
    form, _ = read_form(Agreed)
    if form is None:
        return None, {"followup": "too_much"}
    if not form.on:
        return None, {}
    at = read_when(form.on, form.at)
    whom = (values.get("next") or {}).get("with", "us")
    staff = form.staff or me().id
    if at is None or form.kind not in FOLLOWUP_KINDS or whom == "none":
        return None, {"followup": "wrong"}
    if at <= the_desk().now():
        return None, {"followup": "past"}
    if staff not in {row.id for row in owners.hands(me(), case)}:
        return None, {"followup": "wrong"}
    fields = form.model_dump(include={"kind", "note", "remind"})
    return fields | {"at": at, "with_whom": whom, "staff": staff}, {}


def open_followups(case: str) -> list[Any]:
    rows = FollowUp.select().where((FollowUp.case == case) & (FollowUp.state == "open") & FollowUp.known)
    return [
        one for one in rows.order_by(FollowUp.at) if may(me(), "see", "followups", case, author=one.staff)
    ]


def closing(case: str) -> list[str]:
    """Of the case's open follow-ups those that were ticked."""
    ticked = set(sent(Closed).closes)
    return [one.id for one in open_followups(case) if one.id in ticked]


def at_its_field(error: DeskError) -> dict[str, str]:
    """A value outside its bounds, told beside its field; any other error is not this form's."""
    if error.code != "malformed":
        raise error
    place = str(error.detail or "").removeprefix("body.").removeprefix("record.")
    path = next((path for path in fields.FORM if place.replace("[]", "").startswith(path)), "occurredAt")
    return {path: "too_much"}


def form_page(
    case: Any,
    paths: list[str],
    entries: dict[str, Any],
    wrong: dict[str, str],
    record: Any = None,
    base: Any = None,
) -> Any:
    g.refused = bool(wrong)
    members = labels(case.id)
    promises = [text for text in entries.get("promises.text", []) if text]
    page = render_template(
        "desk/contact_form.html",
        case=case,
        visit=record,
        base=base,
        asked=actions.open_review(record.id) if record and record.staff == me().id else None,
        fields=fields,
        sections=[(name, [one for one in names if one in paths]) for name, names in fields.SECTIONS],
        codes=events,
        told=entries,
        wrong=wrong,
        members=members_of(case.id, entries, members),
        staff_here=staff_of(entries),
        rooms=min(len(promises) + fields.SPARE, fields.MOST_PROMISES + fields.SPARE),
        followups=[] if record else open_followups(case.id),
        hands=[] if record or case.status != "active" else owners.hands(me(), case.id),
        ticked=set(sent(Closed).closes or request.args.getlist("closes")),
        kinds=FOLLOWUP_KINDS,
        form=retyped(Agreed, Correction),
        keep=f"contact {base.id if base else case.id}",
    )
    return (page, 400) if wrong else page


def members_of(case: str, entries: dict[str, Any], names: dict[str, str]) -> list[tuple[str, str]]:
    """Who lives there, and who stands in the record though they were taken out since."""
    rows = Member.select(Member.id).where((Member.case == case) & Member.merged_into.is_null())
    ids = dict.fromkeys([*(row.id for row in rows.order_by(Member.position)), *entries.get("metWith", [])])
    return [(one, names.get(one, "?")) for one in ids]


def staff_of(entries: dict[str, Any]) -> list[tuple[str, str]]:
    """Colleagues who are here, and who stand in the record."""
    there = entries.get("staff", [])
    rows = Staff.select().where(Staff.active | Staff.id.in_(there))
    return [(row.id, row.name) for row in rows.order_by(Staff.kana, Staff.id)]
