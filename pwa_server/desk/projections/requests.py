"""Events of what persons ask of their records: received, gone through, decided, read by a second person, answered."""

from typing import Any

from ..log.event_log import Logged
from ..models.requests import ANSWERED, CHECKED, DECIDED, RECEIVED, PersonRequest, RequestPart


def received(event: Logged) -> None:
    body = event.body or {}
    values = {name: body[name] for name in ("kind", "requester", "on", "words")}
    nobody = dict.fromkeys(
        (
            "version",
            "decision",
            "decided_on",
            "decided_by",
            "checked_by",
            "checked_at",
            "answered_on",
            "answered_by",
        )
    )
    PersonRequest.put(
        id=body["request"],
        case=event.case,
        by=event.by,
        at=event.at,
        state=RECEIVED,
        answer="",
        check_note="",
        **values,
        **nobody,
    )


def part_seen(event: Logged) -> None:
    body = event.body or {}
    values = {name: body[name] for name in ("request", "part", "reason", "seen")}
    RequestPart.put(
        id=f"{body['request']} {body['part']}", case=event.case, by=event.by, at=event.at, **values
    )


def decided(event: Logged) -> None:
    """The last one stands, and a second person reads it again."""
    body = event.body or {}
    values = {"decision": body["decision"], "decided_on": body["on"], "answer": body["answer"]}
    values |= {"checked_by": None, "checked_at": None, "check_note": ""}
    values |= {"state": DECIDED, "version": event.id, "decided_by": event.by}
    _change(event, PersonRequest.state != ANSWERED, **values)


def checked(event: Logged) -> None:
    """Of a decision that was written over, nothing."""
    body = event.body or {}
    state = CHECKED if body["result"] == "reads" else DECIDED
    _change(
        event,
        (PersonRequest.version == body["version"]) & (PersonRequest.state != ANSWERED),
        state=state,
        checked_by=event.by,
        checked_at=event.at,
        check_note=body["note"],
    )


def answered(event: Logged) -> None:
    on = (event.body or {})["on"]
    _change(event, PersonRequest.state == CHECKED, state=ANSWERED, answered_on=on, answered_by=event.by)


def _change(event: Logged, where: Any, **values: Any) -> None:
    PersonRequest.update(**values).where(
        (PersonRequest.id == (event.body or {})["request"]) & where
    ).execute()


APPLIERS = {
    ("request.received", 1): received,
    ("request.part_seen", 1): part_seen,
    ("request.decided", 1): decided,
    ("request.checked", 1): checked,
    ("request.answered", 1): answered,
}
