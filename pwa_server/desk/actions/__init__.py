"""What people at the desk do. Each act: may they (`access`), append the event, apply it, journal it.

When one of these returns, the act is in the log and in its second place. Phones hear of it at the next look
at the relay: `outgoing` compares what each phone has with what it should have.
"""

from .acting import act, check
from .arrivals import admit_envelope, dismiss_held, reject_envelope, retry_held
from .cases import (
    assign,
    decide_triage,
    note_case,
    open_case,
    remove_safety,
    set_conference,
    set_safety,
    unassign,
)
from .followups import cancel_followup, finish_followup, keep_promise, move_followup, schedule_followup
from .people import add_staff, change_staff, publish_checklist, set_numbers
from .reviews import approve, correct_visit, open_review, read_visit, record_visit, return_visit

__all__ = [
    "act",
    "add_staff",
    "admit_envelope",
    "approve",
    "assign",
    "cancel_followup",
    "change_staff",
    "check",
    "correct_visit",
    "decide_triage",
    "dismiss_held",
    "finish_followup",
    "keep_promise",
    "move_followup",
    "note_case",
    "open_case",
    "open_review",
    "publish_checklist",
    "read_visit",
    "record_visit",
    "reject_envelope",
    "remove_safety",
    "retry_held",
    "return_visit",
    "schedule_followup",
    "set_conference",
    "set_numbers",
    "set_safety",
    "unassign",
]
