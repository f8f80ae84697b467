"""What was typed into a form of declared texts, as an event carries it, and what is wrong with it by field."""

from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, create_model

from ..models.free_texts import FreeText

Fields = tuple[FreeText, ...]


@cache
def form_of(fields: Fields, **more: Any) -> type[BaseModel]:
    """These texts, each within its length, and what `more` declares besides; anything else is refused."""
    form: dict[str, Any] = dict(more)
    for one in fields:
        shortest = 1 if one.needed else 0
        bound = StringConstraints(strip_whitespace=True, min_length=shortest, max_length=one.longest)
        form[one.name] = (Annotated[str, bound], ... if one.needed else "")
    return create_model("Texts", __config__=ConfigDict(extra="forbid"), **form)


def read(fields: Fields, entries: dict[str, Any], **more: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """(what an event carries, {field: "missing" | "too_long" | "wrong"})."""
    try:
        return form_of(fields, **more)(**entries).model_dump(), {}
    except ValidationError as error:
        return {}, {str(one["loc"][0]): _fault(one, entries) for one in error.errors()}


def _fault(error: Any, entries: dict[str, Any]) -> str:
    value = entries.get(str(error["loc"][0]))
    if not (value.strip() if isinstance(value, str) else value):
        return "missing"
    return "too_long" if error["type"] == "string_too_long" else "wrong"
