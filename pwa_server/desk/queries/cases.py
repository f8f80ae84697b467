"""What is read off the rows and never stored: the engagement line, last contacts, hooks, the A/B/C class.

Order follows when things happened, then the event id; never when they arrived.
"""

from typing import Any

from peewee import fn

from ..models.office_and_cases import (
    CaseFile,
    FollowUp,
    PromiseMade,
    Review,
    SafetyFlag,
    Staff,
    Visit,
    VisitVersion,
)

# Outcomes of a contact in which somebody was met, heard or answered.
REACHED = ("met_person", "voice_through_door", "met_family_only", "reached", "note_taken")


def visits_of(case: str) -> list[Any]:
    """All contacts of a case, the latest first."""
    return list(Visit.select().where(Visit.case == case).order_by(Visit.occurred_at.desc(), Visit.id.desc()))


def record_of(visit: Any) -> dict[str, Any]:
    """The whole body of a visit's current version."""
    body: dict[str, Any] = VisitVersion.get_by_id(visit.current_version).body
    return body


def line_of(visits: list[Any]) -> list[dict[str, Any]]:
    """The engagement line of these, the latest first: every contact, absent ones too, in order of time."""
    return [
        {
            "at": visit.occurred_at,
            "stage": visit.stage,
            "reaction": visit.reaction,
            "outcome": visit.outcome,
            "channel": visit.channel,
            "stageEvent": visit.stage_event,
        }
        for visit in reversed(visits)
    ]


def stage_of(case: str) -> int | None:
    """The stage last judged."""
    return next((visit.stage for visit in visits_of(case) if visit.stage is not None), None)


def last_contact(case: str) -> str | None:
    """When somebody was last reached."""
    return next((visit.occurred_at for visit in visits_of(case) if visit.outcome in REACHED), None)


def hook_of(visits: list[Any]) -> dict[str, str] | None:
    """The newest words for the next approach, of these visits, the latest first."""
    for visit in visits:
        hook = record_of(visit).get("hook")
        if hook:
            return {"text": hook, "at": visit.occurred_at}
    return None


def safety_of(case: str) -> list[Any]:
    """The flags on the safety card."""
    rows = SafetyFlag.select().where((SafetyFlag.case == case) & SafetyFlag.active)
    return list(rows.order_by(SafetyFlag.set_on, SafetyFlag.id))


def promises_of(case: str) -> list[Any]:
    """Promises that stand, open ones first."""
    rows = PromiseMade.select().where((PromiseMade.case == case) & PromiseMade.current)
    return list(rows.order_by(PromiseMade.kept, PromiseMade.due, PromiseMade.id))


def next_followup(case: str) -> Any | None:
    """The follow-up that comes next, overdue ones included."""
    rows = FollowUp.select().where((FollowUp.case == case) & (FollowUp.state == "open") & FollowUp.known)
    return rows.order_by(FollowUp.at, FollowUp.id).first()


def open_followups(case: str | None = None) -> list[Any]:
    """Follow-ups that are still to be done, by time."""
    rows = FollowUp.select().where((FollowUp.state == "open") & FollowUp.known)
    if case is not None:
        rows = rows.where(FollowUp.case == case)
    return list(rows.order_by(FollowUp.at, FollowUp.id))


# A, B and C (domain.md 1.4), never stored: the decision, and whether a conference was held where that counts.
CLASSES: dict[str, tuple[str, bool | None]] = {
    "A": ("needs_conference", True),
    "B": ("needs_conference", False),
    "C": ("existing_network", None),
}
BY_CONFERENCE = tuple(letter for letter, (_, held) in CLASSES.items() if held is not None)


def class_letter(decision: str, conference_status: str | None) -> str | None:
    """The class that follows; None while undecided."""
    held = conference_status == "held"
    return next(
        (
            letter
            for letter, (wanted, of_held) in CLASSES.items()
            if decision == wanted and of_held in (None, held)
        ),
        None,
    )


def class_of(case: CaseFile) -> str | None:
    """The class of a case."""
    return class_letter(case.triage_decision, case.conference_status)


def in_class(letter: str) -> Any:
    """The same as a condition of a query."""
    decision, held = CLASSES[letter]
    chosen = CaseFile.triage_decision == decision
    if held is None:
        return chosen
    is_held = fn.COALESCE(CaseFile.conference_status, "") == "held"
    return chosen & (is_held if held else ~is_held)


def triage_table() -> dict[str, dict[str, int]]:
    """The table of domain.md 9.1: class → total, multi_agency, support, none."""
    table = {name: {"total": 0, "multi_agency": 0, "support": 0, "none": 0} for name in (*CLASSES, "all")}
    for case in CaseFile.select():
        name = class_of(case)
        if name is not None:
            kind = case.conference_kind if name in BY_CONFERENCE and case.conference_kind else "none"
            for row in (table[name], table["all"]):
                row["total"] += 1
                row[kind] += 1
    return table


def latest_review(visit: str) -> Any | None:
    """The last thing a reviewer said about a visit and did not take back."""
    rows = Review.select().where((Review.visit == visit) & (Review.status != "undone"))
    return rows.order_by(Review.position.desc()).first()


def staff_name(staff: str) -> str:
    """A person's name, or their id when the desk does not know them."""
    row = Staff.get_or_none(Staff.id == staff)
    return staff if row is None else str(row.name)
