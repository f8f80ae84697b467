"""Hours in which no reminder rings: the office's, and those a worker wants besides. Times of day are Japan's."""

from collections.abc import Collection
from datetime import datetime, timedelta

from ..core.clock import JAPAN, read_stamp, stamp
from ..core.tables import among
from ..models.office_and_cases import OfficeOption, OwnQuiet

QUIET = {"from": "21:00", "until": "07:00"}


def quiet_hours() -> dict[str, str]:
    """The office's hours without reminders, {"from", "until"} as times of day in Japan."""
    row = OfficeOption.get_or_none(OfficeOption.id == "quiet_hours")
    return dict(QUIET if row is None else row.value)


def quiet_of(staff: str) -> list[dict[str, str]]:
    """Every span in which this person's phone is not woken by a reminder: the office's, then their own."""
    return quiet_of_each([staff])[staff]


def quiet_of_each(staff: Collection[str]) -> dict[str, list[dict[str, str]]]:
    """The same of many, asked once."""
    office = quiet_hours()
    spans = {one: [dict(office)] for one in staff}
    for own in OwnQuiet.select().where(among(OwnQuiet.id, list(staff))):
        if own.begins and own.ends:
            spans[own.id].append({"from": own.begins, "until": own.ends})
    return spans


def after_all(at: str, spans: list[dict[str, str]]) -> str:
    """The first moment from `at` on that lies in none of them; `at` itself if they fill the day between them."""
    found = at
    for _ in range(2 * len(spans)):
        for span in spans:
            found = after_quiet(found, span)
        if all(after_quiet(found, span) == found for span in spans):
            return found
    return at


def after_quiet(at: str, quiet: dict[str, str]) -> str:
    """The time itself, or the end of the quiet hours it falls into."""
    begins, ends = quiet.get("from", ""), quiet.get("until", "")
    if not begins or not ends or begins == ends:
        return at
    local = read_stamp(at).astimezone(JAPAN)
    clock = f"{local:%H:%M}"
    inside = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    if not inside:
        return at
    hour, minute = (int(part) for part in ends.split(":"))
    end: datetime = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return stamp(end if end > local else end + timedelta(days=1))
