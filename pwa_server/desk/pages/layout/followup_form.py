"""The form of a new follow-up: what, when, with whom; the same on the page of a case and in the list of all."""

from typing import Annotated

from pydantic import Field

from sync.events import FOLLOWUP_KINDS, NEXT_WITH

from .form_values import read_when
from .forms import Form, Id, Line, at_field, most, one_of

LONGEST_NOTE = 500


class Planned(Form):
    """`no`: the number of its case, where the form does not stand at one."""

    no: Line = ""
    on: Id = ""
    at: Id = ""
    kind: Annotated[str, one_of(FOLLOWUP_KINDS)]
    with_whom: Annotated[str, one_of(NEXT_WITH)] = Field(alias="with")
    note: Annotated[str, most(LONGEST_NOTE)] = ""
    staff: Id = ""
    view: Id = ""


def planned_at(on: str, at: str, back: str) -> str:
    """The moment, as it is stored. Raises WrongForm."""
    moment = read_when(on, at)
    if moment is None:
        raise at_field(back, "on", "desk.error.when_missing")
    return moment
