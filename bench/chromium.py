"""Chromium, told what to do over its debugging pipe, and told to watch nothing.

Tools that record the network slow uploads down, so no such thing is switched on here: a page is opened, a script
runs in it, its answer comes back.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-default-browser-check",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--accept-lang=ja",
    "--js-flags=--expose-gc",
    "about:blank",
)


class Chromium:
    """One browser. Its profile is thrown away at the end, unless it is given one that is to outlive it."""

    def __init__(self, profile: Path | None = None) -> None:
        assert CHROMIUM, "Chromium is needed"
        self.kept = profile is not None
        self.profile = profile or Path(tempfile.mkdtemp(prefix="sotto-bench-"))
        there_reads, self._out = os.pipe()
        self._in, there_writes = os.pipe()

        def as_3_and_4() -> None:
            high_reads, high_writes = os.dup(there_reads), os.dup(there_writes)
            for high in (high_reads, high_writes):
                assert high > 4
            os.dup2(high_reads, 3)
            os.dup2(high_writes, 4)

        self._process = subprocess.Popen(
            [CHROMIUM, f"--user-data-dir={self.profile}", *OPTIONS],
            preexec_fn=as_3_and_4,
            pass_fds=(3, 4),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(there_reads)
        os.close(there_writes)
        self._left = b""
        self._number = 0
        self._session = ""

    def __enter__(self) -> Chromium:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(20)
        os.close(self._in)
        os.close(self._out)
        if not self.kept:
            shutil.rmtree(self.profile, ignore_errors=True)

    def open(self, url: str, *, slower: float = 1, counting: bool = False) -> None:
        """A new page there, on a processor so many times slower; what is run from now on runs in it.

        `counting`: processor time of its thread is counted.
        """
        self._session = ""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.ask("Page.enable")
        self.ask(
            "Page.setBypassCSP", enabled=True
        )  # peers' answers forbid scripts; the page is only their origin
        if counting:
            self.ask("Performance.enable", timeDomain="threadTicks")
        if slower > 1:
            self.ask("Emulation.setCPUThrottlingRate", rate=slower)
        self.ask(
            "Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=1, mobile=True
        )
        self.ask("Page.navigate", url=url)
        self.run(
            "new Promise(go => document.readyState === 'complete' ? go() : addEventListener('load', go))"
        )

    def tap(self, x: float, y: float) -> None:
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def run(self, script: str) -> Any:
        """What the script's promise comes to."""
        told = self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in told:
            raise RuntimeError(
                json.dumps(told["exceptionDetails"].get("exception", told), ensure_ascii=False)[:2000]
            )
        return told["result"].get("value")

    def ask(self, method: str, **params: Any) -> Any:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._out, data) :]
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

    def _next(self) -> Any:
        while b"\0" not in self._left:
            more = os.read(self._in, 1 << 20)
            if not more:
                raise RuntimeError("the browser ended")
            self._left += more
        message, _, self._left = self._left.partition(b"\0")
        return json.loads(message)
