"""What may be the same household: compared by name, reading, address and telephone in one spelling.

Told are only the kind, the day and what is alike. Contents are read where they stand, by whoever may.
"""

from dataclasses import dataclass
from typing import Any

from ..core.tables import among
from ..models.alike import AlikeKey
from ..models.community import Notice
from ..models.consultations import Consultation
from ..models.office_and_cases import Begun, CaseFile
from ..projections.alike import CONTACT, Keys, keys_of

MOST = 10
MOST_ROWS = 500  # of one spelling: a block of flats has one address


@dataclass(frozen=True)
class Alike:
    kind: str  # case | begun | consultation | notice
    id: str
    case: str | None
    on: str
    why: tuple[str, ...]  # name | reading | address | telephone


def alike(answers: dict[str, Any], but: frozenset[str] = frozenset()) -> list[Alike]:
    """Households, consultations and notices like these answers. `but`: ids that are this one itself."""
    mine = keys_of(*(answers.get(name) for name in CONTACT))
    why: dict[tuple[str, str], list[str]] = {}
    for (kind, id_, _), theirs in _near(mine).items():
        same = why.setdefault((kind, id_), [])
        same += [one for one in _why(mine, theirs) if one not in same]
    days = _days(why)
    found = [
        Alike(kind, id_, id_ if kind in ("case", "begun") else None, days[kind, id_], tuple(same))
        for (kind, id_), same in why.items()
        if same and id_ not in but and (kind, id_) in days
    ]
    return sorted(found, key=lambda one: (-len(one.why), one.kind, one.on, one.id))[:MOST]


def _near(mine: Keys) -> dict[tuple[str, str, str], Keys]:
    """What has one of these spellings: (kind, id, of whom) → its keys. A household has a row for each person."""
    near: dict[tuple[str, str, str], Keys] = {}
    for key in set(mine.values()):
        for row in AlikeKey.select().where(AlikeKey.key == key).order_by(AlikeKey.id).limit(MOST_ROWS):
            near.setdefault((row.kind, row.case or row.thing, row.thing), {})[row.what] = key
    return near


def _why(mine: Keys, theirs: Keys) -> tuple[str, ...]:
    same = [what for what, text in mine.items() if theirs.get(what) == text]
    # A name told in kana, or a reading where only a name is known.
    crossed = mine.get("reading") and mine["reading"] == theirs.get("name")
    if (crossed or (mine.get("name") and mine["name"] == theirs.get("reading"))) and "reading" not in same:
        same.append("reading")
    return tuple(same)


def _days(found: dict[tuple[str, str], list[str]]) -> dict[tuple[str, str], str]:
    """When each of them began. What became a case, or was taken back, is none."""

    def rows(kind: str, table: Any, column: Any) -> Any:
        return table.select().where(among(column, [id_ for one, id_ in found if one == kind]))

    days = {("case", row.id): row.opened_on for row in rows("case", CaseFile, CaseFile.id)}
    days |= {("begun", row.case): row.at[:10] for row in rows("begun", Begun, Begun.case)}
    days |= {
        ("consultation", row.id): row.told_core.get("receivedOn") or row.at[:10]
        for row in rows("consultation", Consultation, Consultation.id)
        if row.state != "case"
    }
    days |= {
        ("notice", row.id): row.at[:10] for row in rows("notice", Notice, Notice.id) if not row.withdrawn
    }
    return days
