"""A relay that lies is refused, or noticed, and once an honest one is back nothing is lost.

Python phones against the true desk; what a phone's JavaScript decides, `tests/browser/core/test_dishonest_relay.py`
asks of a true browser.
"""

import shutil

import pytest

from tests.faults.places import make_template
from tests.faults.promises import check
from tests.faults.world import World
from tests.standins.dishonest_relay import LIES, DishonestRelay


@pytest.fixture(scope="module")
def template():
    made = make_template()
    yield made
    shutil.rmtree(made.folder)


@pytest.fixture
def world(template):
    liar = DishonestRelay(template.app)
    liar.extensions = template.app.extensions
    world = World(template, app=liar)
    world.liar = liar
    yield world
    world.end()


def a_day(world, lie):
    """Both phones write, the supervisor acts, everybody talks twice, all through that relay."""
    world.liar.lie = lie
    for _ in range(2):
        for who in (0, 1):
            world.write(who, 6)  # with a photo
            world.write(who, 7)
            world.tick()
            world.talk(who)
        world.act(0)
        world.act(2)
        world.tick(30)


@pytest.mark.parametrize("lie", [lie for lie in LIES if not lie.startswith("other")])
def test_nothing_is_lost_once_an_honest_relay_is_back(world, lie):
    a_day(world, None)
    a_day(world, lie)
    assert world.liar.told > 0
    world.liar.lie = None

    world.heal()
    check(world, rebuilt=True)


def test_what_was_withheld_last_is_found_without_another_record(world):
    """The phone was shown it in the box, the office's cursor is past it, and nothing follows that would show a gap."""
    world.liar.lie = "withholds"
    world.write(0, 9)
    world.talk(0)
    world.liar.lie = None

    world.heal()
    check(world)
