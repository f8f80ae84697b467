"""The desk's clock, passed in everywhere so that a test can hold it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

Clock = Callable[[], datetime]

# The calendar of the people who use this: follow-ups are due on a day in Japan.
JAPAN = timezone(timedelta(hours=9), "JST")


def wall_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds and `Z`: one width, so texts sort as times do."""
    moment = moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def moment(text: str) -> datetime:
    """Read an RFC 3339 time."""
    return datetime.fromisoformat(text).astimezone(UTC)


def plain(text: str) -> str:
    """A stored time in the one width, whatever the writer's: then the order of texts is the order of times."""
    return stamp(moment(text))


def day_in_japan(text: str) -> date:
    """The Japanese calendar day of a stored time."""
    return moment(text).astimezone(JAPAN).date()
