"""ノウハウ: what was learned, by situation; nobody can be known by it, and a second person has read it."""

from typing import Annotated, Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from ...actions import learnings as acts
from ...core.errors import DeskError
from ...models.learnings import CODES, FIELDS, SITUATIONS
from ...queries import learnings, named_persons
from ...queries.access import demand
from ..layout.forms import (
    Form,
    Id,
    Ids,
    Yes,
    checked,
    most,
    needed,
    one_of,
    read_form,
    retyped,
    sent,
    typed,
    typed_names,
)
from ..layout.lookups import people
from ..layout.page import changes, say
from ..layout.permissions import see_case
from ..layout.session import me, the_desk

pages = Blueprint("learnings", __name__)


class Find(Form):
    s: Ids
    q: Annotated[str, most(80)] = ""


class Written(Form):
    nobody: Yes = False  # the hand of whoever read it: nobody can be known by it


class Checked(Form):
    version: Id = ""
    result: Id = ""
    note: Annotated[str, most(acts.LONGEST)] = ""


class Tried(Written):
    words: Annotated[str, needed(acts.LONGEST)]
    fits: Annotated[str, one_of(("yes", "no"))]


class SetAside(Form):
    learning: Id = ""


@pages.get("/learnings")
def page() -> Any:
    demand(me(), "see", "learnings")
    return _list(_situation(request.args.getlist("s")))


@pages.post("/learnings/find")
def find() -> Any:
    """What is asked for stands in no address: somebody may type a name."""
    demand(me(), "see", "learnings")
    asked = checked(Find, url_for("learnings.page"))
    return _list(_situation(asked.s), asked.q)


def _situation(entries: list[str]) -> list[str]:
    return [code for code in CODES if code in entries]


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
        form=retyped(Checked, Tried),
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
    entries = typed_names((one.name for one in FIELDS), many=("situation",))
    answers, wrong = learnings.read(entries)
    found = named_persons.told(me(), *learnings.texts_of(entries))
    if wrong or named_persons.refused(found, sent(Written).nobody):
        g.refused = True
        return _form(entries, wrong, acts.row_of(learning) if learning else None, found), 400
    id_ = acts.write(the_desk(), me(), answers, learning)
    say("desk.said.learning_written")
    return redirect(url_for("learnings.one", learning=id_))


def _form(entries: dict[str, Any], wrong: dict[str, str], row: Any = None, found: Any = ()) -> str:
    return render_template(
        "desk/learning_edit.html",
        told=entries,
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
    form = checked(Checked, url_for("learnings.one", learning=learning))
    try:
        acts.check(the_desk(), me(), learning, form.version, form.result, form.note)
    except DeskError as error:
        if error.code not in ("empty", "malformed"):
            raise
        g.refused = True
        return _page(acts.row_of(learning), "check"), 400
    say("desk.said.learning_checked" if form.result == "reads" else "desk.said.learning_asked")
    return redirect(url_for("learnings.one", learning=learning))


@pages.post("/learnings/<learning>/tried")
def tried(learning: str) -> Any:
    demand(me(), "change", "learnings")
    given, _ = read_form(Tried)
    found = named_persons.told(me(), typed(Tried)["words"])
    if given is None or named_persons.refused(found, given.nobody):
        g.refused = True
        g.found = found
        return _page(acts.row_of(learning), "tried"), 400
    acts.try_out(the_desk(), me(), learning, given.fits == "yes", given.words)
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
    acts.set_aside(the_desk(), me(), case, sent(SetAside).learning)
    say("desk.said.learning_aside")
    return redirect(url_for("cases.one", case=case))
