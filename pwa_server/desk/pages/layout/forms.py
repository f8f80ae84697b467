"""A form as a declared shape: its fields with their bounds once, and a sentence beside each field that does not fit.

Nothing typed is cut or lost: what does not fit comes back as it was typed, with what to do about it.
"""

from typing import Annotated, Any, TypeVar, get_origin

from flask import g, request
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

S = TypeVar("S", bound="Form")

Line = Annotated[str, StringConstraints(max_length=200)]
Text = Annotated[str, StringConstraints(max_length=2000)]
NeededText = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class Form(BaseModel):
    """A field each; what else came is let be (the token, the mark)."""

    model_config = ConfigDict(str_strip_whitespace=True, extra="ignore", frozen=True)


def read_form(shape: type[S]) -> tuple[S | None, dict[str, str]]:
    """(what was sent, {}) or (None, field → sentence)."""
    sent = {
        name: request.form.getlist(name) if get_origin(field.annotation) is list else request.form[name]
        for name, field in shape.model_fields.items()
        if name in request.form
    }
    try:
        return shape.model_validate(sent), {}
    except ValidationError as error:
        return None, {str(one["loc"][0]): _sentence(one) for one in error.errors()}


def typed(shape: type[Form]) -> dict[str, Any]:
    """What was typed into each field, for the page that shows the form again; "" or [] where nothing was."""
    return {
        name: request.form.getlist(name)
        if get_origin(field.annotation) is list
        else request.form.get(name, "")
        for name, field in shape.model_fields.items()
    }


def _sentence(error: Any) -> str:
    """What to do about it."""
    if error["type"] == "string_too_long":
        most, now = error["ctx"]["max_length"], len(error["input"].strip())
        return str(g.words.t("desk.form.too_long", most=most, now=now))
    is_unknown = error["type"] == "literal_error" and error["input"] != ""
    return str(g.words.t("desk.form.no_such" if is_unknown else "desk.form.missing"))
