"""One day of a phone that is killed again and again, at instants a seed chooses.

A visit is written, photographed, saved, sent, a setting kept, a new release taken, or the phone is locked; and in the
middle of it the tab, the browser or its worker dies, the relay or the desk goes away, the line slows, tears or falls
silent, the disk is full, the databases are closed or busy. `Day.end` judges: every visit the worker was told is saved
lies in the office's log once and in order, a draft kept what was typed, the phone follows the office again.
"""

from __future__ import annotations

import contextlib
import itertools
import random
import re
import time
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import ConsoleMessage, Error, Page

from pwa_server.desk import actions
from pwa_server.desk.core.errors import DeskError
from pwa_server.desk.exchange.documents.all import VOLATILE, documents_for
from pwa_server.desk.models.office_and_cases import DeviceRow, LogEntry, VisitVersion
from tests.browser.core.kill_acts import ACTS, BEGIN, BLOCK, CLOSE, FOLLOWS, LOOK, TEXTS, VERSION
from tests.browser.core.next_release import NextRelease
from tests.browser.core.worker import OPEN, Worker
from tests.standins.tcp_proxy import TcpProxy

LINES = ("slow", "reset answer", "reset request", "black hole")
DEATHS = ("tab", "crash", "browser", "full")  # after which the app is opened again
KILLS = (*DEATHS, *LINES, "worker", "relay", "desk", "closed", "blocked")
WRITES = ("saving", "photo", "packing", "push", "pull", "settings")  # tried on a full disk
DRAFT_MS = 300
LOOKED_BACK = 1500  # ms before the kill, in which the machine's own pauses count
PATIENCE = 180  # seconds, until a machine has let a page type for a third of one


@dataclass
class Tally:
    seeds: int = 0
    visits: int = 0
    lost: int = 0
    duplicated: int = 0
    reordered: int = 0
    drafts_asked: int = 0  # drafts that were being typed when the page died
    kept_asked: int = 0  # drafts that were told to be on the disk, with a new release coming
    short: list[str] = field(
        default_factory=list
    )  # drafts without a letter typed 300 ms before, or told to be kept
    settings_lost: int = 0
    releases_taken: int = 0
    behind: int = 0  # documents in which the phone differs from the office at the end


@dataclass
class Heard:
    """What the phone said on its console."""

    saved: list[tuple[str, str]] = field(default_factory=list)
    typed: dict[str, list[tuple[int, int, int]]] = field(default_factory=dict)  # mark: (n, when, gap before)
    probes: dict[str, dict[int, list[int]]] = field(
        default_factory=dict
    )  # mark: number: when it began, when it ended
    kept: list[str] = field(default_factory=list)
    settings: list[int] = field(default_factory=lambda: [5])

    def __call__(self, said: ConsoleMessage) -> None:
        words = said.text.split()
        numbers = [int(word) for word in words[2:] if word.isdigit()]
        if words[:1] == ["SAVED"]:
            self.saved.append((words[1], words[2]))
        elif words[:1] == ["KEPT"]:
            self.kept.append(words[1])
        elif words[:1] == ["SET"]:
            self.settings.append(int(words[1]))
        elif words[:1] == ["TYPED"]:
            self.typed.setdefault(words[1], []).append((numbers[0], numbers[1], numbers[2]))
        elif words[:1] in (["PROBE"], ["PROBED"]):
            self.probes.setdefault(words[1], {}).setdefault(numbers[0], []).append(numbers[1])

    def owed(self, mark: str, at: int) -> int | None:
        """The last letter typed 300 ms before, and before the machine's own pauses: they are no fault of the page.

        A letter may wait for the write that is under way, and for its own: both take what such a write takes here.
        """
        since = at - LOOKED_BACK
        typed = [(when, gap) for _, when, gap in self.typed.get(mark, []) if when <= at]
        gaps = [gap for when, gap in typed if when > since] + [at - when for when, _ in typed[-1:]]
        writes = [
            (times[-1] if len(times) == 2 else at) - times[0]
            for times in self.probes.get(mark, {}).values()
            if len(times) == 1 or times[-1] > since
        ]
        if not gaps or not writes:
            return None
        before = at - DRAFT_MS - 2 * (max(gaps) + max(writes))
        return max((n for n, when, _ in self.typed[mark] if when <= before), default=None)


@dataclass
class Day:
    worker: Worker
    line: TcpProxy
    site: NextRelease
    tally: Tally = field(default_factory=Tally)
    heard: Heard = field(default_factory=Heard)
    chosen: list[int] = field(default_factory=lambda: [5])  # settings, in the order they were begun
    versions: set[str] = field(default_factory=set)

    @property
    def page(self) -> Page:
        return self.worker.page

    def play(self, seed: int) -> None:
        dice = random.Random(seed)
        kill, mark = KILLS[seed % len(KILLS)], f"m{seed}"
        what = dice.choice(ACTS if kill not in DEATHS else ("typing", "typing", "update", *ACTS))
        self.tally.seeds += 1
        if kill in LINES:
            self._bad_line(kill, dice)
        self._begin(what, mark, dice)
        at = self._instant(what, kill, mark, dice)
        self._kill(kill, dice)
        self.line.heal()
        if kill in DEATHS or what == "lock":
            self._open_again(kill, dice)
            self._check_draft(what, mark, at)
            self._check_setting()
        if dice.random() < 0.3:
            self._look()

    def _begin(self, what: str, mark: str, dice: random.Random) -> None:
        number = dice.randrange(1, 60)
        if what == "settings":
            self.chosen.append(number)
        elif what == "update":
            self.site.offer(worker=dice.random() < 0.5)
        elif what == "pull":
            self._office_acts(mark)
        self.page.evaluate(BEGIN, [what, mark, number])

    def _office_acts(self, mark: str) -> None:
        """Something waits for the phone, so that the portion that is received changes what it holds."""
        case = self.page.evaluate(
            "[...session.documents.value].find(([path]) => path.startsWith('case/'))[1].id"
        )
        nakagawa = self.worker.office.person("nakagawa")
        actions.set_safety(self.worker.office.desk, nakagawa, case, "dog", mark, "", "2027-01-01")
        self._look()

    def _instant(self, what: str, kill: str, mark: str, dice: random.Random) -> int:
        """When it dies, by the page's clock. A draft is killed when a letter is old enough to be asked for."""
        self.page.wait_for_timeout(dice.choice([0, 5, 20, 60, 150, 400, 600]))
        at = int(self.page.evaluate("Date.now()"))
        began = time.monotonic()
        while what == "typing" and kill in DEATHS and self.heard.owed(mark, at) is None:
            assert time.monotonic() - began < PATIENCE, "this machine does not let a page type"
            self.page.wait_for_timeout(50)
            at = int(self.page.evaluate("Date.now()"))
        return at

    def _bad_line(self, kind: str, dice: random.Random) -> None:
        size = dice.choice([1, 200, 700, 2_000, 9_000])
        if kind == "slow":
            self.line.latency = 0.3
        elif kind == "reset answer":
            self.line.reset_after = size
        elif kind == "reset request":
            self.line.reset_after_sent = size
        else:
            self.line.black_hole = True

    def _kill(self, kind: str, dice: random.Random) -> None:
        if kind in ("browser", "full"):
            self.worker.phone.kill()
        elif kind == "tab":
            self.page.close()
        elif kind == "crash":
            with contextlib.suppress(Error):
                self.page.goto("chrome://crash")
            self.page.close()
        elif kind == "worker":
            cdp = self.page.context.new_cdp_session(self.page)
            cdp.send("ServiceWorker.enable")
            cdp.send("ServiceWorker.stopAllWorkers")
            cdp.detach()
        elif kind == "relay":
            self.line.refuse()
            self.page.wait_for_timeout(100)
        elif kind == "desk":
            self._desk_dies()
        elif kind == "closed":
            self.page.evaluate(CLOSE)
        elif kind == "blocked":
            self.page.evaluate(BLOCK, dice.choice([50, 400]))
        else:
            self.page.wait_for_timeout(300)
            self.line.cut()

    def _desk_dies(self) -> None:
        from pwa_server.desk.exchange.relay_client import RelayClient
        from pwa_server.desk.open_desk import open_desk

        office = self.worker.office
        office.desk.close()
        office.desk = open_desk(office.config, office.clock)
        office.desk.relay = RelayClient(office.http, office.desk.keys.office, office.desk.keys.sign)

    def _open_again(self, kill: str, dice: random.Random) -> None:
        phone = self.worker.phone
        if kill == "full":
            self._live_with_a_full_disk(dice)
        elif kill == "browser":
            self.worker.page = phone.start()
        elif kill in ("tab", "crash"):
            self.worker.page = phone.tab()
        else:
            self.page.evaluate("session.state.value === 'open' ? session.lock() : null")
        if kill in ("browser", "tab", "crash"):
            self.page.on("console", self.heard)
        self.page.evaluate(OPEN, self.worker.words)
        self.versions.add(self.page.evaluate(VERSION))

    def _live_with_a_full_disk(self, dice: random.Random) -> None:
        """The app is opened, and something is done, while nothing can be written; then there is room again."""
        self.worker.page, cdp = self.worker.phone.start_full()
        self.page.on("console", self.heard)
        self.page.evaluate(OPEN, self.worker.words)
        self._begin(dice.choice(WRITES), f"m{1000 + self.tally.seeds}f", dice)
        self.page.wait_for_timeout(dice.choice([60, 150]))
        self.worker.phone.make_room(self.page, cdp)
        self.page.close()
        self.worker.page = self.worker.phone.tab()
        self.page.on("console", self.heard)

    def _check_draft(self, what: str, mark: str, at: int) -> None:
        owed = self.heard.owed(mark, at) if what == "typing" else 0 if mark in self.heard.kept else None
        if owed is None:
            return
        kept = max((int(found) for found in re.findall(rf"\b{mark} (\d+)", self._texts())), default=-1)
        self.tally.drafts_asked += what == "typing"
        if kept < owed:
            self.tally.short.append(f"{mark} {what}: {kept} of {owed}")
        self.tally.kept_asked += what != "typing"

    def _texts(self) -> str:
        """What was typed, wherever it is now: a draft, a visit on the phone, a visit at the office."""
        known = [row.body["notes"]["fact"] for row in VisitVersion.select() if _ours(row)]
        return " / ".join([*self.page.evaluate(TEXTS), *known])

    def _check_setting(self) -> None:
        """The last one that was told to be kept, or one begun after it."""
        told = len(self.chosen) - 1 - self.chosen[::-1].index(self.heard.settings[-1])
        self.tally.settings_lost += (
            self.page.evaluate("session.autoLockMinutes.value") not in self.chosen[told:]
        )

    def _look(self) -> None:
        with contextlib.suppress(DeskError):
            self.worker.office.sync()

    def end(self) -> Tally:
        """Everything is whole again; nobody is in a hurry. What lies in the office's log?"""
        self.line.heal()
        for _ in range(30):
            self.worker.round()
            went_well = self.worker.sync()["problem"] is None
            if went_well and self.page.evaluate("session.road.value.unsent") == 0:
                break
        self.worker.round()
        self._judge_log()
        self._take_last_release()
        return self.tally

    def _judge_log(self) -> None:
        log = [row.id for row in LogEntry.select(LogEntry.id).order_by(LogEntry.position)]
        marks = [row.body["notes"]["fact"].split()[0] for row in VisitVersion.select() if _ours(row)]
        saved = [visit for visit, _ in self.heard.saved]
        places = [log.index(visit) for visit in saved if visit in log]
        self.tally.visits = len(saved)
        self.tally.lost = sum(visit not in log for visit in saved)
        self.tally.duplicated = len(marks) - len(set(marks))
        self.tally.reordered = sum(a > b for a, b in itertools.pairwise(places))
        here = self.page.evaluate(FOLLOWS)
        there = documents_for(self.worker.office.desk, DeviceRow.get_by_id(self.worker.device()))
        self.tally.behind = sum(
            _lasting(here.get(path)) != _lasting(there.get(path)) for path in {*here, *there}
        )

    def _take_last_release(self) -> None:
        """Whatever was killed while it came: the newest one is taken in the end."""
        began = time.monotonic()
        while (version := self.page.evaluate(VERSION)) != self.site.version:
            assert time.monotonic() - began < PATIENCE, "the newest release is not taken"
            self.page.evaluate(LOOK)
            self.page.wait_for_timeout(200)
        self.versions.add(version)
        self.tally.releases_taken = len(self.versions) - 1


def _ours(row: Any) -> bool:
    return bool(re.match(r"m\d+", row.body.get("notes", {}).get("fact", "")))


def _lasting(body: dict[str, Any] | None) -> dict[str, Any] | None:
    return body and {name: value for name, value in body.items() if name not in VOLATILE}


__all__ = ["Day", "Tally"]
