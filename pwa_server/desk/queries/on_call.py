"""Who is woken when something cannot wait: people who may open what they are woken for, on this side of any wall."""

from dataclasses import dataclass
from typing import Any

from ..models.office_and_cases import Assignment, CaseFile, OfficeOption, Staff
from .access import ties


@dataclass(frozen=True)
class Woken:
    """Read once for many questions. `people`: (id, organisation, whether it has a wall), in their order."""

    people: tuple[tuple[str, str, bool], ...]
    above: tuple[str, ...]  # supervisors of the office itself

    def of(self, *organisations: str) -> list[str]:
        """Who is woken for somebody or something of these organisations; nobody of them: the office's own."""
        fit = [id_ for id_, of, walled in self.people if not walled or of in organisations]
        return fit or list(self.above)

    def of_case(self, case: str) -> list[str]:
        row = CaseFile.get_or_none(CaseFile.id == case)
        running = Assignment.select(Assignment.staff).where(
            (Assignment.case == case) & Assignment.until_at.is_null()
        )
        having = Staff.select(Staff.organisation).where(Staff.id.in_(running))
        return self.of("" if row is None else row.organisation, *(one.organisation for one in having))


def on_call() -> list[str]:
    """Who is woken for an urgent record: those named for it, else every supervisor."""
    return [id_ for id_, _, _ in woken().people]


def woken() -> Woken:
    row = OfficeOption.get_or_none(OfficeOption.id == "on_call")
    named = [] if row is None else list(row.value)
    active = {one.id: one for one in Staff.select().where(Staff.active)}
    called = [one for one in named if one in active] or [
        id_ for id_, one in active.items() if one.role == "supervisor"
    ]
    above = [id_ for id_, one in active.items() if one.role == "supervisor" and not one.walled]
    return Woken(tuple((one, active[one].organisation, active[one].walled) for one in called), tuple(above))


def organisation_of(staff: str) -> str:
    row = Staff.get_or_none(Staff.id == staff)
    return "" if row is None else str(row.organisation)


def may_receive(person: Any) -> bool:
    """Whether an urgent record would open for this person: of every case, or of every one of their organisation."""
    return bool(person.active and ties(person, "visit_facts")[0] & {"office", "organisation"})
