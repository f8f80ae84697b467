"""What may be the same household: compared by name, reading, address and telephone in one spelling.

Told are only the kind, the day and what is alike. Contents are read where they stand, by whoever may.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sync.folding import fold

from ..core.tables import tuples
from ..models.community import Notice
from ..models.consultations import Consultation
from ..models.office_and_cases import Begun, CaseFile, Member

_NOT_DIGITS = re.compile(r"\D+")
SHORTEST = 2  # letters that say anything
MOST = 10
KEPT = 1 << 17  # spellings that need not be worked out again: an office of twenty thousand cases has them all


@dataclass(frozen=True)
class Alike:
    kind: str  # case | begun | consultation | notice
    id: str
    case: str | None
    on: str
    why: tuple[str, ...]  # name | reading | address | telephone


@lru_cache(maxsize=KEPT)
def folded(text: str | None) -> str:
    return fold(text or "").replace(" ", "")


@lru_cache(maxsize=KEPT)
def digits(text: str | None) -> str:
    """A telephone number without its signs; +81 is 0."""
    found = _NOT_DIGITS.sub("", unicodedata.normalize("NFKC", text or ""))
    return "0" + found[2:] if found.startswith("81") and len(found) > 10 else found


def keys_of(name: Any, reading: Any, address: Any, telephone: Any) -> dict[str, str]:
    told = {
        "name": folded(name),
        "reading": folded(reading),
        "address": folded(address),
        "telephone": digits(telephone),
    }
    return {what: text for what, text in told.items() if len(text) >= SHORTEST}


def alike(answers: dict[str, Any], but: frozenset[str] = frozenset()) -> list[Alike]:
    """Households, consultations and notices like these answers. `but`: ids that are this one itself."""
    mine = keys_of(*(answers.get(name) for name in ("name", "reading", "address", "telephone")))
    if not mine:
        return []
    found: dict[tuple[str, str], Alike] = {}
    for kind, id_, case, on, theirs in _everybody():
        why = _why(mine, theirs)
        if why and id_ not in but and case not in but:
            before = found.get((kind, id_))
            why = tuple(dict.fromkeys((*(before.why if before else ()), *why)))
            found[kind, id_] = Alike(kind, id_, case, on, why)
    return sorted(found.values(), key=lambda one: (-len(one.why), one.kind, one.on, one.id))[:MOST]


def _why(mine: dict[str, str], theirs: dict[str, str]) -> tuple[str, ...]:
    same = [what for what, text in mine.items() if theirs.get(what) == text]
    # A name told in kana, or a reading where only a name is known.
    crossed = mine.get("reading") and mine["reading"] == theirs.get("name")
    if (crossed or (mine.get("name") and mine["name"] == theirs.get("reading"))) and "reading" not in same:
        same.append("reading")
    return tuple(same)


def _everybody() -> Any:
    """(kind, id, case, day, keys) of all that has a name, address or number."""
    columns = (CaseFile.id, CaseFile.kana, CaseFile.opened_on, CaseFile.status)
    opened = {row[0]: row for row in tuples(CaseFile.select(*columns))}
    known = Member.select(Member.case, Member.name, Member.reading, Member.address, Member.telephone)
    told = (Member.name != "") | (Member.reading != "") | (Member.address != "") | (Member.telephone != "")
    for case, name, reading, address, telephone in tuples(known.where(told)):
        if case in opened:
            yield "case", case, case, opened[case][2], keys_of(name, reading, address, telephone)
    for case, kana, on, status in opened.values():
        if kana and status != "merged":
            yield "case", case, case, on, keys_of("", kana, "", "")
    row: Any
    for row in Begun.select():
        if row.case in opened:
            keys = keys_of(row.known.get("name"), "", row.known.get("place"), "")
            yield "begun", row.case, row.case, row.at[:10], keys
    for row in Consultation.select().where(Consultation.state != "case"):
        told_of = row.told_contact
        keys = keys_of(*(told_of.get(name) for name in ("name", "reading", "address", "telephone")))
        yield "consultation", row.id, None, row.told_core.get("receivedOn") or row.at[:10], keys
    for row in Notice.select().where(~Notice.withdrawn):
        yield "notice", row.id, None, row.at[:10], keys_of(row.who, "", row.place, "")
