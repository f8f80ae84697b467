"""A relay that lies is refused, or noticed, and once an honest one is back nothing is lost.

Python phones against the true desk; what a phone's JavaScript decides, `tests/browser/core/test_dishonest_relay.py`
asks of a true browser.
"""

import pytest

from pwa_server.desk.backup.wrong_photos import not_right
from pwa_server.desk.models.key_values import get_state
from pwa_server.desk.models.office_and_cases import BlobFile, Received
from tests.faults.promises import check
from tests.faults.world import World
from tests.standins.dishonest_relay import LIES, DishonestRelay


@pytest.fixture
def world(template):
    liar = DishonestRelay(template.app)
    liar.extensions = template.app.extensions
    world = World(template, app=liar)
    world.liar = liar
    yield world
    world.end()


OF_THEIR_CASES = ((6, 7), (26, 17))  # a visit with a photo, and one with a follow-up


def a_day(world, lie):
    """Both phones write, the supervisor acts, everybody talks twice, all through that relay."""
    world.liar.lie = lie
    for _ in range(2):
        for who in (0, 1):
            for what in OF_THEIR_CASES[who]:
                world.write(who, what)
            world.tick()
            world.talk(who)
        world.act(0)
        world.act(2)
        world.tick(30)


# By what it is noticed, at the desk or on a phone; nothing where the lie changes nothing that anybody believes.
SEEN = {
    "forgets": {"unconfirmed"},
    "says nothing": {"relay_fault", "no answer"},
    "truncates": {"relay_fault", "no answer"},
    "drops": {"gap", "waiting"},
    "withholds": {"unconfirmed"},
    "repeats": set(),
    "reorders": {"gap"},
    "swaps": {"foreign", "no answer"},
    "mixes boxes": {"foreign"},
    "other office's mail": {"foreign", "stranger"},
    "rolls back": {"unconfirmed"},
    "forks": {"unconfirmed"},
    "old roster": set(),
    "boundless serial": set(),
    "wipes": set(),
    "invents answers": {"unconfirmed", "excellent"},
    "has all photos": {"photos wanted"},
    "fails for a photo": {"photos wanted"},
    "another's photo": {"photos wanted", "wrong bytes"},
}


def waits_for_the_office(phone):
    """It goes on saying *sent*, or *on this phone*, and never *at the office*."""
    held = (phone.m.held.run, phone.m.held.n)
    return any((one.envelope.header.run, one.envelope.header.n) > held for one in phone.m.outbox)


def signs_of(world, before):
    """What a person sees at the desk or on a phone, by name."""
    told = get_state("down_refused", {"answers": []})["answers"]
    return {
        "relay_fault" in world.noticed and "relay_fault",
        "SyncError" in world.noticed and "no answer",
        any(phone.m.gap for phone in world.phones) and "gap",
        any(waits_for_the_office(phone) for phone in world.phones) and "unconfirmed",
        get_state("strange_envelopes", 0) > before and "foreign",
        BlobFile.select().where(BlobFile.state == "wanted").exists() and "photos wanted",
        bool(not_right()) and "wrong bytes",
        *(row.status for row in Received.select().where(Received.status.in_(["waiting", "stranger"]))),
        *told,
    } - {False}


@pytest.mark.parametrize("lie", SEEN)
def test_it_is_noticed_by_name_and_nothing_is_lost_once_an_honest_relay_is_back(world, lie):
    a_day(world, None)
    strange = get_state("strange_envelopes", 0)
    a_day(world, lie)
    assert world.liar.told > 0
    assert signs_of(world, strange) >= SEEN[lie]
    world.liar.lie = None

    world.heal()
    check(world, rebuilt=True)


def test_every_lie_but_those_at_enrolment_is_told_here():
    assert SEEN.keys() == LIES.keys() - {"other office", "other phone"}


def test_what_was_withheld_last_is_found_without_another_record(world):
    """The phone was shown it in the box, the office's cursor is past it, and nothing follows that would show a gap."""
    world.liar.lie = "withholds"
    world.write(0, 9)
    world.talk(0)
    world.liar.lie = None

    world.heal()
    check(world)
