"""What was typed into a form of declared texts, as an event carries it, and what is wrong with it by field."""

from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, create_model

from ..models.free_texts import FreeText

Fields = tuple[FreeText, ...]


@cache
def form_of(fields: Fields, **more: Any) -> type[BaseModel]:
    """These texts, each within its length, and what `more` declares besides; anything else is refused."""
    told: dict[str, Any] = dict(more)
    for one in fields:
        shortest = 1 if one.needed else 0
        bound = StringConstraints(strip_whitespace=True, min_length=shortest, max_length=one.longest)
        told[one.name] = (Annotated[str, bound], ... if one.needed else "")
    return create_model("Texts", __config__=ConfigDict(extra="forbid"), **told)


def read(fields: Fields, told: dict[str, Any], **more: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """(what an event carries, {field: "missing" | "too_long" | "wrong"})."""
    try:
        return form_of(fields, **more)(**told).model_dump(), {}
    except ValidationError as error:
        return {}, {str(one["loc"][0]): _fault(one, told) for one in error.errors()}


def _fault(error: Any, told: dict[str, Any]) -> str:
    value = told.get(str(error["loc"][0]))
    if not (value.strip() if isinstance(value, str) else value):
        return "missing"
    return "too_long" if error["type"] == "string_too_long" else "wrong"
