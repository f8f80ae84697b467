"""Who may see and change what: one table, used by pages, search, exports and the phones' documents alike.

data class × role × relationship (domain.md 7.2). A cell names the relationships that suffice: "see" or "see/change".
`office` is everybody who works here with that role; `assigned` is a running assignment to the case; `own` is what the
person wrote; `member` is a seat, with the secrecy duty acknowledged, in a conference about the case; `granted` is an
opened emergency access of the last 24 hours. A phone gets less than a desk: `PHONE` narrows the same table.
`security` is the protection officer: phones, logs and what is proved by them, and no case.
`identity` is who lives there and how they are called, `contact` the name, address and telephone of a person, `core`
what a case is called and where it stands.
Who belongs to an organisation behind a wall (`walled`: a contractor, another agency) is of no `office`: of what is
about a household it becomes `organisation`, a case that is entrusted to theirs or that one of theirs is assigned to
(`BY_CASE`); of what is the office's own nothing is left, or what they wrote (`BY_WRITER`). A wall never gives a tie.
`plan` is goals, who does what and who has the ball, `plan_content` issues, wishes, reasons and facts of a plan,
`plan_decision` the city's yes or no to it. `handovers` is what another body was told; its own are those it was sent.
`referrals` is what another body told, and what it hears of that: nothing of the case itself.
What is not in the table is refused. Rules filter reading, never arrival.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol, TypeVar

from sync.visit_fields import VISIT_FIELDS

from ..core.errors import DeskError, NotAllowed
from ..models.office_and_cases import Assignment, CaseFile, Conference, Staff, Visit

ROLES = ("worker", "supervisor", "coordinator", "agency", "commissioner", "participation", "community", "chief",
         "administrator", "security")  # fmt: skip
RELATIONSHIPS = ("office", "organisation", "assigned", "own", "member", "granted")

_ALL, _OWN = "office/office", "assigned own granted/own"
# In the order of ROLES. "" is nobody.
TABLE: dict[str, tuple[str, ...]] = {
    #           worker  supervisor  coordinator  agency  commissioner  participation  community  chief  admin.  security
    "identity": ("assigned granted/assigned", _ALL, _ALL, "assigned", "assigned", "assigned", "", "granted", "", ""),
    "contact": ("assigned granted/assigned", _ALL, _ALL, "assigned", "", "", "", "granted", "", ""),
    "core": ("assigned granted", _ALL, _ALL, "assigned", "", "assigned", "", "office", "", ""),
    "visit_facts": (_OWN, _ALL, "office own/own", "assigned", "", "", "", "granted", "", ""),
    "visit_view": (_OWN, "office", "office", "assigned", "", "", "", "granted", "", ""),
    "third_party": (_OWN, "office", "office", "own", "", "", "", "granted", "", ""),
    "health": (_OWN, "office", "office", "assigned", "", "", "", "granted", "", ""),
    "safety": ("assigned granted", _ALL, _ALL, "assigned", "assigned", "assigned", "", "office", "", ""),
    "reflection": ("own/own", "office", "", "", "", "", "", "", "", ""),
    "photos": (_OWN, "office", "office", "", "", "", "", "granted", "", ""),
    "conference_support": (
        "member", "member", "member/member", "member", "member", "member", "member", "member", "", ""),
    "conference_multi": ("member", "office", _ALL, "member", "member", "member", "", "office", "", ""),
    "plan": ("assigned granted", "office", _ALL, "assigned", "", "assigned", "", "office", "", ""),
    "plan_content": ("assigned granted", "office", _ALL, "", "", "", "", "office", "", ""),
    "plan_decision": ("assigned granted", "office", "office", "assigned", "", "assigned", "", _ALL, "", ""),
    "participation_profile": ("assigned/assigned", "office", "office", "", "", _ALL, "", "", "", ""),
    "matching": ("assigned/assigned", "office", _ALL, "", "", "assigned/assigned", "", "", "", ""),
    "opportunities": ("office", "office", "office", "office", "office", _ALL, _ALL, "office", "", ""),
    "host_contacts": ("", "office", "office", "", "", _ALL, _ALL, "office", "", ""),
    "community_issues": (_ALL, _ALL, _ALL, _ALL, _ALL, "office", _ALL, "office", "", ""),
    "community_steps": ("office", _ALL, _ALL, "office", "office", "office", _ALL, "office", "", ""),
    "learnings": (_ALL, _ALL, _ALL, "office", "", _ALL, "office", "office", "", ""),
    "referrals": ("", _ALL, _ALL, "own/own", "", "", "", "office", "", ""),
    "followups": ("assigned own granted/assigned own", _ALL, _ALL, "assigned", "", "", "", "", "", ""),
    "handovers": ("assigned granted/assigned", _ALL, _ALL, "own/own", "", "own/own", "", "granted", "", ""),
    "review": ("own", _ALL, "office", "", "", "", "", "", "", ""),
    "notices": ("own/own", _ALL, _ALL, "own/own", "own/own", "own/own", "own/own", "office", "", ""),
    "statistics": ("own", _ALL, _ALL, "own", "", "office", "office", _ALL, "", ""),
    "access_log": ("own", "office", "", "", "", "", "", "office", "office", "office"),
    "held": ("", _ALL, "", "", "", "", "", "", "", ""),
    "people": ("", _ALL, "", "", "", "", "", "office", _ALL, "office"),
    "devices": ("", _ALL, "", "", "", "", "", "office", _ALL, _ALL),
    "incidents": ("own/own", _ALL, "", "", "", "", "", _ALL, _ALL, _ALL),
    "settings": ("", "", "", "", "", "", "", "", _ALL, ""),
    "organisations": ("", _ALL, _ALL, "", "", "", "", "office", _ALL, "office"),
    "checklists": ("", _ALL, _ALL, "", "", "", "", "", _ALL, ""),
    "imports": ("", _ALL, _ALL, "", "", "", "", "", "", ""),
    "disposals": ("", _ALL, "office", "", "", "", "", _ALL, "", ""),
    "requests": ("", _ALL, _ALL, "", "", "", "", _ALL, "", ""),
    "certificates": ("", "office", "office", "", "", "", "", "office", "office", "office"),
    "archives": ("", _ALL, "", "", "", "", "", "", "", ""),
    "filings": ("", _ALL, "", "", "", "", "", _ALL, "", ""),
    "exports": ("", _ALL, _ALL, "", "", "", "", _ALL, "", ""),
}  # fmt: skip
DATA_CLASSES = tuple(TABLE)
# What becomes of `office` behind a wall. What stands in none of these is the office's own, and closed to them.
BY_CASE = frozenset(
    (
        "identity",
        "contact",
        "core",
        "visit_facts",
        "visit_view",
        "third_party",
        "health",
        "safety",
        "reflection",
        "photos",
        "conference_support",
        "conference_multi",
        "plan",
        "plan_content",
        "plan_decision",
        "participation_profile",
        "matching",
        "followups",
        "handovers",
        "review",
    )
)
BY_WRITER = frozenset(("access_log", "incidents", "notices", "statistics"))
# Of the area and of the work itself, and no household's.
OF_EVERYBODY = frozenset(
    ("opportunities", "host_contacts", "community_issues", "community_steps", "learnings", "checklists")
)
NOBODYS = "-"  # the case of a thing that is not there

# What a phone is given is the table's answer and this one's (domain.md 7.2: never cached on a phone).
PHONE: dict[str, str] = {
    "identity": "assigned",
    "contact": "assigned",
    "core": "assigned",
    "visit_facts": "assigned",
    "visit_view": "assigned",
    "third_party": "own",
    "health": "assigned",
    "safety": "assigned",
    "reflection": "own",
    "followups": "assigned own",
    "plan": "assigned",
    "handovers": "assigned",
    "matching": "assigned",
    "participation_profile": "assigned",
    "opportunities": "assigned",
    "review": "own",
    "notices": "own",
}


def on_a_phone(role: str) -> list[str]:
    """The classes of data that somebody of this role has on a phone, of the cases they are assigned or wrote for."""
    return [name for name, ties in PHONE.items() if cell(role, name)[0] & set(ties.split())]


# A welfare commissioner reads only this of a safety card: go in two, ring first (domain.md 7.2).
SAFETY_KINDS: dict[str, tuple[str, ...]] = {"commissioner": ("two_people", "call_first")}

# Which class each part of a visit's body belongs to: every part stands here.
VISIT_PARTS: dict[str, str] = {one.path: one.data_class for one in VISIT_FIELDS}


class OfCase(Protocol):
    """A row about a case."""

    case: Any


Row = TypeVar("Row", bound=OfCase)


class Actor(Protocol):
    """A person at the desk: a row of `Staff`, or who signed in (who also knows which cases were opened to them)."""

    id: str
    role: str
    active: bool
    organisation: str
    walled: bool


def cell(role: str, data_class: str) -> tuple[frozenset[str], frozenset[str]]:
    """The relationships that let this role see, and change, this class."""
    if role not in ROLES or data_class not in TABLE:
        return frozenset(), frozenset()
    see, _, change = TABLE[data_class][ROLES.index(role)].partition("/")
    return frozenset(see.split()), frozenset(change.split())


def ties(actor: Actor, data_class: str) -> tuple[frozenset[str], frozenset[str]]:
    """The same for this person: their role's cell, behind the wall of their organisation where there is one."""
    see, change = cell(actor.role, data_class)
    return (_behind(see, data_class), _behind(change, data_class)) if actor.walled else (see, change)


def _behind(ties: frozenset[str], data_class: str) -> frozenset[str]:
    if "office" not in ties or data_class in OF_EVERYBODY:
        return ties
    if data_class in BY_CASE:
        seat = {"member"} if data_class.startswith("conference_") else set()
        return ties - {"office"} | {"organisation"} | seat
    return ties - {"office"} | ({"own"} if data_class in BY_WRITER else set())


def may(
    actor: Actor, action: str, data_class: str, case: str | None = None, *, author: str | None = None,
    place: str = "desk",
) -> bool:  # fmt: skip
    """Whether `actor` may "see" or "change" this class of data of this case (written by `author`)."""
    if not actor.active:
        return False
    needed = ties_needed(actor, action, data_class, place)
    return bool(needed) and all(some & relationships(actor, case, author, some) for some in needed)


def ties_needed(actor: Actor, action: str, data_class: str, place: str) -> list[frozenset[str]]:
    """Sets of ties, of each of which one is needed. Empty: no tie is enough."""
    see, change = ties(actor, data_class)
    enough = see if action == "see" else change
    if not enough:
        return []
    return [enough] if place == "desk" else [frozenset(PHONE.get(data_class, "").split()), enough]


def demand(
    actor: Actor, action: str, data_class: str, case: str | None = None, *, author: str | None = None
) -> None:
    """Raise NotAllowed unless `may`."""
    if not may(actor, action, data_class, case, author=author):
        raise NotAllowed(f"{action} {data_class}")


def demand_row(actor: Actor, action: str, data_class: str, row: Row | None, by: str = "") -> Row:
    """`row`, which names its case (and in the field `by` its writer), if this person may.

    For None, where an id led to none, DeskError not_found. Ties are asked for either way, so that not even the time an
    answer takes says whether there is such a thing.
    """
    author = getattr(row, by) if by and row is not None else None
    demand(actor, action, data_class, NOBODYS if row is None else row.case, author=author)
    if row is None:
        raise DeskError("not_found")
    return row


def relationships(actor: Actor, case: str | None, author: str | None, wanted: frozenset[str]) -> set[str]:
    """What ties this person to this record, of those that are asked for; the first that is found is enough.

    In the order of what they cost: most questions of a supervisor are answered without the database.
    """
    if "office" in wanted:
        return {"office"}
    if "own" in wanted and author is not None and author == actor.id:
        return {"own"}
    if case is None:
        return {"organisation"} if "organisation" in wanted and _is_of_ours(actor, author) else set()
    if "granted" in wanted and case in granted_cases(actor):
        return {"granted"}
    if "assigned" in wanted and is_assigned(actor.id, case):
        return {"assigned"}
    if "organisation" in wanted and is_entrusted(actor.organisation, case):
        return {"organisation"}
    return {"member"} if "member" in wanted and is_member(actor.id, case) else set()


def _is_of_ours(actor: Actor, author: str | None) -> bool:
    """Whether somebody of one's organisation wrote what has no case yet; what nobody wrote is a room, not a thing."""
    return author is None or Staff.select().where(_of(actor.organisation) & (Staff.id == author)).exists()


def _of(organisation: str) -> Any:
    return Staff.organisation == organisation


def entrusted(organisation: str) -> Any:
    """As a condition on `CaseFile`: its cases, by what was said of a case or by who is assigned to it."""
    people = Staff.select(Staff.id).where(_of(organisation))
    running = Assignment.select(Assignment.case).where(
        Assignment.staff.in_(people) & Assignment.until_at.is_null()
    )
    return (CaseFile.organisation == organisation) | CaseFile.id.in_(running)


def is_entrusted(organisation: str, case: str) -> bool:
    """Whether this case is one of this organisation's."""
    known = _asked.get()
    key = (f"organisation {organisation}", case)
    if known is not None and key in known:
        return known[key]
    found = bool(CaseFile.select().where((CaseFile.id == case) & entrusted(organisation)).exists())
    if known is not None:
        known[key] = found
    return found


def is_one_of_us(actor: Actor, staff: str) -> bool:
    """Whether this person may act on what somebody holds: everybody's, but behind a wall only their own people's."""
    return not actor.walled or _is_of_ours(actor, staff)


def granted_cases(actor: Actor) -> frozenset[str]:
    """Cases whose emergency access is open for this person; only somebody who signed in has any."""
    return getattr(actor, "granted", frozenset())


def is_member(staff: str, case: str, kind: str | None = None) -> bool:
    """Whether this person sits in a conference (of this kind) about the case, secrecy acknowledged (domain.md 2.1)."""
    rows = Conference.select(Conference.members).where(Conference.case == case)
    rows = rows.where(Conference.kind == kind) if kind else rows
    return any(one.get("staff") == staff and one.get("acknowledgedOn") for row in rows for one in row.members)


_asked: ContextVar[dict[tuple[str, str], bool] | None] = ContextVar("asked", default=None)


@contextmanager
def asked_once() -> Iterator[None]:
    """While many records are read and nothing is written, who is assigned to what is asked once for each."""
    before = _asked.set({})
    try:
        yield
    finally:
        _asked.reset(before)


def is_assigned(staff: str, case: str) -> bool:
    """Whether an assignment is running."""
    known = _asked.get()
    if known is None:
        return _assigned(staff, case)
    if (staff, case) not in known:
        known[staff, case] = _assigned(staff, case)
    return known[staff, case]


def _assigned(staff: str, case: str) -> bool:
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
    rows = CaseFile.select(CaseFile.id).where((CaseFile.status == "active") & CaseFile.id.in_(running))
    cases = [row.id for row in rows.order_by(CaseFile.no)]
    if (known := _asked.get()) is not None:
        known.update(dict.fromkeys(((staff, case) for case in cases), True))
    return cases


def sees_all(actor: Actor, data_class: str = "core") -> bool:
    """Whether the role alone suffices: lists need not be narrowed."""
    return actor.active and "office" in ties(actor, data_class)[0]


def visible_cases(actor: Actor) -> list[str]:
    """Ids of the cases whose core this person may see, by case number: for lists and for search."""
    see, _ = ties(actor, "core")
    if not actor.active or not see:
        return []
    if "office" in see:
        return [row.id for row in CaseFile.select(CaseFile.id).order_by(CaseFile.no)]
    opened = sorted(granted_cases(actor)) if "granted" in see else []
    mine = assigned_cases(actor.id) if "assigned" in see else []
    if "organisation" in see:
        ours = CaseFile.select(CaseFile.id).where(entrusted(actor.organisation))
        mine = [row.id for row in ours.order_by(CaseFile.no)]
        if (known := _asked.get()) is not None:
            known.update(((f"organisation {actor.organisation}", case), True) for case in mine)
    return [*mine, *(case for case in opened if case not in mine)]


def shown_flags(actor: Actor, flags: list[Any]) -> list[Any]:
    """The safety flags this role is told of."""
    kinds = SAFETY_KINDS.get(actor.role)
    return [flag for flag in flags if kinds is None or flag.kind in kinds]


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
        if data_class != "visit_facts" and not may(
            actor, "see", data_class, case, author=author, place=place
        ):
            outer, _, inner = part.partition(".")
            if inner:
                shown[outer].pop(inner, None)
            else:
                shown.pop(outer, None)
    return shown
