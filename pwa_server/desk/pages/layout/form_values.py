"""What a form gives, read: days, times."""

from datetime import date, datetime

from sync.bounds import is_plausible_date

from ...core.clock import JAPAN, stamp
from .words import typed_day

LONGEST_NOTE = 500  # characters of a note to whoever takes over


def read_when(on: str, at: str) -> str | None:
    """A day and a time of the form, in Japan, as they are stored; None when they are none."""
    if not is_plausible_date(on) or not is_clock(at or "09:00"):
        return None
    return stamp(datetime.fromisoformat(f"{on}T{at or '09:00'}").replace(tzinfo=JAPAN))


def is_clock(text: str) -> bool:
    """A time of day, HH:MM."""
    try:
        return len(text) == 5 and bool(datetime.strptime(text, "%H:%M"))  # noqa: DTZ007 - a time of day
    except ValueError:
        return False


def read_day(text: str) -> date | None:
    return typed_day(text)
