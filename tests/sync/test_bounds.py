"""The table of limits in EVENTS.md is what both twins ask, and the days around each bound fall where it says."""

import re
from pathlib import Path

import pytest

from sync import bounds, events, limits

ROOT = Path(__file__).parents[2]
TOLD = (ROOT / "sync" / "EVENTS.md").read_text("utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TOLD.partition("## Limits and grammars")[2].partition("\n## ")[0].splitlines()
    if line.startswith("|")
]
NUMBERED = [row for row in ROWS if len(row) == 4 and (name := re.search(r"\(`(MAX_\w+)`", row[1])) and name]


def number(name):
    return getattr(bounds, name, None) or getattr(limits, name)


@pytest.mark.parametrize("row", NUMBERED, ids=lambda row: re.search(r"MAX_\w+", row[1])[0])
def test_the_table_has_the_numbers_of_the_code(row):
    assert int(row[3]) == number(re.search(r"\(`(MAX_\w+)`", row[1])[1])


def test_the_table_names_every_bound_of_events():
    named = set(re.findall(r"`(MAX_\w+)`", TOLD))
    code = (ROOT / "sync" / "bounds.py").read_text("utf-8")
    assert set(re.findall(r"^(MAX_\w+)", code, re.M)) | {"MAX_RUN", "MAX_UNSENT", "MAX_APP"} <= named


def test_the_years_are_those_of_the_table():
    told = {row[0].split(" (")[0]: row[2:] for row in ROWS if len(row) == 4}
    for kind, years in (("DATE", bounds.WORK_YEARS), ("DATE of somebody's life", bounds.LIFE_YEARS)):
        assert [int(cell.strip("`")[:4]) for cell in told[kind]] == list(years)
    assert all(bounds.is_plausible_time(cell.strip("`")) for cell in told["TIME"])


def test_how_near_is_what_the_table_says():
    rows = [[cell.strip("`") for cell in row] for row in ROWS]
    told = {row[0]: (row[1], int(row[2]), int(row[3])) for row in rows if row[0] in events.NEAR}
    assert told == dict(events.NEAR)


def test_both_twins_have_the_same_numbers():
    there = "".join((ROOT / "sync" / name).read_text("utf-8") for name in ("limits.js", "bounds.js"))
    for name, value in re.findall(r"^export const (\w+) = ([0-9_]+)\b(?! \*)", there, re.M):
        assert number(name) == int(value), name
    near = re.findall(
        r'\["([\w.]+)", \["([\w.]+)", ([^\]]+)\]\]', (ROOT / "sync" / "events.js").read_text("utf-8")
    )
    units = {"HOUR": bounds.HOUR, "DAY": bounds.DAY, "YEAR": bounds.YEAR}
    read = {
        type_: (field, *(_seconds(side, units) for side in sides.split(", "))) for type_, field, sides in near
    }
    assert read == dict(events.NEAR)


def _seconds(text, units):
    """`31 * DAY`, `DAY + HOUR`"""
    total = 0
    for part in text.split(" + "):
        product = 1
        for factor in part.split(" * "):
            product *= units.get(factor) or int(factor)
        total += product
    return total


def test_a_belief_never_uses_up_the_runs():
    from sync.chain import believed

    assert believed(1_790_000_001, 1_790_000_000) == 1_790_000_001
    assert believed(limits.MAX_BELIEVED_RUN, 5) == limits.MAX_BELIEVED_RUN
    assert believed(limits.MAX_RUN, 1_790_000_000) == 1_790_000_000
    own = limits.MAX_BELIEVED_RUN + 7
    assert believed(own, own) == own
    assert believed(own + 1, own) == own
