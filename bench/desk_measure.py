"""Measures the desk over a folder made by `bench.desk_load`: server time of every page, memory, speed of rebuild.

    .venv/bin/python -m bench.desk_measure FOLDER [--rounds N] [--rebuild] [--write]

Pages are asked through the app itself (routing, access rules, database, templates, headers: all but the socket), as a
supervisor who reads other cases each time. `--write` puts the figures into docs/measures.md.
"""

import argparse
import os
import platform
import random
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.desk_load import settings
from pwa_server.desk.accounts import staff
from pwa_server.desk.app import create_desk
from pwa_server.desk.core.desk import Desk
from pwa_server.desk.models.office_and_cases import Account, CaseFile, LogEntry, Staff, Visit
from pwa_server.desk.open_desk import open_desk
from pwa_server.desk.pages.layout.guards import COOKIE
from pwa_server.desk.projections.rebuild import digests, rebuild
from pwa_server.desk.queries.search import catch_up

SUPERVISOR = "super-1"
MEDIAN_MS, P95_MS, MEMORY_MB, EVENTS_PER_SECOND = 100, 250, 500, 10_000
WORDS = ("眠れない", "模型", "書類 窓口", "みほん12", "将棋", "K-00100")
MEASURES = Path(__file__).parents[1] / "docs/measures.md"
BEGIN, END = "<!-- desk: written by bench.desk_measure -->", "<!-- /desk -->"

Ask = Callable[[], Any]


def pages(client: Any, chance: random.Random) -> Iterator[tuple[str, Ask]]:
    """Every page of the rail and what lies under it, with another case or visit each time."""
    cases = [row.id for row in CaseFile.select(CaseFile.id).where(CaseFile.no <= "K-01500").limit(1500)]
    waiting = [row.id for row in Visit.select(Visit.id).where(Visit.review_status == "waiting").limit(100)]
    visits = waiting + [row.id for row in Visit.select(Visit.id).limit(300)]
    for name in (
        "/today",
        "/review",
        "/review?show=done",
        "/cases",
        "/cases?show=all",
        "/cases?show=quiet",
        "/cases?show=B",
        "/follow-ups",
        "/held",
        "/conferences",
        "/statistics",
        "/statistics?month={month}",
        "/people",
        "/people?show=fleet",
        "/people/worker-1",
        "/access-log",
        "/emergency-access",
        "/settings",
        "/checklists",
        "/checklists/watch_absent",
        "/notices",
        "/places",
        "/keys",
    ):
        path = name.replace("{month}", time.strftime("%Y-01"))
        yield path, lambda path=path: client.get(path)
    yield "/cases/CASE", lambda: client.get(f"/cases/{chance.choice(cases)}")
    yield "/cases/CASE/assigned", lambda: client.get(f"/cases/{chance.choice(cases)}/assigned")
    yield "/cases/CASE/household", lambda: client.get(f"/cases/{chance.choice(cases)}/household")
    yield "/cases/CASE/participation", lambda: client.get(f"/cases/{chance.choice(cases)}/participation")
    yield "/cases/CASE/readers", lambda: client.get(f"/cases/{chance.choice(cases)}/readers")
    yield "/cases/CASE/sheet", lambda: client.get(f"/cases/{chance.choice(cases)}/sheet")
    yield "/visits/VISIT", lambda: client.get(f"/visits/{chance.choice(visits)}")
    yield "/visits/VISIT/print", lambda: client.get(f"/visits/{chance.choice(visits)}/print")
    yield "search", lambda: search(client, chance.choice(WORDS))


def search(client: Any, words: str) -> Any:
    """As the form does it: posted, then the page of what was found."""
    token = client.get("/held").get_data(as_text=True).split('name="csrf" value="', 1)[1][:64]
    client.post("/cases/find", data={"csrf": token, "q": words}, headers={"Sec-Fetch-Site": "same-origin"})
    return client.get("/cases/found", follow_redirects=True)


def sign_in(desk: Desk) -> str:
    if Account.get_or_none(Account.staff == SUPERVISOR) is None:
        person = Staff.get_by_id(SUPERVISOR)
        staff.make_account(
            desk, SUPERVISOR, person.email, "a-password-for-measuring", totp_required=False, must_change=False
        )
    return staff.open_session(desk, SUPERVISOR, "password")


@dataclass(frozen=True)
class Figures:
    """Milliseconds of one page: on the wall, and of the processor (what is left when other work takes its turns)."""

    page: str
    wall: tuple[float, float]  # median, 95 of 100
    cpu: tuple[float, float]
    status: int

    @property
    def slow(self) -> bool:
        return self.cpu[0] > MEDIAN_MS or self.cpu[1] > P95_MS or self.status != 200


def measure(folder: Path, rounds: int) -> list[Figures]:
    desk = open_desk(settings(folder))
    catch_up(desk)  # what the desk does by itself as events come
    client = create_desk(desk.config, desk).test_client()
    client.set_cookie(COOKIE, sign_in(desk))
    found = []
    for name, ask in pages(client, random.Random(7)):
        ask()  # the first one opens templates
        wall, cpu, status = [], [], 0
        for _ in range(rounds):
            begun, used = time.perf_counter(), time.thread_time()
            answer = ask()
            cpu.append((time.thread_time() - used) * 1000)
            wall.append((time.perf_counter() - begun) * 1000)
            status = answer.status_code
        found.append(Figures(name, middle_and_95(wall), middle_and_95(cpu), status))
        told = found[-1]
        print(
            f"{name:32} wall {told.wall[0]:7.1f} {told.wall[1]:7.1f}  processor {told.cpu[0]:7.1f} {told.cpu[1]:7.1f}  {status}",
            flush=True,
        )
    return found


def middle_and_95(times: list[float]) -> tuple[float, float]:
    ordered = sorted(times)
    return statistics.median(ordered), ordered[max(0, int(len(ordered) * 0.95) - 1)]


def measure_rebuild(folder: Path) -> tuple[int, float, float, float]:
    """(events, seconds of this core, of these for comparing every row before and after, seconds on the wall)."""
    desk = open_desk(settings(folder))
    cpu = time.process_time()
    digests()
    comparing = 2 * (time.process_time() - cpu)
    cpu, wall = time.process_time(), time.perf_counter()
    count, other = rebuild(desk)
    if other:
        raise SystemExit(f"rebuilt differently: {other}")
    return count, time.process_time() - cpu, comparing, time.perf_counter() - wall


def memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def section(folder: Path, found: list[Figures], memory: float, built: Any) -> str:
    desk = open_desk(settings(folder))
    cases, contacts, events = CaseFile.select().count(), Visit.select().count(), LogEntry.select().count()
    size = (desk.config.desk_data / "desk.db").stat().st_size / 2**30
    lines = [
        BEGIN,
        "## The desk at a large municipality's size",
        "",
        f"{cases:,} cases, {contacts:,} contacts, {events:,} events in the log, {size:.1f} GiB encrypted database; "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}. Made by "
        "`python -m bench.desk_load FOLDER`, measured by `python -m bench.desk_measure FOLDER --rebuild --write`.",
        "",
        f"Aim: median under {MEDIAN_MS} ms, 95 of 100 under {P95_MS} ms server time; memory under {MEMORY_MB} MB "
        f"(measured: {memory:.0f} MB). Load while measuring: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, so the wall's figures "
        "hold other people's turns; the processor's are the page's own.",
        "",
        "| page | processor: median ms | p95 ms | wall: median ms | p95 ms |",
        "|---|---:|---:|---:|---:|",
    ]
    lines += [
        f"| `{one.page}` | {one.cpu[0]:.0f} | {one.cpu[1]:.0f} | {one.wall[0]:.0f} | {one.wall[1]:.0f} |"
        for one in found
    ]
    if built:
        count, cpu, comparing, wall = built
        lines += [
            "",
            f"`sotto rebuild`: {count:,} events in {cpu:.0f} s of one core ({count / cpu:,.0f} a second; {wall:.0f} s on the "
            f"wall). {comparing:.0f} s of it compare every row before and after; the building alone, which is all a start after an "
            f"update does, takes {cpu - comparing:.0f} s: {count / (cpu - comparing):,.0f} events a second.",
        ]
    return "\n".join([*lines, END]) + "\n"


def write(text: str) -> None:
    before = MEASURES.read_text("utf-8") if MEASURES.exists() else "# Measures\n\n"
    if BEGIN in before:
        head, _, rest = before.partition(BEGIN)
        before = head + rest.partition(END)[2].lstrip("\n")
    MEASURES.write_text(before.rstrip() + "\n\n" + text, "utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--rebuild", action="store_true")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    found = measure(asked.folder, asked.rounds)
    memory = memory_mb()
    print(f"memory {memory:.0f} MB")
    built = measure_rebuild(asked.folder) if asked.rebuild else None
    if built:
        print(
            f"rebuild {built[0] / built[1]:,.0f} events a second of one core, {built[0] / (built[1] - built[2]):,.0f} without "
            f"comparing; memory {memory_mb():.0f} MB"
        )
    if asked.write:
        write(section(asked.folder, found, max(memory, memory_mb()), built))
    slow = [one.page for one in found if one.slow]
    print("above the aim:", ", ".join(slow) or "nothing")
    return 1 if slow or memory > MEMORY_MB else 0


if __name__ == "__main__":
    raise SystemExit(main())
