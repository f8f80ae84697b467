"""What a date, a number or a text may be if it means anything (EVENTS.md, "Limits and grammars").

One function a kind, for the fields of a form and for events alike. They compare digits, never clocks or calendars
of the machine, so that both twins draw the line at the same second.
"""

from datetime import UTC, datetime
from typing import Any

from sync.encoding import is_date, is_int, is_time

Years = tuple[int, int]

WORK_YEARS = (2000, 2100)  # when something was done, or is to be done
LIFE_YEARS = (1900, 2100)  # what people tell of their lives
MAX_TEXT = 20_000  # UTF-16 units of a box
MAX_LINE = 2_000  # and of a line
MAX_LIST = 200
MAX_AMOUNT = 999_999_999
MAX_VERSION = 999_999
MAX_REV = 999_999_999_999
MAX_STORAGE_BYTES = 99_999_999_999_999
MAX_PIXELS = 20_000
MAX_VISIT_SECONDS = 7 * 24 * 3600
HOUR = 3600
DAY = 24 * HOUR
YEAR = 366 * DAY


def is_plausible_date(value: object, years: Years = WORK_YEARS) -> bool:
    """`YYYY-MM-DD` of these years, both included."""
    return isinstance(value, str) and is_date(value) and years[0] <= int(value[:4]) <= years[1]


def is_plausible_time(value: object, years: Years = WORK_YEARS) -> bool:
    """A time of the wire (SPEC 1.6) of these years, in UTC."""
    return isinstance(value, str) and is_time(value) and years[0] <= int(value[:4]) <= years[1]


def is_life_date(value: object) -> bool:
    """A day of somebody's life: born in 1931, left hospital in 1987."""
    return is_plausible_date(value, LIFE_YEARS)


def is_plausible_span(begin: Any, end: Any) -> bool:
    """Whether one contact can have begun and ended so; both are times of the wire."""
    return 0 <= seconds_between(begin, end) <= MAX_VISIT_SECONDS


def is_near(value: Any, at: Any, before: int, after: int) -> bool:
    """Whether a time of the wire lies at most so many seconds before or after another."""
    return -before <= seconds_between(at, value) <= after


def seconds_between(begin: str, end: str) -> int:
    """Whole seconds from one time of the wire to another; fractions are left out."""
    return _seconds(end) - _seconds(begin)


def is_plausible_amount(value: object) -> bool:
    """A number somebody typed: of people, of yen, of degrees below nought."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MAX_AMOUNT


def is_count(value: object, most: int) -> bool:
    """A whole number from nought."""
    return is_int(value) and isinstance(value, int) and value <= most


def is_text(value: object, most: int = MAX_TEXT) -> bool:
    """A text of a box."""
    return isinstance(value, str) and utf16_length(value) <= most


def is_line(value: object) -> bool:
    """A text of one line: a name, a title, a place."""
    return is_text(value, MAX_LINE)


def utf16_length(text: str) -> int:
    """Length as JavaScript counts, so that both ends draw the line at the same letter."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text[:19]).replace(tzinfo=UTC).timestamp())
