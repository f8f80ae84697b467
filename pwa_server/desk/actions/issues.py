"""Issues of the area: written and proposed by many, moved on by those who steer them."""

from typing import Any

from ..core.desk import Desk
from ..core.errors import DeskError, NotAllowed
from ..models.issues import ANSWERS, NOTICED_BY, STATES, CommunityIssue, IssueProposal
from ..projections.append_and_apply import new_id
from ..queries.access import Actor, demand
from ..queries.issues import may_rewrite
from .act import act


def write(
    desk: Desk, actor: Actor, fields: dict[str, str], districts: list[str], issue: str | None = None
) -> str:
    """A new one, or the whole of a known one by who began it or steers. `fields`: as `queries.issues.read` gives it."""
    demand(actor, "change", "community_issues")
    if issue and not may_rewrite(actor, row_of(issue)):
        raise NotAllowed("change another's issue")
    id_ = issue or new_id()
    spelled = {"noticedBy" if name == "noticed_by" else name: text for name, text in fields.items()}
    act(desk, actor, "issue.written", {"issue": id_, "districts": districts, **spelled})
    return id_


def move(desk: Desk, actor: Actor, issue: str, state: str, on: str, until: str | None, words: str) -> None:
    demand(actor, "change", "community_steps")
    row_of(issue)
    if state not in STATES:
        raise DeskError("malformed", state[:40])
    act(
        desk, actor, "issue.moved", {"issue": issue, "state": state, "on": on, "until": until, "words": words}
    )


def propose(desk: Desk, actor: Actor, issue: str, text: str) -> None:
    demand(actor, "change", "community_issues")
    row_of(issue)
    if not text:
        raise DeskError("empty")
    act(desk, actor, "issue.proposed", {"issue": issue, "proposal": new_id(), "text": text})


def answer(desk: Desk, actor: Actor, proposal: str, result: str, words: str) -> str:
    """What became of a proposal. Returns its issue."""
    demand(actor, "change", "community_steps")
    row = IssueProposal.get_or_none(IssueProposal.id == proposal)
    if row is None:
        raise DeskError("not_found", proposal[:40])
    if result not in ANSWERS:
        raise DeskError("malformed", result[:40])
    act(desk, actor, "issue.proposal_answered", {"proposal": proposal, "result": result, "words": words})
    return str(row.issue)


def talk(desk: Desk, actor: Actor, issue: str, council: str, on: str, words: str) -> None:
    demand(actor, "change", "community_steps")
    row_of(issue)
    if not council:
        raise DeskError("empty")
    act(desk, actor, "issue.talked", {"issue": issue, "council": council, "on": on, "words": words})


def give_evidence(desk: Desk, actor: Actor, case: str, issue: str, district: str, noticed: str) -> None:
    """The issue was seen in this household: counted, never shown from the issue's side."""
    demand(actor, "see", "core", case)
    demand(actor, "change", "community_issues")
    row_of(issue)
    if noticed not in NOTICED_BY:
        raise DeskError("malformed", noticed[:40])
    body = {"issue": issue, "district": district, "noticed": noticed}
    act(desk, actor, "issue.evidence_given", body, case)


def take_back_evidence(desk: Desk, actor: Actor, case: str, issue: str) -> None:
    demand(actor, "see", "core", case)
    demand(actor, "change", "community_issues")
    row_of(issue)
    act(desk, actor, "issue.evidence_taken_back", {"issue": issue}, case)


def row_of(issue: str) -> Any:
    row = CommunityIssue.get_or_none(CommunityIssue.id == issue)
    if row is None:
        raise DeskError("not_found", issue[:40])
    return row
