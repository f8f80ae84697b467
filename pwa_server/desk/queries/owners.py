"""What belongs to whom, and what belongs to nobody who could do it.

A case is its assigned people's, a follow-up whoever's it is, a question of review its writer's, a day handed over the
colleague's who took it. Promises and safety cards go with their case; notices, held arrivals and marks are the
office's own; watches and on-call fall back to colleagues and supervisors (`watch`, `on_call`).
"""

from dataclasses import dataclass, field
from typing import Any

from ..core.clock import JAPAN
from ..core.desk import Desk
from ..core.tables import tuples
from ..models.cover import CoverAsked
from ..models.office_and_cases import Assignment, CaseFile, FollowUp, Staff, Visit
from .access import Actor

# Who can have a case (domain.md 7.2 gives the others none); who of them can be sent somewhere by a follow-up.
CASE_HOLDERS = ("worker", "supervisor", "coordinator", "agency", "commissioner", "participation")
FOLLOWUP_HOLDERS = ("worker", "supervisor", "coordinator")


@dataclass
class Holding:
    """What one person holds: rows of the read model, by kind."""

    staff: str
    cases: list[str] = field(default_factory=list)
    followups: list[Any] = field(default_factory=list)
    questions: list[Any] = field(default_factory=list)  # their visits with an open question
    covers: list[Any] = field(default_factory=list)  # days they took over

    def __bool__(self) -> bool:
        return bool(self.cases or self.followups or self.questions or self.covers)


def can_hold(person: Any, roles: tuple[str, ...] = CASE_HOLDERS) -> bool:
    """Whether this person (a row of Staff, or None) is here and of a role that can have it."""
    return person is not None and bool(person.active) and person.role in roles


def holders(actor: Actor, roles: tuple[str, ...] = CASE_HOLDERS) -> list[Any]:
    """Everybody who can have it and whom this person may give it to, by their reading: no wall is given across."""
    rows = Staff.select().where(Staff.active & Staff.role.in_(roles))
    if actor.walled:
        rows = rows.where(Staff.organisation == actor.organisation)
    return list(rows.order_by(Staff.kana, Staff.name))


def hands(actor: Any, case: str) -> list[Any]:
    """Who could have a follow-up of this case: those who have the case, and who asks, if they can be sent."""
    having = Assignment.select(Assignment.staff).where(
        (Assignment.case == case) & Assignment.until_at.is_null()
    )
    having_it = {row.staff for row in having} | {actor.id}
    return [row for row in holders(actor, FOLLOWUP_HOLDERS) if row.id in having_it]


def held_by(desk: Desk, staff: str) -> Holding:
    """All that is this person's now."""
    return _holdings(desk).get(staff, Holding(staff))


def ownerless(desk: Desk) -> list[Holding]:
    """What nobody has who could do it, under the name it stands under. Only that is read: an office has thousands."""
    here = list(Staff.select(Staff.id, Staff.role, Staff.active).where(Staff.active))
    can_have = [row.id for row in here if can_hold(row)]
    can_go = [row.id for row in here if can_hold(row, FOLLOWUP_HOLDERS)]
    workers = [row.id for row in here if row.role == "worker"]
    running = Assignment.until_at.is_null()
    cared_for = Assignment.select(Assignment.case).where(running & Assignment.staff.in_(can_have))
    nobodys = FollowUp.staff.not_in(can_go) | (FollowUp.staff.in_(workers) & FollowUp.case.not_in(cared_for))
    active = [row.id for row in here]
    holdings = _told(
        desk,
        running & Assignment.staff.not_in(can_have),
        nobodys,
        Visit.staff.not_in(active),
        CoverAsked.takes.is_null() | CoverAsked.takes.not_in(active),
    )
    return sorted(holdings.values(), key=lambda one: one.staff)


def _holdings(desk: Desk) -> dict[str, Holding]:
    """What everybody holds."""
    return _told(desk, Assignment.until_at.is_null(), True, True, True)


def _told(desk: Desk, cases: Any, followups: Any, questions: Any, covers: Any) -> dict[str, Holding]:
    """By person, as far as these conditions go."""
    holdings: dict[str, Holding] = {}

    def of(staff: str) -> Holding:
        return holdings.setdefault(staff, Holding(staff))

    active = CaseFile.select(CaseFile.id).where(CaseFile.status == "active")
    assigned = Assignment.select(Assignment.staff, Assignment.case).where(cases & Assignment.case.in_(active))
    for staff, case in tuples(assigned.distinct().order_by(Assignment.case)):
        of(staff).cases.append(case)
    opened = FollowUp.select().where((FollowUp.state == "open") & FollowUp.known & followups)
    for due in opened.order_by(FollowUp.at, FollowUp.id):
        of(due.staff).followups.append(due)
    returned = Visit.select().where((Visit.review_status == "returned") & questions)
    for visit in returned.order_by(Visit.occurred_at, Visit.id):
        of(visit.staff).questions.append(visit)
    today = desk.clock().astimezone(JAPAN).date().isoformat()
    granted = (CoverAsked.state == "granted") & (CoverAsked.on >= today)
    for cover in CoverAsked.select().where(granted & covers):
        of(cover.takes or "").covers.append(cover)
    return holdings


def held_of_case(case: str) -> dict[str, int]:
    """What ends with a case: how many are assigned to it, how many follow-ups are open."""
    running = Assignment.select().where((Assignment.case == case) & Assignment.until_at.is_null())
    opened = FollowUp.select().where((FollowUp.case == case) & (FollowUp.state == "open") & FollowUp.known)
    return {"assigned": running.count(), "followups": opened.count()}
