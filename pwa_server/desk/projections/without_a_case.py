"""What belongs to a household the desk does not know: an old log may hold a visit without one, or of one never opened.

It is filed under a record of its own, so that it stands in every list, and a person merges that record with the right
household or moves the visit there. New arrivals of this kind are held instead (`belonging`).
"""

from dataclasses import replace

from ..log.event_log import Logged
from ..models.office_and_cases import CaseFile
from . import bulk

NOWHERE = "without-a-case"
FILED = frozenset(
    {
        "visit.logged",
        "visit.corrected",
        "followup.scheduled",
        "followup.done",
        "followup.cancelled",
        "followup.moved",
        "promise.kept",
        "consent.answered",
    }
)
MARK = "?"  # how the number of such a record begins
TITLE = "どの家庭か分からない記録"


def filed(event: Logged) -> Logged:
    """The event, under the record of what has no household if it names none."""
    return replace(event, case=NOWHERE) if event.type in FILED and not event.case else event


def settle(event: Logged) -> None:
    """Open a record for a household that is named and was never opened."""
    if event.type not in FILED or event.case is None or bulk.later("homeless", event.case):
        return
    open_for(event.case)


def open_for(case: str) -> None:
    if CaseFile.select().where(CaseFile.id == case).exists():
        return
    CaseFile.put(
        id=case,
        no=f"{MARK}{case[:6]}",
        title=TITLE,
        kana="",
        summary="",
        index_member=None,
        consent="unknown",
        triage_decision="undecided",
        triage_reason="",
        triage_assumed=False,
        conference_kind=None,
        conference_status=None,
        opened_on="",
        referral_org="",
        status="active",
        merged_into=None,
        sample=False,
        preferences="",
        worked=[],
        avoid=[],
        issues=[],
        household={},
        intake={"intake": {}, "referral": {}},
        rev=0,
    )


def is_one(row: CaseFile) -> bool:
    """Whether nobody ever opened this record."""
    return str(row.no).startswith(MARK)
