"""A life is a list of steps, made by dice or by hypothesis; the same list is the same life, and a shorter one
is tried.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.faults.places import Template
from tests.faults.promises import check
from tests.faults.world import Broken, World

Step = tuple[str, int, int, int]  # a name of STEPS and three numbers below 12, which it reads as it likes

LOST = (None, None, "request", "answer")
NUMBERS = 12

STEPS: dict[str, tuple[float, Callable[[World, int, int, int], object]]] = {
    "write": (6, lambda w, a, b, c: w.write(a, b)),
    "begin packing": (2, lambda w, a, b, c: w.begin_packing(a, b % 2, c)),
    "finish packing": (2, lambda w, a, b, c: w.finish_packing(a, b % 2)),
    "push": (3, lambda w, a, b, c: w.push(a, LOST[b % 4])),
    "pull": (3, lambda w, a, b, c: w.pull(a, LOST[b % 4])),
    "sync": (2, lambda w, a, b, c: w.sync(a, LOST[b % 4], c % 6)),
    "desk syncs": (4, lambda w, a, b, c: w.desk_syncs(LOST[b % 4], c % 6, kill=a % 2 == 1)),
    "talk": (4, lambda w, a, b, c: w.talk(a)),
    "act": (1.5, lambda w, a, b, c: w.act(a % 4)),
    "back up": (2, lambda w, a, b, c: w.back_up()),
    "hand over": (0.5, lambda w, a, b, c: w.hand_over(a % 4)),
    "revoke": (0.2, lambda w, a, b, c: w.revoke(a)),
    "enrol": (0.3, lambda w, a, b, c: w.enrol(a)),
    "turn key": (0.4, lambda w, a, b, c: w.turn_key()),
    "try held again": (0.3, lambda w, a, b, c: w.try_held_again()),
    "desk is older": (0.3, lambda w, a, b, c: w.desk_is_older(a)),
    "update desk": (0.3, lambda w, a, b, c: w.update_desk()),
    "keep copies": (2, lambda w, a, b, c: w.keep_copies(a)),
    "lose relay": (0.6, lambda w, a, b, c: w.lose_relay()),
    "put relay back": (0.8, lambda w, a, b, c: w.put_relay_back(a)),
    "put desk back": (0.6, lambda w, a, b, c: w.put_desk_back(a)),
    "restore desk": (0.6, lambda w, a, b, c: w.restore_desk(a, journal=True)),
    "restore desk without journal": (0.3, lambda w, a, b, c: w.restore_desk(a, journal=False)),
    "put phone back": (0.5, lambda w, a, b, c: w.put_phone_back(a)),
    "clone phone": (0.3, lambda w, a, b, c: w.clone_phone(a)),
    "clock goes wrong": (0.6, lambda w, a, b, c: w.clock_goes_wrong(a % 3, b % 3)),
    "time passes": (1.5, lambda w, a, b, c: w.time_passes((5, 30, 30, 20_160)[a % 4])),
}


def by_dice(seed: int, steps: int = 25) -> list[Step]:
    dice = random.Random(seed)
    names = dice.choices(list(STEPS), [weight for weight, _ in STEPS.values()], k=steps)
    return [
        (name, dice.randrange(NUMBERS), dice.randrange(NUMBERS), dice.randrange(NUMBERS)) for name in names
    ]


def live(template: Template, steps: list[Step], *, rebuilt: bool = False) -> None:
    """Raises Broken when a promise did not hold."""
    world = World(template)
    try:
        for name, a, b, c in steps:
            world.tick()
            STEPS[name][1](world, a, b, c)
        world.heal()
        check(world, rebuilt=rebuilt)
    finally:
        world.end()


def shorter(template: Template, steps: list[Step]) -> list[Step]:
    """The same failure with as few steps as leaving out finds."""
    at = 0
    while at < len(steps):
        without = steps[:at] + steps[at + 1 :]
        try:
            live(template, without)
        except Exception:  # noqa: BLE001 - any failure will do: it is looked at by a person
            steps = without
        else:
            at += 1
    return steps


__all__ = ["STEPS", "Broken", "by_dice", "live", "shorter"]
