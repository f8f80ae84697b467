"""Whether this person may look at all: at cases, at this case."""

from typing import Any

from ..access import demand
from ..faults import DeskError
from ..model import CaseFile
from ..sign_in import me
from .frame import sees


def demand_sight() -> None:
    if not sees("core"):
        raise DeskError("not_allowed")


def see_case(case: str) -> Any:
    row = CaseFile.get_or_none(CaseFile.id == case)
    if row is None:
        raise DeskError("not_found")
    demand(me(), "see", "core", case)
    return row
