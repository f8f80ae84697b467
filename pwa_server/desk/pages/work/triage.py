"""振り分け: who waits for a decision, and what was decided: 判断中, B, A, C, in the order a case travels."""

from datetime import date
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from ...actions import decide_triage
from ...core.errors import NotAllowed
from ...queries import triage
from ...queries.access import demand, sees_all
from ...queries.access_log import note_view
from ...queries.cases import BY_CONFERENCE, CLASSES
from ...queries.conferences import GATES, kinds
from ...queries.shown import all_shown, shown
from ..layout.form_values import read_day
from ..layout.forms import typed_names
from ..layout.lookups import people
from ..layout.page import changes, say
from ..layout.permissions import see_case
from ..layout.session import me, the_desk

pages = Blueprint("triage", __name__)
LONGEST = 2000
FIELDS = ("decision", "kind", "review_on", "reason")


@pages.get("/triage")
def page() -> Any:
    if not sees_all(me(), "core"):
        raise NotAllowed("see triage")
    return _board(request.args.get("case", ""))


def _board(case: str, entries: dict[str, str] | None = None, wrong: dict[str, str] | None = None) -> str:
    words, lanes = g.words, {name: triage.cards(name) for name in triage.LANES}
    cards = [row for rows in lanes.values() for row in rows]
    opened = _opened(case) if case else None
    return render_template(
        "desk/triage.html",
        lanes={name: all_shown(me(), rows) for name, rows in lanes.items()},
        beside=triage.beside(cards),
        table=triage.table(),
        sizes=triage.sizes(),
        today=words.today.isoformat(),
        overdue=triage.overdue(words.today.isoformat()),
        opened=opened,
        told=entries or (_stands(opened) if opened else {}),
        wrong=wrong or {},
        history=all_shown(me(), triage.history(case)) if opened else [],
        decisions=triage.DECISIONS,
        kinds=main_kinds(),
        by_conference=BY_CONFERENCE,
        letters=CLASSES,
        first=triage.FIRST,
        names=people(),
        may_decide=changes("core"),
    )


def _opened(case: str) -> Any:
    row = see_case(case)
    note_view(the_desk(), me(), "triage", case)
    return shown(me(), row)


def _stands(row: Any) -> dict[str, str]:
    """What the form begins with: the decision that stands, its conference and review day; the reason is new."""
    return {
        "decision": row.triage_decision,
        "kind": row.conference_kind or "",
        "review_on": row.triage_review_on or "",
        "reason": "",
    }


@pages.post("/triage/<case>")
def decide(case: str) -> Any:
    row = see_case(case)
    demand(me(), "change", "core", case)
    entries = {name: text.strip() for name, text in typed_names(FIELDS).items()}
    wrong = faults(entries, g.words.today)
    if wrong:
        g.refused = True
        return _board(case, entries, wrong), 400
    kind = entries["kind"] if entries["decision"] == "needs_conference" else None
    decide_triage(
        the_desk(),
        me(),
        case,
        entries["decision"],
        kind,
        entries["reason"],
        review_on=entries["review_on"] or None,
    )
    say("desk.said.triage", no=row.no)
    return redirect(url_for("triage.page", case=case) + "#opened")


def main_kinds() -> dict[str, str]:
    """What a case's main conference may be, by law or by consent, under the office's own name or ""."""
    named = {one.id: one.name for one in kinds()}
    return {kind: named.get(kind, "") for _, kind in GATES.values()}


def faults(entries: dict[str, str], today: date) -> dict[str, str]:
    """{field: the key of its sentence}."""
    wrong = {}
    if entries["decision"] not in triage.DECISIONS:
        wrong["decision"] = "desk.triage.wrong.decision"
    if entries["decision"] == "needs_conference" and entries["kind"] not in main_kinds():
        wrong["kind"] = "desk.triage.wrong.kind"
    day = read_day(entries["review_on"]) if entries["review_on"] else None
    needs_day = entries["decision"] == "existing_network" or bool(entries["review_on"])
    if needs_day and (day is None or day <= today):
        wrong["review_on"] = "desk.triage.wrong.review_on"
    if len(entries["reason"]) > LONGEST:
        wrong["reason"] = "desk.area.wrong.too_long"
    if not entries["reason"]:
        wrong["reason"] = "desk.triage.wrong.reason"
    return wrong
