"""A form as a declared shape: its fields with their bounds once, and a sentence beside each field that does not fit.

Nothing typed is cut or lost: what does not fit comes back as it was typed, with what to do about it. A page that shows
its form itself asks `read_form`; a form whose answer is another page asks `checked`, and `refused_forms` does the rest.
No other page looks into `request.form` (`tests/desk_pages/test_forms.py`).
"""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, TypeVar, get_args, get_origin

from flask import g, request
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError
from werkzeug.datastructures import MultiDict

from ...core.errors import DeskError
from .words import typed_day

S = TypeVar("S", bound="Form")

Wrong = dict[str, str]  # field → sentence
UNFIT = "desk.form.refused"


def most(letters: int) -> StringConstraints:
    return StringConstraints(max_length=letters)


def needed(letters: int) -> StringConstraints:
    return StringConstraints(min_length=1, max_length=letters)


def one_of(codes: Iterable[str]) -> AfterValidator:
    known = tuple(codes)

    def is_known(value: str) -> str:
        if value not in known:
            raise PydanticCustomError("literal_error", "no such code")
        return value

    return AfterValidator(is_known)


def _day(text: Any) -> date | None:
    if not text:
        return None
    day = typed_day(text)
    if day is None:
        raise PydanticCustomError("day", "no day")
    return day


def _needed_day(text: Any) -> date:
    day = _day(text)
    if day is None:
        raise PydanticCustomError("day", "empty")
    return day


Line = Annotated[str, most(200)]
Text = Annotated[str, most(2000)]
NeededText = Annotated[str, needed(2000)]
# of a field: it holds an id, or a code that its action judges; nobody types it by hand
NAMES = "names a thing"
Id = Annotated[str, most(200), NAMES]
Ids = Annotated[list[Id], Field(default_factory=list)]
Secret = Annotated[str, StringConstraints(max_length=1000, strip_whitespace=False)]  # as typed, spaces too
Day = Annotated[date | None, BeforeValidator(_day)]
NeededDay = Annotated[date, BeforeValidator(_needed_day)]
Tick = Annotated[bool, BeforeValidator(bool)]
Yes = Annotated[bool, BeforeValidator(lambda text: text == "yes")]


class Form(BaseModel):
    """A field each; what else came is let be (the token, the mark)."""

    model_config = ConfigDict(str_strip_whitespace=True, extra="ignore", frozen=True, populate_by_name=True)


class WrongForm(Exception):
    """A form that was refused: the page at `back` shows it again as it was typed, with a sentence beside each field."""

    def __init__(self, back: str, wrong: Wrong, entries: str = UNFIT, **slots: Any) -> None:
        super().__init__(", ".join(wrong))
        self.back, self.wrong, self.told, self.slots = back, wrong, entries, slots


def at_field(back: str, name: str, key: str, **slots: Any) -> WrongForm:
    """One field is wrong: the sentence of `key` begins the page and stands beside the field."""
    return WrongForm(back, {name: str(g.words.t(key, **slots))}, key, **slots)


def read_form(shape: type[S], prefix: str = "") -> tuple[S | None, Wrong]:
    """(what was sent, {}) or (None, field → sentence). `prefix` stands before the names of a row's fields."""
    sent = {
        name: _value(field, prefix + name) for name, field in _fields(shape) if prefix + name in request.form
    }
    try:
        return shape.model_validate(sent), {}
    except ValidationError as error:
        return None, {prefix + str(one["loc"][0]): _sentence(one) for one in error.errors()}


def checked(shape: type[S], back: str, entries: str = UNFIT) -> S:
    """What was sent. Raises WrongForm: the page at `back` shows it again; `entries` is the sentence it begins with."""
    sent, wrong = read_form(shape)
    if sent is None:
        raise WrongForm(back, wrong, entries)
    return sent


def sent(shape: type[S], prefix: str = "") -> S:
    """What was sent in a form that nobody fills in by hand: buttons, choices, ids. Raises DeskError malformed."""
    found, wrong = read_form(shape, prefix)
    if found is None:
        raise DeskError("malformed", ", ".join(wrong))
    return found


def typed(shape: type[Form], prefix: str = "") -> dict[str, Any]:
    """What was typed into each field, for the page that shows the form again; "" or [] where nothing was."""
    return {name: _value(field, prefix + name) for name, field in _fields(shape)}


def retyped(*shapes: type[Form]) -> dict[str, Any]:
    """As `typed`, of several forms of one page, but only the fields that were sent: others begin as the page says."""
    return {name: value for shape in shapes for name, value in typed(shape).items() if name in request.form}


def typed_names(names: Iterable[str], many: Iterable[str] = ()) -> dict[str, Any]:
    """What was typed into the fields of a table, which reads and bounds it; a list for the `many`."""
    return {name: _plain(request.form.get(name, "")) for name in names} | {
        name: [_plain(one) for one in request.form.getlist(name)] for name in many
    }


def sent_form() -> "MultiDict[str, str]":
    """The form as it came, for a table of `queries` that reads its own fields, rows among them."""
    return request.form


def _fields(shape: type[Form]) -> list[tuple[str, FieldInfo]]:
    return [(field.alias or name, field) for name, field in shape.model_fields.items()]


def _value(field: FieldInfo, name: str) -> Any:
    if _is_list(field.annotation):
        return [_plain(one) for one in request.form.getlist(name)]
    return _plain(request.form.get(name, ""))


def _is_list(annotation: Any) -> bool:
    return list in (annotation, get_origin(annotation)) or any(
        get_origin(one) is list for one in get_args(annotation)
    )


def _plain(text: str) -> str:
    """Browsers send a new line as two characters, and count it as one."""
    return text.replace("\r\n", "\n")


def _sentence(error: Any) -> str:
    """What to do about it."""
    if error["type"] == "string_too_long":
        longest, now = error["ctx"]["max_length"], len(error["input"].strip())
        return str(g.words.t("desk.form.too_long", most=longest, now=now))
    if error["type"] == "day":
        return str(g.words.t("desk.error.day_missing"))
    is_unknown = error["type"] == "literal_error" and error["input"] != ""
    return str(g.words.t("desk.form.no_such" if is_unknown else "desk.form.missing"))
