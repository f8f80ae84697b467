"""Lives by dice, as many as asked for: python -m tests.faults.long 10000 [first seed] [processes]

Prints what broke, with the fewest steps that break it, and at last one line with the count. Exit code 1 if any did.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests.faults.places import make_template
from tests.faults.play import Step, by_dice, live, shorter

PIECE = 20


def play_some(first: int, count: int, length: int) -> list[tuple[int, str, list[Step]]]:
    """Seeds, reasons and shortened steps of those that broke. Each piece begins from an office of its own."""
    broken = []
    template = make_template()
    try:
        for seed in range(first, first + count):
            steps = by_dice(seed, length)
            try:
                live(template, steps, rebuilt=seed % 10 == 0)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is what was looked for
                broken.append((seed, f"{type(error).__name__}: {error}", shorter(template, steps)))
    finally:
        shutil.rmtree(template.folder)
    return broken


def play_many(
    count: int, first: int = 0, processes: int = 2, steps: int = 25
) -> list[tuple[int, str, list[Step]]]:
    pieces = range(first, first + count, PIECE)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        tasks = [pool.submit(play_some, at, min(PIECE, first + count - at), steps) for at in pieces]
        return [one for task in tasks for one in task.result()]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.long", description="Lives by dice.")
    parser.add_argument("count", type=int, nargs="?", default=1000)
    parser.add_argument("first", type=int, nargs="?", default=0, help="the first seed")
    parser.add_argument("processes", type=int, nargs="?", default=os.cpu_count() or 1)
    asked = parser.parse_args()
    count, first = asked.count, asked.first
    began = time.monotonic()
    broken = play_many(count, first, asked.processes)
    for seed, reason, steps in broken:
        print(f"seed {seed}: {reason}")
        for step in steps:
            print(f"    {step},")
    print(f"{count} lives from seed {first} in {time.monotonic() - began:.0f} s: {len(broken)} broke")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
