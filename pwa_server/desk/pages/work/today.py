"""今日: what waits for a person's decision, the most urgent first. Each count leads to its list."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, g, redirect, render_template, url_for

from ... import actions
from ...actions import trust
from ...exchange import going_on, watch_list
from ...models.office_and_cases import Staff, Visit, VisitVersion
from ...projections.outings import out_now
from ...queries import grounds, handovers, organisations, owners, requests
from ...queries.access import demand, is_one_of_us
from ...queries.access_log import note_views
from ...queries.on_call import may_receive
from ..layout import counts, emergency_notices
from ..layout.assured import who_rings
from ..layout.forms import Form, Id, Ids, Tick, at_field, checked, sent
from ..layout.lookups import books, devices
from ..layout.page import changes, opens, say, sees
from ..layout.session import me, the_desk
from ..visits.tags import highlights
from . import cover
from .troubles import troubles

pages = Blueprint("today", __name__)
SHOWN = 6


@pages.get("/")
def root() -> Any:
    return redirect(url_for("referrals.page" if opens("referrals") else "today.page"))


@pages.get("/today")
def page() -> Any:
    if not sees("core"):
        return _without_cases()
    waiting = counts.waiting_visits()
    urgent = [row for row in waiting if row.urgent]
    lists = {
        "urgent": [urgent_card(row) for row in urgent],
        "waiting": waiting,
        "answers": [answer_row(review) for review in counts.answered_reviews()] if opens("review") else [],
        "asked_me": counts.asked_of_me(),
        "held": counts.held_rows() if sees("held") else [],
        "overdue": counts.overdue_followups(),
        "quiet": quiet(),
        "not_back": counts.not_back() if opens("review") else [],
        "apart": counts.apart() if sees("held") else [],
        "flags": counts.flags_due() if opens("review") else [],
        "two": counts.two_values(),
        "calls": counts.calls(),
        "phones": counts.silent_phones() if sees("devices") else [],
        "safety": counts.safety_due(),
        "left": left() if sees("devices") else [],
        "troubles": troubles(),
    }
    staff = list(
        Staff.select().where(Staff.active & (Staff.role != "administrator")).order_by(Staff.kana, Staff.id)
    )
    staff = [row for row in staff if may_receive(row)]
    unanswered = handovers.overdue(me(), the_desk().today())
    note_views(the_desk(), me(), "today", [*shown_cases(lists), *(row.case for row in unanswered)])
    called, kept = watch_list.on_call(), books(unanswered)
    kept["cases"].fill(drawn(lists))
    return render_template(
        "desk/today.html",
        **lists,
        opened=emergency_notices.unnoticed_grants(),
        out=[row for row in out_now() if is_one_of_us(me(), row.id)],
        moment_now=the_desk().now(),
        shown=SHOWN,
        cover=cover.covers(),
        ownerless=ownerless(),
        may_take=owners.holders(me()),
        highlights=highlights(waiting[:SHOWN]),
        staff=staff,
        called=called,
        rings=who_rings(called),
        may_call=changes("people"),
        devices=devices(),
        overdue_handovers=unanswered,
        unopened=_unopened(),
        ending=_ending(),
        asked_for=requests.open_requests() if sees("requests") else [],
        groundless=groundless(),
        today_iso=the_desk().today().isoformat(),
        **kept,
    )


def drawn(lists: dict[str, Any]) -> Iterator[str]:
    """Cases the page names by their numbers, read ahead together."""
    yield from (card["visit"].case for card in lists["urgent"])
    yield from (one.followup.case for one in lists["calls"][:SHOWN])
    yield from (row["case"] for row in lists["quiet"]["rows"][:SHOWN])
    for name in ("waiting", "overdue", "safety", "flags", "two"):
        yield from (row.case for row in lists[name][:SHOWN])


def shown_cases(lists: dict[str, Any]) -> list[str]:
    """The cases this page says something of, beyond that they are there: words, plans, flags."""
    rows = [*lists["overdue"][:SHOWN], *lists["safety"], *lists["flags"], *lists["two"]]
    rows += [card["visit"] for card in lists["urgent"]]
    rows += [answer["visit"] for answer in lists["answers"][:SHOWN]]
    rows += [asked["visit"] for asked in lists["asked_me"][:SHOWN]]
    return [row.case for row in rows]


def left() -> list[dict[str, Any]]:
    """What the last look at the relay left, so that it could go on with the others: for whom, and which record."""
    known = devices()
    left = []
    for one in going_on.left():
        kind, _, of = one["of"].partition("/")
        row = known.get(one["device"])
        left.append(
            one
            | {
                "staff": row.staff if row else "",
                "label": row.label if row else "",
                "visit": of if kind == "record" and Visit.get_or_none(Visit.id == of) else "",
                "case": of if kind == "case" else None,
            }
        )
    return left


def _without_cases() -> Any:
    """The morning of somebody who reads no case at the desk: people, figures, or why it is empty."""
    if sees("people"):
        return redirect(url_for("people.page"))
    if me().role == "community":
        return redirect(url_for("opportunities.page"))
    if sees("notices"):
        return redirect(url_for("notices.page"))
    return render_template("desk/on_the_phone.html")


def urgent_card(visit: Any) -> dict[str, Any]:
    body = VisitVersion.get_by_id(visit.current_version).body
    risks = [key for key, value in body.get("risk", {}).items() if value == "urgent"]
    return {
        "visit": visit,
        "risks": risks,
        "fact": first_line(body.get("notes", {}).get("fact", "")),
        "call": body.get("riskCall") or None,
    }


def first_line(text: str) -> str:
    line = text.strip().split("\n", 1)[0]
    return line if len(line) <= 120 else line[:119] + "…"


def answer_row(review: Any) -> dict[str, Any]:
    answer = VisitVersion.get_or_none(VisitVersion.id == review.answered_by)
    visit = Visit.get_by_id(review.visit)
    return {"review": review, "visit": visit, "answer": answer}


def quiet() -> dict[str, Any]:
    rows = counts.quiet_cases()
    return {"rows": rows, "over": {n: sum(row["days"] >= n for row in rows) for n in (30, 60, 90)}}


def ownerless() -> list[owners.Holding]:
    """What nobody has who could do it, of the cases this person may give on."""
    if not changes("core"):
        return []
    mine, found = counts.my_cases(), []
    for one in owners.ownerless(the_desk()):
        one.cases = [case for case in one.cases if case in mine]
        one.followups, one.questions = (
            [row for row in rows if row.case in mine] for rows in (one.followups, one.questions)
        )
        if one:
            found.append(one)
    return found


def _unopened() -> list[Any]:
    """Cases of an organisation that has nobody left for them; told to whoever may move them (`organisations`)."""
    return organisations.unopened() if changes("organisations") else []


def _ending() -> list[dict[str, Any]]:
    if not changes("organisations"):
        return []
    rows, names = organisations.ending(the_desk().today()), organisations.names("")
    return [
        {"row": row, "name": names[row.organisation], "n": organisations.open_cases(row.organisation).count()}
        for row in rows
    ]


def groundless() -> list[Any]:
    """Assignments that lost their ground, of the cases this person may end one of."""
    if not changes("core"):
        return []
    mine = counts.my_cases()
    return [row for row in grounds.groundless(the_desk().today()) if row.case in mine]


class GivenOn(Form):
    to: Id = ""


class OnCall(Form):
    staff: Ids
    otherwise: Tick = False


@pages.post("/today/ownerless/<person>")
def give_on(person: str) -> Any:
    """All that stands under the name of somebody who cannot do it, to one who can."""
    demand(me(), "change", "core")
    to = sent(GivenOn).to
    if person not in {one.staff for one in ownerless()} or to not in {
        row.id for row in owners.holders(me())
    } - {person}:
        say("desk.error.hand_to", tone="wrong")
    else:
        say("desk.said.handed_all", n=trust.hand_over_all(the_desk(), me(), person, to, ""))
    return redirect(url_for("today.page") + "#ownerless")


@pages.post("/today/on-call")
def on_call() -> Any:
    """Who is woken for an urgent record: only who may open it, and whose phone shows it or who is reached otherwise."""
    demand(me(), "change", "people")
    back, form = url_for("today.page"), checked(OnCall, url_for("today.page"))
    known = {row.id: row for row in Staff.select().where(Staff.active)}
    named = [one for one in form.staff if one in known]
    if cannot := [known[one].name for one in named if not may_receive(known[one])]:
        raise at_field(
            back, "staff", "desk.error.on_call_may_not", names=g.words.t("desk.comma").join(cannot)
        )
    rings = watch_list.phones_of_staff()
    silent = [known[one].name for one in named if not rings.get(one)]
    if silent and not form.otherwise:
        raise at_field(
            back, "otherwise", "desk.error.on_call_silent", names=g.words.t("desk.comma").join(silent)
        )
    actions.set_option(the_desk(), me(), "on_call", named)
    say("desk.said.on_call" if named else "desk.said.on_call_all")
    return redirect(url_for("today.page") + "#people")
