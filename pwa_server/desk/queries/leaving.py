"""All records of an office as open files: each table row by row, without what this person may not read.

What is not written is named here with its reason; `tools/read_backup.py` writes all of it for whoever has the key.
"""

from collections.abc import Iterator
from typing import Any

from peewee import SQL

from ..core.tables import Row
from ..models.office_and_cases import READ_MODEL, BlobFile, CaseDocument, CaseFile, Photo, VisitVersion
from ..models.plans import PlanVersion
from ..models.system import DocumentFile
from .access import Actor, may, visible_record
from .plans import content_for
from .shown import household_of, is_hidden, shown

MANY = 500  # rows fetched at a time: no statement stays open while somebody's line is slow
# Tables of the desk that are no record, by the reason that is told of them.
LEFT_OUT: dict[str, tuple[str, ...]] = {
    "history": ("logentry",),
    "keys": (
        "casekey",
        "officekey",
        "account",
        "firstpassword",
        "firsthalf",
        "signinpause",
        "passkey",
        "session",
        "enrolment",
    ),
    "held": ("held",),
    "mail": (
        "state",
        "received",
        "upposition",
        "downchain",
        "downenvelope",
        "sent",
        "phonestatement",
        "devicenote",
    ),
    "files": ("blobfile", "documentfile"),
    "made_again": ("photodigest", "searchentry"),
    "logs": ("accessview", "securityline", "backuprun"),
    "working": (
        "importfile",
        "importlines",
        "importcolumn",
        "pagenote",
        "kept_form",
        "keptfile",
        "draft",
        "signintry",
        "choice",
        "seenchange",
    ),
}
TABLES: dict[str, type[Row]] = {table._meta.table_name: table for table in READ_MODEL}


def columns(table: type[Row]) -> list[str]:
    return [field.name for field in table._meta.sorted_fields]


def rows_of(actor: Actor, table: type[Row]) -> Iterator[dict[str, Any]]:
    """Each row by column; None is what there is not, and what this person may not read."""
    for row in _in_pieces(table):
        seen = shown(actor, row)
        values = {name: _plain(getattr(seen, name)) for name in columns(table)}
        yield values | _mixed(actor, row, seen)


def _in_pieces(table: type[Row]) -> Iterator[Any]:
    last, where = -1, SQL("rowid")
    while True:
        query = table.select(*table._meta.sorted_fields, where.alias("rowid_here")).where(where > last)
        found = list(query.order_by(where).limit(MANY).objects())
        yield from found
        if len(found) < MANY:
            return
        last = getattr(found[-1], "rowid_here")  # noqa: B009 - a column of this query alone


def _plain(value: Any) -> Any:
    return None if is_hidden(value) else value


def _mixed(actor: Actor, row: Any, seen: Any) -> dict[str, Any]:
    """Bodies whose parts are of several classes, part by part."""
    if isinstance(row, CaseFile):
        return {"household": household_of(actor, row)}
    if isinstance(row, VisitVersion):
        bodies = {name: getattr(row, name) for name in ("body", "sent")}
        return {name: body and visible_record(actor, body, row.case, row.by) for name, body in bodies.items()}
    if isinstance(row, PlanVersion):
        return {"content": content_for(actor, row)}
    return {}


def photos(actor: Actor) -> Iterator[tuple[str, bytes]]:
    """(id of the picture, JPEG) of what is here and may be seen, each once."""
    done = set()
    for row in _in_pieces(Photo):
        if row.blob in done or not may(actor, "see", "photos", row.case):
            continue
        done.add(row.blob)
        blob = BlobFile.get_or_none((BlobFile.id == row.blob) & (BlobFile.state == "here"))
        if blob is not None and blob.jpeg:
            yield row.blob, bytes(blob.jpeg)


def documents(actor: Actor) -> Iterator[tuple[str, str, bytes]]:
    """(id, name, content) of the papers of cases that were not taken out."""
    for row in _in_pieces(CaseDocument):
        if row.removed_reason is not None or not may(actor, "see", "visit_facts", row.case):
            continue
        file = DocumentFile.get_or_none(DocumentFile.id == row.id)
        if file is not None:
            yield row.id, row.name, bytes(file.bytes)
