"""What a page says: texts, terms and dates in the reader's language. What today is comes from the desk's clock."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pwa_server import texts
from pwa_server.dates import (
    MONTHS_EN,
    era_date,
    era_year,
    local,
    middle_date,
    readable_day,
    short_date,
)
from sync.bounds import LIFE_YEARS, is_plausible_date

from ...core.clock import read_stamp

LONGEST_SHOWN = 32


@dataclass(frozen=True)
class Words:
    lang: str
    now: datetime

    @property
    def today(self) -> date:
        return local(self.now).date()

    def t(self, key: str, **params: object) -> str:
        if not texts.has(self.lang, key) and self.is_of_a_group(key):
            return self.unknown(key.rpartition(".")[2])
        text = texts.t(self.lang, key, **params)
        return (
            text.replace("） ", "）") if self.lang == "ja" else text
        )  # the bracket of a weekday brings its own space

    def term(self, group: str, code: object) -> str:
        """A code in words. One that nobody knows is shown and said to be one: hiding it would hide a record."""
        key = f"{group}.{code}"
        return texts.t(self.lang, key) if texts.has(self.lang, key) else self.unknown(code)

    def unknown(self, code: object) -> str:
        """A code of a newer program, or of a row that went wrong: marked, so that a person finds and corrects it."""
        return self.t("desk.value.unknown", value=str(code)[:LONGEST_SHOWN]) if code else ""

    def is_of_a_group(self, key: str) -> bool:
        """Whether the last part of a key is a code somebody stored, and no key of ours that is missing."""
        group = key.rpartition(".")[0] + "."
        return any(known.startswith(group) for known in texts.catalogue(self.lang))

    def clock(self, text: str, beside: str = "") -> str:
        """9:05; beside a time of another day, 2/22（木）9:05."""
        at = in_japan(text)
        clock = f"{at.hour}:{at.minute:02d}"
        if not beside or readable_day(beside) in (None, at.date()):
            return clock
        return self.join(self.short(at.date()), clock)

    def span(self, begins: str, ends: str | None = None) -> str:
        """10:05–10:32; within one minute 10:05; with an end on another day, 20:08–2/21（水）17:08."""
        if not ends or ends[:16] == begins[:16]:
            return self.clock(begins)
        return f"{self.clock(begins)}–{self.clock(ends, beside=begins)}"

    def unreadable(self, text: object) -> str:
        """What stands where a date should: shown as it came, so that a person finds and corrects it."""
        return self.t("desk.when.unreadable", value=str(text or "")[:LONGEST_SHOWN])

    def day(self, text: str | date) -> str:
        """令和6年2月29日（木）, or 29 Feb 2024 (Thu)."""
        day = readable_day(text)
        return self.unreadable(text) if day is None else era_date(day, self.lang)

    def short(self, text: str | date) -> str:
        """2/29（木） in dense tables; with its year when that is another one."""
        day = readable_day(text)
        return self.unreadable(text) if day is None else short_date(day, self.lang, self.today)

    def bare(self, text: str | date) -> str:
        """2/29（木） where the year stands above."""
        day = readable_day(text)
        return self.unreadable(text) if day is None else short_date(day, self.lang)

    def middle(self, text: str | date) -> str:
        """2月29日（木） in headings; with its year when that is another one."""
        day = readable_day(text)
        return self.unreadable(text) if day is None else middle_date(day, self.lang, self.today)

    def era(self, text: str | date) -> str:
        day = readable_day(text)
        if day is None:
            return ""
        return str(day.year) if self.lang == "en" else era_year(day)

    def month(self, day: date) -> str:
        return MONTHS_EN[day.month - 1] if self.lang == "en" else f"{day.month}月"

    def when(self, text: str | None) -> str:
        """今日 8:12, 昨日 18:20, else the day and the time."""
        if not text:
            return ""
        if readable_day(text) is None:
            return self.unreadable(text)
        at = in_japan(text)
        clock = f"{at.hour}:{at.minute:02d}"
        if at.date() == self.today:
            return self.t("desk.when.today", clock=clock)
        if at.date() == self.today - timedelta(days=1):
            return self.t("desk.when.yesterday", clock=clock)
        return self.join(self.short(at.date()), clock)

    def stamp(self, text: str | datetime) -> str:
        """A full moment, for what must be exact later: 令和6年2月29日（木）9:05."""
        if readable_day(text) is None:
            return self.unreadable(text)
        at = local(text) if isinstance(text, datetime) else in_japan(text)
        return self.join(era_date(at.date(), self.lang), f"{at.hour}:{at.minute:02d}")

    def join(self, day: str, clock: str) -> str:
        return day + clock if day.endswith("）") else f"{day} {clock}"

    def days_since(self, text: str | date) -> int:
        """Nought for a date nobody can read: nothing is made of it."""
        day = readable_day(text)
        return 0 if day is None else (self.today - day).days


def in_japan(text: str) -> datetime:
    """A stored time in Japan's zone."""
    return local(read_stamp(text))


def as_date(text: str | date) -> date:
    """The calendar day in Japan of a stored time, or a stored DATE as it is; the first of all days for what is none."""
    return readable_day(text) or date.min


def typed_day(text: str) -> date | None:
    """A day of a form; None for what is none, or of a year nobody can mean."""
    return date.fromisoformat(text) if is_plausible_date(text, LIFE_YEARS) else None
