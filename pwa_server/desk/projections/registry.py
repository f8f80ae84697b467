"""Applies one logged event to the read model.

Pure: looks at the event and the read model, never at a clock, a setting, a locale or chance, so that replaying
the log gives the same rows byte for byte. Facts beat intentions in whatever order they arrive.
"""

from collections.abc import Callable

from sync.encoding import is_time
from sync.errors import SyncError
from sync.events import BODIES, check_shape

from ..core.errors import DeskError
from ..log.event_log import Logged
from . import (
    accounts,
    alike,
    cases,
    community,
    conferences,
    consultations,
    cover,
    disposals,
    figures,
    followups,
    handovers,
    households,
    imports,
    issues,
    learnings,
    merges,
    new_contacts,
    office,
    opportunities,
    organisations,
    outings,
    participation,
    plans,
    referrals,
    requests,
    resources,
    trust,
    visits,
    without_a_case,
)
from .staff_shapes import misfit

Applier = Callable[[Logged], None]


def only_logged(event: Logged) -> None:
    """An event whose effect is outside the read model (access log, device notes, review box)."""


APPLIERS: dict[tuple[str, int], Applier] = {
    ("office.created", 1): office.office_created,
    ("office.option_set", 1): office.option_set,
    ("numbers.set", 1): office.numbers_set,
    ("checklist.published", 1): office.checklist_published,
    ("case.opened", 1): cases.case_opened,
    ("triage.decided", 1): cases.triage_decided,
    ("conference.set", 1): cases.conference_set,
    ("safety.set", 1): cases.safety_set,
    ("safety.removed", 1): cases.safety_removed,
    ("case.assigned", 1): cases.case_assigned,
    ("case.unassigned", 1): cases.case_unassigned,
    ("case.noted", 1): cases.case_noted,
    ("case.changed", 1): households.case_changed,
    ("member.set", 1): households.member_set,
    ("member.removed", 1): households.member_removed,
    ("member.merged", 1): households.member_merged,
    ("union.set", 1): households.union_set,
    ("union.removed", 1): households.union_removed,
    ("parentage.set", 1): households.parentage_set,
    ("parentage.removed", 1): households.parentage_removed,
    ("tie.set", 1): households.tie_set,
    ("tie.removed", 1): households.tie_removed,
    ("two_values.decided", 1): households.two_values_decided,
    ("consent.noted", 1): households.consent_noted,
    ("consent.withdrawn", 1): households.consent_withdrawn,
    ("document.added", 1): households.document_added,
    ("document.removed", 1): households.document_removed,
    ("case.merged", 1): lambda event: merges.case_merged(event, apply),
    ("case.merge_undone", 1): lambda event: merges.merge_undone(event, apply),
    ("worker.departed", 1): outings.departed,
    ("worker.back", 1): outings.came_back,
    ("watchers.named", 1): outings.watchers_named,
    ("reminders.quieted", 1): outings.reminders_quieted,
    ("case.begun", 1): new_contacts.case_begun,
    ("consent.answered", 1): households.consent_answered,
    ("visit.logged", 1): visits.visit_logged,
    ("visit.corrected", 1): visits.visit_corrected,
    ("visit.read", 1): visits.visit_read,
    ("visit.approved", 1): visits.visit_approved,
    ("visit.returned", 1): visits.visit_returned,
    ("visit.approval_undone", 1): visits.approval_undone,
    ("visit.flagged", 1): visits.visit_flagged,
    ("visit.flag_settled", 1): visits.flag_settled,
    ("visit.commented", 1): visits.visit_commented,
    ("visit.withdrawn", 1): visits.visit_withdrawn,
    ("visit.misfiled", 1): visits.visit_misfiled,
    ("promise.kept", 1): visits.promise_kept,
    ("followup.scheduled", 1): followups.scheduled,
    ("followup.done", 1): followups.done,
    ("followup.cancelled", 1): followups.cancelled,
    ("followup.moved", 1): followups.moved,
    ("followup.assigned", 1): followups.assigned,
    **trust.APPLIERS,
    **accounts.APPLIERS,
    **figures.APPLIERS,
    **community.APPLIERS,
    **opportunities.APPLIERS,
    **participation.APPLIERS,
    **learnings.APPLIERS,
    **issues.APPLIERS,
    **resources.APPLIERS,
    **organisations.APPLIERS,
    **consultations.APPLIERS,
    **cover.APPLIERS,
    **imports.APPLIERS,
    **plans.APPLIERS,
    **conferences.APPLIERS,
    **handovers.APPLIERS,
    **referrals.APPLIERS,
    **disposals.APPLIERS,
    **requests.APPLIERS,
    ("disposal.carried_out", 1): lambda event: disposals.carried_out(event, apply),
    ("disposal.reapplied", 1): only_logged,
    ("case.viewed", 1): only_logged,
    ("device.noted", 1): only_logged,
    ("access_log.headed", 1): only_logged,
    ("review_box.admitted", 1): only_logged,
    ("review_box.rejected", 1): only_logged,
    ("held.dismissed", 1): only_logged,
}


OPENS = ("case.opened", "case.begun")


def apply(event: Logged) -> None:
    """Bring one event into the read model. Raises DeskError: unknown_event; malformed, and nothing is changed then.

    Call inside `desk.write()`.
    """
    applier = APPLIERS.get((event.type, event.v))
    if applier is None:
        raise DeskError("unknown_event", f"{event.type} {event.v}")
    if event.body is None:
        return  # the key of its case is gone
    _check(event)
    event = without_a_case.filed(event)
    counted = merges.redirected(event)
    if event.type in OPENS and counted.case != event.case:
        applier(event)  # the merged record keeps its own number and title
        members = new_contacts.members_of(event)
        merges.opened_into(event.case or "", counted.case or "", members)
    else:
        applier(counted)
    without_a_case.settle(counted)
    alike.settle(counted)
    if event.type in new_contacts.NAMES:
        new_contacts.note_name(event, counted.case)
    if counted.case is not None:
        cases.touch(counted.case, event.position)


def _check(event: Logged) -> None:
    """A log may hold what no phone may write any more: what has not even the shape is left out, and told."""
    try:
        if not is_time(event.at):
            raise SyncError("malformed", "event.at")
        if (event.type, event.v) in BODIES:
            check_shape(event.type, event.v, event.body)
        elif (place := misfit(event.type, event.case, event.body)) is not None:
            raise SyncError("malformed", place)
        if event.type in OPENS and not event.case:
            raise SyncError("malformed", "event.case")
    except SyncError as error:
        raise DeskError("malformed", error.detail) from error
