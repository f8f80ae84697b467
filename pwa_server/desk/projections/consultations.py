"""Events about consultations: received, corrected, ended, become a case. And the history of the triage."""

from typing import Any

from ..log.event_log import Logged
from ..models.consultations import COLUMNS, Consultation, sorted_out


def consultation_received(event: Logged) -> None:
    body = event.body or {}
    Consultation.put(
        id=body["consultation"],
        by=event.by,
        at=event.at,
        state="open",
        into=None,
        notice=body.get("notice"),
        **sorted_out(body["answers"]),
        ending="",
        ending_note="",
        ended_by=None,
        ended_at=None,
        rev=event.position,
    )


def consultation_corrected(event: Logged) -> None:
    """Only the fields that were changed; the log keeps what stood there before."""
    body = event.body or {}
    row = _row(body)
    if row is None:
        return
    values = sorted_out(body["changes"])
    columns = {name: {**getattr(row, name), **values[name]} for name in COLUMNS if values[name]}
    _change(body, event, **columns)


def consultation_ended(event: Logged) -> None:
    """What became a case stays one, in whatever order the two arrive."""
    body = event.body or {}
    row = _row(body)
    if row is not None and row.state != "case":
        columns = {"state": "ended", "ending": body["how"], "ending_note": body.get("note", "")}
        _change(body, event, **columns, ended_by=event.by, ended_at=event.at)


def consultation_reopened(event: Logged) -> None:
    body = event.body or {}
    row = _row(body)
    if row is not None and row.state == "ended":
        _change(body, event, state="open", ending="", ending_note="", ended_by=None, ended_at=None)


def consultation_became_case(event: Logged) -> None:
    body = event.body or {}
    if _row(body) is not None:
        _change(body, event, state="case", into=body["into"], ended_by=event.by, ended_at=event.at)


def _row(body: dict[str, Any]) -> Any:
    return Consultation.get_or_none(Consultation.id == body["consultation"])


def _change(body: dict[str, Any], event: Logged, **columns: Any) -> None:
    Consultation.update(rev=event.position, **columns).where(
        Consultation.id == body["consultation"]
    ).execute()


APPLIERS = {
    ("consultation.received", 1): consultation_received,
    ("consultation.corrected", 1): consultation_corrected,
    ("consultation.ended", 1): consultation_ended,
    ("consultation.reopened", 1): consultation_reopened,
    ("consultation.became_case", 1): consultation_became_case,
}
