"""What a page says where nothing stands: "none" only to whom the table shows what would stand there.

Every sentence of absence is in this table with the class of data it speaks of; for whoever may not see that class it is
not said. "" speaks of nothing a role may not see on a page that opened for it.
"""

from flask import g

from ...queries.access import may
from ...queries.shown import lists
from .session import me

EMPTY: dict[str, str] = {
    "desk.case.no_contact": "visit_facts",
    "desk.case.no_followup": "followups",
    "desk.case.no_promise": "followups",
    "desk.case.safety_none": "safety",
    "desk.papers.empty": "visit_facts",
    "desk.paper.none_reviewed": "visit_facts",
    "desk.genogram.empty": "identity",
    "desk.ecomap.empty": "identity",
    "desk.household.no_union": "identity",
    "desk.household.no_parent": "identity",
    "desk.visit.no_before": "visit_facts",
    "desk.not_judged": "visit_facts",
    "desk.hand.nobody": "core",
    "desk.profile.none": "participation_profile",
    "desk.plan.none": "plan",
    "desk.ball.none": "plan",
    "desk.closing.none": "plan",
    "desk.handover.waiting.none": "handovers",
    "desk.handover.mine.none": "",
    "desk.handover.before.none": "handovers",
    "desk.plan.no_wish": "plan_content",
    "desk.match.none": "matching",
    "desk.match.ask_none": "matching",
    "desk.places.none": "opportunities",
    "desk.places.found_none": "opportunities",
    "desk.places.talks_none": "host_contacts",
    "desk.issues.none": "community_issues",
    "desk.issues.none_to_count": "community_issues",
    "desk.issues.proposals_none": "community_issues",
    "desk.issues.talks_none": "community_steps",
    "desk.resources.none": "opportunities",
    "desk.request.none_open": "requests",
    "desk.request.none_done": "requests",
    "desk.years.none_due": "disposals",
    "desk.years.none_held": "disposals",
    "desk.years.none_gone": "certificates",
    "desk.learnings.none": "learnings",
    "desk.learnings.tried_none": "learnings",
    "desk.notices.none": "",
    "desk.referrals.none": "",
    "desk.section.incidents.none": "incidents",
    "desk.section.waiting.none": "plan",
    "desk.section.contractors.none": "organisations",
    "desk.consultations.empty.open": "core",
    "desk.consultations.empty.ended": "core",
    "desk.consultations.empty.found": "core",
    "desk.consultations.empty.case": "core",
    "desk.contact.none": "contact",
    "desk.triage.empty.undecided": "core",
    "desk.triage.empty.A": "core",
    "desk.triage.empty.B": "core",
    "desk.triage.empty.C": "core",
    "desk.triage.history_none": "core",
    "desk.today.late_empty": "followups",
    "desk.today.quiet_empty": "visit_facts",
    "desk.today.safety_empty": "safety",
    "desk.today.held_empty": "held",
    "desk.today.phones_empty": "devices",
    "desk.today.review_empty": "review",
    "desk.today.answers_empty": "review",
    "desk.review.empty": "review",
    "desk.review.returned_empty": "review",
    "desk.followups.empty.overdue": "followups",
    "desk.followups.empty.week": "followups",
    "desk.followups.empty.later": "followups",
    "desk.followups.empty.past": "followups",
    "desk.followups.empty.lane": "followups",
    "desk.meetings.none": "core",
    "desk.meeting.ahead.none": "",
    "desk.meeting.past.none": "",
    "desk.meeting.agenda.none": "",
    "desk.meeting.materials.none": "",
    "desk.meeting.requests.none": "",
    "desk.meeting.decisions.none": "",
    "desk.meeting.minutes.none": "",
    "desk.statistics.late_none": "statistics",
    "desk.import.none": "imports",
    "desk.person.no_cases": "people",
    "desk.people.empty": "people",
    "desk.people.stopped_empty": "devices",
    "desk.phone.none_yet": "devices",
    "desk.box.empty": "devices",
    "desk.box.unreadable": "held",
    "desk.held.unreadable": "held",
    "desk.push.none": "devices",
    "desk.access_log.empty": "",
    "desk.security.empty": "",
    "desk.emergency.none": "",
    "desk.cases.none_found": "",
    "desk.cases.empty": "",
    "desk.checklist.none": "checklists",
    "desk.passkeys.none": "",
    "desk.none": "",
}


def hides(data_class: str, case: str | None = None) -> bool:
    """Whether this person is not told of this class: of this case, or in lists over all of theirs."""
    if not data_class:
        return False
    return not (may(me(), "see", data_class, case) if case else lists(me(), data_class))


def absent(key: str, case: str | None = None) -> str:
    """The sentence, or that this is not shown to this person. A sentence that is not in the table is a fault."""
    return str(g.words.t("desk.hidden" if hides(EMPTY[key], case) else key))


def nothing(data_class: str, case: str | None = None) -> str:
    """ "None", of one field of this class."""
    return str(g.words.t("desk.hidden" if hides(data_class, case) else "desk.none"))
