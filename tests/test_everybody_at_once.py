"""Sixteen people and the relay's callers at the same time, over running servers: nothing hangs, nothing is 500.

The doors come from both url maps: a new one is walked, or said why not (`everybody.EXCUSED`).
"""

import pytest

from tests import everybody

SECONDS = 12
# Sixteen people on two processors wait for each other; out of proportion is what is more than that and as much again.
MOST_TIMES_AS_LONG = 2 * everybody.PEOPLE


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    with everybody.Place(tmp_path_factory.mktemp("everybody") / "data") as place:
        alone = everybody.walk(place, place.emails[1:2], 0)
        together = everybody.walk(place, place.emails, SECONDS)
        return place, alone, together, place.said()


def test_nothing_hangs_and_nothing_is_a_fault(walked):
    _, alone, together, said = walked
    assert alone.wrong == [], said[-3000:]
    assert together.wrong == [], said[-3000:]
    assert "fault" not in said
    assert "busy for" not in said


def test_every_door_was_walked_or_is_excused(walked):
    place, _, together, _ = walked
    doors = {(door.part, door.method, door.endpoint) for door in place.doors}
    assert len(doors) > 140
    assert set(everybody.EXCUSED) <= doors, "excused, and not there"
    assert doors - together.doors - set(everybody.EXCUSED) == set()


def test_nobody_waits_out_of_proportion(walked):
    _, alone, together, _ = walked
    assert len(together.seconds) > len(alone.seconds)
    assert together.p95 < MOST_TIMES_AS_LONG * alone.p95
