"""Paper: the case sheet and one record, for A4. Safety first; nothing of third parties, views or reflections.

PDF is the browser's own print: it has the office's fonts, and no second drawing of the same page can differ.
"""

from typing import Annotated, Any

from flask import Blueprint, g, render_template

from ...models.office_and_cases import Visit, VisitVersion
from ...models.visits import SETTLED
from ...queries.access import demand_row, may, shown_flags, visible_record
from ...queries.access_log import note_view
from ...queries.cases import safety_of
from ...queries.gates import pass_gate
from ..cases import engagement_chart
from ..cases.case import conference, last_stage, latest_hook, latest_quote, open_followups, seen_contacts
from ..cases.engagement_chart import line
from ..cases.household import DRAWINGS, drawn
from ..layout.forms import Form, Id, most, typed
from ..layout.lookups import assigned, bodies, labels, people, triage_class
from ..layout.permissions import see_case
from ..layout.session import me, the_desk
from ..layout.words import typed_day
from . import record

LONGEST_PURPOSE = 80
pages = Blueprint("papers", __name__)
LAST = 5
MOST_COPIES = 99
# Inside; members who acknowledged secrecy; other bodies, by consent.
PRINTED_FOR = ("office", "support", "agencies")
PRINTED_NOTES = ("fact", "quote")  # the others stay in the office


@pages.route("/cases/<case>/sheet", methods=["GET", "POST"])
def sheet(case: str) -> Any:
    """The form above it says why it is printed, which copy it is and when it is collected."""
    row, words = see_case(case), g.words
    told_of = copy()
    if told_of["to"] == "agencies":
        pass_gate("print", case, the_desk().today())
    note_view(the_desk(), me(), "sheet", case)
    past = reviewed(case)
    records = bodies(past)
    shown = {visit.id: visible_record(me(), records[visit.id], case, visit.staff) or {} for visit in past}
    household = drawn(case)
    members = household["members"]
    return render_template(
        "desk/sheet.html",
        case=row,
        letter=triage_class(row),
        staff=assigned(case),
        past=past[::-1][:LAST],
        told=shown,
        safety=shown_flags(me(), safety_of(case)) if may(me(), "see", "safety", case) else [],
        members=members,
        index=next((one for one in members if one.is_index), None),
        stage=last_stage(case) if past else None,
        chart=engagement_chart.draw(line(past), words, width=724, reactions=False, step=15) if past else None,
        **{name: household[name] for name in DRAWINGS},
        followups=open_followups(case),
        conference=conference(row),
        hook=latest_hook(past, shown),
        quotes=latest_quote(past, shown),
        copy=told_of,
        to=told_of["to"],
        printed_for=PRINTED_FOR,
        people=people(),
    )


def reviewed(case: str) -> list[Any]:
    """Contacts a supervisor has approved, as far as this person may see them."""
    return [row for row in seen_contacts(case) if row.review_status in SETTLED]


class Copy(Form):
    """Nothing is kept of it: what does not fit is left out of the line above the copy."""

    purpose: Annotated[str, most(LONGEST_PURPOSE)] = ""
    n: Id = ""
    of: Id = ""
    back: Id = ""
    to: Id = ""


def copy() -> dict[str, Any]:
    """Purpose, number of this copy, the day it is collected, and for whom it is."""
    form = typed(Copy)
    return {
        "to": form["to"] if form["to"] in PRINTED_FOR else PRINTED_FOR[0],
        "purpose": form["purpose"].strip()[:LONGEST_PURPOSE],
        "n": number(form["n"]),
        "of": number(form["of"]),
        "back": typed_day(form["back"]),
    }


def number(text: str) -> int:
    return min(MOST_COPIES, max(1, int(text))) if text.isascii() and text.isdigit() and len(text) < 4 else 1


@pages.get("/visits/<visit>/print")
def visit(visit: str) -> Any:
    row = Visit.get_or_none(Visit.id == visit)
    row = demand_row(me(), "see", "visit_facts", row, "staff")
    case = see_case(row.case)
    note_view(the_desk(), me(), f"visit_print {visit}", row.case)
    version = VisitVersion.get_by_id(row.current_version)
    body = visible_record(me(), version.body, row.case, row.staff) or {}
    members = labels(row.case)
    return render_template(
        "desk/visit_print.html",
        case=case,
        visit=row,
        body=body,
        notes=PRINTED_NOTES,
        people=people(),
        facts=record.printed(body, g.words, members),
    )
