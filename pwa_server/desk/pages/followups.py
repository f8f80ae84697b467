"""フォロー予定: what was promised to be done, the overdue first. Done, moved and given up are each one form."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from .. import actions
from ..clock import JAPAN, stamp
from ..faults import DeskError
from ..model import FollowUp
from ..sign_in import me, the_desk
from . import counts
from .books import books
from .frame import changes, say, sees

pages = Blueprint("followups", __name__)
KINDS = ("visit", "phone", "letter", "accompaniment", "other")
WITH = ("person", "family", "us", "none")
SHOWS = ("overdue", "week", "later", "past")


@pages.get("/follow-ups")
def page() -> Any:
    if not sees("followups"):
        raise DeskError("not_allowed")
    start = counts.today_starts()
    week = stamp(datetime.fromisoformat(start) + timedelta(days=8))
    mine = [
        row
        for row in FollowUp.select().where(FollowUp.known).order_by(FollowUp.at)
        if row.case in counts.my_cases()
    ]
    opened = [row for row in mine if row.state == "open"]
    lists = {
        "overdue": [row for row in opened if row.at < start],
        "week": [row for row in opened if start <= row.at < week],
        "later": [row for row in opened if row.at >= week],
        "past": [row for row in mine if row.state != "open"][::-1][:100],
    }
    chosen = request.args.get("show") or ("overdue" if lists["overdue"] else "week")
    if chosen not in SHOWS:
        chosen = "week"
    return render_template(
        "desk/followups.html", rows=lists[chosen], chosen=chosen,
        sizes={name: len(rows) for name, rows in lists.items()},
        writable={row.id for row in lists[chosen] if changes("followups", row.case)}, **books(),
    )  # fmt: skip


@pages.post("/follow-ups/<followup>")
def change(followup: str) -> Any:
    """`do` is done, cancel (with a reason) or move (with a day and a time)."""
    desk, form, do = the_desk(), request.form, request.form.get("do")
    back = redirect(url_for("followups.page", show=form.get("show") or None))
    if do == "done":
        actions.finish_followup(desk, me(), followup)
        say("desk.said.followup_done")
    elif do == "cancel":
        reason = form.get("reason", "").strip()[:500]
        if not reason:
            say("desk.error.reason_missing", tone="wrong")
            return back
        actions.cancel_followup(desk, me(), followup, reason)
        say("desk.said.followup_cancelled")
    else:
        at = read_when(form.get("on", ""), form.get("at", ""))
        if at is None:
            say("desk.error.when_missing", tone="wrong")
            return back
        actions.move_followup(desk, me(), followup, at)
        say("desk.said.followup_moved", when=g.words.stamp(at))
    return back


def read_when(on: str, at: str) -> str | None:
    """A day and a time of the form, in Japan, as they are stored; None when they are none."""
    try:
        return stamp(datetime.fromisoformat(f"{on}T{at or '09:00'}").replace(tzinfo=JAPAN))
    except ValueError:
        return None
