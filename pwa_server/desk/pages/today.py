"""今日: what waits for a person's decision, the most urgent first. Each count leads to its list."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, url_for

from ..model import FollowUp, Visit, VisitVersion
from . import counts
from .books import books
from .frame import opens, sees
from .highlights import highlights
from .words import as_date

pages = Blueprint("today", __name__)
SHOWN = 6


@pages.get("/")
def root() -> Any:
    return redirect(url_for("today.page"))


@pages.get("/today")
def page() -> Any:
    if not sees("core"):
        return redirect(url_for("people.page"))  # an administrator's morning: people and phones, no cases
    waiting = counts.waiting_visits()
    urgent = [row for row in waiting if row.urgent]
    lists = {
        "urgent": [urgent_card(row) for row in urgent],
        "waiting": waiting,
        "answers": [answer_row(review) for review in counts.answered_reviews()] if opens("review") else [],
        "held": counts.held_rows() if sees("held") else [],
        "overdue": counts.overdue_followups(),
        "quiet": quiet_cases(),
        "phones": counts.silent_phones() if sees("devices") else [],
        "safety": counts.safety_due(),
    }
    return render_template(
        "desk/today.html", **lists, shown=SHOWN, highlights=highlights(waiting[:SHOWN]), **books()
    )


def urgent_card(visit: Any) -> dict[str, Any]:
    body = VisitVersion.get_by_id(visit.current_version).body
    risks = [key for key, value in body.get("risk", {}).items() if value == "urgent"]
    return {"visit": visit, "risks": risks, "fact": first_line(body.get("notes", {}).get("fact", "")),
            "call": body.get("riskCall") or None}  # fmt: skip


def first_line(text: str) -> str:
    line = text.strip().split("\n", 1)[0]
    return line if len(line) <= 120 else line[:119] + "…"


def answer_row(review: Any) -> dict[str, Any]:
    answer = VisitVersion.get_or_none(VisitVersion.id == review.answered_by)
    visit = Visit.get_by_id(review.visit)
    return {"review": review, "visit": visit, "answer": answer}


def quiet_cases() -> dict[str, Any]:
    """Cases without any contact for 30 days, met or not; those without a next step first."""
    words, found = g.words, []
    last: dict[str, Any] = {}
    for visit in Visit.select().order_by(Visit.occurred_at, Visit.id):
        last[visit.case] = visit
    following: dict[str, Any] = {}
    starts = counts.today_starts()
    for row in (
        FollowUp.select()
        .where((FollowUp.state == "open") & (FollowUp.at >= starts))
        .order_by(FollowUp.at.desc())
    ):
        following[row.case] = row
    for case, visit in last.items():
        days = words.days_since(as_date(visit.occurred_at))
        if case in counts.my_cases() and days >= counts.QUIET_AFTER:
            found.append({"case": case, "visit": visit, "days": days, "next": following.get(case)})
    found.sort(key=lambda row: (row["next"] is not None, -row["days"]))
    return {"rows": found, "over": {n: sum(row["days"] >= n for row in found) for n in (30, 60, 90)}}
