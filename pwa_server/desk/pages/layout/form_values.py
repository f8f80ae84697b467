"""What a form gives, read: days, times."""

from datetime import date, datetime

from ...core.clock import JAPAN, stamp

LONGEST_NOTE = 500  # characters of a note to whoever takes over


def read_when(on: str, at: str) -> str | None:
    """A day and a time of the form, in Japan, as they are stored; None when they are none."""
    try:
        return stamp(datetime.fromisoformat(f"{on}T{at or '09:00'}").replace(tzinfo=JAPAN))
    except ValueError:
        return None


def read_day(text: str) -> date | None:
    """A day of the form; None when it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
