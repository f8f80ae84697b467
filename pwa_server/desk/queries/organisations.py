"""機関・委託先 as pages read them: who belongs where, what is entrusted until when, what nobody there could open."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from ..models.office_and_cases import Assignment, CaseFile, Staff
from ..models.organisations import Contract, Organisation
from .access import ROLES, cell

SOON = timedelta(days=90)  # of a contract's end: three months are what a hand-over of April takes
# Roles whose cell lets them open any case of the office, and give it to somebody.
OPENERS = tuple(role for role in ROLES if "office" in cell(role, "core")[1])


def above_walls() -> list[Any]:
    """Who, of the office itself, may open every case and give it to somebody."""
    here = Staff.active & ~Staff.walled & Staff.role.in_(OPENERS)
    return list(Staff.select().where(here).order_by(Staff.kana, Staff.id))


def listed() -> list[Any]:
    """Those in use first, by kind and name."""
    rows = Organisation.select().order_by(Organisation.name, Organisation.id)
    return sorted(rows, key=lambda row: (not row.active, row.kind))


def names(office: str) -> dict[str, str]:
    """By id; "" is the office itself."""
    return {"": office} | {row.id: row.name for row in Organisation.select()}


def people_of(organisation: str) -> list[Any]:
    """Who works here and belongs to it."""
    rows = Staff.select().where(Staff.active & (Staff.organisation == organisation))
    return list(rows.order_by(Staff.kana, Staff.id))


def sizes() -> dict[str, dict[str, int]]:
    """Organisation → how many people and open cases it has."""
    people = Counter(row.organisation for row in Staff.select(Staff.organisation).where(Staff.active))
    cases: Counter[str] = Counter()
    for row in Organisation.select(Organisation.id):
        cases[row.id] = open_cases(row.id).count()
    return {one: {"people": people[one], "cases": cases[one]} for one in {*people, *cases}}


def open_cases(organisation: str) -> Any:
    """A query of its cases that are open: entrusted to it, or assigned to somebody of its people who are here."""
    people = Staff.select(Staff.id).where((Staff.organisation == organisation) & Staff.active)
    running = Assignment.select(Assignment.case).where(
        Assignment.staff.in_(people) & Assignment.until_at.is_null()
    )
    whose = CaseFile.id.in_(running)
    if organisation:
        whose |= CaseFile.organisation == organisation
    return CaseFile.select().where((CaseFile.status == "active") & whose).order_by(CaseFile.no)


def contracts(organisation: str) -> list[Any]:
    """The one that ends last first."""
    rows = Contract.select().where(Contract.organisation == organisation)
    return list(rows.order_by(Contract.ends.desc(), Contract.id))


def ending(today: date) -> list[Any]:
    """Contracts that end within three months, or are over, while cases are still their organisation's.

    An organisation is told of once, by the contract of its that ends last: what is renewed does not end.
    """
    last: dict[str, Any] = {}
    for row in Contract.select().order_by(Contract.ends, Contract.id):
        last[row.organisation] = row
    until = (today + SOON).isoformat()
    return [row for row in last.values() if row.ends <= until and open_cases(row.organisation).exists()]


def unopened() -> list[Any]:
    """Open cases that nobody of their organisation could open: entrusted to one whose people are gone.

    They are not lost, the office's own people see them; but nobody works on them, so they stand on the morning page.
    """
    entrusted = CaseFile.select().where((CaseFile.status == "active") & (CaseFile.organisation != ""))
    opening = [role for role in ROLES if "office" in cell(role, "core")[0]]
    here = Staff.select(Staff.organisation).where(Staff.active & Staff.role.in_(opening))
    cared_for = Assignment.select(Assignment.case).where(
        Assignment.until_at.is_null() & Assignment.staff.in_(Staff.select(Staff.id).where(Staff.active))
    )
    rows = entrusted.where(CaseFile.organisation.not_in(here) & CaseFile.id.not_in(cared_for))
    return list(rows.order_by(CaseFile.no))
