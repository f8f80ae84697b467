"""Events about figures: a month is closed."""

from .log import Logged
from .model_figures import MonthClosed


def month_closed(event: Logged) -> None:
    body = event.body or {}
    before = MonthClosed.select().where(MonthClosed.month == body["month"]).count()
    MonthClosed.put(
        id=event.id, month=body["month"], version=before + 1, at=event.received_at, by=event.by,
        figures=body["figures"],
    )  # fmt: skip


APPLIERS = {("month.closed", 1): month_closed}
