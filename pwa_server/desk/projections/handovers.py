"""Events of a hand-over to another section or agency: sent, taken back, answered. The last answer stands."""

from typing import Any

from ..log.event_log import Logged
from ..models.handovers import Handover


def sent(event: Logged) -> None:
    body = event.body or {}
    if Handover.select().where(Handover.id == body["handover"]).exists():
        return  # the same one twice
    columns = {
        name: body[name] for name in ("to", "person", "ground", "law", "reason", "told", "contact", "text")
    }
    Handover.put(
        id=body["handover"],
        case=event.case,
        by=event.by,
        at=event.at,
        receiver=body.get("receiver"),
        answer_by=body["answerBy"],
        **columns,
        withdrawn_at=None,
        withdrawn_reason="",
        answer=None,
        answer_why="",
        answered_by="",
        answered_how="",
        answered_on=None,
        noted_by=None,
        noted_at=None,
    )


def withdrawn(event: Logged) -> None:
    body = event.body or {}
    _change(body, withdrawn_at=event.at, withdrawn_reason=body["reason"])


def answered(event: Logged) -> None:
    body = event.body or {}
    columns = {"answer": body["answer"], "answer_why": body["why"], "answered_by": body["by"]}
    how = {"answered_how": body["how"], "answered_on": body["on"]}
    _change(body, **columns, **how, noted_by=event.by, noted_at=event.at)


def _change(body: dict[str, Any], **columns: Any) -> None:
    Handover.update(**columns).where(Handover.id == body["handover"]).execute()


APPLIERS = {
    ("handover.sent", 1): sent,
    ("handover.withdrawn", 1): withdrawn,
    ("handover.answered", 1): answered,
}
