"""April: what would move from one organisation to others, worked out before anything is written.

Each person goes along (their cases, follow-ups and phones stay with them), hands over to somebody, or stays. What is
worked out is a list of single moves; the act writes exactly that list, and what is taken back is read from it.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ..core.tables import among, canonical, tuples
from ..models.office_and_cases import Assignment, CaseFile, DeviceRow, FollowUp, Staff, Visit
from ..models.organisations import WALLED, Organisation
from . import organisations
from .access import Actor, cell, may
from .gates import why_not
from .owners import CASE_HOLDERS, FOLLOWUP_HOLDERS, can_hold

STAY, ALONG, TO = "stay", "along", "to"
NOBODY = ""  # in the place of a person: cases that are entrusted to it and that nobody has


@dataclass(frozen=True)
class Choice:
    """What becomes of one person's work. `to`: who takes it, where `how` is TO."""

    staff: str
    how: str
    to: str = ""


@dataclass
class Part:
    """One person's part. `why`: the code of what stands in its way, or "". Counts are of things, not of moves."""

    choice: Choice
    why: str = ""
    cases: int = 0
    followups: int = 0
    phones: int = 0
    waiting: int = 0  # records that wait for a reviewer


@dataclass
class Plan:
    parts: list[Part] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)

    @property
    def stands(self) -> bool:
        return bool(self.items) and not any(part.why for part in self.parts)

    @property
    def mark(self) -> str:
        """Of exactly these moves: what was looked at is what is done."""
        return hashlib.sha256(canonical(self.items).encode()).hexdigest()[:32]

    def total(self, name: str) -> int:
        return sum(getattr(part, name) for part in self.parts)


@dataclass
class _Stands:
    """What is so now, read once for all people."""

    cases: dict[str, list[str]]  # person → their open cases
    followups: dict[str, list[Any]]
    holders: dict[str, set[str]]  # open case → who has it
    of: dict[str, str]  # open case → the organisation it is entrusted to
    phones: dict[str, int]
    waiting: dict[str, int]  # case → records that wait


def choosing(organisation: str) -> list[Any]:
    """Whose work there is to decide about: its people, and whoever left it with cases under their name."""
    rows = Staff.select().where(Staff.organisation == organisation).order_by(Staff.kana, Staff.id)
    holding = {row.staff for row in Assignment.select(Assignment.staff).where(Assignment.until_at.is_null())}
    return [row for row in rows if row.active or row.id in holding]


def takers() -> list[Any]:
    """Who can be handed cases, by their reading."""
    rows = Staff.select().where(Staff.active & Staff.role.in_(CASE_HOLDERS))
    return list(rows.order_by(Staff.kana, Staff.id))


def reviewers(organisation: str) -> list[Any]:
    """Who reviews there; where it has nobody, the office's own do."""
    roles = [role for role in CASE_HOLDERS if "office" in cell(role, "review")[1]]
    here = Staff.select().where(Staff.active & Staff.role.in_(roles))
    return list(here.where(Staff.organisation == organisation)) or list(here.where(~Staff.walled))


def nobodys(organisation: str) -> list[str]:
    """Open cases that are entrusted to it and that nobody has."""
    if not organisation:
        return []
    running = Assignment.select(Assignment.case).where(Assignment.until_at.is_null())
    rows = CaseFile.select(CaseFile.id).where(
        (CaseFile.status == "active") & (CaseFile.organisation == organisation) & CaseFile.id.not_in(running)
    )
    return [row.id for row in rows.order_by(CaseFile.no)]


def work_out(actor: Actor, organisation: str, to: str, choices: list[Choice], today: date) -> Plan:
    """The plan of these choices. What was not chosen stays."""
    plan, stands = Plan(), _read()
    target = Organisation.get_or_none(Organisation.id == to)
    walled = target is not None and target.kind in WALLED
    known = {row.id: row for row in Staff.select()}
    here = {row.id for row in choosing(organisation)} | {NOBODY}
    leaving = {one.staff for one in choices if one.how == ALONG}
    last = walled and all(row.id in leaving for row in organisations.above_walls())
    for choice in choices:
        if choice.how == STAY or choice.staff not in here:
            continue
        part = Part(choice)
        plan.parts.append(part)
        person, taker = known.get(choice.staff), known.get(choice.to)
        if choice.staff == NOBODY:
            part.cases = len(cases := nobodys(organisation))
            plan.items += [_entrusted(NOBODY, case, organisation, to) for case in cases]
        elif choice.how == ALONG:
            part.why = _why_not_along(actor, person, walled, last)
            _along(plan, part, stands, organisation, to)
        else:
            _hand_over(plan, part, stands, organisation, taker, today)
    return plan


def _why_not_along(actor: Actor, person: Any, walled: bool, last: bool) -> str:
    """Who moves others' accounts is a matter of `people`; out from behind a wall is for two (`change_organisation`)."""
    if not may(actor, "change", "people") or person.id == actor.id:
        return "not_yours_to_move"
    if person.walled and not walled:
        return "takes_two"
    return "last_above_walls" if last and not person.walled else ""


def _along(plan: Plan, part: Part, stands: _Stands, organisation: str, to: str) -> None:
    staff = part.choice.staff
    cases = stands.cases.get(staff, [])
    plan.items.append(_item("person", staff, staff, None, organisation, to))
    for case in cases:
        if organisation and stands.of.get(case) == organisation:
            plan.items.append(_entrusted(staff, case, organisation, to))
            stands.of[case] = to
    part.cases, part.followups = len(cases), len(stands.followups.get(staff, []))
    part.phones = stands.phones.get(staff, 0)
    part.waiting = sum(stands.waiting.get(case, 0) for case in cases)


def _hand_over(plan: Plan, part: Part, stands: _Stands, organisation: str, taker: Any, today: date) -> None:
    staff, due = part.choice.staff, stands.followups.get(part.choice.staff, [])
    mine = stands.cases.get(staff, [])
    cases = [*mine, *sorted({row.case for row in due if row.case in stands.holders} - set(mine))]
    part.cases, part.followups, part.phones = len(mine), len(due), stands.phones.get(staff, 0)
    part.waiting = sum(stands.waiting.get(case, 0) for case in cases)
    if not can_hold(taker) or taker.id == staff:
        part.why = "choose_taker"
        return
    if due and not can_hold(taker, FOLLOWUP_HOLDERS):
        part.why = "cannot_go"
        return
    for case in cases:
        if why_not("assign", case, today, to=taker.id):
            part.why = "consent_for_body_missing"
        had = taker.id in stands.holders[case]
        plan.items.append(
            _item("case", staff, case, case, staff if case in mine else "", "" if had else taker.id)
        )
        stands.holders[case].add(taker.id)
        if organisation and stands.of.get(case) == organisation and taker.organisation != organisation:
            plan.items.append(_entrusted(staff, case, organisation, taker.organisation))
            stands.of[case] = taker.organisation
    plan.items += [
        _item("followup", staff, row.id, row.case, staff, taker.id)
        for row in due
        if row.case in stands.holders
    ]


def _item(kind: str, person: str, thing: str, case: str | None, was: str, now: str) -> dict[str, Any]:
    return {"kind": kind, "person": person, "thing": thing, "case": case, "was": was, "now": now}


def _entrusted(person: str, case: str, was: str, now: str) -> dict[str, Any]:
    return _item("entrusted", person, case, case, was, now)


def _read() -> _Stands:
    opened = CaseFile.select(CaseFile.id, CaseFile.organisation).where(CaseFile.status == "active")
    of = dict(tuples(opened.order_by(CaseFile.no)))
    cases: dict[str, list[str]] = {}
    holders: dict[str, set[str]] = {case: set() for case in of}
    running = Assignment.select(Assignment.staff, Assignment.case).where(Assignment.until_at.is_null())
    for staff, case in tuples(running.distinct().order_by(Assignment.case)):
        if case in of:
            cases.setdefault(staff, []).append(case)
            holders[case].add(staff)
    followups: dict[str, list[Any]] = {}
    due = FollowUp.select().where((FollowUp.state == "open") & FollowUp.known)
    for row in due.order_by(FollowUp.at, FollowUp.id):
        followups.setdefault(row.staff, []).append(row)
    phones: dict[str, int] = {}
    for phone in DeviceRow.select(DeviceRow.staff).where(DeviceRow.status == "active"):
        phones[phone.staff] = phones.get(phone.staff, 0) + 1
    waiting: dict[str, int] = {}
    for visit in Visit.select(Visit.case).where(Visit.review_status.in_(("waiting", "answered"))):
        waiting[visit.case] = waiting.get(visit.case, 0) + 1
    return _Stands(cases, followups, holders, of, phones, waiting)


# --- what was done, and what of it can be taken back --------------------------------------------------------


def still(row: Any, people: set[str] | None = None) -> list[tuple[int, dict[str, Any]]]:
    """Moves of this transfer (of these people) that stand as it left them: (place, move)."""
    back = set(row.back)
    items = [(place, one) for place, one in enumerate(row.items) if str(place) not in back]
    items = [(place, one) for place, one in items if people is None or one["person"] in people]
    cases = sorted({one["case"] for _, one in items if one["case"]})
    rows = CaseFile.select(CaseFile.id, CaseFile.organisation).where(
        (CaseFile.status == "active") & among(CaseFile.id, cases)
    )
    of = dict(tuples(rows))
    running = Assignment.select(Assignment.staff, Assignment.case).where(
        Assignment.until_at.is_null() & among(Assignment.case, cases)
    )
    has = set(tuples(running))
    known = {one.id: one for one in Staff.select()}
    things = [one["thing"] for _, one in items if one["kind"] == "followup"]
    due = {
        one.id: one
        for one in FollowUp.select().where((FollowUp.state == "open") & among(FollowUp.id, things))
    }

    def stands(one: dict[str, Any]) -> bool:
        kind, thing, was, now = one["kind"], one["thing"], one["was"], one["now"]
        if kind == "person":
            return known[thing].organisation == now if thing in known else False
        if one["case"] not in of:
            return False
        if kind == "entrusted":
            return bool(of[thing] == now)
        if was and not can_hold(known.get(was)):
            return False
        if kind == "case":  # and nobody gave it back by hand meanwhile
            return (not now or (now, thing) in has) and not (was and (was, thing) in has)
        return thing in due and due[thing].staff == now

    return [(place, one) for place, one in items if stands(one)]


def by_person(row: Any) -> dict[str, dict[str, int]]:
    """Person → how much of each kind moved, was taken back already, and still stands."""
    found: dict[str, dict[str, int]] = {}
    standing = {place for place, _ in still(row)}
    back = set(row.back)
    for place, one in enumerate(row.items):
        sums = found.setdefault(
            one["person"], dict.fromkeys(("case", "followup", "person", "back", "stands"), 0)
        )
        if one["kind"] in sums:
            sums[one["kind"]] += 1
        sums["back"] += str(place) in back
        sums["stands"] += place in standing
    return found
