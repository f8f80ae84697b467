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
from pwa_server.desk.models.conferences import Material, Meeting
from pwa_server.desk.models.consultations import Consultation
from pwa_server.desk.models.households import Consent
from pwa_server.desk.models.office_and_cases import Account, CaseFile, LogEntry, Staff, Visit
from pwa_server.desk.models.plans import PlanStep
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


# Pages nobody waits for while they work, and answers that are no page of records: each with why it is not measured.
NOT_MEASURED = {
    "static": "a file, kept by the browser",
    "today.root": "sends on",
    "search.found": "measured as the form asks it",
    "drafts.read": "a row of one's own",
    "held.one": "what is held comes from phones, and this desk has none",
    "people.read_box": "comes from phones",
    "phones.one": "this desk has no phones",
    "phones.meet": "this desk has no phones",
    "phones.meet_state": "this desk has no phones",
    "incidents.report": "this desk has no phones",
    "incidents.one": "this desk has no phones",
    **dict.fromkeys(
        (
            "handovers.one",
            "handovers.sheet",
            "imports.one",
            "imports.told",
            "issues.one",
            "issues.change",
            "matching.host_paper",
            "matching.person_paper",
            "opportunities.new",
            "opportunities.change",
            "opportunities.host",
            "learnings.one",
            "learnings.change",
            "organisations.one",
            "transfers.one",
            "years.one",
            "requests.one",
            "requests.sheet",
        ),
        "one row, and this desk has none of its kind and nobody to write it yet; its list is measured",
    ),
    "review.photo": "a file",
    "consents.one": "a file",
    "disclosure.copy": "measured by its page; a copy is made once",
    "settings.new_passkey": "of one person alone",
    "sign_in.": "before anybody is signed in; a password is slow on purpose",
}
# What an office opens most of, besides the page itself.
SHOWN_AS = {
    "review.queue": ("?show=done",),
    "cases.page": ("?show=all", "?show=quiet", "?show=B", "?show=closed"),
    "statistics.page": (f"?month={time.strftime('%Y')}-01",),
    "people.page": ("?show=fleet",),
    "accompanying.page": ("?show=overdue",),
    "meetings.page": (f"?month={time.strftime('%Y-%m')}",),
    "consultations.page": ("?show=ended",),
}
# The supervisor reads everything here, but these are for others.
READS = {
    "security.page": "admin-1",
    "referrals.page": "agency-1",
    "section.page": "chief-1",
    **dict.fromkeys(("plan.write", "monitoring.write", "monitoring.give"), "coordinator-1"),
}


def pages(chance: random.Random, rules: Any) -> Iterator[tuple[str, str, Callable[[], str]]]:
    """(name, who reads, an address each time another) of every page the desk has: a forgotten one is a KeyError."""
    names = _names()
    for rule in sorted(rules, key=lambda one: str(one.rule)):
        if "GET" not in rule.methods or is_left_out(rule.endpoint):
            continue
        who = READS.get(rule.endpoint, SUPERVISOR)
        for more in ("", *SHOWN_AS.get(rule.endpoint, ())):
            yield f"{rule.rule}{more}", who, _addresses(rule, more, names, chance)


def is_left_out(endpoint: str) -> bool:
    return any(endpoint == one or (one.endswith(".") and endpoint.startswith(one)) for one in NOT_MEASURED)


def _addresses(rule: Any, more: str, names: dict[str, Any], chance: random.Random) -> Callable[[], str]:
    found = {one: _named(names, rule.endpoint, one) for one in rule.arguments}

    def address() -> str:
        path = str(rule.rule)
        together = chance.random()
        for one, ids in found.items():
            path = path.replace(f"<{one}>", str(ids[int(together * len(ids))]))
        return path + more

    return address


def _named(names: dict[str, Any], endpoint: str, argument: str) -> list[str]:
    for one in (f"{endpoint} {argument}", argument):
        if one in names:
            return list(names[one])
    raise SystemExit(
        f"{endpoint} is not measured: _names() has nothing for <{argument}>. Give it ids, or name it in NOT_MEASURED."
    )


def _names() -> dict[str, Any]:
    """Ids by the name an address has for them; what belongs together stands at the same place of its list."""

    def some(query: Any, most: int = 1000) -> list[str]:
        return [str(row) for (row,) in query.limit(most).tuples()]

    running = CaseFile.select(CaseFile.id).where((CaseFile.no <= "K-01500") & (CaseFile.status == "active"))
    planned = running.where(CaseFile.id.in_(PlanStep.select(PlanStep.case)))
    waiting = Visit.select(Visit.id).where(Visit.review_status == "waiting")
    agreed = list(Consent.select(Consent.id, Consent.case).order_by(Consent.id).limit(1000).tuples())
    papers = list(Material.select(Material.id, Material.meeting).order_by(Material.id).limit(1000).tuples())
    return {
        "case": some(running),
        **{
            f"{page} case": some(planned)
            for page in ("plan.page", "plan.compare", "plan.sheet", "monitoring.write", "monitoring.give")
        },
        "visit": some(waiting, 100) + some(Visit.select(Visit.id), 300),
        "consultation": some(Consultation.select(Consultation.id)),
        "meeting": some(Meeting.select(Meeting.id)),
        "meetings.material meeting": [meeting for _, meeting in papers],
        "consent": [consent for consent, _ in agreed],
        "consents.withdrawing case": [case for _, case in agreed],
        "material": [material for material, _ in papers],
        "person": some(Staff.select(Staff.id).where(Staff.role == "worker")),
        "checklist": ["watch_absent"],
        "organisation": ["own"],
    }


def asks(app: Any, desk: Desk) -> Iterator[tuple[str, Ask]]:
    """(name, what asks for it once more) of every page, and of the search."""
    clients, secrets = {}, {who: sign_in(desk, who) for who in (SUPERVISOR, *READS.values())}
    for who, secret in secrets.items():
        clients[who] = app.test_client()
        clients[who].set_cookie(COOKIE, secret)
    chance = random.Random(7)
    for name, who, address in pages(chance, app.url_map.iter_rules()):
        staff.step_up(desk, secrets[who])  # some pages ask for a fresh proof
        yield name, lambda who=who, address=address: clients[who].get(address())
    yield "search", lambda: search(clients[SUPERVISOR], chance.choice(WORDS))


def search(client: Any, words: str) -> Any:
    """As the form does it: posted, then the page of what was found."""
    token = client.get("/held").get_data(as_text=True).split('name="csrf" value="', 1)[1][:64]
    client.post("/cases/find", data={"csrf": token, "q": words}, headers={"Sec-Fetch-Site": "same-origin"})
    return client.get("/cases/found", follow_redirects=True)


def sign_in(desk: Desk, who: str = SUPERVISOR) -> str:
    if Account.get_or_none(Account.staff == who) is None:
        person = Staff.get_by_id(who)
        staff.make_account(
            desk, who, person.email, "a-password-for-measuring", totp_required=False, must_change=False
        )
    return staff.open_session(desk, who, "password")


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
    app = create_desk(desk.config, desk)
    found = []
    for name, ask in asks(app, desk):
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
            f"{name:44} wall {told.wall[0]:7.1f} {told.wall[1]:7.1f}  processor {told.cpu[0]:7.1f} {told.cpu[1]:7.1f}  {status}",
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
