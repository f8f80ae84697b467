"""`bench/measure`: every budget of the phone app, the relay and the start, measured on the real product.

Chromium is told what to do over its pipe and watched by nothing; a slow phone is Chromium's own CPU throttle (4 times,
page only), a weak line is a proxy. Each figure is the median of some rounds; a missed budget ends with code 1.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench import lighthouse, machine, office, peers
from bench.app import App
from bench.line import Line
from tests.browser.journeys.product import healthy

ROOT = Path(__file__).parent.parent
KB = 1000


@dataclass
class Measured:
    """One budget: what was found in each round, and the most that may be (or, with `least`, the least)."""

    name: str
    most: float
    unit: str
    found: list[float] = field(default_factory=list)
    note: str = ""
    least: bool = False

    @property
    def met(self) -> bool:
        return self.middle >= self.most if self.least else self.middle <= self.most

    @property
    def middle(self) -> float:
        return statistics.median(self.found)

    def row(self) -> str:
        spread = (
            f" ({min(self.found):.{self.digits}f}–{max(self.found):.{self.digits}f})"
            if len(self.found) > 1
            else ""
        )
        verdict = "met" if self.met else "**missed**"
        bound = f"{'≥' if self.least else '≤'} {self.most:g} {self.unit}"
        return f"| {self.name} | {self.middle:.{self.digits}f}{spread} {self.unit} | {bound} | {verdict} | {self.note} |"

    @property
    def digits(self) -> int:
        return 2 if self.unit == "s" else 0


def first_load(scratch: Path, rounds: int) -> list[Measured]:
    shown = Measured(
        "first load, until the first screen stands",
        103,
        "KB",
        note="page and worker, every header, at a TCP proxy",
    )
    whole = Measured(
        "the whole app, here for offline use",
        235,
        "KB",
        note="the rest comes behind the first screen; English texts, icons, every screen",
    )
    asked = Measured("requests until the first screen stands", 60, "requests")
    with office.running(scratch / "first") as here:
        for _ in range(rounds):
            with Line(here.port) as line, App(line.url) as app:
                line.watched = b"GET /phone/release.rest "
                app.open()
                app.until("document.querySelector('#app > *')")
                app.until(WHOLE)
                assert line.before, "the rest never came"
                shown.found.append(line.before.down / KB)
                asked.found.append(line.before.requests)
                whole.found.append(line.counted.down / KB)
        memory = Measured(
            "relay, memory of all its processes (PSS)", 120, "MB", note="after serving phones and the desk"
        )
        memory.found.append(memory_of(here.part.process.pid))
    return [shown, whole, asked, memory]


BEHIND = """import("/static/js/screens/all.js").then(() => new Promise((idle) => requestIdleCallback(() => idle(null))))"""
WHOLE = """import("/static/js/store/outbox_db.js").then(({ meta }) => meta("release")).then((release) => release?.begun === false)"""


def first_sync(scratch: Path, rounds: int) -> list[Measured]:
    usable = Measured(
        "first sync of 50 cases at 400 kbit/s and 300 ms, today's visits readable",
        20,
        "s",
        note="from the passphrase on, keys and snapshot included",
    )
    seen = Measured(
        "first visit on that line, until the first screen stands",
        20,
        "s",
        note="no budget of its own; the same bound",
    )
    with office.running(scratch / "sync", cases=50) as here:
        for _ in range(rounds):
            with Line(here.port, delay=0.150, rate=400_000 / 8) as line, App(line.url) as app:
                began = time.perf_counter()
                app.open()
                app.until("document.querySelector('#app > *')")
                seen.found.append(time.perf_counter() - began)
                app.meet(here)
                began = time.perf_counter()
                app.choose_words()
                app.until(
                    "session.documents.value.size > 50 && document.querySelector('main time, main .sheet')",
                    within=120,
                )
                usable.found.append(time.perf_counter() - began)
    return [seen, usable]


def on_a_slow_phone(scratch: Path, rounds: int, cases: int, contacts: int, most: float) -> list[Measured]:
    """Offline, killed, opened again: to the lock screen, and from the words to Today. Then what a worker does."""
    # What stands behind the lock is loaded while the words are typed, which takes a person seconds.
    start = Measured(
        f"offline start to Today, {cases} cases × {contacts} contacts, 4× throttle",
        most,
        "s",
        note="killed app: to the lock screen, plus from the last word to Today; typing, and what loads meanwhile, not counted",
    )
    lock = Measured("  of that, to the lock screen", most, "s")
    thread = Measured(
        "  the page's own thread, its processor time × 4",
        most,
        "s",
        note="does not grow when the machine is busy",
    )
    save = Measured("saving a visit, 4× throttle", 100, "ms")
    tap = Measured("a tap answered (next paint), slowest of nine, 4× throttle", 100, "ms")
    slowest: list[str] = []
    draft = Measured(
        "a change is durable, 4× throttle", 300, "ms", note="from the last keystroke to the commit"
    )
    profile = scratch / f"profile-{cases}"
    with (
        office.running(scratch / f"slow-{cases}", cases=cases, contacts=contacts) as here,
        Line(here.port) as line,
    ):
        with App(line.url, profile) as app:
            app.open()
            app.meet(here)
            app.choose_words()
            app.until(f"session.documents.value.size > {cases}", within=300)
            app.until(WHOLE)
            words = app.words
        line.cut()
        for _ in range(rounds):
            with App(line.url, profile) as app:
                app.words = words
                app.open(slower=4)
                to_lock = (
                    app.run(
                        "(async () => { while (!document.querySelector('#words')) await new Promise(requestAnimationFrame); return performance.now() })()"
                    )
                    / 1000
                )
                app.load_session()
                app.run(BEHIND)  # nobody types four words faster than this comes
                to_today = app.unlock() / 1000
                lock.found.append(to_lock)
                start.found.append(to_lock + to_today)
                if cases <= 50:
                    save.found.append(app.save())
                    draft.found.append(app.durable())
                    spent, what = app.slowest_tap()
                    tap.found.append(spent)
                    slowest.append(f"`{what}`")
            with App(
                line.url, profile
            ) as app:  # the throttle itself spends processor time: counted without it
                app.words = words
                app.open(counting=True)
                app.until("document.querySelector('#words')")
                app.load_session()
                app.unlock()
                thread.found.append(4 * app.thread_seconds())
    tap.note = f"most often {max(slowest, key=slowest.count)}" if slowest else ""
    return [start, lock, thread, *([save, draft, tap] if save.found else [])]


def starts(scratch: Path) -> list[Measured]:
    """A copy of the checkout without its environment, started as a new user starts it, twice."""
    first, second = Measured("first `./run`, packages fetched", 60, "s"), Measured("second `./run`", 3, "s")
    tree = scratch / "tree"
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{ROOT}", str(tree)], check=True)
    for measured in (first, second):
        port, desk_port = peers.free_port(), peers.free_port()
        with (scratch / "run.log").open("ab") as log:
            began = time.perf_counter()
            program = subprocess.Popen(
                [
                    "./run",
                    "--data",
                    str(scratch / "trial"),
                    "--port",
                    str(port),
                    "--desk-port",
                    str(desk_port),
                ],
                cwd=tree,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
            try:
                while not (healthy(port) and healthy(desk_port)):
                    if program.poll() is not None or time.perf_counter() - began > 300:
                        raise RuntimeError((scratch / "run.log").read_text()[-1000:])
                    time.sleep(0.02)
                measured.found.append(time.perf_counter() - began)
            finally:
                program.terminate()
                program.wait(30)
    return [first, second]


def memory_of(pid: int) -> float:
    """MB of a process and its children, what they share counted once."""
    family = [pid]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rsplit(")", 1)[1].split()[1]) in family:
                family.append(int(stat.parent.name))
        except (OSError, ValueError):
            continue
    total = 0
    for one in family:
        rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
        total += next(int(row.split()[1]) for row in rollup.splitlines() if row.startswith("Pss:"))
    return total * 1024 / 1e6


def lighthouse_scores(scratch: Path, rounds: int) -> list[Measured]:
    """The first screen of a phone that comes for the first time, over a line of its own each time."""
    lighthouse.install()
    found = {
        name: Measured(f"Lighthouse, {name.replace('-', ' ')}", 98, "of 100", least=True)
        for name in lighthouse.CATEGORIES
    }
    with office.running(scratch / "lighthouse") as here:
        for _ in range(rounds):
            scores, wanting = lighthouse.scores(f"http://localhost:{here.port}/phone/")
            for name, score in scores.items():
                found[name].found.append(score)
            for what in wanting:
                print(f"  Lighthouse: {what}", file=sys.stderr, flush=True)
    return list(found.values())


PARTS: dict[str, Callable[[Path, int], list[Measured]]] = {
    "load": first_load,
    "sync": first_sync,
    "phone": lambda scratch, rounds: on_a_slow_phone(scratch, rounds, 50, 10, 1.0),
    "large": lambda scratch, rounds: on_a_slow_phone(scratch, rounds, 200, 50, 1.5),
    "lighthouse": lambda scratch, rounds: lighthouse_scores(scratch, min(rounds, 3)),
    "start": lambda scratch, _rounds: starts(scratch),
}


def main() -> int:
    ask = argparse.ArgumentParser(prog="bench/measure", description=__doc__)
    ask.add_argument("--rounds", type=int, default=5)
    ask.add_argument("--parts", default=",".join(PARTS), help=", ".join(PARTS))
    ask.add_argument("--write", type=Path, help="put the table into this page, e.g. docs/measures.md")
    told = ask.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="sotto-measure-"))
    rows: list[Measured] = []
    try:
        for part in told.parts.split(","):
            found = PARTS[part](scratch, told.rounds)
            for one in found:
                print(one.row(), file=sys.stderr, flush=True)
            rows += found
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    head = ["| what | found | budget | | how |", "|---|---|---|---|---|"]
    text = (
        "\n\n".join([machine.sentence(told.rounds), "\n".join([*head, *(one.row() for one in rows)])]) + "\n"
    )
    print(text)
    if told.write:
        machine.write(told.write, "budgets", text)
    return int(any(not one.met for one in rows))


if __name__ == "__main__":
    sys.exit(main())
