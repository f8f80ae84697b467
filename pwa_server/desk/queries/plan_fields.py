"""What the forms of a plan have, field by field: whoever reads, shows, compares, prints or searches one reads here.

Each field: its name in the event and in the form (a row's part is `rows.part`), its kind, its bounds, the class of
data of `domain.md` 7.2, and whether it must be there. Its words are `desk.plan.field.NAME`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    StringConstraints,
    ValidationError,
    create_model,
)
from pydantic_core import PydanticCustomError

from sync.bounds import is_plausible_date

LINE, TEXT = 200, 2000  # letters
MOST_ROWS = 40
KINDS = ("multi_agency", "outreach", "participation")
RESULTS = ("fits", "fits_changed", "again")
DECISIONS = ("decided", "returned")
PROGRESS = ("ahead", "kept", "back", "not_begun")
METHODS = ("meeting", "visit", "phone", "papers", "other")
NEXT = ("go_on", "change", "conference", "closing")
CHANGES = (
    "isolation",
    "family",
    "medical",
    "housing",
    "money",
    "participation",
    "accepts_help",
    "work",
    "none",
    "other",
)
ENDS = ("reached", "handed_on", "moved", "refused", "no_contact", "died", "other")
STAYS = ("lead", "watch", "door")


@dataclass(frozen=True)
class PlanField:
    name: str
    kind: str  # line | text | date | number | choice | codes | flag | id | rows
    data_class: str = "plan"
    needed: bool = False
    codes: tuple[str, ...] = ()
    parts: tuple["PlanField", ...] = ()
    paper: bool = True  # on the printed sheet


Fields = tuple[PlanField, ...]
CONTENT = "plan_content"

PLAN: Fields = (
    PlanField("kinds", "codes", needed=True, codes=KINDS),
    PlanField("madeOn", "date", needed=True),
    PlanField("madeBy", "line"),
    PlanField(
        "issues",
        "rows",
        CONTENT,
        needed=True,
        parts=(
            PlanField("whose", "line", CONTENT, needed=True),
            PlanField("what", "text", CONTENT, needed=True),
            PlanField("topic", "line", CONTENT),
        ),
    ),
    PlanField(
        "wishes",
        "rows",
        CONTENT,
        parts=(
            PlanField("whose", "line", CONTENT, needed=True),
            PlanField("quote", "text", CONTENT, needed=True),
            PlanField("on", "date", CONTENT),
        ),
    ),
    PlanField("longGoal", "text", needed=True),
    PlanField("direction", "line"),
    PlanField(
        "goals",
        "rows",
        needed=True,
        parts=(
            PlanField("id", "id"),
            PlanField("text", "text", needed=True),
            PlanField("until", "date", needed=True),
        ),
    ),
    PlanField(
        "actions",
        "rows",
        needed=True,
        parts=(
            PlanField("id", "id"),
            PlanField("goal", "number", needed=True),
            PlanField("what", "text", needed=True),
            PlanField("organisation", "line", needed=True),
            PlanField("person", "line"),
            PlanField("until", "date", needed=True),
            PlanField("often", "line"),
        ),
    ),
    PlanField(
        "roles",
        "rows",
        needed=True,
        parts=(
            PlanField("lead", "flag"),
            PlanField("organisation", "line", needed=True),
            PlanField("person", "line"),
            PlanField("role", "line", needed=True),
            PlanField("contact", "line"),
        ),
    ),
    PlanField("services", "text"),
    PlanField("begins", "date", needed=True),
    PlanField("ends", "date", needed=True),
    PlanField("monitorOn", "date", needed=True),
    PlanField("beforeConsent", "text", CONTENT, paper=False),
)
PASSING: Fields = (
    PlanField("organisation", "line", needed=True),
    PlanField("person", "line"),
    PlanField("until", "date", needed=True),
    PlanField("what", "text", needed=True),
)
MONITORING: Fields = (
    PlanField("on", "date", needed=True),
    PlanField("method", "choice", needed=True, codes=METHODS),
    PlanField(
        "items",
        "rows",
        CONTENT,
        parts=(
            PlanField("goal", "id", CONTENT),
            PlanField("progress", "choice", needed=True, codes=PROGRESS),
            PlanField("fact", "text", CONTENT, needed=True),
        ),
    ),
    PlanField("next", "choice", needed=True, codes=NEXT),
    PlanField("why", "text", CONTENT),
    PlanField("nextOn", "date"),
)
CLOSING: Fields = (
    PlanField("on", "date", needed=True),
    PlanField(
        "changes",
        "rows",
        CONTENT,
        needed=True,
        parts=(
            PlanField("change", "choice", CONTENT, needed=True, codes=CHANGES),
            PlanField("who", "line", CONTENT),
            PlanField("fact", "text", CONTENT),
        ),
    ),
    PlanField("words", "text", CONTENT),
    PlanField("result", "choice", needed=True, codes=ENDS),
    PlanField(
        "stays",
        "rows",
        needed=True,
        parts=(
            PlanField("role", "choice", needed=True, codes=STAYS),
            PlanField("organisation", "line", needed=True),
            PlanField("person", "line"),
            PlanField("what", "text", needed=True),
            PlanField("until", "date"),
        ),
    ),
    PlanField("untold", "text", CONTENT),
)
FORMS: dict[str, Fields] = {
    "plan": PLAN,
    "passing": PASSING,
    "monitoring": MONITORING,
    "closing": CLOSING,
}


def typed(fields: Fields, form: Any, prefix: str = "") -> dict[str, Any]:
    """What stands in a form (a MultiDict), as it was typed. Rows in which nothing was typed are none."""
    found: dict[str, Any] = {}
    for one in fields:
        name = prefix + one.name
        if one.kind == "rows":
            found[one.name] = _typed_rows(one, form, name)
        elif one.kind == "codes":
            found[one.name] = form.getlist(name)
        else:
            found[one.name] = form.get(name, "")
    return found


def _typed_rows(one: PlanField, form: Any, name: str) -> list[dict[str, Any]]:
    """Each part comes once a row, in order; a flag is the number of its row."""
    columns = {part.name: form.getlist(f"{name}.{part.name}") for part in one.parts if part.kind != "flag"}
    flags = {part.name: form.get(f"{name}.{part.name}", "") for part in one.parts if part.kind == "flag"}
    words = [part.name for part in one.parts if part.kind not in ("id", "flag")]
    rows = []
    for number in range(max(map(len, columns.values()), default=0)):
        row: dict[str, Any] = {
            part: values[number] if number < len(values) else "" for part, values in columns.items()
        }
        if any(row[part].strip() for part in words):
            rows.append(row | {part: value == str(number) for part, value in flags.items()})
    return rows


def read(fields: Fields, entries: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """(values, {field: code of what is wrong}). A row's field is `rows.NUMBER.part`; the codes are those of FAULTS."""
    try:
        return _form(fields)(**entries).model_dump(), {}
    except ValidationError as error:
        return {}, {".".join(map(str, one["loc"])): _fault(one) for one in error.errors()}


FAULTS = {
    "string_too_short": "missing",
    "string_too_long": "too_long",
    "too_short": "missing",
    "too_long": "too_many",
    "missing": "missing",
    "date": "date",
    "number": "number",
    "needed": "missing",
}


def _fault(error: Any) -> str:
    if error["type"] == "literal_error" and not error["input"]:
        return "missing"
    return FAULTS.get(error["type"], "choice")


@cache
def _form(fields: Fields) -> type[BaseModel]:
    form: dict[str, Any] = {one.name: (_type(one), ...) for one in fields}
    return create_model("PlanForm", **form)


def _type(one: PlanField) -> Any:
    if one.kind == "date":
        return Annotated[str | None, BeforeValidator(_needed_day if one.needed else _day)]
    if one.kind == "number":
        return Annotated[int, BeforeValidator(_number)]
    if one.kind == "choice":
        return Literal[one.codes] if one.needed else Literal[("", *one.codes)]
    if one.kind == "codes":
        return Annotated[list[Literal[one.codes]], AfterValidator(_some if one.needed else list)]  # type: ignore[name-defined]
    if one.kind == "flag":
        return bool
    if one.kind == "rows":
        row: Any = _form(one.parts)
        return Annotated[list[row], AfterValidator(_few), AfterValidator(_some if one.needed else list)]
    most = TEXT if one.kind == "text" else LINE
    return Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=most, min_length=1 if one.needed else 0)
    ]


def _day(value: str) -> str | None:
    if not value.strip():
        return None
    if not is_plausible_date(value.strip()):
        raise PydanticCustomError("date", "no day")
    return value.strip()


def _needed_day(value: str) -> str | None:
    if not value.strip():
        raise PydanticCustomError("needed", "empty")
    return _day(value)


def _number(value: str) -> int:
    """Of a goal, from 1; digits of a Japanese keyboard count."""
    text = value.strip()
    if not text:
        raise PydanticCustomError("needed", "empty")
    if not text.isdecimal() or not 0 < len(text) < 4 or int(text) == 0:
        raise PydanticCustomError("number", "no number")
    return int(text)


def _some(rows: list[Any]) -> list[Any]:
    if not rows:
        raise PydanticCustomError("needed", "empty")
    return rows


def _few(rows: list[Any]) -> list[Any]:
    if len(rows) > MOST_ROWS:
        raise PydanticCustomError("too_long", "too many")
    return rows


def at_odds(values: dict[str, Any]) -> dict[str, str]:
    """What is wrong between the fields of a whole plan: who leads, which goal an action is for, how long it lasts."""
    wrong = {}
    if sum(one["lead"] for one in values["roles"]) != 1:
        wrong["roles.lead"] = "lead"
    for number, one in enumerate(values["actions"]):
        if one["goal"] > len(values["goals"]):
            wrong[f"actions.{number}.goal"] = "goal"
    if values["ends"] < values["begins"]:
        wrong["ends"] = "ends"
    return wrong


def cut(fields: Fields, body: dict[str, Any], classes: frozenset[str]) -> dict[str, Any]:
    """What of a body somebody who sees these classes may read; the rest is not there."""
    found = {}
    for one in fields:
        if one.data_class not in classes or one.name not in body:
            continue
        value = body[one.name]
        if one.kind == "rows":
            kept = [part.name for part in one.parts if part.data_class in classes]
            value = [{name: row[name] for name in (*kept, "staff") if name in row} for row in value]
        found[one.name] = value
    return found


def words_by_class(fields: Fields, body: dict[str, Any]) -> dict[str, list[str]]:
    """The free words of a body, by class: what is searched."""
    words_by_class: dict[str, list[str]] = {}
    for one, value in _leaves(fields, body):
        if one.kind in ("line", "text") and value:
            words_by_class.setdefault(one.data_class, []).append(str(value))
    return words_by_class


def _leaves(fields: Fields, body: dict[str, Any]) -> Iterator[tuple[PlanField, Any]]:
    for one in fields:
        value = body.get(one.name)
        if one.kind == "rows":
            for row in value or []:
                yield from _leaves(one.parts, row)
        else:
            yield one, value
