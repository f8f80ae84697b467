"""ケース: the list with search, and one household in reading order: before the door, people, time, duties."""

import unicodedata
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from peewee import fn

from .. import actions
from ..access import demand, may, visible_record
from ..access_log import note_view, views
from ..faults import DeskError
from ..guards import session_id
from ..model import (
    Assignment,
    CaseFile,
    Conference,
    FollowUp,
    Member,
    Parentage,
    PromiseMade,
    SafetyFlag,
    Visit,
    VisitVersion,
)
from ..sign_in import me, the_desk
from . import chart, genogram
from .books import assigned, bodies, books, contacts, line, triage_class
from .followups import KINDS, WITH, read_when
from .frame import changes, say, sees
from .state import note, read_note
from .words import as_date

pages = Blueprint("cases", __name__)
SHOWS = ("outreach", "all", "A", "B", "C")


@pages.get("/cases")
def page() -> Any:
    demand_sight()
    everything, people = books()["cases"], books()["people"]
    on = {row.case for row in Assignment.select().where(Assignment.until_at.is_null())}
    chosen = request.args.get("show", "outreach")
    lists = {name: [row for row in everything.values() if in_list(row, name, on)] for name in SHOWS}
    return render_template(
        "desk/cases.html", rows=[list_row(row, people) for row in lists.get(chosen, lists["all"])], chosen=chosen,
        sizes={name: len(rows) for name, rows in lists.items()}, found=None, query="",
    )  # fmt: skip


def demand_sight() -> None:
    if not sees("core"):
        raise DeskError("not_allowed")


def in_list(row: Any, name: str, on: set[str]) -> bool:
    return name == "all" or (row.id in on if name == "outreach" else triage_class(row) == name)


def list_row(row: Any, people: dict[str, str]) -> dict[str, Any]:
    last = (
        Visit.select().where(Visit.case == row.id).order_by(Visit.occurred_at.desc(), Visit.id.desc()).first()
    )
    staged = last_stage(row.id)
    return {
        "case": row, "letter": triage_class(row), "last": last, "stage": staged.stage if staged else None,
        "staff": [people.get(one, "?") for one in assigned(row.id)], "next": following(row.id),
    }  # fmt: skip


def last_stage(case: str) -> Any:
    rows = Visit.select().where((Visit.case == case) & Visit.stage.is_null(False))
    return rows.order_by(Visit.occurred_at.desc(), Visit.id.desc()).first()


def following(case: str) -> Any:
    rows = FollowUp.select().where((FollowUp.case == case) & (FollowUp.state == "open") & FollowUp.known)
    return rows.order_by(FollowUp.at).first()


@pages.post("/cases/find")
def find() -> Any:
    """A search is posted and kept with the session: a name must not stand in an address."""
    note(session_id(), "query", request.form.get("q", "").strip()[:80], the_desk().clock())
    return redirect(url_for("cases.found"))


@pages.get("/cases/found")
def found() -> Any:
    demand_sight()
    query = read_note(session_id(), "query") or ""
    if not query:
        return redirect(url_for("cases.page"))
    note_view(the_desk(), me(), "search")
    people, wanted = books()["people"], [plain(part) for part in query.split()]
    hits = []
    for row in books()["cases"].values():
        where = matches(row, wanted)
        if where is not None:
            hits.append({**list_row(row, people), "where": where})
    return render_template("desk/cases.html", rows=hits, chosen="", sizes={}, found=len(hits), query=query)


def matches(case: Any, wanted: list[str]) -> list[Any] | None:
    """The contacts in which every word is found ([] when the case itself has them), or None."""
    members = Member.select().where(Member.case == case.id)
    labels = " ".join(text for row in members for text in (row.label, *map(str, row.labels)))
    if holds(" ".join((case.no, case.title, case.kana, case.summary, case.referral_org, labels)), wanted):
        return []
    hits = []
    for visit in contacts(case.id):
        version = VisitVersion.get_or_none(VisitVersion.id == visit.current_version)
        body = visible_record(me(), version.body, case.id, visit.staff) if version else None
        if body and holds(" ".join(str(text) for text in words_of(body)), wanted):
            hits.append(visit)
    return hits or None


def words_of(body: dict[str, Any]) -> list[str]:
    return [*body.get("notes", {}).values(), *body.get("topics", []), *body.get("interests", []), body.get("hook", ""),
            body.get("stageEvent", "")]  # fmt: skip


def plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def holds(text: str, wanted: list[str]) -> bool:
    text = plain(text)
    return all(part in text for part in wanted)


@pages.get("/cases/<case>")
def one(case: str) -> Any:
    row = see_case(case)
    note_view(the_desk(), me(), "case", case)
    past, words = contacts(case), g.words
    members = list(Member.select().where(Member.case == case).order_by(Member.label))
    told = bodies(past)
    shown = {visit.id: visible_record(me(), told[visit.id], case, visit.staff) or {} for visit in past}
    return render_template(
        "desk/case.html", case=row, letter=triage_class(row), staff=assigned(case), past=past[::-1], told=shown,
        safety=safety_flags(case), members=members, index=next((one for one in members if one.is_index), None),
        stage=last_stage(case), hook=latest_hook(past, shown),
        chart=chart.draw(line(past), words, width=724, reactions=True, step=25),
        genogram=genogram.draw(members, list(Parentage.select().where(Parentage.case == case)), words),
        followups=open_followups(case), promises=open_promises(case), conference=conference(case),
        seen=lately_seen(case), may_write=changes("followups", case) or me().id in assigned(case),
        may_decide=changes("core", case), kinds=KINDS, withs=WITH, quotes=latest_quote(past, shown),
        reachable=may(me(), "see", "access_log", case), **books(),
    )  # fmt: skip


def lately_seen(case: str) -> list[Any]:
    """Who looked lately; the same person at the same kind of thing in a row is one line."""
    rows: list[Any] = []
    for row in views(case=case, limit=60):
        same = rows and (rows[-1].staff, rows[-1].what.split(" ")[0]) == (row.staff, row.what.split(" ")[0])
        if not same:
            rows.append(row)
    return rows[:8]


def see_case(case: str) -> Any:
    row = CaseFile.get_or_none(CaseFile.id == case)
    if row is None:
        raise DeskError("not_found")
    demand(me(), "see", "core", case)
    return row


def safety_flags(case: str) -> list[dict[str, Any]]:
    if not may(me(), "see", "safety", case):
        return []
    rows = (
        SafetyFlag.select()
        .where((SafetyFlag.case == case) & SafetyFlag.active)
        .order_by(SafetyFlag.review_on)
    )
    return [{"row": row, "expired": as_date(row.review_on) < g.words.today} for row in rows]


def latest_hook(past: list[Any], shown: dict[str, dict[str, Any]]) -> Any:
    return next(
        ((visit, shown[visit.id]["hook"]) for visit in reversed(past) if shown[visit.id].get("hook")), None
    )


def latest_quote(past: list[Any], shown: dict[str, dict[str, Any]]) -> Any:
    told = ((visit, shown[visit.id].get("notes", {}).get("quote")) for visit in reversed(past))
    return next(((visit, text) for visit, text in told if text), None)


def open_followups(case: str) -> list[Any]:
    rows = FollowUp.select().where((FollowUp.case == case) & (FollowUp.state == "open") & FollowUp.known)
    return list(rows.order_by(FollowUp.at))


def open_promises(case: str) -> list[Any]:
    rows = PromiseMade.select().where((PromiseMade.case == case) & PromiseMade.current)
    return sorted(rows, key=lambda row: (row.kept, row.due or "9999"))


def conference(case: str) -> Any:
    return (
        Conference.select()
        .where(Conference.case == case)
        .order_by(fn.COALESCE(Conference.on, "").desc())
        .first()
    )


@pages.post("/cases/<case>/follow-ups")
def add_followup(case: str) -> Any:
    see_case(case)
    form = request.form
    at = read_when(form.get("on", ""), form.get("at", ""))
    if at is None or form.get("kind") not in KINDS or form.get("with") not in WITH:
        say("desk.error.when_missing", tone="wrong")
        return redirect(url_for("cases.one", case=case) + "#follow")
    actions.schedule_followup(
        the_desk(), me(), case, at, form["kind"], form["with"], form.get("note", "").strip()[:500]
    )
    say("desk.said.followup_added", when=g.words.stamp(at))
    return redirect(url_for("cases.one", case=case) + "#follow")


@pages.post("/cases/<case>/promises/<promise>")
def keep_promise(case: str, promise: str) -> Any:
    actions.keep_promise(the_desk(), me(), promise)
    say("desk.said.promise_kept")
    return redirect(url_for("cases.one", case=case) + "#promises")


@pages.post("/cases/<case>/conference")
def hold_conference(case: str) -> Any:
    """The planned conference was held: a B case becomes A."""
    row, meeting = see_case(case), conference(case)
    on = request.form.get("on", "")
    try:
        day = as_date(on)
    except ValueError:
        day = None
    if meeting is None or day is None or len(on) != 10 or day > g.words.today:
        say("desk.error.day_missing", tone="wrong")
        return redirect(url_for("cases.one", case=case))
    actions.set_conference(the_desk(), me(), case, meeting.kind, "held", on, meeting.id)
    say("desk.said.conference_held", case=row.no, day=g.words.day(day))
    return redirect(url_for("cases.one", case=case))
