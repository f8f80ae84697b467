"""What people at the desk do. Each act: may they (`access`), append the event, apply it, journal it.

When one of these returns, the act is in the log and in its second place. Phones hear of it at the next look
at the relay: `outgoing` compares what each phone has with what it should have.
"""

from .act import act, check
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
from .cover import end_cover, grant_cover, refuse_cover
from .followups import (
    assign_followup,
    cancel_followup,
    finish_followup,
    keep_promise,
    move_followup,
    schedule_followup,
)
from .held import admit_envelope, dismiss_held, reject_envelope, retry_held
from .households import (
    MOST_BYTES,
    add_document,
    change_case,
    decide_two_values,
    draw,
    merge_cases,
    note_consent,
    remove_document,
    set_member,
    undo_merge,
    withdraw_consent,
)
from .office import add_staff, change_staff, publish_checklist, set_numbers, set_option, sign_out
from .visits import (
    approve,
    comment_visit,
    correct_visit,
    flag_visit,
    may_converse,
    open_review,
    read_visit,
    record_visit,
    return_visit,
    settle_flag,
    undo_approval,
)

__all__ = [
    "MOST_BYTES",
    "act",
    "add_document",
    "add_staff",
    "admit_envelope",
    "approve",
    "assign",
    "assign_followup",
    "cancel_followup",
    "change_case",
    "change_staff",
    "check",
    "comment_visit",
    "correct_visit",
    "decide_triage",
    "decide_two_values",
    "dismiss_held",
    "draw",
    "end_cover",
    "finish_followup",
    "flag_visit",
    "grant_cover",
    "keep_promise",
    "may_converse",
    "merge_cases",
    "move_followup",
    "note_case",
    "note_consent",
    "open_case",
    "open_review",
    "publish_checklist",
    "read_visit",
    "record_visit",
    "refuse_cover",
    "reject_envelope",
    "remove_document",
    "remove_safety",
    "retry_held",
    "return_visit",
    "schedule_followup",
    "set_conference",
    "set_member",
    "set_numbers",
    "set_option",
    "set_safety",
    "settle_flag",
    "sign_out",
    "unassign",
    "undo_approval",
    "undo_merge",
    "withdraw_consent",
]
