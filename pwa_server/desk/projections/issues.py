"""Events of issues of the area: written, moved on, proposed, talked about, and in which households they were seen."""

from ..core.clock import JAPAN, read_stamp
from ..log.event_log import Logged
from ..models.issues import FIELDS, CommunityIssue, IssueEvidence, IssueProposal, IssueStep, IssueTalk


def set_(event: Logged) -> None:
    """As it was written before issues had steps: state and text in one."""
    body = event.body or {}
    before = CommunityIssue.get_or_none(CommunityIssue.id == body["issue"])
    columns = {one.name: "" for one in FIELDS} | {"title": body["title"], "what": body["what"]}
    columns |= {"whom": body["area"], "have": body["resources"]}
    _put(event, columns, [], body["state"], before)


def written(event: Logged) -> None:
    """Whole, the last one stands; where it is on its way is another event."""
    body = event.body or {}
    before = CommunityIssue.get_or_none(CommunityIssue.id == body["issue"])
    columns = {one.name: body[_spelled(one.name)] for one in FIELDS}
    _put(event, columns, body["districts"], before.state if before else "noticed", before)


def _put(
    event: Logged, values: dict[str, str], districts: list[str], state: str, before: CommunityIssue | None
) -> None:
    CommunityIssue.put(
        id=(event.body or {})["issue"],
        **values,
        districts=districts,
        state=state,
        until=before.until if before else None,
        begun_by=before.begun_by if before else event.by,
        by=event.by,
        at=event.at,
    )
    if before is None or before.state != state:
        day = read_stamp(event.at).astimezone(JAPAN).date().isoformat()
        _step(event, state, day, None, "")


def _spelled(name: str) -> str:
    return "noticedBy" if name == "noticed_by" else name


def _step(event: Logged, state: str, on: str, until: str | None, words: str) -> None:
    IssueStep.put(
        id=event.id,
        issue=(event.body or {})["issue"],
        state=state,
        on=on,
        until=until,
        words=words,
        by=event.by,
        at=event.at,
        position=event.position,
    )


def moved(event: Logged) -> None:
    body = event.body or {}
    _step(event, body["state"], body["on"], body["until"], body["words"])
    CommunityIssue.update(state=body["state"], until=body["until"]).where(
        CommunityIssue.id == body["issue"]
    ).execute()


def proposed(event: Logged) -> None:
    body = event.body or {}
    IssueProposal.put(
        id=body["proposal"],
        issue=body["issue"],
        text=body["text"],
        by=event.by,
        at=event.at,
        result=None,
        words="",
        answered_by=None,
        answered_at=None,
    )


def proposal_answered(event: Logged) -> None:
    """The last answer stands."""
    body = event.body or {}
    IssueProposal.update(
        result=body["result"], words=body["words"], answered_by=event.by, answered_at=event.at
    ).where(IssueProposal.id == body["proposal"]).execute()


def talked(event: Logged) -> None:
    body = event.body or {}
    columns = {name: body[name] for name in ("issue", "council", "on", "words")}
    IssueTalk.put(id=event.id, **columns, by=event.by, at=event.at)


def evidence_given(event: Logged) -> None:
    body = event.body or {}
    _evidence(event, body["district"], body["noticed"], given=True)


def evidence_taken_back(event: Logged) -> None:
    _evidence(event, "", "", given=False)


def _evidence(event: Logged, district: str, noticed: str, *, given: bool) -> None:
    issue = (event.body or {})["issue"]
    IssueEvidence.put(
        id=f"{event.case} {issue}",
        case=event.case,
        issue=issue,
        district=district,
        noticed=noticed,
        given=given,
        by=event.by,
        at=event.at,
    )


APPLIERS = {
    ("issue.set", 1): set_,
    ("issue.written", 1): written,
    ("issue.moved", 1): moved,
    ("issue.proposed", 1): proposed,
    ("issue.proposal_answered", 1): proposal_answered,
    ("issue.talked", 1): talked,
    ("issue.evidence_given", 1): evidence_given,
    ("issue.evidence_taken_back", 1): evidence_taken_back,
}
