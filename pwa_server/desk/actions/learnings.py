"""What was learned: written without persons, read by a second one, tried, taken back."""

from typing import Any

from ..core.desk import Desk
from ..core.errors import DeskError, NotAllowed
from ..models.learnings import RESULTS, Learning
from ..projections.append_and_apply import new_id
from ..queries.access import Actor, demand
from .act import act

LONGEST = 500


def write(desk: Desk, actor: Actor, fields: dict[str, Any], learning: str | None = None) -> str:
    """A new one, or the whole of a known one written anew, which then waits for a second reader again.

    `fields`: as `queries.learnings.read` gives it. Raises not_found.
    """
    demand(actor, "change", "learnings")
    id_ = row_of(learning).id if learning else new_id()
    act(desk, actor, "learning.written", {"learning": id_, **fields})
    return str(id_)


def check(desk: Desk, actor: Actor, learning: str, version: str, result: str, note: str) -> None:
    """A second person has read it. Raises not_allowed for whoever wrote it, malformed, empty."""
    demand(actor, "change", "learnings")
    row = row_of(learning)
    if row.by == actor.id:
        raise NotAllowed("read one's own")
    if row.version != version:
        raise DeskError("malformed", "version")
    if result not in RESULTS:
        raise DeskError("malformed", result[:40])
    if result == "asks" and not note:
        raise DeskError("empty")
    body = {"learning": learning, "version": version, "result": result, "note": note[:LONGEST]}
    act(desk, actor, "learning.checked", body)


def try_out(desk: Desk, actor: Actor, learning: str, fits: bool, words: str) -> None:
    demand(actor, "change", "learnings")
    row_of(learning)
    if not words:
        raise DeskError("empty")
    act(desk, actor, "learning.tried", {"learning": learning, "fits": fits, "words": words[:LONGEST]})


def withdraw(desk: Desk, actor: Actor, learning: str) -> None:
    demand(actor, "change", "learnings")
    row_of(learning)
    act(desk, actor, "learning.withdrawn", {"learning": learning})


def set_aside(desk: Desk, actor: Actor, case: str, learning: str) -> None:
    """It is not offered on this case any more."""
    demand(actor, "see", "core", case)
    demand(actor, "see", "learnings")
    row_of(learning)
    act(desk, actor, "learning.set_aside", {"learning": learning}, case)


def row_of(learning: str) -> Any:
    row = Learning.get_or_none((Learning.id == learning) & (Learning.state != "withdrawn"))
    if row is None:
        raise DeskError("not_found", learning[:40])
    return row
