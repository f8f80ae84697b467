"""Days and times of day as forms have them, in Japan, and as they are stored."""

from datetime import datetime

from sync.bounds import is_plausible_date

from ..core.clock import JAPAN, read_stamp, stamp


def typed_time(on: str, at: str) -> str | None:
    """A day and a time of day of a form as they are stored; None when they are none."""
    if not is_plausible_date(on) or not is_clock(at):
        return None
    return stamp(datetime.fromisoformat(f"{on}T{at}").replace(tzinfo=JAPAN))


def day_and_clock(time: str | None) -> tuple[str, str]:
    """A stored time as the two fields of a form; both empty when there is none."""
    if not time:
        return "", ""
    local = read_stamp(time).astimezone(JAPAN)
    return local.date().isoformat(), local.strftime("%H:%M")


def is_clock(text: str) -> bool:
    """A time of day, HH:MM."""
    try:
        return len(text) == 5 and bool(datetime.strptime(text, "%H:%M"))  # noqa: DTZ007 - a time of day
    except ValueError:
        return False
