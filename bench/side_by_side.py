"""`bench/side_by_side`: this product and its peers, the same visits, the same Chromium, in turns.

Every round has fresh servers and fresh profiles, and the order is shuffled. Times come from rounds on a plain line;
bytes and requests from rounds over a counting one.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import sys
import tempfile
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import costs, machine, peers, roads
from bench.chromium import Chromium
from bench.line import Line
from bench.visits import as_sealed, visits

DELAY, RATE = 0.150, 1_000_000 / 8  # 300 ms there and back, 1 Mbit/s
NAMES = {
    "sotto": "Sotto",
    "pouchdb": "PouchDB → express-pouchdb",
    "rxdb": "RxDB, HTTP replication",
    "kinto": "Kinto.js → Kinto in memory",
    "floor": "floor: the same bytes, one request",
    "sealed": "floor: each visit deflated and sealed, one request",
}


class Round:
    """One system, up and down once, over fresh servers."""

    def __init__(
        self,
        road: roads.Road,
        folder: Path,
        count: int,
        line: dict[str, float] | None,
        *,
        sealed: bool = True,
    ) -> None:
        self.times: dict[str, float] = {}
        self.counted: dict[str, Any] = {}
        some = visits(count)
        if sealed and isinstance(road, roads.Peer):
            some = [as_sealed(visit) for visit in some]
        with ExitStack() as held:
            port = held.enter_context(road.serving(folder))
            way = held.enter_context(Line(port, **line)) if line is not None else None
            url = way.url if way else f"http://127.0.0.1:{port}"
            for direction in ("up", "down"):
                with Chromium() as browser:
                    if direction == "up":
                        road.ready_up(browser, url, some)
                    else:
                        road.ready_down(browser, url, count)
                    if way:
                        way.reset()
                    self.times[direction] = getattr(road, direction)(browser)
                    if way:
                        self.counted[direction] = asdict(way.counted)
        self.times |= road.apart


def run(
    count: int, rounds: int, line: dict[str, float] | None, only: list[str], scratch: Path, *, sealed: bool
) -> tuple[Any, Any]:
    """(name → what → [ms…], name → direction → counts of one round)."""
    makers = {"sotto": roads.Sotto, "pouchdb": roads.PouchDb, "rxdb": roads.RxDb, "kinto": roads.Kinto}
    makers = {name: make for name, make in makers.items() if name in only}
    times: Any = defaultdict(lambda: defaultdict(list))
    counted: Any = {}
    number = 0
    for name, make in makers.items():  # the counting round, which warms the disk's caches as well
        counted[name] = Round(make(), scratch / f"count-{name}", count, line or {}, sealed=sealed).counted
        _say(f"counted {name}: {counted[name]}")
    if "sotto" in counted:
        up, down = counted["sotto"]["up"]["up"], counted["sotto"]["down"]["down"]
        makers["floor"] = lambda: roads.Floor(up, down)  # type: ignore[assignment]
        makers["sealed"] = lambda: roads.SealedFloor(0, 0)  # type: ignore[assignment]
    for turn in range(rounds):
        order = list(makers)
        random.Random(turn).shuffle(order)
        for name in order:
            number += 1
            one = Round(makers[name](), scratch / f"round-{number}", count, line, sealed=sealed)
            for what, spent in one.times.items():
                times[name][what].append(spent)
            _say(
                f"{turn + 1}/{rounds} {name}: "
                + ", ".join(f"{what} {spent:.0f} ms" for what, spent in one.times.items())
            )
    return times, counted


def table(times: Any, counted: Any) -> str:
    rows = [
        "| system | up, s | down, s | requests up / down | KB sent up | KB received down |",
        "|---|---|---|---|---|---|",
    ]
    for name in NAMES:
        if name not in times:
            continue
        found = counted.get(name)
        cells = [_spread(times[name]["up"]), _spread(times[name]["down"])]
        if found:
            cells += [
                f"{found['up']['requests']} / {found['down']['requests']}",
                f"{found['up']['up'] / 1000:.0f}",
                f"{found['down']['down'] / 1000:.0f}",
            ]
        else:
            cells += ["1 / 1", *(["the same"] * 2 if name == "floor" else ["", ""])]
        rows.append(f"| {NAMES[name]} | " + " | ".join(cells) + " |")
    for what in ("saving, each", "opened at the desk"):
        if times["sotto"].get(what):
            rows.append(f"\nSotto, {what}: {statistics.median(times['sotto'][what]):.1f} ms.")
    return "\n".join(rows)


PEERS = ("pouchdb", "rxdb", "kinto")


def verdicts(times: Any, counted: Any, *, slow: bool) -> str:
    """What was aimed at, and what came of it; medians against medians of the same rounds."""
    peers_here = [name for name in PEERS if name in times]
    if "sotto" not in times or not peers_here:
        return ""
    rows = ["| aim | most | found | |", "|---|---|---|---|"]
    for way, of_peer, of_floor in (
        ("up", 0.5, 1.3 if slow else 2.0),
        ("down", 0.5 if slow else 1.0, 1.3 if slow else None),
    ):
        ours = _middle(times, "sotto", way)
        rows.append(
            _verdict(
                f"time {way}, of the fastest peer's",
                ours / min(_middle(times, name, way) for name in peers_here),
                of_peer,
            )
        )
        for floor, what in (("floor", "the floor's"), ("sealed", "the floor's, sealing within")):
            if of_floor and floor in times:
                rows.append(_verdict(f"time {way}, of {what}", ours / _middle(times, floor, way), of_floor))
    fewest = min(counted[name]["up"]["up"] for name in peers_here)
    rows.append(_verdict("bytes up, of the fewest of a peer", counted["sotto"]["up"]["up"] / fewest, 0.5))
    return "\n".join(rows)


def _middle(times: Any, name: str, way: str) -> float:
    return float(statistics.median(times[name][way]))


def _verdict(what: str, found: float, most: float) -> str:
    return f"| {what} | {most:.1f} | {found:.2f} | {'met' if found <= most else '**missed**'} |"


def _spread(found: list[float]) -> str:
    return f"{statistics.median(found) / 1000:.2f} ({min(found) / 1000:.2f}–{max(found) / 1000:.2f})"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    ask = argparse.ArgumentParser(prog="bench/side_by_side", description=__doc__)
    ask.add_argument("--rounds", type=int, default=7)
    ask.add_argument("--visits", type=int, default=1000)
    ask.add_argument("--slow-visits", type=int, default=200)
    ask.add_argument("--only", default="sotto,pouchdb,rxdb,kinto", help="systems, separated by commas")
    ask.add_argument("--lines", default="loopback,slow", help="loopback, slow, or both")
    ask.add_argument(
        "--plain", action="store_true", help="peers carry the visits as they are; else each sealed, in base64"
    )
    ask.add_argument("--write", type=Path, help="put the tables into this page, e.g. docs/measures.md")
    told = ask.parse_args()
    only = told.only.split(",")
    if set(only) - {"sotto"}:
        peers.install()
    lines = {
        "loopback": (f"{told.visits} visits, loopback", told.visits, None),
        "slow": (
            f"{told.slow_visits} visits, 300 ms and 1 Mbit/s",
            told.slow_visits,
            {"delay": DELAY, "rate": RATE},
        ),
    }
    scratch = Path(tempfile.mkdtemp(prefix="sotto-side-"))
    try:
        for name in told.lines.split(","):
            title, count, line = lines[name]
            found = run(count, told.rounds, line, only, scratch / name, sealed=not told.plain)
            head = f"{title}. {machine.sentence(told.rounds)}"
            parts = [head, table(*found), verdicts(*found, slow=line is not None), costs.sentence()]
            text = "\n\n".join(filter(None, parts)) + "\n"
            print(text)
            if told.write:
                machine.write(told.write, name, text)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
