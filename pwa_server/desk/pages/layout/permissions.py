"""Whether this person may look at all: at cases, at this case."""

from typing import Any

from ...core.errors import DeskError
from ...models.office_and_cases import CaseFile
from ...queries.access import demand
from ...queries.shown import shown
from .page import sees
from .session import me


def demand_sight() -> None:
    if not sees("core"):
        raise DeskError("not_allowed")


def see_case(case: str) -> Any:
    """The case as this person may read it."""
    demand(me(), "see", "core", case)  # before it is looked for: refused, nobody can time whether it is there
    row = CaseFile.get_or_none(CaseFile.id == case)
    if row is None:
        raise DeskError("not_found")
    return shown(me(), row)
