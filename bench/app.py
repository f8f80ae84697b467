"""The phone app in a browser, driven from outside as little as can be: its own modules, its own screens."""

from __future__ import annotations

import json
import statistics
import time
from pathlib import Path

from bench.chromium import Chromium
from bench.office import Office

TODAY = "location.hash.replace('#/', '') in { '': 1, today: 1 } && document.querySelector('nav') && document.querySelector('main h1, h1')"
RECORD = {
    "occurredAt": "2026-10-01T05:00:00Z",
    "channel": "visit",
    "planned": "as_planned",
    "outcome": "voice_through_door",
    "notes": {"fact": "玄関先で話した。" * 80},
}
TAPS = (  # what is tapped, and what then stands
    "nav a[href='#/cases']",
    "main .sheet button, main li button",
    "header .back",
    "nav a[href='#/sync']",
    "nav a[href='#/today']",
    ".next .button:not(.button-main)",
    "header .back",
    "button.button-main",
    "label.choice",
)


class App(Chromium):
    """`url`: where the phone reaches the relay."""

    def __init__(self, url: str, profile: Path | None = None) -> None:
        super().__init__(profile)
        self.url = url
        self.words: list[str] = []

    def __enter__(self) -> App:
        return self

    def open(self, url: str = "/phone/", *, slower: float = 1, counting: bool = False) -> None:
        super().open(f"{self.url}{url}", slower=slower, counting=counting)

    def thread_seconds(self) -> float:
        """Processor time of the page's main thread since it was opened (with `counting`)."""
        told = {entry["name"]: entry["value"] for entry in self.ask("Performance.getMetrics")["metrics"]}
        return float(told["TaskDuration"])

    def until(self, script: str, within: float = 60) -> None:
        """Look again and again, as a test does."""
        deadline = time.monotonic() + within
        while not self.run(f"Promise.resolve().then(() => {script}).then(Boolean).catch(() => false)"):
            if time.monotonic() > deadline:
                raise RuntimeError(f"never: {script}\n{self.run('document.body.innerText')}")
            time.sleep(0.02)

    def load_session(self) -> None:
        self.run(
            "import('/static/js/session/session.js').then(async (session) => { globalThis.session = session; await session.started })"
        )

    def meet(self, office: Office) -> None:
        """Code, the same two words, *same*."""
        self.load_session()
        meeting = office.begin_meeting()
        self.run(f"globalThis.met = session.enrol({json.dumps(meeting.code)}); met.catch(() => {{}}); null")
        while not office.answer(meeting):
            time.sleep(0.02)
        self.run("met.then(() => null)")
        office.say_same(meeting)
        self.run("met.then(({ confirmed }) => confirmed).then(() => null)")

    def choose_words(self) -> None:
        self.words = self.run(
            "session.choosePassphrase().then(async (words) => { await session.confirmPassphrase(words); return words })"
        )

    def unlock(self) -> float:
        """ms from the words to Today as it is painted."""
        return float(
            self.run(f"""(async () => {{
          const began = performance.now()
          await session.unlock({{ passphrase: {json.dumps(self.words)} }})
          while (!({TODAY})) await new Promise(requestAnimationFrame)
          await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)))
          return performance.now() - began
        }})()""")
        )

    def save(self, times: int = 7) -> float:
        """ms of one save, the median of a few."""
        return statistics.median(
            self.run(f"""(async () => {{
          const case_ = [...session.documents.value.keys()].find((path) => path.startsWith("case/")).slice(5), spent = []
          for (let n = 0; n <= {times}; n++) {{
            const draft = session.drafts.open(case_, "visit")
            draft.set("record", {json.dumps(RECORD)})
            await draft.flush()
            const began = performance.now()
            await session.save(draft)
            spent.push(performance.now() - began)
            await session.settle()
          }}
          return spent.slice(1)
        }})()""")
        )

    def durable(self, times: int = 7) -> float:
        """ms from the last keystroke of some to the commit of it, the worst of a few."""
        return max(
            self.run(f"""(async () => {{
          const case_ = [...session.documents.value.keys()].find((path) => path.startsWith("case/")).slice(5), spent = []
          const draft = session.drafts.open(case_, "visit")
          for (let n = 0; n < {times}; n++) {{
            const wait = (ms) => new Promise((go) => setTimeout(go, ms))
            let before = draft.savedAt.value, began = 0
            for (const letter of "玄関先で話した") {{ draft.set("record.notes.fact", letter.repeat(40) + n); began = performance.now(); await wait(30) }}
            const version = draft.version
            while (draft.dirty || draft.version === version && draft.savedAt.value === before) await wait(1)
            spent.push(performance.now() - began)
            await wait(250)
          }}
          await draft.discard()
          return spent
        }})()""")
        )

    def slowest_tap(self) -> tuple[float, str]:
        """(ms until the next paint after a tap, by the browser's own event timing; what was tapped): the slowest."""
        self.run("""globalThis.taps = []; new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) if (entry.interactionId) taps.push(entry.duration)
        }).observe({ type: "event", durationThreshold: 16, buffered: false }); null""")
        found = [(self._tapped(selector), selector) for selector in TAPS]
        return max(found)

    def _tapped(self, selector: str) -> float:
        self.until(f"document.querySelector({json.dumps(selector)})")
        place = self.run(f"""(() => {{ const found = document.querySelector({json.dumps(selector)})
          found.scrollIntoView({{ block: "center" }}); const at = found.getBoundingClientRect()
          taps.length = 0
          return [at.x + at.width / 2, at.y + at.height / 2] }})()""")
        self.tap(*place)
        time.sleep(0.5)
        spent: list[float] = self.run("new Promise((go) => setTimeout(() => go(taps), 500))")
        return max(spent, default=16.0)
