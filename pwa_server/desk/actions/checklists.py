"""Checklists are written at the desk, published as a version that never changes, and retired."""

from typing import Any

from ..core.desk import Desk
from ..core.errors import DeskError
from ..models.figures import ChecklistDraft
from ..models.office_and_cases import Checklist
from ..queries.access import Actor, demand
from ..queries.checklist_rules import IDS, faults_of
from .act import act


def keep_draft(desk: Desk, actor: Actor, checklist: str, body: dict[str, Any], seen: str = "") -> None:
    """The checklist as it is being written. `seen` is the draft it was begun from.

    Raises DeskError newer_draft when somebody else kept one meanwhile.
    """
    demand(actor, "change", "checklists")
    if not IDS.fullmatch(checklist):
        raise DeskError("malformed", "checklist")
    with desk.write():
        now = ChecklistDraft.get_or_none(ChecklistDraft.id == checklist)
        if now is not None and now.event != seen:
            raise DeskError("newer_draft", now.by)
        act(desk, actor, "checklist.drafted", {"checklist": checklist, "body": body})


def publish(desk: Desk, actor: Actor, checklist: str) -> int:
    """The draft goes to every phone as the next version. Returns its number. Raises DeskError checklist_faulty."""
    demand(actor, "change", "checklists")
    with desk.write():
        draft = ChecklistDraft.get_or_none(ChecklistDraft.id == checklist)
        if draft is None:
            raise DeskError("not_found", checklist)
        if faults_of(draft.body):
            raise DeskError("checklist_faulty", checklist)
        version = newest(checklist) + 1
        act(desk, actor, "checklist.published", {"checklist": checklist, "version": version, **draft.body})
    return version


def retire(desk: Desk, actor: Actor, checklist: str) -> None:
    """No phone offers it any more; what was answered with it keeps its version."""
    demand(actor, "change", "checklists")
    if newest(checklist) == 0:
        raise DeskError("not_found", checklist)
    act(desk, actor, "checklist.retired", {"checklist": checklist})


def newest(checklist: str) -> int:
    rows = Checklist.select(Checklist.version).where(Checklist.id == checklist)
    return max((row.version for row in rows), default=0)
