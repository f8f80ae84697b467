"""Events of what neighbours noticed around households."""

from ..log.event_log import Logged
from ..models.community import Notice


def notice_given(event: Logged) -> None:
    body = event.body or {}
    before = Notice.get_or_none(Notice.id == body["notice"])
    if before is not None and before.at:
        return  # the same notice twice
    Notice.put(
        id=body["notice"],
        by=event.by,
        at=event.at,
        who=body["who"],
        place=body["place"],
        noticed=body["noticed"],
        named=body["named"],
        answer=None,
        thanks="",
        answered_by=None,
        answered_at=None,
        withdrawn=before is not None,
    )


def notice_withdrawn(event: Logged) -> None:
    """Taken back by whoever gave it, in whatever order the two arrive."""
    notice = (event.body or {})["notice"]
    row = Notice.get_or_none(Notice.id == notice)
    if row is None:
        Notice.put(
            id=notice,
            by=event.by,
            at="",
            who="",
            place="",
            noticed="",
            named="no",
            answer=None,
            thanks="",
            answered_by=None,
            answered_at=None,
            withdrawn=True,
        )
    elif row.by == event.by:
        Notice.update(withdrawn=True).where(Notice.id == notice).execute()


def notice_answered(event: Logged) -> None:
    """The last answer stands."""
    body = event.body or {}
    Notice.update(
        answer=body["answer"], thanks=body["thanks"], answered_by=event.by, answered_at=event.at
    ).where(Notice.id == body["notice"]).execute()


APPLIERS = {
    ("notice.given", 1): notice_given,
    ("notice.withdrawn", 1): notice_withdrawn,
    ("notice.answered", 1): notice_answered,
}
