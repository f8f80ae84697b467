"""What a form edits may have been changed since the form was drawn, by anybody, oneself in another window included.

Every form says how far the log went when it was drawn. When something was written since then about the same thing,
nothing is replaced without a word: a page shows what was written meanwhile beside what was typed, and asks.
"""

from typing import Any

from flask import Flask, g, render_template, request
from flask_login import current_user
from peewee import fn

from ...log.event_log import Logged, read_entry
from ...models.office_and_cases import LogEntry
from ...queries.access import may
from ..layout.forms import Form, Id, typed, typed_names
from ..layout.lookups import people
from ..layout.session import me
from .held import texts_of

MOST = 500  # events of these kinds since a form was drawn that are opened, the latest
PLAN_STEPS = ("plan.changed", "plan.agreed", "plan.decided")
OFFICE = ("office.option_set",)
# Endpoint: the events that change what its form edits. They are about the same thing when they name every id of the
# address but those in UNNAMED, and every id the form gives in FORM_IDS or HOUSEHOLD_IDS.
EDITS: dict[str, tuple[str, ...]] = {
    "assignments.change": ("case.assigned", "case.unassigned"),
    "case_papers.headings": OFFICE,
    "cases.hold_conference": ("conference.set",),
    "cases.keep_promise": ("promise.kept",),
    "checklists.change": ("checklist.drafted", "checklist.published", "checklist.retired"),
    "consultations.become_case": ("consultation.became_case", "consultation.ended"),
    "consultations.correct": ("consultation.corrected",),
    "consultations.end": ("consultation.became_case", "consultation.ended", "consultation.reopened"),
    "consultations.number": ("case.changed",),
    "consultations.reported_fields": OFFICE,
    "meetings.kinds": ("conference_kind.set",),
    "meetings.write": ("conference.changed", "conference.cancelled", "conference.held"),
    "contacts.correct": ("visit.corrected", "visit.withdrawn", "visit.misfiled"),
    "cover.decide": ("cover.decided", "cover.ended"),
    "followups.change": ("followup.moved", "followup.assigned", "followup.done", "followup.cancelled"),
    "followups.set_quiet": OFFICE,
    "handovers.answer": ("handover.answered", "handover.withdrawn"),
    "handovers.set_bodies": OFFICE,
    "handovers.take_back": ("handover.answered", "handover.withdrawn"),
    "household.change": (
        "tie.set",
        "tie.removed",
        "union.set",
        "union.removed",
        "parentage.set",
        "parentage.removed",
        "member.removed",
        "member.merged",
        "two_values.decided",
    ),
    "household.set_options": OFFICE,
    "consents.remove": ("document.removed",),
    "consents.safety": ("safety.set", "safety.removed"),
    "consents.withdraw": ("consent.withdrawn",),
    "incidents.told": ("incident.told",),
    "section.set_days": OFFICE,
    "incidents.write": ("incident.written",),
    "annotations.settle": ("visit.flag_settled",),
    "referrals.ask": ("referral.asked",),
    "notices.answer": ("notice.answered", "notice.withdrawn"),
    "person.decide": ("staff.decided",),
    "person.hand_over": ("case.assigned", "case.unassigned", "staff.changed"),
    "person.role": ("staff.changed", "staff.proposed"),
    "person.organisation": ("staff.changed", "staff.proposed"),
    "organisations.change": ("organisation.written",),
    "transfers.take_back": ("transfer.taken_back",),
    "organisations.change_contract": ("contract.written",),
    "person.stop": ("staff.changed", "staff.proposed"),
    "issues.answer": ("issue.proposal_answered",),
    "issues.change": ("issue.set", "issue.written"),
    "issues.give_evidence": ("issue.evidence_given", "issue.evidence_taken_back"),
    "issues.move": ("issue.moved",),
    "resources.change": ("resource.written", "resource.checked", "resource.ended"),
    "resources.check": ("resource.written", "resource.ended"),
    "resources.districts": OFFICE,
    "resources.end": ("resource.written", "resource.ended"),
    "learnings.change": ("learning.written", "learning.withdrawn"),
    "learnings.check": ("learning.written", "learning.checked", "learning.withdrawn"),
    "learnings.withdraw": ("learning.written", "learning.withdrawn"),
    "opportunities.change": ("opportunity.set", "opportunity.written", "opportunity.checked"),
    "opportunities.check": ("opportunity.written", "opportunity.checked"),
    "opportunities.undo": ("host.contact_undone",),
    "accompanying.note": ("ball.noted",),
    "closing.write": ("plan.monitored",),
    "monitoring.write": ("plan.monitored", "ball.passed"),
    "monitoring.give": ("plan.monitored", "ball.passed"),
    "plan.write": ("plan.drafted", "plan.changed"),
    "plan.agree": PLAN_STEPS,
    "plan.decide": PLAN_STEPS,
    "participation.keep": ("profile.set", "profile.written"),
    "matching.arranged": ("match.arranged",),
    "matching.reasons": ("match.weighed",),
    "matching.undo": ("match.undone",),
    "review.approve": ("visit.approved", "visit.returned"),
    "review.return_": ("visit.approved", "visit.returned"),
    "triage.decide": ("triage.decided",),
    "today.give_on": ("case.unassigned",),
    "today.on_call": OFFICE,
    "requests.answer": ("request.decided", "request.answered"),
    "requests.check": ("request.decided", "request.checked", "request.answered"),
    "requests.decide": ("request.decided", "request.answered"),
    "requests.set_days": OFFICE,
    "years.decide": ("disposal.refused", "disposal.carried_out"),
    "years.hold": ("hold.set", "hold.lifted"),
    "years.keep": OFFICE,
}
FORM_IDS = {"consents.safety": ("flag",), "matching.undo": ("entry",)}
# By `do` of a household's form. A line is known by its own id alone: whom it is drawn to is what may have changed.
HOUSEHOLD_IDS: dict[str, tuple[str, ...]] = {
    "member_removed": ("member",),
    "member_merged": ("member",),
    "union": ("union",),
    "union_removed": ("union",),
    "parent": ("child", "parent"),
    "parent_removed": ("child", "parent"),
    "tie": ("tie",),
    "tie_removed": ("tie",),
    "two": ("two",),
}
UNNAMED = {
    "meetings.write": "form",
    "annotations.settle": "visit",
}  # a part of the address the events do not name
OPTIONS = {
    "section.set_days": "report_days",
    "case_papers.headings": "paper_headings",
    "consultations.reported_fields": "reported_fields",
    "followups.set_quiet": "quiet_hours",
    "handovers.set_bodies": "handover_bodies",
    "household.set_options": "genogram",
    "resources.districts": "districts",
    "today.on_call": "on_call",
    "requests.set_days": "request_days",
    "years.keep": "retention",
}
OWN_ONLY = ("household.change", "consents.safety")  # forms that add when they name nothing that is there
MEETING_FORMS = ("change", "cancel", "held")  # the others of a meeting add rows, or keep both wordings
CHECKED_FIELD_BY_FIELD = (
    "case",
    "member",
    "contact",
)  # `do` of a household's form: both values are kept


# What one must be allowed to see to be told what was written; who may not is refused by the page itself.
CLASS_OF = {
    "ball": "plan",
    "case": "core",
    "checklist": "checklists",
    "conference": "core",
    "conference_kind": "checklists",
    "consent": "core",
    "consultation": "core",
    "cover": "core",
    "disposal": "certificates",
    "document": "core",
    "followup": "followups",
    "handover": "handovers",
    "hold": "disposals",
    "referral": "referrals",
    "request": "requests",
    "incident": "incidents",
    "issue": "community_issues",
    "learning": "learnings",
    "resource": "opportunities",
    "member": "identity",
    "notice": "notices",
    "office": "settings",
    "organisation": "organisations",
    "contract": "organisations",
    "transfer": "organisations",
    "host": "host_contacts",
    "match": "matching",
    "opportunity": "opportunities",
    "parentage": "identity",
    "plan": "plan_content",
    "profile": "participation_profile",
    "promise": "followups",
    "safety": "safety",
    "staff": "people",
    "tie": "identity",
    "triage": "health",
    "two_values": "identity",
    "union": "identity",
    "visit": "review",
}


def log_end() -> int:
    """The position of the last event, asked once a request."""
    if "log_end" not in g:
        g.log_end = LogEntry.select(fn.MAX(LogEntry.position)).scalar() or 0
    return int(g.log_end)


def install(app: Flask) -> None:
    """After `once`: a second press of the same form is no change by somebody."""
    app.jinja_env.globals["log_end"] = log_end  # macros are imported without a page's own words
    app.jinja_env.globals["typed"] = lambda text: not looks_like_a_code(text)

    @app.before_request
    def ask_when_changed() -> Any:
        if request.method != "POST" or not current_user.is_authenticated:
            return None
        events = written_since(request.endpoint or "")
        if not events:
            return None
        g.refused = True  # nothing was taken in
        fields = [
            (name, value)
            for name, value in request.form.items(multi=True)
            if name not in ("csrf", "once", "drawn")
        ]
        names = people()
        changes = [
            {
                "who": names.get(one.by, "?"),
                "at": one.received_at,
                "type": one.type,
                "texts": words_of(one, names),
            }
            for one in events
        ]
        shown = {
            "events": changes,
            "fields": fields,
            "path": request.path,
            "back": request.referrer or "/today",
        }
        return render_template("desk/changed_meanwhile.html", **shown), 409


class Drawn(Form):
    """`drawn`: how far the log went when the form was drawn; `do`: which of a page's forms it is."""

    drawn: Id = ""
    do: Id = ""


def written_since(endpoint: str) -> list[Logged]:
    """What was written about the thing this form edits after it was drawn."""
    form = typed(Drawn)
    types, drawn = EDITS.get(endpoint), form["drawn"]
    if types is None or not (drawn.isascii() and drawn.isdigit()) or len(drawn) > 15:
        return []
    if form["do"] in CHECKED_FIELD_BY_FIELD and endpoint == "household.change":
        return []
    address = request.view_args or {}
    if endpoint == "meetings.write" and address["form"] not in MEETING_FORMS:
        return []
    ids = _ids_of_the_form(endpoint)
    if endpoint in OWN_ONLY and not ids:
        return []
    start = int(drawn)
    newer = LogEntry.select().where((LogEntry.position > start) & LogEntry.type.in_(types))
    case = address.get("case")
    newer = newer.where(LogEntry.case == case) if case else newer
    ids_of = [row.id for row in newer.order_by(LogEntry.position.desc()).limit(MOST)][::-1]
    if not ids_of:
        return []
    wanted = ids | {str(value) for name, value in address.items() if name != UNNAMED.get(endpoint)}
    if endpoint in OPTIONS:
        wanted.add(OPTIONS[endpoint])
    opened = [read_entry(id_) for id_ in ids_of]
    return [
        one
        for one in opened
        if one is not None and wanted <= named_in(one) and not _of_other_fields(one) and may_be_told(one)
    ]


def _ids_of_the_form(endpoint: str) -> set[str]:
    names: tuple[str, ...] = FORM_IDS.get(endpoint, ())
    if endpoint == "household.change":
        names = HOUSEHOLD_IDS.get(typed(Drawn)["do"], ())
    return {text for text in typed_names(names).values() if text}


def _of_other_fields(event: Logged) -> bool:
    """A change of a meeting's plan that touches nothing this form changes: both are kept."""
    if event.type != "conference.changed" or (request.view_args or {}).get("form") != "change":
        return False
    changed = (event.body or {}).get("changes", {})
    now, before = typed_names(changed), typed_names(f"was_{name}" for name in changed)
    return all(now[name] == before[f"was_{name}"] for name in changed)


def may_be_told(event: Logged) -> bool:
    return may(me(), "see", CLASS_OF[event.type.split(".")[0]], event.case)


def named_in(event: Logged) -> set[str]:
    """Every id an event names: its case and the plain values of its body."""
    values = {value for value in (event.body or {}).values() if isinstance(value, str)}
    return values | ({event.case} if event.case else set())


def words_of(event: Logged, names: dict[str, str]) -> list[str]:
    """What somebody wrote: the values of the event that are no ids and no codes."""
    words = [names.get(text, text) for _, text in texts_of(event.body)]
    return [text for text in words if not looks_like_a_code(text)]


def looks_like_a_code(text: str) -> bool:
    return text in ("True", "False") or (
        text.isascii() and " " not in text and len(text) > 3 and not text[0].isdigit()
    )
