"""Applies one logged event to the read model.

Pure: looks at the event and the read model, never at a clock, a setting, a locale or chance, so that replaying
the log gives the same rows byte for byte. Facts beat intentions in whatever order they arrive.
"""

from collections.abc import Callable

from . import (
    apply_begun,
    apply_case,
    apply_community,
    apply_cover,
    apply_figures,
    apply_followup,
    apply_household,
    apply_merge,
    apply_office,
    apply_outing,
    apply_people,
    apply_visit,
)
from .faults import DeskError
from .log import Logged

Applier = Callable[[Logged], None]


def only_logged(event: Logged) -> None:
    """An event whose effect is outside the read model (access log, device notes, review box)."""


APPLIERS: dict[tuple[str, int], Applier] = {
    ("office.created", 1): apply_office.office_created,
    ("staff.added", 1): apply_office.staff_added,
    ("staff.changed", 1): apply_office.staff_changed,
    ("office.option_set", 1): apply_office.option_set,
    ("numbers.set", 1): apply_office.numbers_set,
    ("checklist.published", 1): apply_office.checklist_published,
    ("device.enrolled", 1): apply_office.device_enrolled,
    ("device.revoked", 1): apply_office.device_revoked,
    ("device.wiped", 1): apply_office.device_wiped,
    ("device.let_in", 1): apply_office.device_let_in,
    ("case.opened", 1): apply_case.case_opened,
    ("triage.decided", 1): apply_case.triage_decided,
    ("conference.set", 1): apply_case.conference_set,
    ("safety.set", 1): apply_case.safety_set,
    ("safety.removed", 1): apply_case.safety_removed,
    ("case.assigned", 1): apply_case.case_assigned,
    ("case.unassigned", 1): apply_case.case_unassigned,
    ("case.noted", 1): apply_case.case_noted,
    ("case.changed", 1): apply_household.case_changed,
    ("member.set", 1): apply_household.member_set,
    ("member.removed", 1): apply_household.member_removed,
    ("member.merged", 1): apply_household.member_merged,
    ("union.set", 1): apply_household.union_set,
    ("union.removed", 1): apply_household.union_removed,
    ("parentage.set", 1): apply_household.parentage_set,
    ("parentage.removed", 1): apply_household.parentage_removed,
    ("tie.set", 1): apply_household.tie_set,
    ("tie.removed", 1): apply_household.tie_removed,
    ("two_values.decided", 1): apply_household.two_values_decided,
    ("consent.noted", 1): apply_household.consent_noted,
    ("consent.withdrawn", 1): apply_household.consent_withdrawn,
    ("document.added", 1): apply_household.document_added,
    ("document.removed", 1): apply_household.document_removed,
    ("case.merged", 1): lambda event: apply_merge.case_merged(event, apply),
    ("case.merge_undone", 1): lambda event: apply_merge.merge_undone(event, apply),
    ("worker.departed", 1): apply_outing.departed,
    ("worker.back", 1): apply_outing.came_back,
    ("watchers.named", 1): apply_outing.watchers_named,
    ("reminders.quieted", 1): apply_outing.reminders_quieted,
    ("case.begun", 1): apply_begun.case_begun,
    ("consent.answered", 1): apply_household.consent_answered,
    ("visit.logged", 1): apply_visit.visit_logged,
    ("visit.corrected", 1): apply_visit.visit_corrected,
    ("visit.read", 1): apply_visit.visit_read,
    ("visit.approved", 1): apply_visit.visit_approved,
    ("visit.returned", 1): apply_visit.visit_returned,
    ("visit.approval_undone", 1): apply_visit.approval_undone,
    ("visit.flagged", 1): apply_visit.visit_flagged,
    ("visit.flag_settled", 1): apply_visit.flag_settled,
    ("visit.commented", 1): apply_visit.visit_commented,
    ("visit.withdrawn", 1): apply_visit.visit_withdrawn,
    ("visit.misfiled", 1): apply_visit.visit_misfiled,
    ("promise.kept", 1): apply_visit.promise_kept,
    ("followup.scheduled", 1): apply_followup.scheduled,
    ("followup.done", 1): apply_followup.done,
    ("followup.cancelled", 1): apply_followup.cancelled,
    ("followup.moved", 1): apply_followup.moved,
    ("followup.assigned", 1): apply_followup.assigned,
    **apply_people.APPLIERS,
    **apply_figures.APPLIERS,
    **apply_community.APPLIERS,
    **apply_cover.APPLIERS,
    ("case.viewed", 1): only_logged,
    ("device.noted", 1): only_logged,
    ("access_log.headed", 1): only_logged,
    ("review_box.admitted", 1): only_logged,
    ("review_box.rejected", 1): only_logged,
    ("held.dismissed", 1): only_logged,
}


OPENS = ("case.opened", "case.begun")


def apply(event: Logged) -> None:
    """Bring one event into the read model. Raises DeskError unknown_event. Call inside `desk.write()`."""
    applier = APPLIERS.get((event.type, event.v))
    if applier is None:
        raise DeskError("unknown_event", f"{event.type} {event.v}")
    if event.body is None:
        return  # its case was erased
    counted = apply_merge.redirected(event)
    if event.type in OPENS and counted.case != event.case:
        applier(event)  # the merged record keeps its own number and title
        members = apply_begun.members_of(event)
        apply_merge.opened_into(event.case or "", counted.case or "", members)
    else:
        applier(counted)
    if counted.case is not None:
        apply_case.touch(counted.case, event.position)
