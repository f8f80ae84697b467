"""Two corrections that crossed, field by field: what each says, and which of them changed it."""

import copy
from dataclasses import dataclass
from typing import Any

from sync.visit_fields import PATHS
from sync.visit_fields import value_at as at


@dataclass(frozen=True)
class Told:
    version: str
    by: str
    value: Any
    changed: bool


@dataclass(frozen=True)
class Field:
    path: str
    told: list[Told]
    proposed: str | None  # the version that alone changed it: taken unless somebody says otherwise


def fields(versions: list[Any]) -> list[Field]:
    """Every field the corrections differ in."""
    found = []
    for path in PATHS:
        values = [at(one.body, path) for one in versions]
        if all(value == values[0] for value in values):
            continue
        body = [
            Told(one.id, one.by, value, path in one.changed)
            for one, value in zip(versions, values, strict=True)
        ]
        changers = [one.version for one in body if one.changed]
        found.append(Field(path, body, changers[0] if len(changers) == 1 else None))
    return found


def put_together(versions: list[Any], taken: dict[str, str]) -> tuple[Any, dict[str, Any]]:
    """The version to go on from, and the whole record with the chosen value of each field."""
    by_id = {one.id: one for one in versions}
    base = versions[0]
    body: dict[str, Any] = copy.deepcopy(base.body)
    for path, version in taken.items():
        outer, _, inner = path.partition(".")
        value = at(by_id[version].body, path)
        if inner:
            body.setdefault(outer, {})[inner] = value
        elif value is None and outer not in by_id[version].body:
            body.pop(outer, None)
        else:
            body[outer] = value
    return base, body
