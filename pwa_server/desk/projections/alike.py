"""Names, readings, addresses and telephones in one spelling, so that look-alikes are found by an index.

Worked out of the rows alone: after each event of the household, consultation or notice, or once for all at the end of
a rebuild.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from sync.folding import fold

from ..core.tables import among
from ..log.event_log import Logged
from ..models.alike import AlikeKey
from ..models.community import Notice
from ..models.consultations import Consultation
from ..models.households import CaseMerge
from ..models.office_and_cases import Begun, CaseFile, Member
from . import bulk

SHORTEST = 2  # letters that say anything
_NOT_DIGITS = re.compile(r"\D+")
_OF_HOUSEHOLDS = frozenset(
    {
        "case.opened",
        "case.begun",
        "case.changed",
        "case.merged",
        "case.merge_undone",
        "member.set",
        "member.removed",
        "member.merged",
        "two_values.decided",
    }
)
CONTACT = ("name", "reading", "address", "telephone")

Keys = dict[str, str]


def folded(text: str | None) -> str:
    return fold(text or "").replace(" ", "")


def digits(text: str | None) -> str:
    """A telephone number without its signs; +81 is 0."""
    found = _NOT_DIGITS.sub("", unicodedata.normalize("NFKC", text or ""))
    return "0" + found[2:] if found.startswith("81") and len(found) > 10 else found


def keys_of(name: Any, reading: Any, address: Any, telephone: Any) -> Keys:
    columns = {
        "name": folded(name),
        "reading": folded(reading),
        "address": folded(address),
        "telephone": digits(telephone),
    }
    return {what: text for what, text in columns.items() if len(text) >= SHORTEST}


def settle(event: Logged) -> None:
    """After an event: the keys of what it is about."""
    body = event.body or {}
    if event.type in _OF_HOUSEHOLDS and event.case:
        if not bulk.later("alike", event.case):
            settle_cases(sorted({event.case} | _joined(event)))
    elif event.type.startswith("consultation."):
        _renew(AlikeKey.thing == body["consultation"], _of_consultations(body["consultation"]))
    elif event.type in ("notice.given", "notice.withdrawn"):
        _renew(AlikeKey.thing == body["notice"], _of_notices(body["notice"]))


def _joined(event: Logged) -> set[str]:
    """The households two records were, when they are put together or taken apart."""
    body = event.body or {}
    if event.type == "case.merged":
        return {str(body["source"])}
    row = CaseMerge.get_or_none(CaseMerge.id == body["merge"]) if event.type == "case.merge_undone" else None
    return {row.source, row.target} if row else set()


def _renew(which: Any, rows: Iterable[dict[str, Any]]) -> None:
    if not bulk.is_open():
        AlikeKey.delete().where(which).execute()
        AlikeKey.put_many(list(rows))


def write_all() -> None:
    """The keys of everything, into the empty table."""
    for rows in (_of_cases(), _of_consultations(), _of_notices()):
        AlikeKey.put_many(rows)


def settle_cases(cases: list[str]) -> None:
    """The keys of these households."""
    _renew(among(AlikeKey.case, cases), _of_cases(cases))


def _of_cases(cases: list[str] | None = None) -> Iterator[dict[str, Any]]:
    """Of some households, or of all."""

    def of(table: Any, column: Any, *columns: Any) -> Any:
        rows = table.select(column, *columns)
        return (rows if cases is None else rows.where(among(column, cases))).order_by(table.id).iterator()

    named = [getattr(Member, name) for name in CONTACT]
    for row in of(Member, Member.case, Member.id, *named):
        yield from _rows("case", row.id, row.case, keys_of(*(getattr(row, name) for name in CONTACT)))
    for row in of(CaseFile, CaseFile.id, CaseFile.kana, CaseFile.status):
        if row.status != "merged":
            yield from _rows("case", row.id, row.id, keys_of("", row.kana, "", ""))
    for row in of(Begun, Begun.case, Begun.id, Begun.known):
        keys = keys_of(row.known.get("name"), "", row.known.get("place"), "")
        yield from _rows("begun", row.id, row.case, keys)


def _of_consultations(consultation: str | None = None) -> Iterator[dict[str, Any]]:
    rows = Consultation.select(Consultation.id, Consultation.told_contact)
    rows = rows if consultation is None else rows.where(Consultation.id == consultation)
    for row in rows.iterator():
        yield from _rows("consultation", row.id, None, keys_of(*map(row.told_contact.get, CONTACT)))


def _of_notices(notice: str | None = None) -> Iterator[dict[str, Any]]:
    rows = Notice.select(Notice.id, Notice.who, Notice.place)
    rows = rows if notice is None else rows.where(Notice.id == notice)
    for row in rows.iterator():
        yield from _rows("notice", row.id, None, keys_of(row.who, "", row.place, ""))


def _rows(kind: str, thing: str, case: str | None, keys: Keys) -> Iterator[dict[str, Any]]:
    for what, key in keys.items():
        id_ = f"{thing} {kind} {what}"
        yield {"id": id_, "kind": kind, "thing": thing, "case": case, "what": what, "key": key}
