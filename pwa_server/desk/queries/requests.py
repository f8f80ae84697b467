"""Requests of persons by the day they are due, and everything that is kept of a case: for whoever answers one.

What is kept is read off the tables themselves: every table with a case, every field by its class. A new table is among
them by itself. Contacts are gone through paragraph by paragraph elsewhere (`actions/disclosure`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from ..core.tables import Row
from ..models.alike import AlikeKey
from ..models.consultations import Consultation
from ..models.figures import Disclosure
from ..models.handovers import Handover
from ..models.office_and_cases import (
    READ_MODEL,
    CaseFile,
    FieldOrigin,
    OfficeOption,
    Parentage,
    Photo,
    Union,
    Visit,
    VisitVersion,
)
from ..models.requests import ANSWERED, MOST_DAYS, OPTION, PersonRequest, RequestPart
from . import handovers, participation
from .access import Actor, may
from .field_classes import written

# Of contacts, which have a copy of their own; lines of the family chart, which the case sheet draws; made from other
# rows; or about the request itself.
ELSEWHERE: tuple[type[Row], ...] = (
    AlikeKey,
    FieldOrigin,
    Visit,
    VisitVersion,
    Photo,
    Parentage,
    Union,
    Disclosure,
    PersonRequest,
    RequestPart,
)


@dataclass(frozen=True)
class Entry:
    """One row of what is kept: which table it is of, its words of one class, and its codes and days (`coded`)."""

    table: str
    words: list[str]
    codes: list[participation.Reason] = field(default_factory=list)


def days() -> int:
    """Until the decision, as the office has it; 30 at most by law."""
    row = OfficeOption.get_or_none(OfficeOption.id == OPTION)
    text = row.value if row is not None else ""
    return (
        min(int(text), MOST_DAYS) if isinstance(text, str) and text.isdecimal() and int(text) else MOST_DAYS
    )


def due(row: Any, within: int | None = None) -> date:
    """The last day for the decision; the day of receiving is not counted. `within`: `days()`, where it is known."""
    try:
        return date.fromisoformat(row.on) + timedelta(days=days() if within is None else within)
    except (ValueError, OverflowError):
        return date.max


def open_requests() -> list[tuple[Any, date]]:
    """What waits for its answer, the soonest due first."""
    rows, within = PersonRequest.select().where(PersonRequest.state != ANSWERED), days()
    return sorted(((row, due(row, within)) for row in rows), key=lambda one: (one[1], one[0].id))


def answered_requests() -> list[Any]:
    rows = PersonRequest.select().where(PersonRequest.state == ANSWERED)
    return list(rows.order_by(PersonRequest.answered_on.desc(), PersonRequest.id))


def waits_for(keys: list[str]) -> bool:
    """Whether a person still waits for an answer about one of these records."""
    rows = PersonRequest.select().where(PersonRequest.case.in_(keys) & (PersonRequest.state != ANSWERED))
    return bool(rows.exists())


def tables() -> list[Any]:
    """Every table whose rows are of a case."""
    found = [table for table in READ_MODEL if "case" in table._meta.fields and table not in ELSEWHERE]
    return [CaseFile, Consultation, *found]


def kept(actor: Actor, case: str) -> dict[str, tuple[list[Entry], int]]:
    """class of data → (entries this person may read, how many they may not)."""
    found: dict[str, tuple[list[Entry], int]] = {}
    for table in tables():
        for row in _rows(table, case):
            for data_class, words in written(row).items():
                texts, codes = [word for word in words if word], coded(row)
                if not texts and not codes:
                    continue
                entries, hidden = found.get(data_class, ([], 0))
                if may(actor, "see", data_class, case):
                    entries.append(Entry(table.__name__, texts, codes))
                else:
                    hidden += 1
                found[data_class] = (entries, hidden)
    return found


def coded(row: Any) -> list[participation.Reason]:
    """What a row says in codes and days, which `field_classes.written` leaves out."""
    return handovers.coded(row) if isinstance(row, Handover) else participation.coded(row)


def _rows(table: Any, case: str) -> Iterator[Any]:
    if table is CaseFile:
        yield from table.select().where(table.id == case)
    elif table is Consultation:
        yield from table.select().where((table.id == case) | (table.into == case))
    else:
        yield from table.select().where(table._meta.fields["case"] == case)


def parts_of(request: str) -> dict[str, Any]:
    """What somebody has gone through, by class of data."""
    return {row.part: row for row in RequestPart.select().where(RequestPart.request == request)}
