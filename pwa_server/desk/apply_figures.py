"""Events about figures and papers: a month is closed, a disclosure copy is decided on."""

from .log import Logged
from .model_figures import Disclosure, MonthClosed


def month_closed(event: Logged) -> None:
    body = event.body or {}
    before = MonthClosed.select().where(MonthClosed.month == body["month"]).count()
    MonthClosed.put(
        id=event.id, month=body["month"], version=before + 1, at=event.received_at, by=event.by,
        figures=body["figures"],
    )  # fmt: skip


def disclosure_decided(event: Logged) -> None:
    body = event.body or {}
    Disclosure.put(
        id=event.id, case=event.case, requester=body["requester"], requested_on=body["requestedOn"],
        masks=body["masks"], paragraphs=body["paragraphs"], at=event.at, by=event.by,
    )  # fmt: skip


APPLIERS = {("month.closed", 1): month_closed, ("disclosure.decided", 1): disclosure_decided}
