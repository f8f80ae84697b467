"""One day of a phone that is killed again and again, at instants a seed chooses.

A visit is written, photographed, saved, sent, or the phone is locked, and in the middle of it the tab, the browser or
its worker dies, the relay or the desk goes away, the line slows, tears or falls silent. `Day.end` judges: every visit
the worker was told is saved lies in the office's log once and in order, and a draft keeps what was typed.
"""

from __future__ import annotations

import contextlib
import itertools
import random
import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import ConsoleMessage, Error, Page

from pwa_server.desk.faults import DeskError
from pwa_server.desk.model import LogEntry, VisitVersion
from tests.browser.core.conftest import OPEN, Worker
from tests.standins.tcp_proxy import TcpProxy

# Starts something and does not wait for it. What is durable is said on the console: it outlives the page.
BEGIN = """([what, mark]) => {
  const sheet = [...session.documents.value].find(([path]) => path.startsWith("case/"))[1]
  const draft = globalThis.draft = session.drafts.open(sheet.id, "visit")
  const typed = () => draft.value.value.record?.notes?.fact ?? ""
  const record = (fact) => ({occurredAt: new Date().toISOString(), channel: "visit", planned: "as_planned",
    outcome: "voice_through_door", staff: ["demo-kobayashi"], notes: {fact}})
  const photo = async () => {
    const { scalePhoto } = await import("/static/js/store/photos.js")
    const canvas = new OffscreenCanvas(320, 240)
    canvas.getContext("2d").fillRect(0, 0, 99, 99)
    const { bytes, width, height } = await scalePhoto(await canvas.convertToBlob({ type: "image/jpeg" }))
    await draft.addPhoto(bytes, { width, height })
  }
  const save = () => session.save(draft).then((id) => console.log(`SAVED ${id} ${mark}`))
  const acts = {
    typing: () => new Promise((done) => {
      if (!draft.value.value.record) draft.set("record", record(""))
      let n = 0, last = Date.now()
      const key = setInterval(() => {
        const now = Date.now()
        draft.set("record.notes.fact", `${mark} ${Array.from({length: n + 1}, (_, i) => i).join(" ")}`)
        console.log(`TYPED ${mark} ${n++} ${now} ${now - last}`)
        last = now
        if (n > 60) { clearInterval(key); done() }
      }, 20)
    }),
    saving: async () => { draft.set("record", record(typed() || mark)); await save() },
    photo: async () => { draft.set("record", record(typed() || mark)); await photo(); await save() },
    packing: () => Promise.all([0, 1, 2].map((i) => session.write("promise.kept", sheet.id, {promise: `${mark}-${i}`}))),
    push: async () => { draft.set("record", record(typed() || mark)); await save(); await session.syncNow() },
    pull: () => session.syncNow(),
    update: async () => navigator.serviceWorker.controller?.postMessage({type: "look"}),
    lock: () => session.lock(),
  }
  acts[what]().catch(() => {})
  return null
}"""
ACTS = ("typing", "typing", "saving", "saving", "photo", "packing", "push", "push", "pull", "update", "lock")
KILLS = ("tab", "tab", "browser", "worker", "relay", "desk", "slow", "reset answer", "reset request", "black hole")
DRAFT_MS, STARVED_MS = 300, 200


@dataclass
class Tally:
    seeds: int = 0
    visits: int = 0
    lost: int = 0
    duplicated: int = 0
    reordered: int = 0
    drafts_asked: int = 0  # drafts that were being typed, while the machine let the page run
    drafts_short: int = 0


@dataclass
class Day:
    worker: Worker
    line: TcpProxy
    tally: Tally = field(default_factory=Tally)
    saved: list[tuple[str, str]] = field(default_factory=list)
    typed: dict[str, list[tuple[int, int, int]]] = field(default_factory=dict)  # mark: (n, when, gap before)

    def listen(self, page: Page) -> None:
        page.on("console", self._heard)

    def _heard(self, said: ConsoleMessage) -> None:
        if found := re.match(r"SAVED (\S+) (\S+)", said.text):
            self.saved.append((found[1], found[2]))
        elif found := re.match(r"TYPED (\S+) (\d+) (\d+) (\d+)", said.text):
            self.typed.setdefault(found[1], []).append((int(found[2]), int(found[3]), int(found[4])))

    def play(self, seed: int) -> None:
        dice = random.Random(seed)
        what, kill, mark = dice.choice(ACTS), dice.choice(KILLS), f"m{seed}"
        self.tally.seeds += 1
        page = self.worker.page
        if kill in ("slow", "reset answer", "reset request", "black hole"):
            self._bad_line(kill, dice)
        page.evaluate(BEGIN, [what, mark])
        page.wait_for_timeout(dice.choice([0, 5, 20, 60, 150, 400, 900]))
        at = page.evaluate("Date.now()") if kill in ("tab", "browser") else 0
        self._kill(kill)
        self.line.heal()
        if kill in ("tab", "browser") or what == "lock":
            self._open_again(kill)
            self._check_draft(mark, at)
        if dice.random() < 0.3:
            self._look()

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

    def _kill(self, kind: str) -> None:
        if kind == "browser":
            self.worker.phone.kill()
        elif kind == "tab":
            self.worker.page.close()
        elif kind == "worker":
            cdp = self.worker.page.context.new_cdp_session(self.worker.page)
            cdp.send("ServiceWorker.enable")
            cdp.send("ServiceWorker.stopAllWorkers")
            cdp.detach()
        elif kind == "relay":
            self.line.refuse()
            self.worker.page.wait_for_timeout(100)
        elif kind == "desk":
            self._desk_dies()
        else:
            self.worker.page.wait_for_timeout(300)
            self.line.cut()

    def _desk_dies(self) -> None:
        from pwa_server.desk.database import open_desk
        from pwa_server.desk.relay_client import RelayClient

        office = self.worker.office
        office.desk.close()
        office.desk = open_desk(office.config, office.clock)
        office.desk.relay = RelayClient(office.http, office.desk.keys.office, office.desk.keys.sign)

    def _open_again(self, kill: str) -> None:
        phone = self.worker.phone
        if kill == "browser":
            self.worker.page = phone.start()
        elif kill == "tab":
            self.worker.page = phone.tab()
        else:
            self.worker.page.evaluate("session.state.value === 'open' ? session.lock() : null")
        if kill in ("browser", "tab"):
            self.listen(self.worker.page)
        self.worker.page.evaluate(OPEN, self.worker.words)

    def _check_draft(self, mark: str, at: int) -> None:
        """A machine that did not let the page run is no fault of the page: its pauses are added to the promise."""
        pause = max((gap for _, when, gap in self.typed.get(mark, []) if when > at - 700), default=STARVED_MS)
        keys = [one for one in self.typed.get(mark, []) if one[1] <= at - DRAFT_MS - pause]
        if at == 0 or not keys or pause >= STARVED_MS:
            return
        facts = self.worker.page.evaluate(
            "session.drafts.list.value.map(({id}) => session.drafts.open(null, 'visit', {id}).value.value.record?.notes?.fact ?? '')"
        )
        self.tally.drafts_asked += 1
        kept = max((int(fact.split()[-1]) for fact in facts if fact.startswith(f"{mark} ")), default=-1)
        self.tally.drafts_short += kept < keys[-1][0]

    def _look(self) -> None:
        with contextlib.suppress(DeskError):
            self.worker.office.sync()

    def end(self) -> Tally:
        """Everything is whole again; nobody is in a hurry. What lies in the office's log?"""
        self.line.heal()
        page = self.worker.page
        for _ in range(12):
            self.worker.round()
            if page.evaluate("session.road.value.unsent") == 0:
                break
        self.worker.round()
        log = [row.id for row in LogEntry.select(LogEntry.id).order_by(LogEntry.position)]
        marks = [row.body["notes"]["fact"].split()[0] for row in VisitVersion.select() if _ours(row)]
        saved = [visit for visit, _ in self.saved]
        places = [log.index(visit) for visit in saved if visit in log]
        self.tally.visits = len(saved)
        self.tally.lost = sum(visit not in log for visit in saved)
        self.tally.duplicated = len(marks) - len(set(marks))
        self.tally.reordered = sum(a > b for a, b in itertools.pairwise(places))
        return self.tally


def _ours(row: Any) -> bool:
    return bool(re.match(r"m\d+", row.body.get("notes", {}).get("fact", "")))


__all__ = ["Day", "Error", "Tally"]
