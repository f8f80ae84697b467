"""What was written in a form of a consultation, as the answers an event carries, and what is wrong with it by field."""

import re
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError, create_model

from ..models.consultations import BY_NAME, FIELDS, REPORTED_OPTION, Field
from ..models.office_and_cases import OfficeOption

LONGEST = {"text": 200, "long": 4000, "staff": 60}
NUMBER = re.compile(r"[0-9A-Za-zぁ-んァ-ヶ一-龠ー－・/_.-]{1,24}")


def _day(value: Any) -> Any:
    """A day a calendar has, as it is spelled in events."""
    return date.fromisoformat(value).isoformat() if value else None


def _type(field: Field) -> Any:
    if field.kind == "day":
        return Annotated[str | None, BeforeValidator(_day)]
    if field.kind == "one":
        return Literal[field.codes] if field.needed else Literal[("", *field.codes)]
    if field.kind == "many":
        return list[Literal[field.codes]]  # type: ignore[name-defined]
    longest = LONGEST[field.kind]
    return Annotated[str, StringConstraints(strip_whitespace=True, max_length=longest)]


@cache
def _form() -> type[BaseModel]:
    """Every field of the table with its type; what is not in the table is refused."""
    fields: dict[str, Any] = {}
    for one in FIELDS:
        usual: Any = {"day": None, "many": []}.get(one.kind, "")
        fields[one.name] = (_type(one), ...) if one.needed else (_type(one), usual)
    return create_model("Answers", __config__=ConfigDict(extra="forbid"), **fields)


def read(entries: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """(answers, {field: "missing" | "wrong" | "too_long"}). Nothing wrong: the answers are whole."""
    try:
        return _form()(**entries).model_dump(), {}
    except ValidationError as error:
        return {}, {str(one["loc"][0]): _fault(one, entries) for one in error.errors()}


def _fault(error: Any, entries: dict[str, Any]) -> str:
    if not entries.get(str(error["loc"][0])):
        return "missing"
    return "too_long" if error["type"] == "string_too_long" else "wrong"


def changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Fields whose answer is another now; one that was never answered and is empty is none."""
    return {name: value for name, value in after.items() if (before.get(name) or None) != (value or None)}


def answers_of(row: Any) -> dict[str, Any]:
    """Every answer of a consultation, by field."""
    return {one.name: getattr(row, one.column).get(one.name) for one in FIELDS}


def asked(field: Field, consent: str) -> bool:
    """Whether a field counts: those of the variant that was not chosen are kept, and not used."""
    return not field.variant or (field.variant == "with") == (consent == "given")


def reported() -> frozenset[str]:
    """Names of the fields this office reports to the state."""
    row = OfficeOption.get_or_none(OfficeOption.id == REPORTED_OPTION)
    usual = {one.name for one in FIELDS if one.reported}
    return frozenset(usual if row is None else set(row.value) & BY_NAME.keys())
