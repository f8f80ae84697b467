"""ノウハウ: what was learned, by situation; nobody can be known by it, and a second person has read it."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from ...actions import learnings as acts
from ...core.errors import DeskError
from ...models.learnings import CODES, FIELDS, SITUATIONS
from ...queries import learnings, named_persons
from ...queries.access import demand
from ..layout.lookups import people
from ..layout.page import changes, say
from ..layout.permissions import see_case
from ..layout.session import me, the_desk

pages = Blueprint("learnings", __name__)


@pages.get("/learnings")
def page() -> Any:
    demand(me(), "see", "learnings")
    return _list(_situation(request.args.getlist("s")))


@pages.post("/learnings/find")
def find() -> Any:
    """What is asked for stands in no address: somebody may type a name."""
    demand(me(), "see", "learnings")
    return _list(_situation(request.form.getlist("s")), request.form.get("q", "").strip()[:80])


def _situation(told: list[str]) -> list[str]:
    return [code for code in CODES if code in told]


def _list(situation: list[str], words: str = "") -> str:
    rows = learnings.listed(me(), situation, words)
    return render_template(
        "desk/learnings.html",
        rows=rows,
        situation=situation,
        query=words,
        sizes=learnings.sizes(learnings.listed(me(), [])),
        groups=SITUATIONS,
        may_write=changes("learnings"),
    )


@pages.get("/learnings/print")
def sheet() -> Any:
    """What was read together, whole, for a training."""
    demand(me(), "see", "learnings")
    situation = _situation(request.args.getlist("s"))
    rows = [row for row in learnings.listed(me(), situation) if row.state == "read"]
    return render_template("desk/learnings_print.html", rows=rows, situation=situation, fields=FIELDS)


@pages.route("/learnings/new", methods=["GET", "POST"])
def new() -> Any:
    demand(me(), "change", "learnings")
    if request.method == "GET":
        return _form({"situation": _situation(request.args.getlist("s"))}, {})
    return _keep(None)


@pages.get("/learnings/<learning>")
def one(learning: str) -> Any:
    demand(me(), "see", "learnings")
    return _page(acts.row_of(learning))


def _page(row: Any, wrong: str = "") -> str:
    if row.state != "read" and row.by != me().id:
        demand(me(), "change", "learnings")
    return render_template(
        "desk/learning.html",
        row=row,
        tried=learnings.tried(row.id),
        names=people(),
        fields=FIELDS,
        wrong=wrong,
        form=request.form,
        may_write=changes("learnings"),
    )


@pages.route("/learnings/<learning>/change", methods=["GET", "POST"])
def change(learning: str) -> Any:
    demand(me(), "change", "learnings")
    row = acts.row_of(learning)
    if request.method == "POST":
        return _keep(learning)
    return _form({name: getattr(row, name) for name in (*(one.name for one in FIELDS), "situation")}, {}, row)


def _keep(learning: str | None) -> Any:
    told: dict[str, Any] = {one.name: request.form.get(one.name, "") for one in FIELDS}
    told["situation"] = request.form.getlist("situation")
    answers, wrong = learnings.read(told)
    found = named_persons.told(me(), *learnings.texts_of(told))
    if wrong or named_persons.refused(found, request.form.get("nobody") == "yes"):
        g.refused = True
        return _form(told, wrong, acts.row_of(learning) if learning else None, found), 400
    id_ = acts.write(the_desk(), me(), answers, learning)
    say("desk.said.learning_written")
    return redirect(url_for("learnings.one", learning=id_))


def _form(told: dict[str, Any], wrong: dict[str, str], row: Any = None, found: Any = ()) -> str:
    return render_template(
        "desk/learning_edit.html",
        told=told,
        wrong=wrong,
        row=row,
        found=found,
        sure=named_persons.SURE,
        fields=FIELDS,
        groups=SITUATIONS,
    )


@pages.post("/learnings/<learning>/check")
def check(learning: str) -> Any:
    demand(me(), "change", "learnings")
    form = request.form
    note = form.get("note", "").strip()
    try:
        acts.check(the_desk(), me(), learning, form.get("version", ""), form.get("result", ""), note)
    except DeskError as error:
        if error.code not in ("empty", "malformed"):
            raise
        g.refused = True
        return _page(acts.row_of(learning), "check"), 400
    say("desk.said.learning_checked" if form.get("result") == "reads" else "desk.said.learning_asked")
    return redirect(url_for("learnings.one", learning=learning))


@pages.post("/learnings/<learning>/tried")
def tried(learning: str) -> Any:
    demand(me(), "change", "learnings")
    words = request.form.get("words", "").strip()
    found = named_persons.told(me(), words)
    fits = request.form.get("fits", "")
    if (
        not words
        or fits not in ("yes", "no")
        or named_persons.refused(found, request.form.get("nobody") == "yes")
    ):
        g.refused = True
        g.found = found
        return _page(acts.row_of(learning), "tried"), 400
    acts.try_out(the_desk(), me(), learning, fits == "yes", words)
    say("desk.said.written_down")
    return redirect(url_for("learnings.one", learning=learning))


@pages.post("/learnings/<learning>/withdraw")
def withdraw(learning: str) -> Any:
    acts.withdraw(the_desk(), me(), learning)
    say("desk.said.learning_withdrawn")
    return redirect(url_for("learnings.page"))


@pages.post("/cases/<case>/learnings/aside")
def set_aside(case: str) -> Any:
    see_case(case)
    acts.set_aside(the_desk(), me(), case, request.form.get("learning", ""))
    say("desk.said.learning_aside")
    return redirect(url_for("cases.one", case=case))
