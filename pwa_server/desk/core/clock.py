"""The desk's clock, passed in everywhere so that a test can hold it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

Clock = Callable[[], datetime]

# The calendar of the people who use this: follow-ups are due on a day in Japan.
JAPAN = timezone(timedelta(hours=9), "JST")


def wall_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


# A day from either end of what Python can hold, so that no zone leads beyond it.
EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
LATEST = datetime(9999, 12, 30, tzinfo=UTC)


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds and `Z`: one width, so texts sort as times do."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def read_stamp(text: str) -> datetime:
    """Read a stored time. One that cannot be read, or of a year nobody lives in, stops nobody: it is the earliest."""
    try:
        read = datetime.fromisoformat(text)
        return LATEST if read.year > LATEST.year - 1 else EARLIEST if read.year < 2 else read.astimezone(UTC)
    except (ValueError, TypeError):
        return EARLIEST


def plain(text: str) -> str:
    """A stored time in the one width, whatever the writer's: then the order of texts is the order of times."""
    return stamp(read_stamp(text))


def day_in_japan(text: str) -> date:
    """The Japanese calendar day of a stored time."""
    return read_stamp(text).astimezone(JAPAN).date()
