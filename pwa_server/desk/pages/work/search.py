"""さがす: every word of every record this person may read. What was asked is posted and kept with the session."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from flask import Blueprint, redirect, render_template, request, url_for

from sync.events import CHANNELS

from ...accounts.page_state import note, read_note
from ...core.clock import JAPAN, stamp
from ...core.tables import among
from ...models.office_and_cases import CaseFile, Staff
from ...queries import search, search_text
from ...queries.access import visible_cases
from ...queries.access_log import note_view, note_views
from ..cases import list as case_list
from ..layout import counts
from ..layout.form_values import read_day
from ..layout.forms import Form, checked, most
from ..layout.guards import session_id
from ..layout.lookups import books
from ..layout.permissions import demand_sight
from ..layout.session import me, the_desk

pages = Blueprint("search", __name__)
LONGEST = 80
PAGE = 50
MOST_NAMED = 20


class Asked(Form):
    q: Annotated[str, most(LONGEST)] = ""
    channel: Annotated[str, most(64)] = ""
    staff: Annotated[str, most(64)] = ""
    since: Annotated[str, most(64)] = ""
    until: Annotated[str, most(64)] = ""
    what: Annotated[str, most(64)] = ""


@pages.post("/cases/find")
def find() -> Any:
    """A name must not stand in an address, so the words and filters lie with the session."""
    wanted = checked(Asked, url_for("cases.page")).model_dump()
    note(session_id(), "query", wanted, the_desk().clock())
    return redirect(url_for("search.found"))


@pages.get("/cases/found")
def found() -> Any:
    demand_sight()
    kept = read_note(session_id(), "query")
    wanted: dict[str, str] = kept if isinstance(kept, dict) else {}
    query = wanted.get("q", "")
    if not query:
        return redirect(url_for("cases.page"))
    note_view(the_desk(), me(), "search")
    mine = None if counts.sees_all_cases() else visible_cases(me())
    hits, more = search.find(the_desk(), me(), mine, query, conditions(wanted))
    by_number = numbered(query)
    start = case_list.number(request.args.get("from", ""))
    shown = hits[start : start + PAGE]
    note_views(the_desk(), me(), "found", (hit.case for hit in shown), each=True)
    staff = Staff.select().where(Staff.role == "worker").order_by(Staff.kana, Staff.id)
    return render_template(
        "desk/found.html",
        hits=shown,
        total=len(hits),
        more=more,
        query=query,
        wanted=wanted,
        by_number=by_number,
        around=lambda text: search_text.around(text, query),
        start=start,
        page=PAGE,
        staff=list(staff),
        channels=CHANNELS,
        notices=noticed(query, wanted),
        behind=search.is_behind(),
        **books(shown),
    )


def numbered(query: str) -> list[dict[str, Any]]:
    """Cases whose number or name was typed: they come first, with what stands beside a case."""
    rows = case_list.within("all").where(among(CaseFile.id, search.named(me(), query))).limit(MOST_NAMED)
    return case_list.beside(list(rows))


def noticed(query: str, wanted: dict[str, str]) -> list[Any]:
    """What neighbours told, unless the question was narrowed to something a notice does not have."""
    narrowed = any(wanted.get(name) for name in ("what", "staff", "channel", "since", "until"))
    return [] if narrowed else search.notices(me(), query)


def conditions(wanted: dict[str, str]) -> dict[str, str]:
    """The filters as the index takes them; what is no date or channel filters nothing."""
    conditions = {"staff": wanted.get("staff", ""), "what": wanted.get("what", "")}
    if wanted.get("channel") in CHANNELS:
        conditions["channel"] = wanted["channel"]
    if since := read_day(wanted.get("since", "")):
        conditions["since"] = begins(since)
    if until := read_day(wanted.get("until", "")):
        conditions["until"] = begins(until + timedelta(days=1))
    return conditions


def begins(day: date) -> str:
    return stamp(datetime.combine(day, datetime.min.time(), JAPAN))
