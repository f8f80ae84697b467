"""地域課題: a board from noticed to reviewed, and each issue with its numbers, resources, proposals and steps."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from ...actions import issues as acts
from ...models.issues import ANSWERS, FIELDS, NOTICED_BY, STATES, CommunityIssue, IssueProposal
from ...queries import free_texts, issues, named_persons
from ...queries.access import demand
from ...queries.access_log import note_view
from ..layout.form_values import read_day
from ..layout.lookups import people
from ..layout.page import changes, say
from ..layout.permissions import see_case
from ..layout.session import me, the_desk

pages = Blueprint("issues", __name__)
LONGEST = 1000


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
        form=request.form,
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
    told = {one.name: request.form.get(one.name, "") for one in FIELDS}
    chosen = [name for name in issues.districts() if name in request.form.getlist("districts")]
    texts, wrong = free_texts.read(FIELDS, told)
    found = named_persons.told(me(), *told.values())
    if wrong or named_persons.refused(found, request.form.get("nobody") == "yes"):
        g.refused = True
        row = acts.row_of(issue) if issue else None
        return _form({**told, "districts": chosen}, wrong, row, found), 400
    id_ = acts.write(the_desk(), me(), texts, chosen, issue)
    say("desk.said.written_down")
    return redirect(url_for("issues.one", issue=id_))


def _form(told: dict[str, Any], wrong: dict[str, str], row: Any = None, found: Any = ()) -> str:
    return render_template(
        "desk/issue_edit.html",
        told=told,
        wrong=wrong,
        row=row,
        found=found,
        sure=named_persons.SURE,
        fields=FIELDS,
        districts=issues.districts(),
    )


def _words(issue: str, name: str, part: str, *, needed: bool) -> tuple[str, Any]:
    """(what was typed, the answer that refuses it or None)."""
    words = request.form.get(name, "").strip()[:LONGEST]
    found = named_persons.told(me(), words)
    if (needed and not words) or named_persons.refused(found, request.form.get("nobody") == "yes"):
        g.refused = True
        return words, (_page(acts.row_of(issue), part, found), 400)
    return words, None


@pages.post("/issues/<issue>/move")
def move(issue: str) -> Any:
    demand(me(), "change", "community_steps")
    words, refused = _words(issue, "words", "move", needed=False)
    if refused:
        return refused
    until = read_day(request.form.get("until", ""))
    state = request.form.get("state", "")
    acts.move(
        the_desk(),
        me(),
        issue,
        state,
        the_desk().today().isoformat(),
        until.isoformat() if until else None,
        words,
    )
    say("desk.said.issue_moved")
    return redirect(url_for("issues.one", issue=issue))


@pages.post("/issues/<issue>/propose")
def propose(issue: str) -> Any:
    demand(me(), "change", "community_issues")
    text, refused = _words(issue, "text", "propose", needed=True)
    if refused:
        return refused
    acts.propose(the_desk(), me(), issue, text)
    say("desk.said.written_down")
    return redirect(url_for("issues.one", issue=issue) + "#proposals")


@pages.post("/issues/proposals/<proposal>")
def answer(proposal: str) -> Any:
    demand(me(), "change", "community_steps")
    row = IssueProposal.get_or_none(IssueProposal.id == proposal)
    words, refused = _words(row.issue if row else "", "words", "answer", needed=False)
    if refused:
        return refused
    issue = acts.answer(the_desk(), me(), proposal, request.form.get("result", ""), words)
    say("desk.said.written_down")
    return redirect(url_for("issues.one", issue=issue) + "#proposals")


@pages.post("/issues/<issue>/talk")
def talk(issue: str) -> Any:
    demand(me(), "change", "community_steps")
    council, refused = _words(issue, "council", "talk", needed=True)
    words, too = _words(issue, "said", "talk", needed=False)
    on = read_day(request.form.get("on", ""))
    if refused or too or on is None:
        g.refused = True
        return refused or too or (_page(acts.row_of(issue), "talk"), 400)
    acts.talk(the_desk(), me(), issue, council, on.isoformat(), words)
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
    form = request.form
    issue = form.get("issue", "")
    if form.get("do") == "take_back":
        acts.take_back_evidence(the_desk(), me(), case, issue)
        say("desk.said.evidence_taken_back")
    else:
        district = form.get("district", "")
        chosen = district if district in issues.districts() else ""
        acts.give_evidence(the_desk(), me(), case, issue, chosen, form.get("noticed", ""))
        say("desk.said.evidence_given")
    return redirect(url_for("issues.of_case", case=case))
