"""Beside a record: marks with a date, the conversation, an approval taken back, two corrections put together."""

from typing import Annotated, Any

from flask import Blueprint, abort, g, redirect, url_for

from ... import actions
from ...accounts import page_state
from ...accounts.page_state import Draft
from ...core.errors import DeskError
from ...models.office_and_cases import Visit, VisitFlag, VisitVersion
from ..layout.forms import Form, Ids, NeededDay, Text, checked, most, needed, sent, typed, typed_names
from ..layout.lookups import books
from ..layout.page import say
from ..layout.session import me, the_desk
from . import conflicts

pages = Blueprint("annotations", __name__)
LONGEST, LONGEST_DRAFT = 2000, 20_000
Needed = Annotated[str, needed(LONGEST)]


class Flag(Form):
    on: NeededDay
    text: Needed


class Settled(Form):
    comment: Text = ""


class Written(Form):
    text: Needed


class BeingTyped(Form):
    text: Annotated[str, most(LONGEST_DRAFT)] = ""


class Undone(Form):
    visit: Ids


@pages.post("/visits/<visit>/flags")
def flag(visit: str) -> Any:
    keep(f"flag {visit}", typed(Flag)["text"])
    form = checked(Flag, url_for("review.page", visit=visit, flag=1) + "#flag", "desk.error.flag_missing")
    actions.flag_visit(the_desk(), me(), visit, form.text, form.on.isoformat())
    forget_draft(f"flag {visit}")
    say("desk.said.flagged", day=g.words.day(form.on))
    return redirect(url_for("review.page", visit=visit) + "#flags")


@pages.post("/visits/<visit>/flags/<flag_id>")
def settle(visit: str, flag_id: str) -> Any:
    if not VisitFlag.select().where((VisitFlag.id == flag_id) & (VisitFlag.visit == visit)).exists():
        abort(404)
    back = url_for("review.page", visit=visit) + "#flags"
    actions.settle_flag(the_desk(), me(), flag_id, checked(Settled, back).comment)
    say("desk.said.flag_settled")
    return redirect(back)


@pages.post("/visits/<visit>/comments")
def comment(visit: str) -> Any:
    back = url_for("review.page", visit=visit) + "#talk"
    keep(f"comment {visit}", typed(Written)["text"])
    actions.comment_visit(the_desk(), me(), visit, checked(Written, back, "desk.error.comment_missing").text)
    forget_draft(f"comment {visit}")
    say("desk.said.commented")
    return redirect(back)


@pages.post("/visits/<visit>/drafts/<kind>")
def keep_draft(visit: str, kind: str) -> Any:
    """A comment or a mark being typed, kept as it grows."""
    if kind not in ("flag", "comment"):
        abort(404)
    keep(f"{kind} {visit}", typed(BeingTyped)["text"])
    return {"kept": True}


def keep(page: str, text: str) -> None:
    """In the desk's own encrypted database, not in the browser. Before it is judged: a refusal loses nothing."""
    page_state.keep_draft(me().id, page, text[:LONGEST_DRAFT], the_desk().now())


def forget_draft(page: str) -> None:
    Draft.delete().where((Draft.staff == me().id) & (Draft.page == page)).execute()


def draft_of(page: str) -> str:
    row = Draft.get_or_none((Draft.staff == me().id) & (Draft.page == page))
    return row.text if row else ""


@pages.post("/review/undo")
def undo() -> Any:
    """Take back approvals just given: one, or several at once."""
    named, undone = sent(Undone).visit[:100], 0
    for visit in named:
        try:
            undone += actions.undo_approval(the_desk(), me(), visit)
        except DeskError:
            continue  # changed since: it waits for a look of its own
    say("desk.said.approval_undone", count=undone)
    if len(named) == 1:
        return redirect(url_for("review.page", visit=named[0]))
    return redirect(url_for("review.queue"))


@pages.post("/visits/<visit>/put-together")
def put_together(visit: str) -> Any:
    """Of two corrections, field by field, the value that stands. Both stay in the history."""
    row = Visit.get_or_none(Visit.id == visit)
    versions = list(VisitVersion.select().where((VisitVersion.visit == visit) & VisitVersion.conflict))
    if row is None or len(versions) < 2:
        abort(404)
    rows = conflicts.fields(versions)
    taken = typed_names(one.path for one in rows)
    if not all(any(taken[one.path] == version.version for version in one.told) for one in rows):
        say("desk.error.choose_each", tone="wrong")
        return redirect(url_for("review.page", visit=visit) + "#two")
    base, body = conflicts.put_together(versions, taken)
    others = [one.id for one in versions if one.id != base.id]
    changed = [one.path for one in rows if taken[one.path] != base.id]
    actions.correct_visit(
        the_desk(), me(), visit, base.id, changed, body, g.words.t("desk.visit.chosen_comment"), others
    )
    case = books()["cases"].get(row.case)
    say(
        "desk.said.chosen",
        case=case.no if case else "",
        channel=g.words.term("channel", row.channel),
        name=books()["people"].get(row.staff, ""),
    )
    return redirect(url_for("review.page", visit=visit))
