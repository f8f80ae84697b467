"""Events about figures, papers and checklists: a month closed, a disclosure decided on, drafts and retirements."""

from ..log.event_log import Logged
from ..models.figures import ChecklistDraft, ChecklistRetired, Disclosure, MonthClosed


def month_closed(event: Logged) -> None:
    body = event.body or {}
    before = MonthClosed.select().where(MonthClosed.month == body["month"]).count()
    MonthClosed.put(
        id=event.id,
        month=body["month"],
        version=before + 1,
        at=event.received_at,
        by=event.by,
        figures=body["figures"],
    )


def disclosure_decided(event: Logged) -> None:
    body = event.body or {}
    Disclosure.put(
        id=event.id,
        case=event.case,
        requester=body["requester"],
        requested_on=body["requestedOn"],
        masks=body["masks"],
        paragraphs=body["paragraphs"],
        at=event.at,
        by=event.by,
    )


def checklist_drafted(event: Logged) -> None:
    body = event.body or {}
    ChecklistDraft.put(id=body["checklist"], event=event.id, body=body["body"], at=event.at, by=event.by)


def checklist_retired(event: Logged) -> None:
    ChecklistRetired.put(id=(event.body or {})["checklist"], at=event.at, by=event.by)


APPLIERS = {
    ("month.closed", 1): month_closed,
    ("disclosure.decided", 1): disclosure_decided,
    ("checklist.drafted", 1): checklist_drafted,
    ("checklist.retired", 1): checklist_retired,
}
