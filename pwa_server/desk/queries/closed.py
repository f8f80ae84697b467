"""What is refused once a case is closed: whatever begins or goes on with work there. The case is opened again first.

Asked by `actions/act` of every event staff write, so no door can forget it. What a phone wrote before it heard of the
closing arrives all the same.
"""

from typing import Any

from ..core.clock import day_in_japan
from ..core.errors import DeskError
from ..models.office_and_cases import CaseFile
from ..models.plans import CaseClosing

BEGINS = frozenset(
    {
        "case.assigned",
        "followup.scheduled",
        "triage.decided",
        "conference.set",
        "conference.asked",
        "conference.decided",
        "plan.drafted",
        "plan.changed",
        "plan.agreed",
        "plan.decided",
        "plan.monitored",
        "ball.passed",
        "ball.noted",
        "handover.sent",
        "profile.set",
        "profile.written",
        "match.weighed",
        "match.arranged",
        "match.stepped",
        "match.paper_handed",
    }
)


def refuse_closed(type_: str, case: str | None, body: dict[str, Any]) -> None:
    """Raise DeskError case_closed with the case's number when this begins something on a closed case."""
    if case is None or not _begins(type_, body):
        return
    closed = CaseFile.select(CaseFile.no).where((CaseFile.id == case) & (CaseFile.status == "closed"))
    row = closed.first()
    if row is not None and not _was_before(type_, case, body):
        raise DeskError("case_closed", row.no)


def _begins(type_: str, body: dict[str, Any]) -> bool:
    if type_ == "conference.case_set":
        return bool(body["taken"])
    return type_ in BEGINS or type_ == "visit.logged"


def _was_before(type_: str, case: str, body: dict[str, Any]) -> bool:
    """A contact of before the closing is written down late, and is kept."""
    if type_ != "visit.logged":
        return False
    rows = CaseClosing.select().where((CaseClosing.case == case) & CaseClosing.reopened_on.is_null())
    last = rows.order_by(CaseClosing.position.desc()).first()
    return last is None or day_in_japan(body["occurredAt"]).isoformat() <= last.on
