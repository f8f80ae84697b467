"""How each system takes the same visits up, and down into a fresh profile. Times are taken inside the page.

What is written before the clock starts: every system has its records in its own store in the browser. What the clock
holds: until the server has committed all (up), until all lie in the browser's store (down).
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import office, peers
from bench.chromium import Chromium

Visits = list[dict[str, Any]]


class Road:
    """One system. `up` and `down` give milliseconds; `apart` what else was measured, by name."""

    name = ""

    def __init__(self) -> None:
        self.apart: dict[str, float] = {}

    @contextmanager
    def serving(self, folder: Path) -> Iterator[int]:
        with peers.serving(self.name, folder) as port:
            yield port

    def ready_up(self, browser: Chromium, url: str, visits: Visits) -> None:
        raise NotImplementedError

    def up(self, browser: Chromium) -> float:
        return _timed(browser, self.UP)

    def ready_down(self, browser: Chromium, url: str, count: int) -> None:
        raise NotImplementedError

    def down(self, browser: Chromium) -> float:
        return _timed(browser, self.DOWN)

    UP = DOWN = ""


def _timed(browser: Chromium, script: str) -> float:
    """Milliseconds, after what the page threw away before is collected."""
    told = browser.run(
        f"(async () => {{ gc(); const began = performance.now(); {script}; return performance.now() - began }})()"
    )
    return float(told)


class Peer(Road):
    START, WRITE = "", ""

    def ready_up(self, browser: Chromium, url: str, visits: Visits) -> None:
        self._start(browser, url)
        browser.run(
            f"(async () => {{ const visits = {json.dumps(visits)}; globalThis.count = visits.length; {self.WRITE} }})()"
        )

    def ready_down(self, browser: Chromium, url: str, count: int) -> None:
        self._start(browser, url)
        browser.run(f"globalThis.count = {count}")

    def _start(self, browser: Chromium, url: str) -> None:
        browser.open(f"{url}/")
        browser.run(peers.script(self.name) + ";null")
        browser.run(f"(async () => {{ {self.START} }})()")


class PouchDb(Peer):
    name = "pouchdb"
    START = (
        "globalThis.local = new PouchDB('visits'); globalThis.far = new PouchDB(location.origin + '/visits')"
    )
    WRITE = "await local.bulkDocs(visits.map((body, n) => ({ _id: `visit-${n}`, ...body })))"
    UP = "const told = await local.replicate.to(far); if (told.docs_written !== count) throw Error(told.docs_written)"
    DOWN = "const told = await local.replicate.from(far); if (told.docs_written !== count) throw Error(told.docs_written)"


class RxDb(Peer):
    name = "rxdb"
    START = """
      const db = await RxDB.createRxDatabase({ name: "visits", storage: RxDB.getRxStorageDexie(), multiInstance: false })
      const schema = { version: 0, primaryKey: "id", type: "object", required: ["id"],
        properties: { id: { type: "string", maxLength: 60 }, body: { type: "object" } } }
      globalThis.visits = (await db.addCollections({ visits: { schema } })).visits
      globalThis.replicate = async (ways) => {
        const road = RxDB.replicateRxCollection({ collection: visits, replicationIdentifier: "bench", live: false, ...ways })
        road.error$.subscribe((error) => { globalThis.failed = String(error) })
        await road.awaitInitialReplication()
        if (globalThis.failed) throw Error(failed)
      }"""
    WRITE = "await globalThis.visits.bulkInsert(visits.map((body, n) => ({ id: `visit-${n}`, body })))"
    UP = """await replicate({ push: { batchSize: 100, handler: async (rows) => (await fetch("/rxdb/push", { method: "POST",
      headers: { "Content-Type": "application/json" }, body: JSON.stringify(rows) })).json() } })"""
    DOWN = """await replicate({ pull: { batchSize: 100, handler: async (last, limit) =>
        (await fetch(`/rxdb/pull?after=${last?.after ?? 0}&limit=${limit}`)).json() } });
      if ((await visits.count().exec()) !== count) throw Error("not all came")"""


class Kinto(Peer):
    name = "kinto"
    START = """
      const kinto = new (Kinto.default ?? Kinto)({ remote: location.origin + "/v1", bucket: "default",
        headers: { Authorization: "Basic " + btoa("amina:amina") } })
      globalThis.visits = kinto.collection("visits")"""
    WRITE = "for (const body of visits) await globalThis.visits.create({ body })"
    UP = "const told = await visits.sync(); if (!told.ok || told.published.length !== count) throw Error(JSON.stringify(told).slice(0, 300))"
    DOWN = "const told = await visits.sync(); if (!told.ok || told.created.length !== count) throw Error(JSON.stringify(told).slice(0, 300))"


class Sotto(Road):
    """Phone → relay → opened at the desk; then documents, sealed to a second phone of the same worker."""

    name = "sotto"
    PHONE = """
      const load = (path) => import(`${location.origin}${path}`)
      const [enrol, relay, pack, events, keys, outbox, push, pull, documents, plaintext, sealing] = await Promise.all(
        ["/static/js/transport/enrol.js", "/static/js/transport/relay.js", "/static/js/transport/pack.js", "/static/js/transport/draft_events.js",
         "/static/js/store/keys.js", "/static/js/store/outbox_db.js", "/static/js/transport/push.js", "/static/js/transport/pull.js",
         "/static/js/store/documents.js", "/sync/plaintext.js", "/sync/sealing.js"].map(load))
      globalThis.sotto = { ...enrol, ...relay, pack: pack.pack, oneEvent: events.oneEvent, ...keys, identity: outbox.identity,
        push: push.push, pull: pull.pull, ...documents, deflate: plaintext.pack, seal: sealing.seal }
      globalThis.far = new sotto.Relay()"""

    @contextmanager
    def serving(self, folder: Path) -> Iterator[int]:
        with office.running(folder) as self.office:
            yield self.office.port

    def ready_up(self, browser: Chromium, url: str, visits: Visits) -> None:
        self.visits = visits
        self._enrol(browser, url)
        told = browser.run(f"""(async () => {{
          const visits = {json.dumps(visits)}, found = []
          const events = visits.map((body) => sotto.oneEvent("visit.logged", {json.dumps(self.office.case)}, body, 0))
          const began = performance.now()
          for (const event of events) await sotto.pack(open_, [event])
          return performance.now() - began
        }})()""")
        self.apart["saving, each"] = told / len(visits)

    UP = "const told = await sotto.push(far); if (told.waiting || told.refused || told.problem) throw Error(JSON.stringify(told))"

    def up(self, browser: Chromium) -> float:
        spent = super().up(browser)
        began = time.perf_counter()
        taken = self.office.sync()
        self.apart["opened at the desk"] = (time.perf_counter() - began) * 1000
        assert (taken.events, taken.held) == (len(self.visits), 0), taken
        return spent

    def ready_down(self, browser: Chromium, url: str, count: int) -> None:
        self._enrol(browser, url, {f"bench/{n}": {"record": body} for n, body in enumerate(self.visits)})
        browser.run(f"globalThis.count = {count}; globalThis.kept = new sotto.Documents(open_.rows); null")

    # What a round of sync fetches; what the phone then tells of itself once a day is no part of it.
    DOWN = """let told
      do told = await sotto.pull(open_, kept, far, "bench"); while (told.more)
      if (told.problem || told.gap) throw Error(JSON.stringify(told))
      if ([...kept.current.keys()].filter((path) => path.startsWith("bench/")).length !== count) throw Error("not all came")"""

    def _enrol(self, browser: Chromium, url: str, extra: dict[str, Any] | None = None) -> None:
        browser.open(f"{url}/healthz")
        browser.run(f"(async () => {{ {self.PHONE} }})()")
        meeting = self.office.begin_meeting()
        browser.run(
            f"globalThis.met = sotto.meet({json.dumps(meeting.code)}, far); met.catch(() => {{}}); null"
        )
        while not self.office.answer(meeting):
            time.sleep(0.02)
        self.office.say_same(meeting, extra)
        browser.run("""(async () => {
          const { newcomer, confirmed } = await met
          await confirmed
          const { rows, keys } = await sotto.settleIn(newcomer, { passphrase: ["あさひ", "あずき", "あまど", "あみもの"] }, far)
          globalThis.open_ = sotto.openKeys(rows, keys, await sotto.identity())
        })()""")


class Floor(Road):
    """The bytes this product sends, in one plain request to a handler that commits them; and the same, sealed anew."""

    name = "floor"

    def __init__(self, up_bytes: int, down_bytes: int) -> None:
        super().__init__()
        self.bytes = (up_bytes, down_bytes)

    BODY = "const noise = (size) => { const all = new Uint8Array(size); for (let at = 0; at < size; at += 65536) crypto.getRandomValues(all.subarray(at, at + 65536)); return all }"

    def ready_up(self, browser: Chromium, url: str, visits: Visits) -> None:
        browser.open(f"{url}/")
        browser.run(
            f"(async () => {{ {self.BODY}; globalThis.body = noise({self.bytes[0]}); globalThis.other = noise({self.bytes[1]}) }})()"
        )

    UP = "await (await fetch('/floor', { method: 'POST', body })).text()"

    def ready_down(self, browser: Chromium, url: str, count: int) -> None:
        browser.open(f"{url}/")
        browser.run(
            f"(async () => {{ {self.BODY}; await fetch('/floor', {{ method: 'POST', body: noise({self.bytes[1]}) }}) }})()"
        )

    DOWN = "if ((await (await fetch('/floor')).arrayBuffer()).byteLength < 1000) throw Error('nothing came')"


class SealedFloor(Floor):
    """The floor of a road whose server reads nothing: each visit deflated and sealed in the time, or opened
    and inflated.
    """

    SEALING = """
      const through = async (stream, bytes) => new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer())
      globalThis.key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"])
      globalThis.sealed = async (visit) => {
        const iv = crypto.getRandomValues(new Uint8Array(12))
        const text = await through(new CompressionStream("deflate-raw"), new TextEncoder().encode(JSON.stringify(visit)))
        return [iv, new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, text))]
      }
      globalThis.opened = async ([iv, bytes]) => JSON.parse(new TextDecoder().decode(
        await through(new DecompressionStream("deflate-raw"), await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, bytes))))
      globalThis.bodyOf = async (visits) => {
        const parts = await Promise.all(visits.map(sealed))
        globalThis.sizes = parts.map(([, bytes]) => bytes.length)
        return new Blob(parts.flat())
      }"""

    def ready_up(self, browser: Chromium, url: str, visits: Visits) -> None:
        self.visits = visits
        self._start(browser, url)

    UP = "await (await fetch('/floor', { method: 'POST', body: await bodyOf(visits) })).text()"

    def ready_down(self, browser: Chromium, url: str, count: int) -> None:
        self._start(browser, url)
        browser.run(
            "(async () => { await fetch('/floor', { method: 'POST', body: await bodyOf(visits) }) })()"
        )

    DOWN = """const all = new Uint8Array(await (await fetch('/floor')).arrayBuffer())
      let at = 0
      const parts = sizes.map((size) => { const from = at; at += 12 + size; return [all.subarray(from, from + 12), all.subarray(from + 12, at)] })
      globalThis.got = await Promise.all(parts.map(opened))
      if (got.length !== visits.length) throw Error('not all came')"""

    def _start(self, browser: Chromium, url: str) -> None:
        browser.open(f"{url}/")
        browser.run(f"(async () => {{ globalThis.visits = {json.dumps(self.visits)}; {self.SEALING} }})()")
