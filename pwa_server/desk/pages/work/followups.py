"""フォロー予定: what was promised to be done, as a list, a board or a calendar; and whether reminders arrive.

Done, moved, given up and handed to somebody else are each one form. A reminder that reached nobody asks for a call.
"""

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from pydantic import Field

from sync.events import FOLLOWUP_KINDS, NEXT_WITH

from ... import actions
from ...core.clock import JAPAN, stamp
from ...core.errors import DeskError
from ...core.tables import among
from ...exchange import push_delivery
from ...models.office_and_cases import Assignment, CaseFile, DeviceRow, FollowUp, Staff
from ...queries import owners
from ...queries.access import NOBODYS, demand_row, may, sees_all, ties, visible_cases
from ...queries.access_log import note_views
from ...queries.quiet_hours import quiet_hours
from ..layout import counts
from ..layout.assured import for_phone
from ..layout.followup_form import LONGEST_NOTE, Planned, planned_at
from ..layout.form_values import is_clock
from ..layout.forms import Form, Id, at_field, checked, most, sent, typed
from ..layout.lookups import books
from ..layout.page import changes, say, sees
from ..layout.session import me, the_desk
from ..layout.words import as_date

pages = Blueprint("followups", __name__)
SHOWS = ("overdue", "week", "later", "past")
VIEWS = ("list", "board", "calendar")
MOST = 200
FARTHEST = 100  # years


class Changed(Form):
    do: Id = ""
    on: Id = ""
    at: Id = ""
    staff: Id = ""
    reason: Annotated[str, most(LONGEST_NOTE)] = ""
    show: Id = ""
    view: Id = ""


class Quiet(Form):
    begins: Id = Field("", alias="from")
    ends: Id = Field("", alias="until")


@pages.get("/follow-ups")
def page() -> Any:
    if not sees("followups"):
        raise DeskError("not_allowed")
    view, staff = request.args.get("view", "list"), request.args.get("staff", "")
    view = view if view in VIEWS else "list"
    query = mine(staff)
    start, tomorrow, week = bounds()
    opened = query.where(FollowUp.state == "open")
    parts = {
        "overdue": opened.where(FollowUp.at < start),
        "week": opened.where((FollowUp.at >= start) & (FollowUp.at < week)),
        "later": opened.where(FollowUp.at >= week),
        "past": query.where(FollowUp.state != "open"),
    }
    sizes = {name: rows.count() for name, rows in parts.items()}
    chosen = request.args.get("show") or ("overdue" if sizes["overdue"] else "week")
    chosen = chosen if chosen in SHOWS else "week"
    months, lanes, rows = None, {}, []
    if view == "calendar":
        months = calendar(query, request.args.get("month", ""))
        rows = [one for days in months["weeks"] for day in days for one in day["rows"]]
    elif view == "board":
        lanes = board(opened, start, tomorrow, week)
        rows = [one for lane in lanes.values() for one in lane]
    else:
        order = FollowUp.at.desc() if chosen == "past" else FollowUp.at
        rows = list(parts[chosen].order_by(order, FollowUp.id).limit(MOST))
    note_views(the_desk(), me(), "followups", (row.case for row in rows))
    return render_template(
        "desk/followups.html",
        rows=rows,
        chosen=chosen,
        sizes=sizes,
        view=view,
        views=VIEWS,
        months=months,
        lanes=lanes,
        staff=staff,
        workers=workers(),
        hands=hands(rows),
        writable={row.id for row in rows if may_change(row)},
        calls=counts.calls(),
        phones=phones() if sees("devices") else [],
        quiet=quiet_hours(),
        may_quiet=changes("settings"),
        may_add=bool(ties(me(), "followups")[1]),
        kinds=FOLLOWUP_KINDS,
        withs=NEXT_WITH,
        holders=owners.holders(me(), owners.FOLLOWUP_HOLDERS),
        **books(rows),
    )


def mine(staff: str = "") -> Any:
    """The follow-ups this person may see, of one worker if one is named."""
    rows = FollowUp.select().where(FollowUp.known)
    if not sees_all(me(), "followups"):
        mine = [case for case in visible_cases(me()) if may(me(), "see", "followups", case)]
        rows = rows.where(among(FollowUp.case, mine))
    return rows.where(FollowUp.staff == staff) if staff else rows


def may_change(row: Any) -> bool:
    return row.state == "open" and changes("followups", row.case)


def bounds() -> tuple[str, str, str]:
    """The beginning of today, of tomorrow, and of the day in eight days."""
    start = counts.today_starts()
    return (
        start,
        stamp(datetime.fromisoformat(start) + timedelta(days=1)),
        stamp(datetime.fromisoformat(start) + timedelta(days=8)),
    )


def board(opened: Any, start: str, tomorrow: str, week: str) -> dict[str, list[Any]]:
    """What is open by how near it is: four lanes."""
    lanes: dict[str, list[Any]] = {name: [] for name in ("overdue", "today", "week", "later")}
    for row in opened.order_by(FollowUp.at, FollowUp.id).limit(MOST):
        near = (
            "overdue"
            if row.at < start
            else "today"
            if row.at < tomorrow
            else "week"
            if row.at < week
            else "later"
        )
        lanes[near].append(row)
    return lanes


def calendar(query: Any, text: str) -> dict[str, Any]:
    """One month by weeks from Monday; each day with what is planned or was done on it."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        first = g.words.today.replace(day=1)
    if abs(first.year - g.words.today.year) > FARTHEST:
        first = g.words.today.replace(day=1)
    begin = first - timedelta(days=first.weekday())
    after = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    days = [begin + timedelta(days=n) for n in range(((after - begin).days + 6) // 7 * 7)]
    rows = query.where(
        (FollowUp.at >= begins(days[0])) & (FollowUp.at < begins(days[-1] + timedelta(days=1)))
    )
    by_day: dict[date, list[Any]] = {}
    for row in rows.where(FollowUp.state != "cancelled").order_by(FollowUp.at, FollowUp.id).limit(5 * MOST):
        by_day.setdefault(as_date(row.at), []).append(row)
    cells = [
        {
            "day": day,
            "in": day.month == first.month,
            "today": day == g.words.today,
            "rows": by_day.get(day, []),
        }
        for day in days
    ]
    return {
        "weeks": [cells[n : n + 7] for n in range(0, len(cells), 7)],
        "first": first,
        "before": (first - timedelta(days=1)).strftime("%Y-%m"),
        "after": after.strftime("%Y-%m"),
    }


def begins(day: date) -> str:
    return stamp(datetime.combine(day, datetime.min.time(), JAPAN))


def workers() -> list[Any]:
    """Whose follow-ups one may look at alone, by their reading."""
    rows = (
        Staff.select()
        .where(Staff.active & Staff.role.in_(("worker", "supervisor")))
        .order_by(Staff.kana, Staff.id)
    )
    return list(rows) if counts.sees_all_cases() else []


def hands(rows: list[Any]) -> dict[str, list[str]]:
    """Who else could do a follow-up: those who have the case and are here."""
    hands: dict[str, list[str]] = {}
    cases = list({row.case for row in rows})
    can = {row.id for row in owners.holders(me(), owners.FOLLOWUP_HOLDERS)}
    running = Assignment.select().where(among(Assignment.case, cases) & Assignment.until_at.is_null())
    for one in running.order_by(Assignment.from_on, Assignment.id):
        if one.staff not in can:
            continue
        hands.setdefault(one.case, []).append(one.staff)
    return hands


def phones() -> list[dict[str, Any]]:
    """Whether reminders arrive, phone by phone."""
    rows = DeviceRow.select().where(DeviceRow.status == "active").order_by(DeviceRow.label, DeviceRow.id)
    return [
        {"row": row, "push": push_delivery.state_of(row.id), "calls": push_delivery.fallbacks_of(row.staff)}
        for row in rows
    ]


@pages.post("/follow-ups")
def add() -> Any:
    """A follow-up of any case one may plan for, by the case's number; for oneself or for who has the case."""
    view = typed(Planned)["view"]
    back = url_for("followups.page", view=view if view in VIEWS else None)
    again = f"{back}#add"
    form = checked(Planned, again, "desk.error.when_missing")
    case = CaseFile.get_or_none((CaseFile.no == form.no) & (CaseFile.status == "active"))
    if not may(me(), "see", "core", NOBODYS if case is None else case.id) or case is None:
        raise at_field(again, "no", "desk.error.no_such_case")
    at = planned_at(form.on, form.at, again)
    staff = form.staff or None
    try:
        actions.schedule_followup(
            the_desk(), me(), case.id, at, form.kind, form.with_whom, form.note, staff=staff
        )
    except DeskError as error:
        if error.code not in ("not_assigned", "cannot_hold"):
            raise
        raise at_field(again, "staff", f"desk.error.{error.code}") from None
    say("desk.said.followup_added", when=g.words.stamp(at))
    return redirect(back)


@pages.post("/follow-ups/<followup>")
def change(followup: str) -> Any:
    """`do` is done, cancel (with a reason), move (with a day and a time), assign (to whom) or called (by voice)."""
    before = typed(Changed)
    show, view = before["show"], before["view"]
    back = url_for(
        "followups.page", show=show if show in SHOWS else None, view=view if view in VIEWS else None
    )
    desk, form = the_desk(), checked(Changed, back)
    if form.do == "done":
        actions.finish_followup(desk, me(), followup)
        say("desk.said.followup_done")
    elif form.do == "called":
        row = FollowUp.get_or_none(FollowUp.id == followup)
        row = demand_row(me(), "change", "followups", row)
        push_delivery.note_called(desk, followup, me().id)
        say("desk.said.called")
    elif form.do == "assign":
        to = form.staff
        actions.assign_followup(desk, me(), followup, to)
        say(for_phone("desk.said.followup_assigned", to), name=books()["people"].get(to, "?"))
    elif form.do == "cancel":
        if not form.reason:
            raise at_field(back, "reason", "desk.error.reason_missing")
        actions.cancel_followup(desk, me(), followup, form.reason)
        say("desk.said.followup_cancelled")
    else:
        at = planned_at(form.on, form.at, back)
        actions.move_followup(desk, me(), followup, at)
        say("desk.said.followup_moved", when=g.words.stamp(at))
    return redirect(back)


@pages.post("/follow-ups/quiet-hours")
def set_quiet() -> Any:
    """The hours in which no reminder rings."""
    form, back = sent(Quiet), url_for("followups.page") + "#reminders"
    for name, clock in (("from", form.begins), ("until", form.ends)):
        if not is_clock(clock):
            raise at_field(back, name, "desk.error.quiet")
    actions.set_option(the_desk(), me(), "quiet_hours", {"from": form.begins, "until": form.ends})
    say("desk.said.quiet")
    return redirect(back)
