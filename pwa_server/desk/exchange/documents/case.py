"""The document of one case, as the table lets a phone have it: what is needed at a door, and nothing else."""

from typing import Any

from ...core.desk import Desk
from ...models.office_and_cases import Begun, CaseFile, Member
from ...models.visits import SETTLED
from ...projections.households import CONTACT_FIELDS
from ...queries.access import may, shown_flags, visible_record
from ...queries.cases import (
    class_of,
    hook_of,
    line_of,
    next_followup,
    promises_of,
    record_of,
    safety_of,
    staff_name,
    visits_of,
)
from ...queries.former_names import former_names
from ...queries.shown import household_of, shown
from .followups import followup_of
from .handovers import handovers_of
from .participation import participation_of
from .roles import roles_of

LAST_CONTACTS = 5
KEPT_PROMISES = 10


def case_of(desk: Desk, worker: Any, case: str) -> dict[str, Any]:
    row = shown(worker, CaseFile.get_by_id(case), "phone")

    def sees(data_class: str) -> bool:
        return may(worker, "see", data_class, case, place="phone")

    flags = shown_flags(worker, safety_of(case)) if sees("safety") else []
    upcoming = next_followup(case) if sees("followups") else None
    facts = sees("visit_facts")
    visits = visits_of(case)
    return {
        "id": row.id,
        "no": row.no,
        "title": row.title,
        "kana": row.kana,
        "formerly": former_names(case, [row.no, row.title, row.kana])
        if sees("core") and sees("identity")
        else [],
        "sample": row.sample,
        "begun": _begun(case) if sees("identity") else None,
        "person": _person(worker, row),
        "persons": _persons(case) if sees("contact") else [],
        "household": household_of(worker, row, "phone"),
        "consent": row.consent,
        "triage": {
            "class": class_of(row),
            "conferenceKind": row.conference_kind,
            "conferenceStatus": row.conference_status,
        },
        "safety": [
            {
                "flag": flag.id,
                "kind": flag.kind,
                "text": flag.text,
                "source": flag.source,
                "setOn": flag.set_on,
                "reviewOn": flag.review_on,
            }
            for flag in flags
        ],
        "safetyCheckedOn": max((flag.set_on for flag in flags), default=row.opened_on),
        "contacts": _contacts(worker, case, visits),
        "line": line_of(visits) if facts else [],
        "hook": hook_of(visits) if facts else None,
        "promises": _promises(case) if sees("followups") else [],
        "next": None if upcoming is None else followup_of(upcoming),
        "preferences": row.preferences,
        "worked": row.worked,
        "avoid": row.avoid,
        "issues": row.issues,
        "plan": roles_of(worker, case),
        "handovers": handovers_of(desk, worker, case),
        "participation": participation_of(desk, worker, case),
        "readyAt": desk.now(),
    }


def _begun(case: str) -> dict[str, Any] | None:
    """What was known when it was begun on a phone; None for a case the office opened."""
    row = Begun.get_or_none(Begun.case == case)
    return None if row is None else dict(row.known)


def _person(worker: Any, case: Any) -> dict[str, Any] | None:
    member = Member.get_or_none(Member.id == case.index_member)
    if member is None or not may(worker, "see", "identity", case.id, place="phone"):
        return None
    member = shown(worker, member, "phone")
    return {
        "id": member.id,
        "label": member.label,
        "role": member.role,
        "roleCertainty": member.role_certainty,
        "sex": member.sex,
        "ageBand": member.age_band,
        "labels": member.labels,
        "index": True,
        "inHousehold": member.in_household,
    }


def _persons(case: str) -> list[dict[str, Any]]:
    """Who they are and how they are reached, of whom anything is known."""
    rows = Member.select().where((Member.case == case) & Member.merged_into.is_null())
    persons = [
        {"member": row.id, "label": row.label}
        | {name: getattr(row, of) for name, of in CONTACT_FIELDS.items()}
        for row in rows.order_by(Member.label, Member.id)
    ]
    return [one for one in persons if any(one[name] for name in CONTACT_FIELDS)]


def _contacts(worker: Any, case: str, visits: list[Any]) -> list[dict[str, Any]]:
    shown = []
    for visit in visits[:LAST_CONTACTS]:
        body = visible_record(worker, record_of(visit), case, visit.staff, "phone")
        if body is not None:
            shown.append(
                with_empty_parts(body)
                | {"id": visit.id, "by": staff_name(visit.staff), "review": _review(visit.review_status)}
            )
    return shown


def _review(status: str) -> str:
    """As phones know it: what nobody has to look at counts as approved."""
    return "approved" if status in SETTLED else status


def with_empty_parts(body: dict[str, Any]) -> dict[str, Any]:
    """What was taken out leaves an empty place, so that a reader finds the shape it knows."""
    notes = {"fact": "", "quote": "", "thirdParty": "", "view": ""} | body.get("notes", {})
    return (
        {"living": {}, "risk": {}, "riskCall": None, "reflection": "", "photos": []} | body | {"notes": notes}
    )


def _promises(case: str) -> list[dict[str, Any]]:
    rows = promises_of(case)
    kept = [row for row in rows if row.kept][-KEPT_PROMISES:]
    return [
        {
            "id": row.id,
            "text": row.text,
            "due": row.due,
            "to": row.to,
            "madeOn": row.made_on,
            "kept": row.kept,
        }
        for row in [*(row for row in rows if not row.kept), *kept]
    ]
