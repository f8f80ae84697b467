"""Who is woken when something cannot wait."""

from ..models.office_and_cases import OfficeOption, Staff


def on_call() -> list[str]:
    """Who is woken for an urgent record: those named for it, else every supervisor."""
    row = OfficeOption.get_or_none(OfficeOption.id == "on_call")
    named = [] if row is None else list(row.value)
    active = {one.id: one.role for one in Staff.select().where(Staff.active)}
    return [one for one in named if one in active] or [
        one for one, role in active.items() if role == "supervisor"
    ]
