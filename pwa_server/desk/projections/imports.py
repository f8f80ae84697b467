"""Events of imports: that one was agreed to, which rows were taken, which were taken back.

What a row says is told by events of its own (`case.opened`, `member.set`, `visit.logged`). Nobody has worked on a case
whose opening is taken back (`actions/imports.py` asks), so its rows are those its own events made.
"""

from ..core.tables import among
from ..log.event_log import Logged
from ..models.alike import AlikeKey
from ..models.imports import Import, ImportedRow
from ..models.office_and_cases import Assignment, CaseFile, CaseName, FieldOrigin, Member
from . import bulk

OF_A_CASE = (Assignment, CaseName, FieldOrigin, Member, AlikeKey)


def begun(event: Logged) -> None:
    body = event.body or {}
    Import.put(
        id=body["import"],
        kind=body["kind"],
        by=event.by,
        at=event.at,
        rows=body["rows"],
        columns=body["left"],
    )


def rows_taken(event: Logged) -> None:
    body = event.body or {}
    for one in body["rows"]:
        bulk.put(
            ImportedRow,
            id=f"{body['import']} {one['n']}",
            batch=body["import"],
            number=one["n"],
            opened=one["case"],
            visit=one["visit"],
            back=None,
        )


def rows_taken_back(event: Logged) -> None:
    body = event.body or {}
    bulk.catch_up()
    ids = [f"{body['import']} {number}" for number in body["rows"]]
    rows = list(ImportedRow.select().where(among(ImportedRow.id, ids) & ImportedRow.back.is_null()))
    ImportedRow.update(back=event.at).where(among(ImportedRow.id, [row.id for row in rows])).execute()
    cases = [row.opened for row in rows if row.visit is None]  # a contact is taken back by `visit.withdrawn`
    for table in OF_A_CASE:
        table.delete().where(among(table.case, cases)).execute()
    CaseFile.delete().where(among(CaseFile.id, cases)).execute()
    bulk.forget(cases)


APPLIERS = {
    ("import.begun", 1): begun,
    ("import.rows_taken", 1): rows_taken,
    ("import.rows_taken_back", 1): rows_taken_back,
}
