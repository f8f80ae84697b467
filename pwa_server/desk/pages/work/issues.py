"""地域課題: a board from noticed to reviewed, and each issue with its numbers, resources, proposals and steps."""

from typing import Annotated, Any, TypeVar

from flask import Blueprint, g, redirect, render_template, request, url_for

from ...actions import issues as acts
from ...models.issues import ANSWERS, FIELDS, NOTICED_BY, STATES, CommunityIssue, IssueProposal
from ...queries import free_texts, issues, named_persons
from ...queries.access import demand
from ...queries.access_log import note_view
from ..layout.forms import (
    Day,
    Form,
    Id,
    Line,
    NeededDay,
    Yes,
    most,
    needed,
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

pages = Blueprint("issues", __name__)
LONGEST = 1000


class Words(Form):
    """What every form about an issue asks: the hand of whoever read it, that nobody can be known by it."""

    nobody: Yes = False


W = TypeVar("W", bound=Words)


class Move(Words):
    state: Id = ""
    until: Day = None
    words: Annotated[str, most(LONGEST)] = ""


class Proposal(Words):
    text: Annotated[str, needed(LONGEST)]


class Answer(Words):
    result: Id = ""
    words: Annotated[str, most(LONGEST)] = ""


class Talk(Words):
    council: Annotated[str, needed(200)]
    on: NeededDay
    said: Annotated[str, most(LONGEST)] = ""


class Evidence(Form):
    do: Id = ""
    issue: Id = ""
    district: Line = ""
    noticed: Id = ""


@pages.get("/issues")
def page() -> Any:
    demand(me(), "see", "community_issues")
    board, today = issues.board(), the_desk().today()
    return render_template(
        "desk/issues.html",
        board=board,
        sizes={row.id: issues.counted(row.id, today).households for rows in board.values() for row in rows},
        may_write=changes("community_issues"),
    )


@pages.get("/issues/<issue>")
def one(issue: str) -> Any:
    demand(me(), "see", "community_issues")
    return _page(acts.row_of(issue))


def _page(row: Any, wrong: str = "", found: Any = ()) -> str:
    return render_template(
        "desk/issue.html",
        row=row,
        fields=FIELDS,
        counted=issues.counted(row.id, the_desk().today()),
        steps=issues.steps(row.id),
        proposals=issues.proposals(row.id),
        talks=issues.talks(row.id),
        states=STATES,
        answers=ANSWERS,
        names=people(),
        wrong=wrong,
        found=found,
        sure=named_persons.SURE,
        form=retyped(Move, Proposal, Answer, Talk),
        today=the_desk().today().isoformat(),
        may_write=changes("community_issues"),
        may_change=issues.may_rewrite(me(), row),
        may_steer=changes("community_steps"),
    )


@pages.get("/issues/print")
def sheet() -> Any:
    """For a council of the area: what is said of each issue, and numbers as everybody may read them."""
    demand(me(), "see", "community_issues")
    rows = [row for rows in issues.board().values() for row in rows]
    return render_template(
        "desk/issues_print.html",
        rows=rows,
        fields=FIELDS,
        counted={row.id: issues.counted(row.id, the_desk().today()) for row in rows},
        proposals={row.id: issues.proposals(row.id) for row in rows},
    )


@pages.route("/issues/new", methods=["GET", "POST"])
def new() -> Any:
    demand(me(), "change", "community_issues")
    if request.method == "GET":
        return _form({}, {})
    return _keep(None)


@pages.route("/issues/<issue>/change", methods=["GET", "POST"])
def change(issue: str) -> Any:
    demand(me(), "change", "community_issues")
    row = acts.row_of(issue)
    if not issues.may_rewrite(me(), row):
        demand(me(), "change", "community_steps")
    if request.method == "POST":
        return _keep(issue)
    return _form({name: getattr(row, name) for name in (*(one.name for one in FIELDS), "districts")}, {}, row)


def _keep(issue: str | None) -> Any:
    entries = typed_names(one.name for one in FIELDS)
    named = typed_names((), many=("districts",))["districts"]
    chosen = [name for name in issues.districts() if name in named]
    texts, wrong = free_texts.read(FIELDS, entries)
    found = named_persons.told(me(), *entries.values())
    if wrong or named_persons.refused(found, sent(Words).nobody):
        g.refused = True
        row = acts.row_of(issue) if issue else None
        return _form({**entries, "districts": chosen}, wrong, row, found), 400
    id_ = acts.write(the_desk(), me(), texts, chosen, issue)
    say("desk.said.written_down")
    return redirect(url_for("issues.one", issue=id_))


def _form(entries: dict[str, Any], wrong: dict[str, str], row: Any = None, found: Any = ()) -> str:
    return render_template(
        "desk/issue_edit.html",
        told=entries,
        wrong=wrong,
        row=row,
        found=found,
        sure=named_persons.SURE,
        fields=FIELDS,
        districts=issues.districts(),
    )


def _read(shape: type[W], issue: str, part: str, *texts: str) -> tuple[W | None, Any]:
    """(what was sent, None), or (None, the answer that refuses it). In `texts` nobody may be named."""
    given, _ = read_form(shape)
    found = named_persons.told(me(), *(typed(shape)[name] for name in texts))
    if given is None or named_persons.refused(found, given.nobody):
        g.refused = True
        return None, (_page(acts.row_of(issue), part, found), 400)
    return given, None


@pages.post("/issues/<issue>/move")
def move(issue: str) -> Any:
    demand(me(), "change", "community_steps")
    given, refused = _read(Move, issue, "move", "words")
    if given is None:
        return refused
    until = given.until.isoformat() if given.until else None
    acts.move(the_desk(), me(), issue, given.state, the_desk().today().isoformat(), until, given.words)
    say("desk.said.issue_moved")
    return redirect(url_for("issues.one", issue=issue))


@pages.post("/issues/<issue>/propose")
def propose(issue: str) -> Any:
    demand(me(), "change", "community_issues")
    given, refused = _read(Proposal, issue, "propose", "text")
    if given is None:
        return refused
    acts.propose(the_desk(), me(), issue, given.text)
    say("desk.said.written_down")
    return redirect(url_for("issues.one", issue=issue) + "#proposals")


@pages.post("/issues/proposals/<proposal>")
def answer(proposal: str) -> Any:
    demand(me(), "change", "community_steps")
    row = IssueProposal.get_or_none(IssueProposal.id == proposal)
    given, refused = _read(Answer, row.issue if row else "", "answer", "words")
    if given is None:
        return refused
    issue = acts.answer(the_desk(), me(), proposal, given.result, given.words)
    say("desk.said.written_down")
    return redirect(url_for("issues.one", issue=issue) + "#proposals")


@pages.post("/issues/<issue>/talk")
def talk(issue: str) -> Any:
    demand(me(), "change", "community_steps")
    given, refused = _read(Talk, issue, "talk", "council", "said")
    if given is None:
        return refused
    acts.talk(the_desk(), me(), issue, given.council, given.on.isoformat(), given.said)
    say("desk.said.written_down")
    return redirect(url_for("issues.one", issue=issue) + "#talks")


@pages.get("/cases/<case>/issues")
def of_case(case: str) -> Any:
    """Which issues this household is counted for: from here alone, never from an issue back to a household."""
    row = see_case(case)
    demand(me(), "change", "community_issues")
    note_view(the_desk(), me(), "case_issues", case)
    return render_template(
        "desk/case_issues.html",
        case=row,
        rows=list(
            CommunityIssue.select().where(CommunityIssue.state != "reviewed").order_by(CommunityIssue.title)
        ),
        chosen=issues.of_case(case),
        districts=issues.districts(),
        noticed=NOTICED_BY,
    )


@pages.post("/cases/<case>/issues")
def give_evidence(case: str) -> Any:
    see_case(case)
    form = sent(Evidence)
    if form.do == "take_back":
        acts.take_back_evidence(the_desk(), me(), case, form.issue)
        say("desk.said.evidence_taken_back")
    else:
        chosen = form.district if form.district in issues.districts() else ""
        acts.give_evidence(the_desk(), me(), case, form.issue, chosen, form.noticed)
        say("desk.said.evidence_given")
    return redirect(url_for("issues.of_case", case=case))
