"""Whatever befalls true phones, a true relay and a true desk: when they talk again, nothing is lost, twice or
out of order.

Faults, singly and together: relay disk lost or rolled back, desk restored from any backup with and without its
journal, desk silently put back or killed in the middle of a look at the relay, phone put back or cloned, two packers
at once, requests and answers lost anywhere, clocks wrong by three days and a year, seal key turned while a phone is
away for two weeks, events the desk cannot read, hand-overs, revocations, new phones. `python -m tests.faults.long
10000` searches longer.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pwa_server.desk.models.key_values import get_state
from pwa_server.desk.models.office_and_cases import Held, LogEntry, Visit
from tests.faults.long import play_many
from tests.faults.play import NUMBERS, STEPS, live
from tests.faults.promises import check
from tests.faults.world import World

number = st.integers(0, NUMBERS - 1)


@pytest.mark.timeout(900)
def test_lives_by_dice_end_well():
    assert play_many(180, steps=14) == []


@pytest.mark.timeout(900)
@given(st.lists(st.tuples(st.sampled_from(list(STEPS)), number, number, number), max_size=20))
@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_lives_that_hypothesis_thinks_of_end_well(template, steps):
    live(template, steps)


# What was found on the way, each as the fewest steps that broke it.


def test_what_was_sealed_to_a_key_that_a_restored_office_lacks_is_sealed_again(template):
    """It arrived, could not be opened by anybody, and was called safe: the phone let it go."""
    live(
        template,
        [
            ("turn key", 0, 0, 0),
            ("write", 0, 9, 0),
            ("talk", 1, 0, 0),
            ("pull", 0, 0, 0),
            ("begin packing", 0, 0, 8),
            ("restore desk without journal", 0, 0, 0),
        ],
    )


def test_a_desk_whose_clock_was_a_year_ahead_backs_up_again_when_it_is_right(template):
    """The next backup was due a year after the last: nothing would have become safe, no sign of life been sent."""
    live(
        template,
        [
            ("clock goes wrong", 1, 2, 0),
            ("write", 0, 9, 0),
            ("talk", 0, 0, 0),
            ("back up", 0, 0, 0),
            ("write", 0, 9, 0),
        ],
    )


def test_a_record_that_is_only_held_becomes_safe_too(template):
    """It brought nothing to the log, so no backup was due, and the phone kept it until somebody else wrote."""
    live(template, [("talk", 0, 0, 0), ("write", 1, 5, 0)])


def test_what_a_revoked_phone_was_told_is_safe_and_is_not_here_is_named(template):
    """The desk was put back to before it, and the phone that could have said so was revoked."""
    live(
        template,
        [
            ("keep copies", 0, 0, 0),
            ("write", 1, 9, 0),
            ("talk", 1, 0, 0),
            ("back up", 0, 0, 0),
            ("talk", 1, 0, 0),
            ("talk", 1, 0, 0),
            ("put desk back", 0, 0, 0),
            ("revoke", 1, 0, 0),
        ],
    )


def test_what_office_and_phone_both_lost_is_brought_by_a_clone_though_late(template):
    """Out of order, and rightly there: the phone had forgotten it as safe, and an older backup came back."""
    live(
        template,
        [
            ("write", 9, 7, 4),
            ("clone phone", 5, 4, 7),
            ("back up", 11, 1, 2),
            ("back up", 6, 7, 0),
            ("time passes", 5, 0, 6),
            ("talk", 7, 9, 3),
            ("write", 4, 9, 6),
            ("restore desk without journal", 5, 7, 10),
        ],
    )


def test_what_a_desk_forgot_before_its_phone_did_is_brought_by_a_clone_though_late(template):
    """*Safe* lay at the relay while the desk was put back; the phone heard it afterwards."""
    live(
        template,
        [
            ("enrol", 4, 8, 1),
            ("write", 10, 2, 7),
            ("clone phone", 4, 0, 7),
            ("keep copies", 2, 9, 7),
            ("talk", 6, 6, 10),
            ("sync", 1, 4, 9),
            ("write", 9, 10, 3),
            ("restore desk without journal", 0, 11, 1),
            ("talk", 8, 4, 2),
            ("put desk back", 6, 1, 6),
        ],
    )


def test_letters_of_a_desks_life_a_year_ahead_are_answered_before_the_phone_is_at_rest(template):
    """The relay still had them after the desk was put back; only the phone's next word tells the desk of them."""
    live(
        template,
        [
            ("keep copies", 8, 1, 6),
            ("write", 7, 3, 10),
            ("clock goes wrong", 7, 8, 7),
            ("talk", 7, 6, 4),
            ("restore desk", 3, 9, 1),
            ("talk", 0, 5, 3),
            ("put desk back", 4, 0, 6),
        ],
    )


def test_a_desk_from_before_a_phone_joined_and_an_empty_relay_know_nothing_of_it_and_a_newer_backup_does(
    template,
):
    """Nobody is left who could name what is missing: the oldest backup was chosen, with the journal and the
    relay lost.
    """
    live(
        template,
        [
            ("desk syncs", 4, 10, 11),
            ("write", 11, 8, 8),
            ("talk", 4, 8, 9),
            ("time passes", 1, 0, 0),
            ("back up", 0, 0, 0),
            ("talk", 4, 8, 9),
            ("lose relay", 1, 6, 8),
            ("restore desk without journal", 4, 1, 0),
        ],
    )


def test_backups_made_by_a_clock_a_year_ahead_do_not_push_out_those_made_after(template):
    """Ten with later names were kept, and each new one was deleted as the oldest, after it was called safe."""
    one = [("write", 0, 9, 0), ("talk", 0, 0, 0), ("back up", 0, 0, 0)]
    world = World(template)
    try:
        world.clock_goes_wrong(1, 2)
        for name, *numbers in one * 11:
            world.tick()
            STEPS[name][1](world, *numbers)
        world.heal()
        world.write(0, 9)
        world.heal()
        newest = world.archives[-1]
        assert newest[0].exists()
        assert set(world.owed) <= newest[1]
    finally:
        world.end()


def test_what_a_phone_that_is_gone_sealed_to_a_new_key_opens_after_a_restore(template):
    """The key was in no backup yet; the only copy of the visit lay at the relay, and nobody could ever have read it."""
    world = World(template)
    try:
        world.talk(0)
        world.back_up()
        world.turn_key()
        world.desk_syncs()
        world.sync(0)
        world.write(0, 9)
        world.sync(0)
        gone = world.phones.pop(0)  # it lies in a river, and then the desk's machine burns
        gone.http.close()

        world.restore_desk(-1, journal=True)
        world.desk_syncs()

        assert set(gone.written) <= {row.id for row in LogEntry.select(LogEntry.id)}
        assert len(world.desk.keys.seals) == 2
    finally:
        world.end()


def test_a_roster_of_the_desks_other_life_is_known_by_its_content(template):
    """Both lives signed one serial. The relay went by the other's positions and took a phone's record for
    long since read.
    """
    world = World(template)
    try:
        for who in (0, 1):
            world.talk(who)
        world.back_up()
        world.keep_copies(0)
        world.write(0, 9)
        world.talk(0)
        world.back_up()
        world.restore_desk(-2, journal=False)
        world.put_relay_back(0)
        world.write(1, 8)
        world.talk(1)
        of_this_life = get_state("roster_serial")
        world.restore_desk(-1, journal=False)
        assert get_state("roster_serial") == of_this_life

        world.heal()

        check(world, rebuilt=True)
        assert set(world.owed) <= {row.id for row in LogEntry.select(LogEntry.id)}
    finally:
        world.end()


def test_what_newer_phones_wrote_is_held_by_an_older_desk_and_applied_in_order_once_it_is_updated(template):
    world = World(template)
    try:
        world.desk_is_older(1)
        for _ in range(6):
            world.write(0, 7)  # a visit, which it does not know, and a follow-up, which it knows
            world.write(1, 8)
            world.talk(0)
            world.talk(1)
        visits = {row.event["id"] for row in Held.select().where(Held.reason == "unknown_event")}
        assert len(visits) == 12
        assert not Visit.select().where(Visit.id.in_(visits)).exists()

        world.update_desk()

        log = [row.id for row in LogEntry.select(LogEntry.id).order_by(LogEntry.position)]
        for phone in world.phones:
            wrote = [id_ for id_ in phone.written if id_ in visits]
            assert [id_ for id_ in log if id_ in wrote] == wrote
        world.heal()
        check(world, rebuilt=True)
    finally:
        world.end()


def test_what_an_older_desk_did_not_know_tells_after_the_update_what_else_is_wrong_with_it(template):
    """It went on saying that a newer program is needed, and was tried again at every start."""
    world = World(template)
    try:
        world.desk_is_older(1)
        world.write(0, 5)  # a visit that no program takes
        world.talk(0)
        assert [row.reason for row in Held.select()] == ["unknown_event"]

        world.update_desk()

        assert [(row.reason, row.state) for row in Held.select()] == [("malformed", "held")]
        world.heal()
        check(world, rebuilt=True)
    finally:
        world.end()
