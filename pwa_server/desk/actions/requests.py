"""What a person asks of their records: received, all that is kept gone through, decided, read by a second, answered."""

from typing import Any

from ..core.desk import Desk
from ..core.errors import DeskError, NotAllowed
from ..models.office_and_cases import CaseFile
from ..models.requests import (
    ANSWERED,
    ASKERS,
    CHECKED,
    DECIDED,
    DECISIONS,
    KINDS,
    MOST_DAYS,
    OPTION,
    RESULTS,
    PersonRequest,
)
from ..projections.append_and_apply import new_id
from ..queries import requests
from ..queries.access import Actor, demand, may
from .act import act
from .disclosure import REASONS


def set_days(desk: Desk, actor: Actor, days: int) -> None:
    """Until a decision; by law never more than MOST_DAYS. Raises DeskError malformed."""
    demand(actor, "change", "requests")
    if not 1 <= days <= MOST_DAYS:
        raise DeskError("malformed", "days")
    act(desk, actor, "office.option_set", {"name": OPTION, "value": str(days)})


def receive(desk: Desk, actor: Actor, kind: str, requester: str, on: str, words: str, no: str) -> str:
    """`no`: the number of the case, "" where none is known here. Returns the request's id.

    Raises DeskError malformed, unknown_number.
    """
    demand(actor, "change", "requests")
    if kind not in KINDS or requester not in ASKERS:
        raise DeskError("malformed", "kind")
    row = CaseFile.get_or_none(CaseFile.no == no.strip()) if no.strip() else None
    if no.strip() and row is None:
        raise DeskError("unknown_number", no[:40])
    id_ = new_id()
    body = {"request": id_, "kind": kind, "requester": requester, "on": on, "words": words}
    act(desk, actor, "request.received", body, id_ if row is None else row.id)
    return id_


def see_part(desk: Desk, actor: Actor, request: str, part: str, reason: str) -> None:
    """Somebody has gone through all of one class. `reason`: "" is shown, else why not. Raises DeskError malformed."""
    row = _open(actor, request)
    entries, hidden = requests.kept(actor, row.case).get(part, ([], 0))
    if reason not in ("", *REASONS) or not entries or hidden:
        raise DeskError("malformed", "part")
    body = {"request": row.id, "part": part, "reason": reason, "seen": len(entries)}
    act(desk, actor, "request.part_seen", body, row.case)


def unseen(kept: dict[str, tuple[list[requests.Entry], int]], seen: dict[str, Any]) -> list[str]:
    """Classes of what is kept that nobody has gone through, or to which something was added since.

    `kept`, `seen`: as `requests.kept` and `requests.parts_of` tell them.
    """
    return [
        part
        for part, (entries, hidden) in kept.items()
        if part not in seen or seen[part].seen != len(entries) + hidden
    ]


def decide(desk: Desk, actor: Actor, request: str, decision: str, on: str, answer: str) -> None:
    """Raises DeskError malformed, empty, disclosure_undecided (a disclosure of what was not gone through)."""
    row = _open(actor, request)
    if decision not in DECISIONS:
        raise DeskError("malformed", "decision")
    if not answer.strip():
        raise DeskError("empty")
    needs_all = row.kind == "disclosure" and decision in ("granted", "partly")
    if needs_all and unseen(requests.kept(actor, row.case), requests.parts_of(row.id)):
        raise DeskError("disclosure_undecided")
    body = {"request": row.id, "decision": decision, "on": on, "answer": answer.strip()}
    act(desk, actor, "request.decided", body, row.case)


def check(desk: Desk, actor: Actor, request: str, version: str, result: str, note: str) -> None:
    """By another person than who decided, of the decision they read. Raises DeskError malformed, empty; NotAllowed."""
    row = _open(actor, request)
    if row.decided_by == actor.id:
        raise NotAllowed("read one's own")
    if row.state != DECIDED or row.version != version or result not in RESULTS:
        raise DeskError("malformed", "version")
    if result == "asks" and not note.strip():
        raise DeskError("empty")
    body = {"request": row.id, "version": version, "result": result, "note": note.strip()}
    act(desk, actor, "request.checked", body, row.case)


def answer(desk: Desk, actor: Actor, request: str, on: str) -> None:
    """The answer has gone to the person. Raises DeskError malformed before a second person has read it."""
    row = _open(actor, request)
    if row.state != CHECKED:
        raise DeskError("malformed", "state")
    act(desk, actor, "request.answered", {"request": row.id, "on": on}, row.case)


def row_of(actor: Actor, request: str) -> Any:
    demand(actor, "see", "requests")
    row = PersonRequest.get_or_none(PersonRequest.id == request)
    if row is None:
        raise DeskError("not_found", request[:40])
    return row


def _open(actor: Actor, request: str) -> Any:
    demand(actor, "change", "requests")
    row = row_of(actor, request)
    if row.state == ANSWERED:
        raise DeskError("not_found", request[:40])
    return row


def may_check(actor: Actor, row: Any) -> bool:
    return bool(row.state == DECIDED and row.decided_by != actor.id and may(actor, "change", "requests"))
