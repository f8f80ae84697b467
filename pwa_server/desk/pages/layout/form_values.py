"""What a form gives, read: days, times."""

from datetime import date

from ...queries.form_times import is_clock, typed_time
from .words import typed_day

LONGEST_NOTE = 500  # characters of a note to whoever takes over

__all__ = ["LONGEST_NOTE", "is_clock", "read_day", "read_when"]


def read_when(on: str, at: str) -> str | None:
    """A day and a time of the form, in Japan, as they are stored; None when they are none. No time: nine o'clock."""
    return typed_time(on, at or "09:00")


def read_day(text: str) -> date | None:
    return typed_day(text)
