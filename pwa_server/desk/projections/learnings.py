"""Events of what was learned: written, read by a second person, tried, taken back, set aside on a case."""

from ..log.event_log import Logged
from ..models.learnings import CODES, FIELDS, Learning, LearningAside, LearningTried


def written(event: Logged) -> None:
    """Whole, the last one stands; whoever read it before has to read it again."""
    body = event.body or {}
    Learning.put(
        id=body["learning"],
        version=event.id,
        situation=[code for code in CODES if code in body["situation"]],
        **{one.name: body[one.name] for one in FIELDS},
        state="waiting",
        by=event.by,
        at=event.at,
        read_by=None,
        read_at=None,
        read_note="",
    )


def checked(event: Logged) -> None:
    """What a second person said of the version they read; of one that was written over, nothing."""
    body = event.body or {}
    Learning.update(
        state="read" if body["result"] == "reads" else "asked",
        read_by=event.by,
        read_at=event.at,
        read_note=body["note"],
    ).where((Learning.id == body["learning"]) & (Learning.version == body["version"])).execute()


def withdrawn(event: Logged) -> None:
    Learning.update(state="withdrawn").where(Learning.id == (event.body or {})["learning"]).execute()


def tried(event: Logged) -> None:
    body = event.body or {}
    LearningTried.put(
        id=event.id,
        learning=body["learning"],
        fits=body["fits"],
        words=body["words"],
        by=event.by,
        at=event.at,
        position=event.position,
    )


def set_aside(event: Logged) -> None:
    learning = (event.body or {})["learning"]
    LearningAside.put(
        id=f"{event.case} {learning}", case=event.case, learning=learning, by=event.by, at=event.at
    )


APPLIERS = {
    ("learning.written", 1): written,
    ("learning.checked", 1): checked,
    ("learning.withdrawn", 1): withdrawn,
    ("learning.tried", 1): tried,
    ("learning.set_aside", 1): set_aside,
}
