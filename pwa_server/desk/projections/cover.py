"""A day handed to a colleague: asked by a phone, decided by a person, ended when the day is over."""

from ..core.clock import plain
from ..log.event_log import Logged
from ..models.cover import CoverAsked


def cover_asked(event: Logged) -> None:
    body = event.body or {}
    CoverAsked.put(
        id=event.id,
        staff=body["staff"],
        takes=body["to"],
        on=body["on"],
        note=body["note"],
        by=event.by,
        at=plain(event.at),
        state="asked",
        decided_by=None,
        decided_at=None,
        cases=[],
        followups=[],
    )


def cover_decided(event: Logged) -> None:
    """The first decision counts."""
    body = event.body or {}
    columns = (
        {"takes": body["to"], "cases": body["cases"], "followups": body["followups"]}
        if body["granted"]
        else {}
    )
    CoverAsked.update(
        state="granted" if body["granted"] else "refused", decided_by=event.by, decided_at=event.at, **columns
    ).where((CoverAsked.id == body["cover"]) & (CoverAsked.state == "asked")).execute()


def cover_ended(event: Logged) -> None:
    CoverAsked.update(state="ended").where(
        (CoverAsked.id == (event.body or {})["cover"]) & (CoverAsked.state == "granted")
    ).execute()


APPLIERS = {
    ("cover.asked", 1): cover_asked,
    ("cover.decided", 1): cover_decided,
    ("cover.ended", 1): cover_ended,
}
