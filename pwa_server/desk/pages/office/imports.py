"""移行: a ledger is handed in, matched column by column, tried, agreed to, followed while it is written, taken back.

Nothing is written before a person agrees. How far it has come is said by the page, which asks again by itself, without
a script too.
"""

from typing import Annotated, Any

from flask import Blueprint, Response, g, redirect, render_template, request, url_for

from ...actions import imports as acts
from ...core.errors import DeskError
from ...models.imports import Import, ImportedRow, ImportFile
from ...queries.access import demand
from ...queries.access_log import note_view
from ...queries.excel import MEDIA_TYPE, Sheet, file_name, workbook
from ...queries.import_fields import FIELDS, KINDS
from ..layout.forms import Form, Id, one_of, read_form, sent, typed_names
from ..layout.lookups import people
from ..layout.page import say
from ..layout.session import fresh_proof, me, the_desk
from .meanwhile import log_end

pages = Blueprint("imports", __name__)
UNREAD = ("file_too_big", "file_unreadable", "no_columns", "too_many_rows", "too_many_columns", "too_many")
FAULTS = ("nothing_to_import", "choose_alike", "import_begun", "column_twice")
SHOWN = 200  # faults and changes on the page; the file has them all
SAMPLES = 3  # rows beside the names of the columns
AGAIN = 4  # seconds until the page of a running import asks again
USUAL = (
    "channel",
    "outcome",
    "planned",
    "place",
)  # fields for which one answer may count where a cell is empty
_tried: dict[str, tuple[Any, Any]] = {}  # the last trial of a file and what it was made of


class Ledger(Form):
    kind: Annotated[str, one_of(KINDS)]


class Agreement(Form):
    alike: Id = ""


@pages.get("/imports")
def page() -> Any:
    demand(me(), "see", "imports")
    return _page()


def _page(wrong: str = "") -> Any:
    g.refused = bool(wrong)
    files = list(ImportFile.select().where(ImportFile.state == "read").order_by(ImportFile.at.desc()))
    return render_template(
        "desk/imports.html",
        kinds=KINDS,
        fields=FIELDS,
        files=files,
        done=list(Import.select().order_by(Import.at.desc(), Import.id)),
        wrong=wrong,
        names=people(),
    )


@pages.post("/imports")
def read() -> Any:
    demand(me(), "change", "imports")
    given, (form, _) = request.files.get("file"), read_form(Ledger)
    if given is None or not given.filename or form is None:
        return _page("file_missing"), 400
    try:
        file = acts.read_file(the_desk(), me(), form.kind, given.filename, given.read())
    except DeskError as error:
        if error.code not in UNREAD:
            raise
        return _page(error.code), 400
    return redirect(url_for("imports.one", file=file))


@pages.get("/imports/<file>")
def one(file: str) -> Any:
    demand(me(), "see", "imports")
    return _one(file)


def _one(file: str, wrong: str = "") -> Any:
    g.refused = bool(wrong)
    row = ImportFile.get_or_none(ImportFile.id == file)
    batch = Import.get_or_none(Import.id == file)
    if row is None and batch is None:
        raise DeskError("not_found", file)
    note_view(the_desk(), me(), "import", None)
    if row is not None and row.state == "read":
        return render_template("desk/import_match.html", row=row, wrong=wrong, **_matching(row))
    taken = ImportedRow.select().where(ImportedRow.batch == file)
    return render_template(
        "desk/import_done.html",
        row=row,
        batch=batch,
        wrong=wrong,
        state=row.state if row else "done",
        taken=taken.count(),
        back=taken.where(ImportedRow.back.is_null(False)).count(),
        left=row.left if row else [],
        shown=SHOWN,
        again=AGAIN if row and row.state in ("running", "returning") else 0,
        alone=row is not None and row.state in ("running", "returning") and not acts.is_running(file),
        names=people(),
    )


def _matching(row: Any) -> dict[str, Any]:
    return {
        "fields": FIELDS[row.kind],
        "matched": acts.matched_of(row),
        "samples": acts.lines_of(row.id)[:SAMPLES],
        "trial": tried(row),
        "shown": SHOWN,
        "changes": changes(row)[:SHOWN],
        "usual": [one for one in FIELDS[row.kind] if one.name in USUAL],
    }


def changes(row: Any) -> list[tuple[str, str, str, int]]:
    """(column, as the ledger says it, as it will stand here, rows), in words; the most frequent first."""
    by_head = {row.head[at]: name for at, name in acts.matched_of(row).items()}
    fields = {one.name: one for one in FIELDS[row.kind]}
    changes = []
    for (head, before, after), count in tried(row).changed.most_common():
        one = fields[by_head[head]]
        changes.append(
            (head, before, g.words.term(one.group, after) if one.codes and after else after, count)
        )
    return changes


def tried(row: Any) -> Any:
    """The trial run, made once for what it is made of: 20,000 rows take seconds."""
    made_of = (row.matched, row.usual, log_end())
    if row.id not in _tried or _tried[row.id][0] != made_of:
        _tried.clear()
        _tried[row.id] = (made_of, acts.tried(the_desk(), row))
    return _tried[row.id][1]


@pages.post("/imports/<file>/match")
def match(file: str) -> Any:
    row = acts.file_row(file)
    columns = typed_names(f"column-{at}" for at in range(len(row.head)))
    matched = dict(enumerate(columns.values()))
    usual = {name: typed_names([f"usual-{name}"])[f"usual-{name}"] for name in USUAL}
    codes = {one.name: one.codes for one in FIELDS[row.kind]}
    usual = {name: value for name, value in usual.items() if value in codes.get(name, ())}
    try:
        acts.match(the_desk(), me(), file, {at: name for at, name in matched.items() if name}, usual)
    except DeskError as error:
        if error.code not in FAULTS:
            raise
        return _one(file, error.code), 400
    return redirect(url_for("imports.one", file=file) + "#trial")


@pages.post("/imports/<file>/agree")
@fresh_proof
def agree(file: str) -> Any:
    try:
        acts.agree(the_desk(), me(), file, sent(Agreement).alike)
    except DeskError as error:
        if error.code not in FAULTS:
            raise
        return _one(file, error.code), 400
    acts.in_background(the_desk(), file)
    return redirect(url_for("imports.one", file=file))


@pages.post("/imports/<file>/go-on")
def go_on(file: str) -> Any:
    """The desk was ended in the middle, or something stopped it: it goes on where it was."""
    demand(me(), "change", "imports")
    acts.file_row(file)
    acts.in_background(the_desk(), file)
    return redirect(url_for("imports.one", file=file))


@pages.post("/imports/<file>/back")
@fresh_proof
def back(file: str) -> Any:
    acts.take_back(the_desk(), me(), file)
    acts.in_background(the_desk(), file)
    return redirect(url_for("imports.one", file=file))


@pages.post("/imports/<file>/away")
def away(file: str) -> Any:
    acts.put_away(the_desk(), me(), file)
    say("desk.said.import_away")
    return redirect(url_for("imports.page"))


@pages.get("/imports/<file>/list")
@fresh_proof
def told(file: str) -> Any:
    """What the trial run found, as a file to put the ledger right by: row, column, what is the matter."""
    demand(me(), "change", "imports")
    row, t = acts.file_row(file), g.words.t
    note_view(the_desk(), me(), "import", None)
    found = tried(row)
    faults = [[number, head, t(f"desk.import.fault.{code}")] for number, head, code in found.faults]
    alike = [[number, t("desk.comma").join(cases)] for number, cases in found.alike]
    columns = [t("desk.import.row"), t("desk.import.column"), t("desk.import.what")]
    sheets = [
        Sheet(t("desk.import.faults"), columns, faults),
        Sheet(
            t("desk.import.changes"),
            [t("desk.import.column"), t("desk.import.from"), t("desk.import.to"), t("desk.import.rows")],
            [list(one) for one in changes(row)],
        ),
        Sheet(t("desk.import.alike"), [t("desk.import.row"), t("desk.col.case")], alike),
        Sheet(t("desk.import.left_columns"), [t("desk.import.column")], [[head] for head in found.left]),
    ]
    answer = Response(workbook(sheets), mimetype=MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name("sotto-import")}"'
    return answer
