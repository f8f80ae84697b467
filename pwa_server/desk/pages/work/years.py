"""保存年限と廃棄: how long records are kept, what is due, holds, and disposal by two people with its certificate."""

from datetime import date
from typing import Annotated, Any, Literal

from flask import Blueprint, g, redirect, render_template, request, url_for
from pydantic import Field, create_model

from ...actions import disposals
from ...backup.ageing import backups_before
from ...backup.backup import archives
from ...core.errors import DeskError
from ...models.consultations import Consultation
from ...models.office_and_cases import CaseFile
from ...models.years import CARRIED_OUT, KINDS, LEAST_YEARS, MOST_YEARS, PROPOSED, Disposal, Hold
from ...queries import years
from ...queries.access import demand, sees_all
from ...queries.access_log import note_view, note_views
from ...queries.disposing import what_goes
from ..layout.forms import Form, NeededText, read_form, typed
from ..layout.lookups import people
from ..layout.page import changes, say, sees
from ..layout.session import fresh_proof, me, the_desk

pages = Blueprint("years", __name__)
SHOWN = 200  # rows of what is due, the oldest first
# What a record is called, by kind: the class of data its name belongs to.
NAME_OF = {"case": "core", "consultation": "contact", "notice": "notices", "request": "requests"}


class Reason(Form):
    reason: NeededText


class Chosen(Form):
    record: list[str] = Field(default_factory=list)


class Decided(Form):
    do: Literal["carry_out", "refuse"]


Number = Annotated[int, Field(ge=LEAST_YEARS, le=MOST_YEARS)]
Kept = create_model(
    "Kept", __base__=Form, **{one.name: (Number, ...) for one in KINDS if one.years is not None}
)  # type: ignore[call-overload]


@pages.get("/years")
def page() -> Any:
    demand(me(), "see", "certificates")
    return _page()


def _page(wrong: dict[str, str] | None = None) -> str:
    today = the_desk().today()
    ended = years.ended_records() if sees("disposals") else []
    due = [one for one in ended if one.due <= today]
    holds = _holds() if sees("disposals") else []
    note_views(the_desk(), me(), "hold", [one["hold"].case for one in holds])
    values = Disposal.select().order_by(Disposal.at.desc(), Disposal.id)
    return render_template(
        "desk/years.html",
        due=[_row(one) for one in due[:SHOWN]],
        due_count=len(due),
        later=_by_day([one.due for one in ended if one.due > today]),
        holds=holds,
        waiting=[row for row in values if row.state == PROPOSED],
        certificates=[row for row in values if row.state == CARRIED_OUT],
        kinds=KINDS,
        kept=years.years(),
        backup_keep=" ".join(the_desk().config.backup_keep),
        form=typed(Kept) if wrong else {},
        chosen=typed(Chosen)["record"],
        wrong=wrong or {},
        may_change=changes("disposals"),
        arrivals=years.undecided_arrivals(),
        names=people(),
    )


def _row(one: years.Due) -> dict[str, Any]:
    return {"record": one, "name": _name(one.kind, one.title), "why_not": years.why_not(one.kind, one.id)}


def _name(kind: str, title: str) -> str:
    return title if sees_all(me(), NAME_OF[kind]) else ""


def _by_day(days: list[date]) -> list[tuple[date, int]]:
    return [(day, days.count(day)) for day in sorted(set(days))]


def _holds() -> list[dict[str, Any]]:
    rows = list(Hold.select().where(Hold.lifted_at.is_null()).order_by(Hold.at))
    cases = {row.id: row for row in CaseFile.select().where(CaseFile.id.in_([one.case for one in rows]))}
    return [{"hold": one, "case": cases.get(one.case)} for one in rows]


@pages.post("/years/kept")
def keep() -> Any:
    """Years of each kind, as the office's own rules have them."""
    demand(me(), "change", "disposals")
    shape, wrong = read_form(Kept)
    if shape is None:
        g.refused = True
        return _page(dict.fromkeys(wrong, g.words.t("desk.years.wrong_years"))), 400
    disposals.set_years(the_desk(), me(), shape.model_dump())
    say("desk.said.years_kept")
    return redirect(url_for("years.page"))


@pages.route("/years/hold/<case>", methods=["GET", "POST"])
def hold(case: str) -> Any:
    """A record must not go although its years are over: set with a reason, lifted with a reason."""
    demand(me(), "change", "disposals")
    values = _record(case)
    wrong: dict[str, str] = {}
    if request.method == "POST":
        shape, wrong = read_form(Reason)
        if shape is not None:
            _set_or_lift(case, shape.reason)
            return redirect(url_for("years.hold", case=case))
        g.refused = True
    note_view(the_desk(), me(), "hold", case)
    rows = list(Hold.select().where(Hold.case == case).order_by(Hold.at.desc()))
    running = next((row for row in rows if row.lifted_at is None), None)
    shown = {"told": values, "rows": rows, "running": running, "names": people(), "wrong": wrong}
    return render_template("desk/hold.html", case=case, form=typed(Reason), **shown), 400 if wrong else 200


def _record(case: str) -> dict[str, str]:
    row: Any = CaseFile.get_or_none(CaseFile.id == case)
    if row is not None:
        return {"no": row.no, "name": _name("case", row.title), "url": url_for("cases.one", case=case)}
    row = Consultation.get_or_none(Consultation.id == case)
    if row is None:
        raise DeskError("not_found", case[:40])
    name = _name("consultation", row.told_contact.get("name") or "")
    return {"no": "", "name": name, "url": url_for("consultations.one", consultation=case)}


def _set_or_lift(case: str, reason: str) -> None:
    running = years.running_holds([case])
    if running:
        disposals.lift_hold(the_desk(), me(), running[0].id, reason)
        say("desk.said.hold_lifted")
    else:
        disposals.set_hold(the_desk(), me(), case, reason)
        say("desk.said.hold_set")


@pages.post("/years/propose")
def propose() -> Any:
    try:
        id_ = disposals.propose(the_desk(), me(), typed(Chosen)["record"])
    except DeskError as error:
        if error.code not in ("empty", "disposal_blocked"):
            raise
        g.refused = True
        said = "desk.years.choose" if error.code == "empty" else "desk.error.disposal_blocked"
        return _page({"record": g.words.t(said)}), 400
    say("desk.said.disposal_proposed")
    return redirect(url_for("years.one", disposal=id_))


@pages.get("/years/disposals/<disposal>")
def one(disposal: str) -> Any:
    """While it is proposed: what goes. Afterwards: the certificate."""
    demand(me(), "see", "certificates")
    row = Disposal.get_or_none(Disposal.id == disposal)
    if row is None:
        raise DeskError("not_found", disposal[:40])
    shown: dict[str, Any] = {"goes": {}, "titles": {}, "stands": []}
    if row.state == PROPOSED and sees("disposals"):
        shown = _preview(row)
    folder = the_desk().config.backup_dir
    left = 0
    if row.state == CARRIED_OUT and folder is not None:
        left = len(backups_before(archives(folder, the_desk().keys.office), str(row.decided_at)))
    return render_template(
        "desk/disposal.html", row=row, names=people(), left=left, may_change=changes("disposals"), **shown
    )


def _preview(row: Any) -> dict[str, Any]:
    subjects = disposals.subjects_of(row)
    known = {one.key: one for one in years.ended_records()}
    found = [known.get(f"{kind} {id_}") for kind, id_ in subjects]
    note_views(the_desk(), me(), "disposal", [id_ for kind, id_ in subjects if kind == "case"])
    return {
        "goes": what_goes(subjects).gone,
        "titles": {one.id: _name(one.kind, one.title) for one in found if one is not None},
        "stands": disposals.blocked(the_desk(), row),
    }


@pages.post("/years/disposals/<disposal>/decide")
@fresh_proof
def decide(disposal: str) -> Any:
    shape, _ = read_form(Decided)
    if shape is None:
        raise DeskError("malformed", "do")
    if shape.do == "carry_out":
        disposals.carry_out(the_desk(), me(), disposal)
        say("desk.said.disposal_done")
    else:
        disposals.refuse(the_desk(), me(), disposal)
        say("desk.said.disposal_refused")
    return redirect(url_for("years.one", disposal=disposal))
