"""Rows as one person may read them: the gate between the read model and whoever asks.

A field whose class this person may not see is `Hidden`: empty, and known as hidden, so that no page can say "none"
where it means "not for you". Nothing is ever taken out of the database; a row that loses something is a copy.
"""

from collections.abc import Iterable
from typing import Any

from ..models.office_and_cases import CaseFile, Member, TwoValues
from .access import Actor, may, sees_all, ties
from .field_classes import AUTHORS, FIELDS, MIXED, class_of_field


class Hidden(str):
    """In the place of a text: empty and false."""

    __slots__ = ()


class HiddenList(list[Any]):
    """In the place of a list or an object."""

    def get(self, *_: Any) -> "Hidden":
        return Hidden()


def is_hidden(value: object) -> bool:
    return isinstance(value, Hidden | HiddenList)


def shown(actor: Actor, row: Any, place: str = "desk") -> Any:
    """The row itself when this person may see all of it, else a copy without what they may not."""
    table = type(row)
    case = row.id if table is CaseFile else getattr(row, "case", None)
    author = getattr(row, AUTHORS[table]) if table in AUTHORS else None
    asked: dict[str, bool] = {}
    gone = []
    for name, data_class in FIELDS[table].items():
        data_class = _class_in(row, data_class)
        if not data_class:
            continue
        if data_class not in asked:
            asked[data_class] = may(actor, "see", data_class, case, author=author, place=place)
        if not asked[data_class]:
            gone.append(name)
    return _without(row, gone) if gone else row


def _class_in(row: Any, data_class: str) -> str:
    """A value two people told differently has the class of its field; other mixed bodies are looked into elsewhere."""
    if data_class == MIXED:
        return class_of_field(row.thing, row.field) if isinstance(row, TwoValues) else ""
    return data_class


def _without(row: Any, names: list[str]) -> Any:
    kept: dict[str, Any] = dict(row.__data__)
    for name in names:
        kept[name] = HiddenList() if isinstance(kept[name], list | dict) else Hidden()
    return type(row)(**kept)


def all_shown(actor: Actor, rows: Iterable[Any], place: str = "desk") -> list[Any]:
    """The same for many."""
    return [shown(actor, row, place) for row in rows]


def lists(actor: Actor, data_class: str) -> bool:
    """Whether a list over many cases may speak of this class at all.

    Where a role reads it only of what it opened in an emergency or wrote itself, "none" would not be so.
    """
    return sees_all(actor, data_class) or bool({"assigned", "organisation"} & ties(actor, data_class)[0])


def household_of(actor: Actor, case: Any, place: str = "desk") -> dict[str, Any]:
    """The household as `case.opened` wrote it, by the same map: people, what is told of their health, its summary."""
    household: dict[str, Any] = dict(case.household)
    if not may(actor, "see", FIELDS[Member]["label"], case.id, place=place):
        household |= {name: [] for name in ("members", "unions", "parentage") if name in household}
    if not may(actor, "see", FIELDS[Member]["labels"], case.id, place=place):
        household["members"] = [one | {"labels": []} for one in household.get("members", [])]
    if not may(actor, "see", FIELDS[CaseFile]["summary"], case.id, place=place):
        household |= {name: "" for name in ("summary", "note") if name in household}
    return household
