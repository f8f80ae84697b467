"""会議: the thinnest record of a conference: its kind, the day, the cases, who was there."""

from typing import Annotated, Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from ...actions.figures import hold_meeting
from ...core.errors import DeskError
from ...core.tables import among
from ...models.office_and_cases import CaseFile, Conference, Staff
from ...queries.access import demand, sees_all
from ..layout.counts import my_cases
from ..layout.forms import Form, Ids, NeededDay, Wrong, most, one_of, read_form, retyped, typed
from ..layout.lookups import people
from ..layout.page import changes, say, sees
from ..layout.session import me, the_desk

pages = Blueprint("conferences", __name__)
SHOWN = 50
MOST_CASES = 100


class Held(Form):
    """`cases`: their numbers, one a line."""

    kind: Annotated[str, one_of(("support", "multi_agency"))]
    on: NeededDay
    cases: Annotated[str, most(40 * MOST_CASES)] = ""
    member: Ids


@pages.route("/conferences", methods=["GET", "POST"])
def page() -> Any:
    if not sees("core"):
        raise DeskError("not_allowed")
    wrong: dict[str, str] = {}
    if request.method == "POST":
        demand(me(), "change", "core")
        read, wrong = read_held()
        if not wrong:
            try:
                hold_meeting(the_desk(), me(), **read)
            except DeskError as error:
                if error.code not in ("consent_missing", "members_missing"):
                    raise
                where = "member" if error.code == "members_missing" else "cases"
                wrong[where] = f"{g.words.t(f'desk.error.{error.code}')} {error.detail}"
            else:
                say("desk.said.meeting_held", n=len(read["cases"]))
                return redirect(url_for("conferences.page"))
    staff = list(Staff.select().where(Staff.active).order_by(Staff.kana))
    return render_template(
        "desk/meetings.html",
        rows=held(),
        wrong=wrong,
        form=retyped(Held),
        staff=staff,
        names=people(),
        may_write=changes("core"),
        chosen=set(typed(Held)["member"]),
    )


def read_held() -> tuple[dict[str, Any], Wrong]:
    """(what `hold_meeting` asks for, {}) or (something, field → sentence)."""
    words, (form, wrong) = g.words, read_form(Held)
    sent = typed(Held)
    numbers = list(dict.fromkeys(line.strip() for line in sent["cases"].splitlines() if line.strip()))
    found = {row.no: row.id for row in CaseFile.select().where(among(CaseFile.no, numbers[:MOST_CASES]))}
    unknown = [no for no in numbers if no not in found]
    if not numbers:
        wrong["cases"] = words.t("desk.error.empty")
    elif unknown:
        wrong["cases"] = words.t("desk.meetings.unknown", no=words.t("desk.comma").join(unknown[:5]))
    if form and form.on > words.today:
        wrong["on"] = words.t("desk.error.day_missing")
    known = {row.id for row in Staff.select(Staff.id)}
    present = [one for one in sent["member"] if one in known]
    if not present:
        wrong["member"] = words.t("desk.error.members_missing")
    if form is None:
        return {}, wrong
    members = [{"staff": one, "acknowledgedOn": form.on.isoformat()} for one in present]
    return {
        "kind": form.kind,
        "on": form.on,
        "cases": [found[no] for no in numbers if no in found],
        "members": members,
    }, wrong


def held() -> list[dict[str, Any]]:
    """Meetings about cases this person sees. Who was there is told to those who were (domain.md 2.1)."""
    rows = Conference.select().where((Conference.status == "held") & Conference.on.is_null(False))
    meetings: dict[str, dict[str, Any]] = {}
    for row in rows.order_by(Conference.on.desc(), Conference.id).limit(SHOWN * 4):
        if len(meetings) >= SHOWN and row.meeting not in meetings:
            break
        if row.case in my_cases():
            one = meetings.setdefault(
                row.meeting, {"kind": row.kind, "on": row.on, "cases": [], "members": []}
            )
            one["cases"].append(row.case)
            one["members"] = row.members if may_know(row) else []
    wanted = [case for one in meetings.values() for case in one["cases"]]
    found = CaseFile.select(CaseFile.id, CaseFile.no).where(among(CaseFile.id, wanted))
    numbers = {row.id: row.no for row in found}
    for one in meetings.values():
        one["numbers"] = [(case, numbers.get(case, "?")) for case in one["cases"]]
    return list(meetings.values())


def may_know(row: Any) -> bool:
    there = any(one.get("staff") == me().id for one in row.members)
    return there or (row.kind == "multi_agency" and sees_all(me(), "conference_multi"))
