"""What a visit has, field by field (`visit_fields.json`): whoever shows, compares, searches or discloses it reads here.

Each field, in the order of a page: its path in the body; its kind, which says how it is told in words; the enumeration
of `events` its codes are of, and of its values for a grid; the class of data of `domain.md` 7.2 it belongs to; whether
a reviewer may ask about it, whether it is on a printed record, under which class it is searched; and how it stands in
a disclosure copy: whose words, and the reason it is masked with unless somebody decides otherwise (`ask`: nothing is
proposed). A field without `disclosure` stands in the copy's heading or in none of its words.

A field that came later is `added`: a choice among codes of its own, written here and nowhere else, or a free text.
Records of before lack it, so it may always be absent. Its shape, its place on the phone's form and in a correction, and
its line in EVENTS.md follow from this table. `python -m tools.visit_fields` writes what the phone reads of it.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class VisitField:
    path: str
    kind: str
    data_class: str
    codes: str | tuple[str, ...] = ""  # the name of an enumeration of `events`, or an added field's own
    values: str = ""
    ask: bool = False
    print: bool = False
    search: str = ""
    added: bool = False
    disclosure: tuple[str, str] | None = None  # source, reason


def _field(definition: dict[str, Any]) -> VisitField:
    how = definition.pop("disclosure", None)
    definition["data_class"] = definition.pop("class")
    if isinstance(definition.get("codes"), list):
        definition["codes"] = tuple(definition["codes"])
    return VisitField(**definition, disclosure=None if how is None else (how["source"], how["reason"]))


VISIT_FIELDS = tuple(
    _field(told) for told in json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))
)
PATHS = tuple(one.path for one in VISIT_FIELDS)
ADDED = tuple(one for one in VISIT_FIELDS if one.added)


def value_at(body: Any, path: str) -> Any:
    """What stands at a field path; None where nothing does."""
    for step in path.split("."):
        body = body.get(step) if isinstance(body, dict) else None
    return body


def texts_at(one: VisitField, body: Any) -> list[str]:
    """The free words of a field: what is searched and disclosed."""
    value = value_at(body, one.path)
    if not value:
        return []
    if one.kind == "text":
        return [str(value)]
    if one.kind == "texts":
        return [str(text) for text in value]
    if one.kind == "call":
        return [text for text in (value.get("to"), value.get("result")) if text]
    if one.kind == "left":
        return [value["what"]] if value.get("what") else []
    if one.kind == "promises":
        return [texts_at["text"] for texts_at in value if texts_at.get("text")]
    if one.kind == "checklist":
        return [answer["t"] for answer in value.get("answers", {}).values() if answer.get("t")]
    return []
