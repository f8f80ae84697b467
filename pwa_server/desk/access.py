"""Who may see and change what: one table, used by pages, search and the phones' documents alike.

role × data class × relationship (domain.md 7.2). A cell names the relationships that suffice, separately for
seeing and for changing. `office` is everybody who works here with that role; `assigned` is a running assignment
to the case; `own` is what the person wrote. A phone gets less than a desk: `PHONE` narrows the same table.
What is not in the table is refused. Rules filter reading, never arrival.
"""

from typing import Any, Protocol

from .faults import NotAllowed
from .model import Assignment, CaseFile, Visit

ROLES = ("worker", "supervisor", "administrator")
DATA_CLASSES = (
    "identity", "core", "visit_facts", "visit_view", "third_party", "health", "safety", "reflection",
    "photos", "conference_support", "conference_multi", "plan", "followups", "review", "held", "statistics",
    "access_log", "people", "devices", "settings",
)  # fmt: skip

# class: (see, change). Words are relationships; "" is nobody.
TABLE: dict[str, dict[str, tuple[str, str]]] = {
    "worker": {
        "identity": ("assigned", "assigned"),
        "core": ("assigned", ""),
        "visit_facts": ("assigned own", "own"),
        "visit_view": ("assigned own", "own"),
        "third_party": ("assigned own", "own"),
        "health": ("assigned own", "own"),
        "safety": ("assigned", ""),
        "reflection": ("own", "own"),
        "photos": ("assigned own", "own"),
        "plan": ("assigned", ""),
        "followups": ("assigned own", "assigned own"),
        "review": ("own", ""),
        "statistics": ("own", ""),
        "access_log": ("own", ""),
    },
    "supervisor": {
        "identity": ("office", "office"),
        "core": ("office", "office"),
        "visit_facts": ("office", "office"),
        "visit_view": ("office", ""),
        "third_party": ("office", ""),
        "health": ("office", ""),
        "safety": ("office", "office"),
        "reflection": ("office", ""),
        "photos": ("office", ""),
        "conference_multi": ("office", ""),
        "plan": ("office", ""),
        "followups": ("office", "office"),
        "review": ("office", "office"),
        "held": ("office", "office"),
        "statistics": ("office", ""),
        "access_log": ("office", ""),
        "people": ("office", "office"),
        "devices": ("office", "office"),
    },
    "administrator": {
        "access_log": ("office", ""),
        "people": ("office", "office"),
        "devices": ("office", "office"),
        "settings": ("office", "office"),
        "statistics": ("office", ""),
    },
}

# What a phone is given is the table's answer and this one's (domain.md 7.2: never cached on a phone).
PHONE: dict[str, str] = {
    "identity": "assigned",
    "core": "assigned",
    "visit_facts": "assigned",
    "visit_view": "assigned",
    "third_party": "own",
    "health": "assigned",
    "safety": "assigned",
    "reflection": "own",
    "followups": "own",
    "review": "own",
}

# Which class each part of a visit's body belongs to. A part that is not listed goes with the facts.
VISIT_PARTS: dict[str, str] = {
    "notes.fact": "visit_facts",
    "notes.quote": "visit_facts",
    "notes.thirdParty": "third_party",
    "notes.view": "visit_view",
    "living": "health",
    "risk": "health",
    "riskCall": "health",
    "reflection": "reflection",
    "photos": "photos",
}


class Actor(Protocol):
    """A person at the desk: a row of `Staff`."""

    id: str
    role: str
    active: bool


def may(
    actor: Actor, action: str, data_class: str, case: str | None = None, *, author: str | None = None,
    place: str = "desk",
) -> bool:  # fmt: skip
    """Whether `actor` may "see" or "change" this class of data of this case (written by `author`)."""
    if not actor.active:
        return False
    see, change = TABLE.get(actor.role, {}).get(data_class, ("", ""))
    enough = set((see if action == "see" else change).split())
    related = relationships(actor, case, author)
    if place == "phone" and not related & set(PHONE.get(data_class, "").split()):
        return False
    return bool(enough & related)


def demand(
    actor: Actor, action: str, data_class: str, case: str | None = None, *, author: str | None = None
) -> None:
    """Raise NotAllowed unless `may`."""
    if not may(actor, action, data_class, case, author=author):
        raise NotAllowed(f"{action} {data_class}")


def relationships(actor: Actor, case: str | None, author: str | None) -> set[str]:
    """What ties this person to this record."""
    related = {"office"}
    if author is not None and author == actor.id:
        related.add("own")
    if case is not None and is_assigned(actor.id, case):
        related.add("assigned")
    return related


def is_assigned(staff: str, case: str) -> bool:
    """Whether an assignment is running."""
    return bool(
        Assignment.select()
        .where((Assignment.staff == staff) & (Assignment.case == case) & Assignment.until_at.is_null())
        .exists()
    )


def assigned_cases(staff: str) -> list[str]:
    """The active cases this person is assigned to, by case number."""
    running = Assignment.select(Assignment.case).where(
        (Assignment.staff == staff) & Assignment.until_at.is_null()
    )
    rows = CaseFile.select().where((CaseFile.status == "active") & CaseFile.id.in_(running)).order_by(CaseFile.no)
    return [row.id for row in rows]


def visible_cases(actor: Actor) -> list[str]:
    """Ids of the cases whose core this person may see, by case number: for lists and for search."""
    if not actor.active or "core" not in TABLE.get(actor.role, {}):
        return []
    if "office" in TABLE[actor.role]["core"][0].split():
        return [row.id for row in CaseFile.select(CaseFile.id).order_by(CaseFile.no)]
    return assigned_cases(actor.id)


def may_review(actor: Actor, visit: Visit) -> bool:
    """Whether this person may approve or return this visit: never their own."""
    return visit.staff != actor.id and may(actor, "change", "review", visit.case)


def visible_record(
    actor: Actor, body: dict[str, Any], case: str, author: str, place: str = "desk"
) -> dict[str, Any] | None:
    """A visit's body with the parts this person may not see taken out; None when they may see none of it."""
    if not may(actor, "see", "visit_facts", case, author=author, place=place):
        return None
    shown = {**body, "notes": dict(body.get("notes", {}))}
    for part, data_class in VISIT_PARTS.items():
        if not may(actor, "see", data_class, case, author=author, place=place):
            outer, _, inner = part.partition(".")
            if inner:
                shown[outer].pop(inner, None)
            else:
                shown.pop(outer, None)
    return shown
