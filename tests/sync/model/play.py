"""One life of the world by dice, for searches that hypothesis would spend too long on shrinking."""

import random

from tests.sync.model.rules import Rules
from tests.sync.model.world import Broken, World

WEIGHTS = {
    "write": 5,
    "seal": 3,
    "commit": 3,
    "push": 4,
    "pull": 3,
    "desk_pulls": 4,
    "publish": 3,
    "send": 3,
    "talk": 8,
    "backup": 1,
    "keep_relay": 1,
    "keep_desk": 1,
    "keep_phone": 1,
    "lose_relay": 0.5,
    "put_relay_back": 0.5,
    "restore_desk": 0.5,
    "put_desk_back": 0.5,
    "put_phone_back": 0.4,
    "clone": 0.15,
}


def play(seed: int, rules: Rules | None = None, steps: int = 60) -> str | None:
    """What broke, or None."""
    dice = random.Random(seed)
    world = World(rules)
    try:
        for name in dice.choices(list(WEIGHTS), list(WEIGHTS.values()), k=steps):
            world.tick()
            _STEPS[name](world, dice)
        world.heal()
        world.check()
    except Broken as broken:
        return str(broken)
    return None


def _phone(world: World, dice: random.Random):
    return dice.choice(world.phones)


def _talk(world: World, dice: random.Random) -> None:
    world.talk(dice.randrange(9), backup=dice.random() < 0.4)


_STEPS = {
    "write": lambda world, dice: world.write(dice.randrange(9)),
    "seal": lambda world, dice: _phone(world, dice).seal(dice.randrange(2)),
    "commit": lambda world, dice: _phone(world, dice).commit(dice.randrange(2)),
    "push": lambda world, dice: _phone(world, dice).push(
        world.relay, dice.choice([1, 2, 100]), dice.random() < 0.25
    ),
    "pull": lambda world, dice: _phone(world, dice).pull(world.relay, dice.random() < 0.25),
    "desk_pulls": lambda world, dice: world.desk.pull(world.relay, dice.random() < 0.25),
    "publish": lambda world, dice: world.desk.publish(world.relay, dice.random() < 0.25),
    "send": lambda world, dice: world.desk.send(world.relay, dice.random() < 0.2, dice.choice([1, 100])),
    "talk": _talk,
    "backup": lambda world, dice: world.desk.backup(),
    "keep_relay": lambda world, dice: world.keep_relay(),
    "keep_desk": lambda world, dice: world.keep_desk(),
    "keep_phone": lambda world, dice: world.keep_phone(dice.randrange(9)),
    "lose_relay": lambda world, dice: world.relay.lose(),
    "put_relay_back": lambda world, dice: world.put_relay_back(dice.randrange(99)),
    "restore_desk": lambda world, dice: world.restore_desk(dice.randrange(99)),
    "put_desk_back": lambda world, dice: world.put_desk_back(dice.randrange(99)),
    "put_phone_back": lambda world, dice: world.put_phone_back(dice.randrange(99)),
    "clone": lambda world, dice: world.clone_phone(dice.randrange(9)),
}
