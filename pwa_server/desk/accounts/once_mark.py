"""The mark of the form that is being taken in, and the table of those that were (`once`)."""

from contextvars import ContextVar
from datetime import timedelta
from typing import Any

from peewee import TextField

from ..core.clock import stamp
from ..core.tables import Row

KEPT_FOR = timedelta(days=2)
mark: ContextVar[str] = ContextVar("mark", default="")


class OnceMark(Row):
    """A form that was taken in. `location`: where its answer led; "" when that is not known or was a page."""

    id = TextField(primary_key=True)
    location = TextField()
    at = TextField(index=True)


def keep_mark(desk: Any) -> None:
    """Inside the transaction that writes an event: this form has done something."""
    if mark.get():
        OnceMark.insert(id=mark.get(), location="", at=desk.now()).on_conflict_ignore().execute()


def forget_old_marks(desk: Any) -> None:
    OnceMark.delete().where(OnceMark.at < stamp(desk.clock() - KEPT_FOR)).execute()
