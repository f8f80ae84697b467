"""Which backups stay: the newest of each of the last hours, days, weeks and months, by the time in a backup's name.

Spans are counted among those that have a backup, so a clock that was wrong or a machine that was off thins out nothing
that is the only one of its time. The newest few always stay.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

NEWEST = 10
NAMED = re.compile(r"-([0-9]{6,})-([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{4})[^-]*\.backup$")
SPANS: dict[str, Callable[[datetime], tuple[int, ...]]] = {
    "h": lambda at: (at.year, at.month, at.day, at.hour),
    "d": lambda at: (at.year, at.month, at.day),
    "w": lambda at: tuple(at.isocalendar()[:2]),
    "m": lambda at: (at.year, at.month),
}


def read_kept(parts: Sequence[str]) -> dict[str, int]:
    """`24h 7d 5w 3m` as numbers by letter. Raises ValueError."""
    kept = {}
    for part in parts:
        if not re.fullmatch("[0-9]{1,4}[hdwm]", part) or part[-1] in kept:
            raise ValueError(part)
        kept[part[-1]] = int(part[:-1])
    return kept


def number_of(archive: Path) -> int:
    found = NAMED.search(archive.name)
    return int(found[1]) if found else 0


def superfluous(archives: Sequence[Path], kept: dict[str, int]) -> list[Path]:
    """Of these, which may go. `archives`: oldest first, as they are numbered."""
    stay = set(archives[-NEWEST:])
    for letter, many in kept.items():
        seen: set[tuple[int, ...]] = set()
        for archive in reversed(archives):
            at = time_of(archive)
            if at is None:
                stay.add(archive)
            elif (span := SPANS[letter](at)) not in seen and len(seen) < many:
                seen.add(span)
                stay.add(archive)
    return [archive for archive in archives if archive not in stay]


def time_of(archive: Path) -> datetime | None:
    found = NAMED.search(archive.name)
    try:
        return datetime.strptime(found[2], "%Y-%m-%dT%H%M") if found else None  # noqa: DTZ007 - UTC, as it was named
    except ValueError:
        return None
