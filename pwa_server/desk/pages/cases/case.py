"""ケース: the list with search, and one household in reading order: before the door, people, time, duties."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from peewee import fn

from sync.events import FOLLOWUP_KINDS, NEXT_WITH

from ... import actions
from ...core.errors import DeskError
from ...core.tables import among
from ...models.conferences import Meeting
from ...models.office_and_cases import (
    CaseDocument,
    Conference,
    Consent,
    FollowUp,
    PromiseMade,
    SafetyFlag,
    Staff,
    Visit,
)
from ...queries import learnings
from ...queries.access import may, shown_flags, visible_record
from ...queries.access_log import note_view, views
from ...queries.cases import CLASSES
from ..layout import counts
from ..layout.followup_form import Planned, planned_at
from ..layout.forms import Form, Ids, NeededDay, at_field, checked
from ..layout.lookups import assigned, bodies, books, contacts, triage_class
from ..layout.page import changes, say
from ..layout.permissions import demand_sight, see_case
from ..layout.session import me, the_desk
from ..layout.words import as_date
from . import consents as ledger
from . import engagement_chart, household, identity, new_contact, timeline
from . import list as case_list
from .engagement_chart import line

pages = Blueprint("cases", __name__)
SHOWS = ("outreach", "quiet", "all", *CLASSES, "closed")


@pages.get("/cases")
def page() -> Any:
    demand_sight()
    chosen = request.args.get("show", "outreach")
    chosen = chosen if chosen in SHOWS else "all"
    sizes = {name: case_list.within(name).count() for name in SHOWS if name != "quiet"}
    sizes["quiet"] = len(counts.quiet_since())
    start = case_list.number(request.args.get("from", ""))
    rows = case_list.rows_of(case_list.within(chosen), start)
    return render_template(
        "desk/cases.html",
        rows=rows,
        chosen=chosen,
        sizes=sizes,
        start=start,
        more=start + case_list.PAGE if start + case_list.PAGE < sizes[chosen] else None,
        page=case_list.PAGE,
    )


def last_stage(case: str) -> Any:
    """The contact whose stage was judged last."""
    rows = Visit.select().where((Visit.case == case) & Visit.stage.is_null(False))
    return rows.order_by(Visit.occurred_at.desc(), Visit.id.desc()).first()


@pages.get("/cases/<case>")
def one(case: str) -> Any:
    row = see_case(case)
    if row.merged_into:
        say("desk.said.is_merged", no=row.no)
        return redirect(url_for("cases.one", case=row.merged_into))
    note_view(the_desk(), me(), "case", case)
    past, words = seen_contacts(case), g.words
    drawing = household.drawn(case)
    members = drawing["members"]
    records = bodies(past)
    shown = {visit.id: visible_record(me(), records[visit.id], case, visit.staff) or {} for visit in past}
    return render_template(
        "desk/case.html",
        case=row,
        letter=triage_class(row),
        staff=assigned(case),
        past=past[::-1],
        told=shown,
        safety=safety_flags(case),
        **drawing,
        index=next((one for one in members if one.is_index), None),
        stage=last_stage(case) if past else None,
        hook=latest_hook(past, shown),
        chart=engagement_chart.draw(line(past), words, width=724, reactions=True, step=25),
        everything=timeline.moments(row, past) if request.args.get("time") == "all" else None,
        consents=consents(case),
        documents=documents(case),
        ledger=ledger,
        may_safety=changes("safety", case),
        may_people=changes("identity", case),
        may_hold=changes("disposals"),
        followups=open_followups(case),
        promises=open_promises(case),
        conference=conference(row),
        has_page=has_page(conference(row)),
        staff_here=list(Staff.select().where(Staff.active).order_by(Staff.kana)),
        seen=lately_seen(case),
        may_write=changes("followups", case),
        may_decide=changes("core", case),
        may_record=actions.may_record(me(), case),
        kinds=FOLLOWUP_KINDS,
        withs=NEXT_WITH,
        quotes=latest_quote(past, shown),
        reachable=may(me(), "see", "access_log", case),
        may_profile=may(me(), "see", "participation_profile", case),
        **new_contact.told_of(case),
        **identity.told_of(case),
        may_contact=changes("contact", case),
        may_raise=changes("community_issues"),
        learnings_offered=learnings.offered(me(), case, words.today),
        **books(),
    )


def consents(case: str) -> list[Any]:
    rows = Consent.select().where(Consent.case == case)
    return list(rows.order_by(Consent.on.desc(), Consent.position.desc()))


def documents(case: str) -> list[Any]:
    if not may(me(), "see", "visit_facts", case):
        return []
    rows = CaseDocument.select().where((CaseDocument.case == case) & CaseDocument.removed_reason.is_null())
    return list(rows.order_by(CaseDocument.at.desc()))


def seen_contacts(case: str) -> list[Any]:
    """The contacts this person may know of: where, how and what came of it is part of the facts."""
    rows = contacts(case)
    if may(me(), "see", "visit_facts", case):
        return rows
    return [
        row
        for row in rows
        if row.staff == me().id and may(me(), "see", "visit_facts", case, author=row.staff)
    ]


def lately_seen(case: str) -> list[Any]:
    """Who looked lately; the same person at the same kind of thing in a row is one line."""
    rows: list[Any] = []
    for row in views(case=case, limit=60):
        same = rows and (rows[-1].staff, rows[-1].what.split(" ")[0]) == (row.staff, row.what.split(" ")[0])
        if not same:
            rows.append(row)
    return rows[:8]


def safety_flags(case: str) -> list[dict[str, Any]]:
    if not may(me(), "see", "safety", case):
        return []
    rows = (
        SafetyFlag.select()
        .where((SafetyFlag.case == case) & SafetyFlag.active)
        .order_by(SafetyFlag.review_on)
    )
    return [
        {"row": row, "expired": as_date(row.review_on) < g.words.today}
        for row in shown_flags(me(), list(rows))
    ]


def latest_hook(past: list[Any], shown: dict[str, dict[str, Any]]) -> Any:
    return next(
        ((visit, shown[visit.id]["hook"]) for visit in reversed(past) if shown[visit.id].get("hook")), None
    )


def latest_quote(past: list[Any], shown: dict[str, dict[str, Any]]) -> Any:
    latest_quote = ((visit, shown[visit.id].get("notes", {}).get("quote")) for visit in reversed(past))
    return next(((visit, text) for visit, text in latest_quote if text), None)


def open_followups(case: str) -> list[Any]:
    rows = FollowUp.select().where((FollowUp.case == case) & (FollowUp.state == "open") & FollowUp.known)
    return [
        row for row in rows.order_by(FollowUp.at) if may(me(), "see", "followups", case, author=row.staff)
    ]


def open_promises(case: str) -> list[Any]:
    rows = PromiseMade.select().where((PromiseMade.case == case) & PromiseMade.current)
    if not may(me(), "see", "followups", case):
        return []
    return sorted(rows, key=lambda row: (row.kept, row.due or "9999"))


def conference(case: Any) -> Any:
    """The conference the case's header names: of the same kind and standing, the latest."""
    rows = Conference.select().where(
        (Conference.case == case.id)
        & (Conference.kind == case.conference_kind)
        & (Conference.status == (case.conference_status or "planned"))
    )
    return rows.order_by(fn.COALESCE(Conference.on, "").desc(), Conference.id).first()


def has_page(meeting: Any) -> bool:
    """Whether this conference is kept on a page of its own, where it is noted as held."""
    return meeting is not None and Meeting.get_or_none(Meeting.id == meeting.meeting) is not None


@pages.post("/cases/<case>/follow-ups")
def add_followup(case: str) -> Any:
    see_case(case)
    back = url_for("cases.one", case=case) + "#follow"
    form = checked(Planned, back, "desk.error.when_missing")
    at = planned_at(form.on, form.at, back)
    actions.schedule_followup(the_desk(), me(), case, at, form.kind, form.with_whom, form.note)
    say("desk.said.followup_added", when=g.words.stamp(at))
    return redirect(back)


@pages.post("/cases/<case>/promises/<promise>")
def keep_promise(case: str, promise: str) -> Any:
    actions.keep_promise(the_desk(), me(), promise)
    say("desk.said.promise_kept")
    return redirect(url_for("cases.one", case=case) + "#promises")


class ConferenceHeld(Form):
    on: NeededDay
    member: Ids


@pages.post("/cases/<case>/conference")
def hold_conference(case: str) -> Any:
    """The planned conference was held: a B case becomes A."""
    row = see_case(case)
    meeting = conference(row)
    if has_page(meeting):
        return redirect(url_for("meetings.page"))
    back = url_for("cases.one", case=case)
    form = checked(ConferenceHeld, back, "desk.error.day_missing")
    day, present = form.on, form.member
    if meeting is None or day > g.words.today:
        raise at_field(back, "on", "desk.error.day_missing")
    known = {one.id for one in Staff.select(Staff.id).where(among(Staff.id, present))}
    on = day.isoformat()
    members = [{"staff": one, "acknowledgedOn": on} for one in present if one in known]
    try:
        actions.set_conference(the_desk(), me(), case, meeting.kind, "held", on, meeting.id, members)
    except DeskError as error:
        if error.code not in ("consent_missing", "members_missing"):
            raise
        raise at_field(f"{back}#meeting", "member", f"desk.error.{error.code}") from None
    say("desk.said.conference_held", case=row.no, day=g.words.day(day))
    return redirect(url_for("cases.one", case=case))
