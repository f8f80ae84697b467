"""チェックリスト: written here or read from an XLSForm workbook, published as versions, retired."""

from typing import Annotated, Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from pydantic import Field, StringConstraints

from sync.conditions import PARTS

from ...actions import checklists
from ...core import confined
from ...core.errors import DeskError
from ...models.figures import ChecklistDraft, ChecklistRetired
from ...models.office_and_cases import Checklist
from ...queries.access import demand
from ...queries.checklist_rules import (
    IDS,
    LONGEST_INTRO,
    MOST_ITEMS,
    NUMBER,
    PHASES,
    both,
    faults_of,
    new_item_id,
    read_choices,
    tidy,
    write_choices,
)
from ..layout.forms import Form, Id, Tick, at_field, checked, sent
from ..layout.lookups import people
from ..layout.page import changes, say
from ..layout.session import me, the_desk

pages = Blueprint("checklists", __name__)


class Name(Form):
    id: Annotated[str, StringConstraints(pattern=f"^{IDS.pattern}$")]


class Button(Form):
    do: Id = "keep"
    seen: Id = ""


class Heading(Form):
    title_ja: str = Field("", alias="title-ja")
    title_en: str = Field("", alias="title-en")
    intro_ja: str = Field("", alias="intro-ja")
    intro_en: str = Field("", alias="intro-en")


class Item(Form):
    """One item, its names begun by its place. Their bounds are the rules of a checklist (`checklist_rules`)."""

    id: str = ""
    phase: str = "during"
    must: Tick = False
    ja: str = ""
    en: str = ""
    hint_ja: str = Field("", alias="hint-ja")
    hint_en: str = Field("", alias="hint-en")
    when: str = ""
    must_when: str = Field("", alias="mustWhen")
    least: str = ""
    most: str = ""
    start: str = ""
    choices: str = ""
    c: Tick = False
    b: Tick = False
    t: Tick = False
    n: Tick = False
    d: Tick = False


# What the form shows of an item, and so may take out of it.
ON_FORM = (
    "id",
    "phase",
    "must",
    "mustWhen",
    "when",
    "parts",
    "text",
    "hint",
    "choices",
    "start",
    "least",
    "most",
)
EMPTY: dict[str, Any] = {"title": {"ja": "", "en": ""}, "intro": {"ja": "", "en": ""}, "items": []}


@pages.get("/checklists")
def page() -> Any:
    demand(me(), "see", "checklists")
    return render_template(
        "desk/checklists.html", rows=rows(), problems=[], names=people(), may=changes("checklists")
    )


def rows() -> list[dict[str, Any]]:
    """Every checklist once: its newest version, its draft, whether it is retired."""
    newest = {row.id: row for row in Checklist.select().order_by(Checklist.id, Checklist.version)}
    drafts = {row.id: row for row in ChecklistDraft.select()}
    retired = {row.id for row in ChecklistRetired.select()}
    return [
        {
            "id": name,
            "published": newest.get(name),
            "draft": drafts.get(name),
            "retired": name in retired,
            "title": (drafts[name].body if name in drafts else newest[name].body)["title"][g.lang],
        }
        for name in sorted({*newest, *drafts})
    ]


@pages.post("/checklists/new")
def new() -> Any:
    """A name for it, then the form."""
    name = checked(Name, url_for("checklists.page"), "desk.error.checklist_name").id
    if checklists.newest(name) == 0 and ChecklistDraft.get_or_none(ChecklistDraft.id == name) is None:
        checklists.keep_draft(the_desk(), me(), name, EMPTY)
    return redirect(url_for("checklists.one", checklist=name))


@pages.post("/checklists/import")
def read_file() -> Any:
    """An XLSForm workbook becomes a draft, or nothing and what is wrong by sheet and row."""
    demand(me(), "change", "checklists")
    back = url_for("checklists.page")
    given, name = request.files.get("file"), checked(Name, back, "desk.error.checklist_name").id
    if given is None:
        raise at_field(back, "file", "desk.error.checklist_name")
    problems: list[Any] = []
    try:
        body, problems, without = confined.run("workbook", given.read())
        if body is not None:
            checklists.keep_draft(the_desk(), me(), name, body, seen_draft(name))
            key = "desk.said.checklist_read_without" if without else "desk.said.checklist_read"
            say(key, n=len(body["items"]), without=g.words.t("desk.comma").join(without))
            return redirect(url_for("checklists.one", checklist=name))
    except DeskError as error:
        if error.code not in ("file_too_big", "file_unreadable"):
            raise
        say(f"desk.error.{error.code}", tone="wrong")
    words = g.words
    values = [
        {"sheet": sheet, "row": row, "text": words.t(f"desk.checklist.wrong.{key}", **slots)}
        for sheet, row, key, slots in problems
    ]
    return render_template("desk/checklists.html", rows=rows(), problems=values, names=people(), may=True)


def seen_draft(name: str) -> str:
    row = ChecklistDraft.get_or_none(ChecklistDraft.id == name)
    return row.event if row else ""


@pages.get("/checklists/<checklist>")
def one(checklist: str) -> Any:
    demand(me(), "see", "checklists")
    draft = ChecklistDraft.get_or_none(ChecklistDraft.id == checklist)
    versions = list(Checklist.select().where(Checklist.id == checklist).order_by(Checklist.version.desc()))
    if draft is None and not versions:
        raise DeskError("not_found")
    return show(checklist, draft.body if draft else versions[0].body, draft, versions)


def show(checklist: str, body: dict[str, Any], draft: Any, versions: list[Any], meanwhile: str = "") -> Any:
    words = g.words
    items = [*body["items"]]
    if request.args.get("add") and len(items) < MOST_ITEMS:
        items.append(
            {"id": new_item_id(items), "phase": "during", "must": False, "parts": [], "text": both("", "")}
        )
    return render_template(
        "desk/checklist.html",
        id=checklist,
        body=body,
        items=items,
        phases=PHASES,
        kinds=PARTS,
        versions=versions,
        draft=draft,
        choices=write_choices,
        may=changes("checklists"),
        meanwhile=meanwhile,
        people=people(),
        retired=ChecklistRetired.get_or_none(ChecklistRetired.id == checklist),
        seen=draft.event if draft else "",
        faults=[words.t(f"desk.checklist.wrong.{key}", **slots) for key, slots in faults_of(body)],
    )


@pages.post("/checklists/<checklist>")
def change(checklist: str) -> Any:
    """Keep the draft; then perhaps add an item, publish, or retire."""
    demand(me(), "change", "checklists")
    desk, form = the_desk(), sent(Button)
    if form.do == "retire":
        checklists.retire(desk, me(), checklist)
        say("desk.said.checklist_retired")
        return redirect(url_for("checklists.page"))
    body = body_sent(items_of(checklist))
    try:
        checklists.keep_draft(desk, me(), checklist, body, form.seen)
    except DeskError as error:
        if error.code != "newer_draft":
            raise
        draft = ChecklistDraft.get_by_id(checklist)
        versions = list(
            Checklist.select().where(Checklist.id == checklist).order_by(Checklist.version.desc())
        )
        return show(checklist, body, draft, versions, meanwhile=people().get(draft.by, "?"))
    if form.do == "publish":
        if faults_of(body):
            say("desk.error.checklist_faulty", tone="wrong")
            return redirect(url_for("checklists.one", checklist=checklist))
        say("desk.said.checklist_published", n=checklists.publish(desk, me(), checklist))
        return redirect(url_for("checklists.page"))
    say("desk.said.checklist_kept")
    return redirect(url_for("checklists.one", checklist=checklist, add="1" if form.do == "add" else None))


def extras_of(row: Item, parts: list[str]) -> dict[str, Any]:
    """What an item may have besides: a hint, when it is asked, when it must be answered, what stands there at first."""
    extras: dict[str, Any] = {}
    hint = both(row.hint_ja, row.hint_en)
    if hint["ja"]:
        extras["hint"] = hint
    for name, text in (("when", row.when), ("mustWhen", row.must_when)):
        if condition := tidy(text):
            extras[name] = condition
    for name, text in (("least", row.least), ("most", row.most)):
        if "n" in parts and text:
            extras[name] = int(text) if NUMBER.fullmatch(text) else text[:20]
    if parts and (start := row.start):
        extras["start"] = {parts[0]: int(start) if parts[0] == "n" and NUMBER.fullmatch(start) else start}
    return extras


def items_of(checklist: str) -> dict[str, dict[str, Any]]:
    """The items the form was drawn from, by id."""
    row = ChecklistDraft.get_or_none(ChecklistDraft.id == checklist) or (
        Checklist.select().where(Checklist.id == checklist).order_by(Checklist.version.desc()).first()
    )
    return {item["id"]: item for item in row.body["items"]} if row else {}


def in_order(parts: list[str], known: dict[str, Any]) -> list[str]:
    """The order a list was written with: conditions and the first answer are of an item's first part."""
    before = [part for part in known.get("parts", []) if part in parts]
    return [*before, *(part for part in parts if part not in before)]


def not_shown(item: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """What the form does not show of an item: what stands at first in a second part, a newer program's members."""
    not_shown = {name: value for name, value in known.items() if name not in ON_FORM}
    hidden = {part: value for part, value in known.get("start", {}).items() if part in item["parts"][1:]}
    return not_shown | ({"start": hidden | item.get("start", {})} if hidden else {})


def body_sent(before: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The form's items in their order; one without a text is taken out. `before`: `items_of`."""
    heading, items = sent(Heading), []
    for place in range(MOST_ITEMS + 1):
        row = sent(Item, f"i{place}-")
        text = both(row.ja, row.en)
        if not text["ja"]:
            continue
        known = before.get(row.id, {})
        parts = in_order([part for part in PARTS if getattr(row, part)], known)
        item: dict[str, Any] = {
            "id": row.id[:40],
            "phase": row.phase,
            "must": row.must,
            "parts": parts,
            "text": text,
        }
        item |= extras_of(row, parts)
        if "c" in parts:
            item["choices"] = read_choices(row.choices[:20_000])
        items.append(item | not_shown(item, known))
    return {
        "title": both(heading.title_ja, heading.title_en),
        "items": items,
        "intro": both(heading.intro_ja, heading.intro_en, LONGEST_INTRO),
    }
