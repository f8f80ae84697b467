"""Small look-ups that several pages share: names by id, triage class, contacts of a case."""

from collections.abc import Iterable
from typing import Any

from flask import g

from ...core.tables import among
from ...models.office_and_cases import (
    Assignment,
    CaseFile,
    DeviceRow,
    Member,
    Review,
    Staff,
    Visit,
    VisitRead,
    VisitVersion,
)
from ...queries import owners
from ...queries.access import may
from ...queries.cases import class_of
from ...queries.shown import shown
from . import counts
from .session import me


def people() -> dict[str, str]:
    return {row.id: row.name for row in Staff.select(Staff.id, Staff.name)}


def devices() -> dict[str, Any]:
    return {row.id: row for row in DeviceRow.select()}


class CaseBook(dict[str, Any]):
    """The cases this person may see, by id, read when a page asks for one: an office has twenty thousand.

    A page that asks for one they may not see, or that was never opened, is told so in its place and goes on.
    """

    def __missing__(self, case: str) -> Any:
        row = self.get(case)
        return CaseFile(id=case, no="", title=g.words.t("desk.case_unseen")) if row is None else row

    def __contains__(self, case: object) -> bool:
        return self.get(case) is not None

    def get(self, case: Any, default: Any = None) -> Any:
        if not dict.__contains__(self, case):
            row = CaseFile.get_or_none(CaseFile.id == case) if case in counts.my_cases() else None
            if row is None:
                return default
            self[case] = shown(me(), row)
        return dict.__getitem__(self, case)

    def fill(self, wanted: Iterable[str | None]) -> "CaseBook":
        """Read many at once."""
        missing = [
            one
            for one in set(wanted)
            if one and not dict.__contains__(self, one) and one in counts.my_cases()
        ]
        for row in CaseFile.select().where(among(CaseFile.id, missing)) if missing else ():
            self[row.id] = shown(me(), row)
        return self


def books(*rows: Iterable[Any]) -> dict[str, Any]:
    """People and cases for a page. `rows` that name a case are read ahead together."""
    if "books" not in g:
        g.books = {"people": people(), "cases": CaseBook()}
    books: dict[str, Any] = g.books
    books["cases"].fill(row.case for some in rows for row in some)
    return books


def triage_class(case: Any) -> str:
    """A, B or C, derived and never stored (domain 1.4); "" while undecided."""
    return class_of(case) or ""


def assigned(case: str) -> list[str]:
    rows = Assignment.select().where((Assignment.case == case) & Assignment.until_at.is_null())
    return [row.staff for row in rows.order_by(Assignment.from_on, Assignment.id)]


def contacts(case: str) -> list[Any]:
    """Every contact of a case, oldest first."""
    return list(Visit.select().where(Visit.case == case).order_by(Visit.occurred_at, Visit.id))


def labels(case: str) -> dict[str, str]:
    """What the people of a household are called, by id; that it is hidden, for whoever may not know who they are."""
    rows = Member.select().where(Member.case == case)
    known = may(me(), "see", "identity", case)
    return {row.id: row.label if known else g.words.t("desk.hidden") for row in rows}


def bodies(visits: list[Any]) -> dict[str, dict[str, Any]]:
    """The current body of each visit."""
    versions = {row.current_version: row.id for row in visits}
    rows = VisitVersion.select().where(VisitVersion.id.in_(list(versions)))
    return {versions[row.id]: row.body for row in rows}


def readers(visit: str) -> list[Any]:
    """Who read it at the desk, each once, first reading first."""
    seen: dict[str, Any] = {}
    for row in VisitRead.select().where(VisitRead.visit == visit).order_by(VisitRead.at):
        seen.setdefault(row.staff, row)
    return list(seen.values())


def reviews(visit: str) -> list[Any]:
    return list(Review.select().where(Review.visit == visit).order_by(Review.at, Review.id))


def others(person: str) -> list[Any]:
    """Who may take a case over: everybody who can have one."""
    return [row for row in owners.holders(me()) if row.id != person]
