"""会議: list, calendar and the page of each conference; what is on its table opens to its members alone.

Who has no seat gets the page of what is not there, at every address below a meeting, before a form is looked at.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from sync.bounds import MAX_LINE, is_plausible_date

from ...actions import conferences as acts
from ...core.clock import JAPAN, stamp
from ...core.errors import DeskError
from ...core.tables import among
from ...models.conferences import Decision, InformationRequest, Material, Meeting, Minutes
from ...models.office_and_cases import CaseFile, Conference
from ...queries import conferences as rooms
from ...queries.access import may
from ...queries.access_log import note_view, note_views
from ...queries.plans import current
from ..layout.counts import my_cases
from ..layout.form_values import is_clock
from ..layout.forms import Form, Id, Ids, WrongForm, Yes, checked, most, retyped
from ..layout.lookups import people
from ..layout.page import changes, say, sees
from ..layout.session import me, the_desk
from ..layout.words import in_japan

pages = Blueprint("meetings", __name__)
SHOWN = 100
GOALS = tuple(str(number) for number in range(1, 21))
MOST = 200  # meetings of a list; earlier ones stand in the calendar
LONG = 20_000
Short = Annotated[str, most(MAX_LINE)]
Box = Annotated[str, most(LONG)]


class Kind(Form):
    kind: Id = ""
    name: Short = ""
    convenor: Short = ""
    gate: Short = ""
    active: Yes = False


class Plan(Form):
    """`cases`: numbers, one a line."""

    kind: Short = ""
    cases: Annotated[str, most(LONG)] = ""
    on: Short = ""
    begins: Short = ""
    ends: Short = ""
    place: Short = ""
    convenor: Short = ""
    chair: Short = ""
    recorder: Id = ""
    closes: Short = ""


class Nothing(Form):
    """A press of its button."""


class Change(Form):
    """None: the form has no such field. `was_`: as it stood when the form was drawn."""

    on: Short | None = None
    begins: Short | None = None
    ends: Short | None = None
    place: Short | None = None
    convenor: Short | None = None
    chair: Short | None = None
    recorder: Id | None = None
    closes: Short = ""
    was_on: Short = ""
    was_begins: Short = ""
    was_ends: Short = ""
    was_place: Short = ""
    was_convenor: Short = ""
    was_chair: Short = ""
    was_recorder: Id = ""
    was_closes: Short = ""


class Cancel(Form):
    reason: Box = ""


class Held(Form):
    on: Short = ""
    attended: Ids


class Cases(Form):
    do: Id = ""
    case: Id = ""
    cases: Annotated[str, most(LONG)] = ""


class Seat(Form):
    do: Id = ""
    member: Id = ""
    on: Short = ""
    staff: Id = ""
    case: Ids
    name: Short = ""
    organisation: Short = ""
    capacity: Short = ""


class Agenda(Form):
    """`saw`: the wording of the item that the form was drawn from."""

    do: Id = ""
    item: Id = ""
    saw: Id = ""
    case: Id = ""
    begins: Short = ""
    topic: Short = ""
    text: Short = ""


class Paper(Form):
    do: Id = ""
    material: Id = ""
    case: Id = ""
    title: Short = ""
    text: Box = ""


class Request(Form):
    do: Id = ""
    request: Id = ""
    came: Box = ""
    case: Id = ""
    to: Short = ""
    what: Box = ""
    due: Short = ""


class Written(Form):
    case: Id = ""
    text: Box = ""
    replaces: Ids


class Decided(Form):
    do: Id = ""
    decision: Id = ""
    goal: Id = ""
    case: Id = ""
    what: Short = ""
    why: Box = ""
    staff: Id = ""
    member: Id = ""
    until: Short = ""


# What a form got wrong that the person can set right; anything else is answered as a whole page.
SAID = frozenset(
    (
        "empty",
        "malformed",
        "day_missing",
        "agenda_changed",
        "meeting_over",
        "members_missing",
        "table_empty",
        "secrecy_missing",
        "consent_missing",
        "cannot_hold",
        "cannot_sit",
        "no_seat",
        "no_plan",
        "not_allowed",
        "case_closed",
        "plan_reason_missing",
    )
)


@pages.get("/meetings")
def page() -> Any:
    if not sees("conference_support"):
        raise DeskError("not_allowed")
    view = "calendar" if request.args.get("view") == "calendar" else "list"
    month = month_named(request.args.get("month", "")) if view == "calendar" else None
    rows = listed(month)
    return render_template(
        "desk/conferences.html",
        rows=rows,
        ahead=[row for row in rows if row["status"] == "planned"][::-1],
        past=[row for row in rows if row["status"] != "planned"],
        view=view,
        month=month_of(rows, month) if month else None,
        given=given_to_me(),
        may_plan=changes("core"),
        may_set_kinds=acts.may_set_kinds(me()),
        may_note=sees("core"),
    )


def listed(month: date | None) -> list[dict[str, Any]]:
    """Meetings one has a tie to, and that there is one about the cases one sees; only the first open.

    Of a month with the weeks around it, or the latest.
    """
    rows = Meeting.select().order_by(Meeting.on.desc(), Meeting.begins, Meeting.id)
    noted = Conference.select().where(
        (Conference.status == "held")
        & Conference.on.is_null(False)
        & Conference.meeting.not_in(Meeting.select(Meeting.id))
    )
    if month is not None:
        around = [(month + timedelta(days=days)).isoformat() for days in (-7, 38)]
        rows = rows.where((Meeting.on >= around[0]) & (Meeting.on <= around[1]))
        noted = noted.where((Conference.on >= around[0]) & (Conference.on <= around[1]))
    meetings = list(rows.limit(MOST))
    ties = rooms.ties_to(me(), meetings)
    numbers = rooms.numbers_on([row.id for row in meetings])
    values = (told_of(row, ties.get(row.id), numbers.get(row.id, [])) for row in meetings)
    found = [one for one in values if one is not None]
    found += told_of_noted(list(noted.order_by(Conference.on.desc(), Conference.id).limit(MOST)))
    return sorted(found, key=lambda one: (one["on"], one["begins"]), reverse=True)


def told_of(row: Any, tie: rooms.Tie | None, cases: list[tuple[str, str]]) -> dict[str, Any] | None:
    """One line; None where this person sees neither the meeting nor one of its cases."""
    seen = my_cases()
    numbers_seen = [no for case, no in cases if case in seen or (tie is not None and tie.covers(case))]
    if tie is None and not numbers_seen:
        return None
    return {
        "id": row.id,
        "kind": kind_names().get(row.kind, row.kind),
        "status": row.status,
        "on": row.on,
        "begins": row.begins,
        "place": row.place if tie else "",
        "opens": tie is not None,
        "asks": tie is not None and tie.seat is not None and tie.seat.acknowledged_on is None,
        "numbers": numbers_seen,
    }


def told_of_noted(rows: list[Any]) -> list[dict[str, Any]]:
    """Those that were only noted as held: their day, kind and cases are all there is."""
    seen = my_cases()
    rows = [row for row in rows if row.case in seen]
    numbers = {row.id: row.no for row in CaseFile.select().where(among(CaseFile.id, [r.case for r in rows]))}
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        numbers_noted = {
            "id": row.meeting,
            "kind": kind_names().get(row.kind, row.kind),
            "status": row.status,
            "on": row.on,
        }
        plain = {"begins": "", "place": "", "opens": False, "asks": False, "numbers": []}
        found.setdefault(row.meeting, numbers_noted | plain)["numbers"].append(numbers.get(row.case, "?"))
    return list(found.values())


def given_to_me() -> list[Any]:
    """What was decided that this person does, without whose household it is: they may not have been there."""
    rows = Decision.select().where(
        (Decision.staff == me().id) & ~Decision.removed & Decision.followup.is_null()
    )
    return list(rows.order_by(Decision.until, Decision.id))


def kind_names() -> dict[str, str]:
    """Read once a request."""
    if "kind_names" not in g:
        g.kind_names = {one.id: one.name or g.words.t(f"desk.conference.{one.id}") for one in rooms.kinds()}
    kind_names: dict[str, str] = g.kind_names
    return kind_names


def month_named(text: str) -> date:
    """The first day of "2026-12", or of this month."""
    return (
        date.fromisoformat(f"{text}-01") if is_plausible_date(f"{text}-01") else g.words.today.replace(day=1)
    )


def month_of(rows: list[dict[str, Any]], first: date) -> dict[str, Any]:
    """Whole weeks from Monday around a month."""
    start = first - timedelta(days=first.weekday())
    after = (first + timedelta(days=31)).replace(day=1)
    days = [start + timedelta(days=n) for n in range(42)]
    weeks = [days[n : n + 7] for n in range(0, 42, 7) if days[n] < after]
    return {
        "first": first,
        "before": (first - timedelta(days=1)).strftime("%Y-%m"),
        "after": after.strftime("%Y-%m"),
        "weeks": [
            [
                {
                    "day": day,
                    "in": day.month == first.month,
                    "today": day == g.words.today,
                    "rows": [row for row in rows if row["on"] == day.isoformat()],
                }
                for day in week
            ]
            for week in weeks
        ],
    }


@pages.route("/meetings/kinds", methods=["GET", "POST"])
def kinds() -> Any:
    """The office's own table: municipalities name, merge and convene them differently."""
    if not acts.may_set_kinds(me()):
        raise DeskError("not_allowed")
    if request.method == "POST":
        back = url_for("meetings.kinds")
        form = checked(Kind, back)
        fields = form.model_dump(exclude={"kind"})
        return done(lambda: acts.set_kind(the_desk(), me(), form.kind or None, fields), back)
    return render_template("desk/conference_kinds.html", kinds=rooms.kinds(), gates=rooms.GATES)


@pages.route("/meetings/new", methods=["GET", "POST"])
def new() -> Any:
    if not changes("core"):
        raise DeskError("not_allowed")
    wrong = ""
    if request.method == "POST":
        form = checked(Plan, url_for("meetings.new"))
        found, unknown = typed_cases(form.cases)
        if unknown or not found:
            sentence = g.words.t("desk.comma").join(unknown[:5])
            wrong = (
                g.words.t("desk.meetings.unknown", no=sentence) if unknown else g.words.t("desk.error.empty")
            )
        else:
            try:
                meeting = acts.plan(the_desk(), me(), form.kind, plan_fields(form), found)
            except DeskError as error:
                if error.code not in SAID:
                    raise
                wrong = g.words.t(f"desk.error.{error.code}")
                wrong += f" {error.detail}" if error.code == "consent_missing" else ""
            else:
                say("desk.said.meeting_planned")
                return redirect(url_for("meetings.one", meeting=meeting))
    return render_template(
        "desk/conference_new.html",
        kinds=[one for one in rooms.kinds() if one.active],
        staff=sitters("law"),
        form=retyped(Plan),
        wrong=wrong,
    )


def typed_cases(lines: str) -> tuple[list[str], list[str]]:
    """Ids of the numbers typed, one a line, among the cases this person sees; and the numbers nobody knows."""
    numbers = dict.fromkeys(one.strip() for one in lines.splitlines() if one.strip())
    rows = CaseFile.select(CaseFile.id, CaseFile.no).where(
        among(CaseFile.no, list(numbers)[: acts.MOST_CASES])
    )
    found = {row.no: row.id for row in rows if row.id in my_cases()}
    return [found[no] for no in numbers if no in found], [no for no in numbers if no not in found]


def plan_fields(form: Plan) -> dict[str, Any]:
    fields: dict[str, Any] = form.model_dump(include=set(CHANGEABLE))
    return fields | {"recorder": form.recorder or None, "closes": closing(form.on, form.closes)}


def closing(on: str, at: str) -> str:
    """The moment the materials close, of a day and a time of it; "" for none said."""
    if not is_plausible_date(on) or not is_clock(at):
        return ""
    return stamp(datetime.combine(date.fromisoformat(on), time.fromisoformat(at), JAPAN))


def sitters(gate: str) -> list[Any]:
    rows = [one for one in rooms.names_of_staff().values() if rooms.can_sit(one, gate)]
    return sorted(rows, key=lambda one: (one.kana, one.id))


def the_tie(meeting: str) -> rooms.Tie:
    found = rooms.tie(me(), meeting)
    if found is None:
        raise DeskError("not_found")
    return found


def opened(meeting: str) -> rooms.Tie:
    """What lies behind the acknowledgement; before it there is nothing at these addresses either."""
    found = the_tie(meeting)
    if not found.opened:
        raise DeskError("not_found")
    return found


@pages.get("/meetings/<meeting>")
def one(meeting: str) -> Any:
    tie = the_tie(meeting)
    shown = contents(tie) if tie.opened else {"cases": []}
    note_reading(meeting, "conference", shown["cases"])
    return render_template("desk/conference.html", **around(tie), **shown)


def note_reading(meeting: str, what: str, cases: list[Any]) -> None:
    if cases:
        note_views(the_desk(), me(), f"{what} {meeting}", (case.id for case in cases), each=True)
    else:
        note_view(the_desk(), me(), f"{what} {meeting}")


def around(tie: rooms.Tie) -> dict[str, Any]:
    """What every page of a meeting needs."""
    row = tie.meeting
    kind = next((kind for kind in rooms.kinds() if kind.id == row.kind), None)
    return {
        "tie": tie,
        "row": row,
        "kind_name": kind_names().get(row.kind, row.kind),
        "kind": kind,
        "names": people(),
        "topics": acts.TOPICS,
        "closes_at": in_japan(row.closes),
    }


def contents(tie: rooms.Tie) -> dict[str, Any]:
    """What is on the table, as far as this person's seat reaches."""
    meeting, now = tie.meeting.id, the_desk().now()
    cases = [case for case in rooms.cases_of(meeting) if tie.covers(case.id)]
    seats = rooms.seats_of(meeting)

    def mine(table: Any) -> list[Any]:
        rows = table.select().where(table.meeting == meeting)
        return [row for row in rows if tie.covers(row.case)]

    decisions = sorted(
        (row for row in mine(Decision) if not row.removed and (tie.reads_minutes or row.staff == me().id)),
        key=lambda row: (row.at, row.id),
    )
    wordings: dict[str | None, list[Any]] = {None: [], **{case.id: [] for case in cases}}
    if tie.reads_minutes:
        for wording in sorted(mine(Minutes), key=lambda row: (row.at, row.id)):
            wordings.setdefault(wording.case, []).append(wording)
    return {
        "cases": cases,
        "numbers": {case.id: case.no for case in cases},
        "seats": seats,
        "open_seats": [seat for seat in seats if seat.acknowledged_on is None],
        "agenda": rooms.agenda_of(tie),
        "agenda_wordings": rooms.wordings_of(tie),
        "materials": sorted(
            (row for row in mine(Material) if not row.removed), key=lambda row: (row.at, row.id)
        ),
        "why_closed": {case: rooms.why_closed(tie, case, now) for case in (None, *(one.id for one in cases))},
        "requests": sorted(mine(InformationRequest), key=lambda row: (row.at, row.id)),
        "wordings": wordings,
        "decisions": decisions,
        "lacking": {
            case.id for case in cases if rooms.lacks_consent(tie.meeting.gate, case.id, the_desk().today())
        },
        "agreed": {
            case.id for case in cases if not rooms.lacks_consent("consent", case.id, the_desk().today())
        },
        "goals": {case.id: goals_of(case.id) for case in cases if may(me(), "change", "plan", case.id)},
        "sitters": sitters(tie.meeting.gate) if tie.manages else [],
        "givable": [
            one for one in rooms.names_of_staff().values() if one.active and one.role in acts.GIVEN_TO
        ],
        "here": {one.id for one in rooms.names_of_staff().values() if one.active},
    }


def goals_of(case: str) -> list[str]:
    """The goals of the plan there is, in order: a row of the conference becomes an action under one of them."""
    plan = current(case)
    return [] if plan is None else [one["text"] for one in plan.content["goals"]]


@pages.get("/meetings/<meeting>/print")
def paper(meeting: str) -> Any:
    """Minutes and decisions on paper, with who printed it on every page."""
    tie = opened(meeting)
    shown = contents(tie)
    note_reading(meeting, "conference_print", shown["cases"])
    return render_template("desk/conference_print.html", **around(tie), **shown)


@pages.get("/meetings/<meeting>/secrecy")
def secrecy(meeting: str) -> Any:
    """The request to acknowledge the duty of secrecy, on paper: nothing of any household."""
    tie = opened(meeting)
    if not tie.manages:
        raise DeskError("not_found")
    note_reading(meeting, "conference_secrecy", [])
    return render_template("desk/conference_secrecy.html", **around(tie), seats=rooms.seats_of(meeting))


@pages.get("/meetings/<meeting>/materials/<material>")
def material(meeting: str, material: str) -> Any:
    tie = opened(meeting)
    row = Material.get_or_none((Material.id == material) & (Material.meeting == meeting) & ~Material.removed)
    if row is None or not tie.covers(row.case):
        raise DeskError("not_found")
    why = rooms.why_closed(tie, row.case, the_desk().now())
    case = CaseFile.get_or_none(CaseFile.id == row.case) if row.case else None
    if why is None:
        note_reading(meeting, "conference_material", [case] if case else [])
    return render_template("desk/conference_material.html", **around(tie), material=row, why=why, case=case)


# Forms. What each does, by its name in the address; all of them ask the tie before they look at a field.
def _acknowledge(meeting: str, _: Form) -> None:
    acts.acknowledge(the_desk(), me(), meeting)


CHANGEABLE = ("on", "begins", "ends", "place", "convenor", "chair", "recorder")


def _change(meeting: str, form: Change) -> None:
    row = the_tie(meeting).meeting
    body: dict[str, Any] = {
        name: value
        for name in CHANGEABLE
        if (value := getattr(form, name)) is not None and value != getattr(form, f"was_{name}")
    }
    if "recorder" in body:
        body["recorder"] = body["recorder"] or None
    if "on" in body or (form.closes and form.closes != form.was_closes):
        body["closes"] = closing(body.get("on") or row.on, form.closes)
    acts.change(the_desk(), me(), meeting, body)


def _cancel(meeting: str, form: Cancel) -> None:
    acts.cancel(the_desk(), me(), meeting, form.reason)


def _held(meeting: str, form: Held) -> None:
    acts.hold(the_desk(), me(), meeting, form.on, form.attended)


def _cases(meeting: str, form: Cases) -> None:
    if form.do == "off":
        acts.take_off(the_desk(), me(), meeting, form.case)
        return
    the_tie(meeting)
    found, unknown = typed_cases(form.cases)
    if unknown or not found:
        raise DeskError("empty")
    for case in found:
        acts.take_up(the_desk(), me(), meeting, case)


def _members(meeting: str, form: Seat) -> None:
    if form.do == "paper":
        acts.note_paper(the_desk(), me(), meeting, form.member, form.on)
    elif form.do == "off":
        acts.unseat(the_desk(), me(), meeting, form.member)
    else:
        who = (form.name, form.organisation, form.capacity)
        acts.seat_member(the_desk(), me(), meeting, form.staff or None, *who, form.case)


def _agenda(meeting: str, form: Agenda) -> None:
    whose = (the_desk(), me(), meeting)
    if form.do == "off":
        acts.remove_agenda(*whose, form.item, form.saw)
    elif form.do in ("up", "down"):
        acts.move_agenda(*whose, form.item, form.saw, form.do == "up")
    else:
        fields = form.model_dump(include={"begins", "topic", "text"})
        acts.set_agenda(*whose, form.case or None, fields, form.item or None, form.saw)


def _materials(meeting: str, form: Paper) -> None:
    if form.do == "off":
        acts.remove_material(the_desk(), me(), meeting, form.material)
    else:
        acts.add_material(the_desk(), me(), meeting, form.case or None, form.title, form.text)


def _requests(meeting: str, form: Request) -> None:
    today = g.words.today.isoformat()
    if form.do == "came":
        acts.note_answer(the_desk(), me(), meeting, form.request, form.came, today)
    else:
        due = form.due if is_plausible_date(form.due) else None
        acts.ask_for(the_desk(), me(), meeting, form.case or None, form.to, form.what, due)


def _minutes(meeting: str, form: Written) -> None:
    acts.write_minutes(the_desk(), me(), meeting, form.case or None, form.text, form.replaces[:SHOWN])
    here = (Minutes.meeting == meeting) & (Minutes.case == form.case if form.case else Minutes.case.is_null())
    if Minutes.select().where(here).count() > 1:
        g.two_wordings = True


def _decisions(meeting: str, form: Decided) -> None:
    if form.do == "off":
        acts.take_back(the_desk(), me(), meeting, form.decision)
        return
    if form.do == "plan":
        acts.carry(the_desk(), me(), meeting, form.decision, int(form.goal) if form.goal in GOALS else 0)
        return
    decision = (form.what, form.why, form.staff or None, form.member, form.until or None)
    acts.decide(the_desk(), me(), meeting, form.case, *decision)


# By its name in the address: what it holds, what it does, what is said then, which part of the page is shown.
FORMS: dict[str, tuple[type[Form], Callable[[str, Any], None], str, str]] = {
    "acknowledge": (Nothing, _acknowledge, "secrecy_noted", ""),
    "change": (Change, _change, "meeting_changed", ""),
    "cancel": (Cancel, _cancel, "meeting_cancelled", ""),
    "held": (Held, _held, "meeting_was_held", ""),
    "cases": (Cases, _cases, "written_down", "cases"),
    "members": (Seat, _members, "written_down", "members"),
    "agenda": (Agenda, _agenda, "written_down", "agenda"),
    "materials": (Paper, _materials, "written_down", "materials"),
    "requests": (Request, _requests, "written_down", "requests"),
    "minutes": (Written, _minutes, "written_down", "minutes"),
    "decisions": (Decided, _decisions, "written_down", "decisions"),
}


@pages.post("/meetings/<meeting>/<form>")
def write(meeting: str, form: str) -> Any:
    the_tie(meeting)
    if form not in FORMS:
        raise DeskError("not_found")
    shape, act, said, part = FORMS[form]
    back = url_for("meetings.one", meeting=meeting) + (f"#{part}" if part else "")
    filled_in = checked(shape, back)
    return done(lambda: act(meeting, filled_in), back, said)


def done(act: Callable[[], Any], back: str, said: str = "written_down") -> Any:
    try:
        act()
    except DeskError as error:
        if error.code not in SAID:
            raise
        code = "fields_missing" if error.code in ("empty", "malformed") else error.code
        raise WrongForm(back, {}, f"desk.error.{code}") from None
    say("desk.said.two_wordings" if g.get("two_wordings") else f"desk.said.{said}")
    return redirect(back)
