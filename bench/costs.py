"""What no road can do without, alone and in bulk: the price of a signature, of a row in the browser's store,
of the disk.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench import peers
from bench.chromium import Chromium
from sync.signing import SignKey, verify

MANY, SIZE = 1_000, 1_400
MARKS = """(async () => {
  const opening = indexedDB.open("costs", 1)
  opening.onupgradeneeded = () => {
    const rows = opening.result.createObjectStore("envelopes", { keyPath: "id" })
    rows.createIndex("order", ["from", "run", "n"])
    rows.createIndex("state", "state")
  }
  const db = await new Promise((go) => { opening.onsuccess = () => go(opening.result) })
  const put = (state) => new Promise((go) => {
    const tx = db.transaction(["envelopes"], "readwrite", { durability: "strict" })
    for (let n = 0; n < COUNT; n++) tx.objectStore("envelopes").put({ id: String(n).padStart(43, "x"), from: "f".repeat(43), run: 1, n, state, frame: crypto.getRandomValues(new Uint8Array(SIZE)).buffer })
    tx.oncomplete = go
  })
  await put("packed")
  const began = performance.now()
  await put("sent")
  return performance.now() - began
})()"""


def sentence() -> str:
    """One line for the page; medians of five."""
    verified, kept = _middle(_verifying), _middle(_to_disk)
    with (
        tempfile.TemporaryDirectory() as folder,
        peers.serving("floor", Path(folder) / "floor") as port,
        Chromium() as browser,
    ):
        browser.open(f"http://127.0.0.1:{port}/")
        script = MARKS.replace("COUNT", str(MANY)).replace("SIZE", str(SIZE))
        marked = _middle(lambda: float(browser.run(script)))
    return (
        f"Alone and on this machine: {MANY:,} signatures verified in {verified:.0f} ms, {MANY:,} envelopes marked as sent in "
        f"the browser's store in {marked:.0f} ms, one commit to the disk {kept:.1f} ms."
    )


def _middle(once: Callable[[], float]) -> float:
    return statistics.median(once() for _ in range(5))


def _verifying() -> float:
    key, digest = SignKey.generate(), bytes(32)
    sig = key.sign("envelope sig", digest)
    began = time.perf_counter()
    for _ in range(MANY):
        verify(key.public, "envelope sig", digest, sig)
    return (time.perf_counter() - began) * 1000


def _to_disk() -> float:
    with tempfile.NamedTemporaryFile() as file:
        file.write(bytes(4096))
        file.flush()
        began = time.perf_counter()
        os.fsync(file.fileno())
        return (time.perf_counter() - began) * 1000
