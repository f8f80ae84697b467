"""Dates as people read them: 令和6年2月21日（水） in Japanese, 21 Feb 2024 (Wed) in English.

Pure functions of a date in the office's own time zone; what today is, the caller says.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

YEARS = (1850, 2150)  # beyond these a date is a slip of the hand, and is shown as one
TOKYO = ZoneInfo("Asia/Tokyo")
DAYS_JA = "月火水木金土日"
DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# First day of each era (改元): the day itself belongs to the new one.
ERAS = (
    (date(2019, 5, 1), "令和"),
    (date(1989, 1, 8), "平成"),
    (date(1926, 12, 25), "昭和"),
    (date(1912, 7, 30), "大正"),
    (date(1868, 10, 23), "明治"),
)


def era_year(day: date) -> str:
    """令和6年; the first year of an era is 元年. Before 明治 the plain year."""
    for first, name in ERAS:
        if day >= first:
            year = day.year - first.year + 1
            return f"{name}{'元' if year == 1 else year}年"
    return f"{day.year}年"


def era_date(day: date, lang: str = "ja") -> str:
    """The full date with its weekday."""
    if lang == "en":
        return f"{day.day} {MONTHS_EN[day.month - 1]} {day.year} ({DAYS_EN[day.weekday()]})"
    return f"{era_year(day)}{day.month}月{day.day}日（{DAYS_JA[day.weekday()]}）"


def short_date(day: date, lang: str = "ja", today: date | None = None) -> str:
    """2/21（水）, or 21 Feb (Wed); seen from a day of another year 2024/2/21（水）, or 21 Feb 2024 (Wed)."""
    other = today is not None and today.year != day.year
    if lang == "en":
        year = f" {day.year}" if other else ""
        return f"{day.day} {MONTHS_EN[day.month - 1]}{year} ({DAYS_EN[day.weekday()]})"
    return f"{f'{day.year}/' if other else ''}{day.month}/{day.day}（{DAYS_JA[day.weekday()]}）"


def middle_date(day: date, lang: str, today: date) -> str:
    """2月21日（水）, or 21 Feb (Wed); seen from a day of another year 令和6年2月21日（水）, or 21 Feb 2024 (Wed)."""
    if lang == "en":
        return short_date(day, lang, today)
    middle_date = era_date(day, lang)
    return middle_date if today.year != day.year else middle_date.removeprefix(era_year(day))


def readable_day(text: object) -> date | None:
    """The calendar day in Japan of a stored time or DATE; None for what is none, or of a year nobody can mean."""
    try:
        if isinstance(text, datetime):
            day = local(text).date()
        elif isinstance(text, date):
            day = text
        elif isinstance(text, str) and len(text) == 10:
            day = date.fromisoformat(text)
        else:
            day = local(datetime.fromisoformat(str(text))).date()
    except (ValueError, OverflowError):
        return None
    return day if YEARS[0] <= day.year <= YEARS[1] else None


def local(at: datetime) -> datetime:
    """A moment in Japan's time. Raises ValueError for one without a zone: guessing it moves visits by hours."""
    if at.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return at.astimezone(TOKYO)


def read_time(text: str) -> datetime:
    """A protocol time (RFC 3339 UTC with Z, SPEC 1.6). Raises ValueError."""
    if not text.endswith("Z"):
        raise ValueError(f"not a UTC time: {text!r}")
    return datetime.fromisoformat(text)


def moment(text: str, lang: str = "ja") -> str:
    """A protocol time as 2/21（水） 14:05 in Japan's time."""
    at = local(read_time(text))
    return f"{short_date(at.date(), lang)} {at:%H:%M}"
