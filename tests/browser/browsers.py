"""A browser that behaves like the one on a phone: its profile outlives it, and it can be killed without a word."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Error, Page, Playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

LONGEST = 60  # s; whatever takes longer hangs
PATIENCE = 60_000  # ms; a machine with other work is slow, and that is no fault of the phone

# Is there room for a few letters? Asked in a database of its own.
WRITABLE = """() => new Promise((done) => {
  const asked = indexedDB.open("room")
  asked.onupgradeneeded = () => asked.result.createObjectStore("lines")
  asked.onerror = () => done(false)
  asked.onsuccess = () => {
    const tx = asked.result.transaction("lines", "readwrite")
    tx.objectStore("lines").put(new Uint8Array(4096), 1)
    tx.oncomplete = () => { asked.result.close(); done(true) }
    tx.onabort = () => { asked.result.close(); done(false) }
  }
})"""


@dataclass
class Phone:
    """One phone: a browser profile on disk that outlives the app being killed.

    `options` go to the browser context; `scripts` run before every page (stand-ins for what headless browsers lack).
    """

    playwright: Playwright
    profile: Path
    site: str
    context: BrowserContext | None = None
    faults: list[str] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    scripts: list[str] = field(default_factory=list)

    def start(self, *, offline: bool = False) -> Page:
        self._launch(offline=offline)
        return self.tab()

    def _launch(self, *, offline: bool = False) -> None:
        self.context = self.playwright.chromium.launch_persistent_context(
            str(self.profile),
            executable_path=CHROMIUM,
            headless=True,
            args=["--no-sandbox", "--disable-gpu"],
            viewport={"width": 390, "height": 844},
            offline=offline,
            **self.options,
        )
        self.context.set_default_timeout(PATIENCE)
        for script in self.scripts:
            self.context.add_init_script(script)

    def start_full(self) -> tuple[Page, CDPSession]:
        """The app, opened while nothing of this site can be written any more."""
        self._launch()
        assert self.context is not None
        page = self.context.new_page()
        cdp = self.context.new_cdp_session(page)
        page.goto(f"{self.site}/static/icons/icon-192.png")  # of the site, and nothing of the app runs there
        self._set_quota(cdp, 1)
        end = time.monotonic() + LONGEST
        while page.evaluate(WRITABLE):  # Chromium remembers for a while how much was free
            assert time.monotonic() < end, "this browser lets itself be filled by nothing"
            self._set_quota(cdp, 1)
            page.wait_for_timeout(100)
        page.goto("about:blank")  # no window of the site is open when the app starts
        page.goto(f"{self.site}/phone/")
        return page, cdp

    def make_room(self, page: Page, cdp: CDPSession) -> None:
        self._set_quota(cdp, None)
        end = time.monotonic() + LONGEST
        while not page.evaluate(WRITABLE):
            assert time.monotonic() < end, "there is no room again"
            page.wait_for_timeout(100)

    def _set_quota(self, cdp: CDPSession, size: int | None) -> None:
        told: dict[str, Any] = {"origin": self.site} | ({} if size is None else {"quotaSize": size})
        cdp.send("Storage.overrideQuotaForOrigin", told)

    def tab(self) -> Page:
        assert self.context is not None
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self.faults.append(said.text) if "Policy" in said.text else None)
        page.goto(f"{self.site}/phone/")
        return page

    def close(self) -> None:
        """The browser is ended as a person ends it, and has put everything away."""
        if self.context is not None:
            close_whole(self.context, self.profile)
        self.context = None

    def kill(self) -> None:
        """The app dies without a word: no pagehide, no last write. Only this profile's own browser is ended.

        All of it, as a phone's system does: a part that writes the databases may not outlive the rest and still
        hold them when the app is opened again.
        """
        assert self.context is not None
        parts = family_of(browser_of(self.profile))
        for part in parts:
            with contextlib.suppress(ProcessLookupError):
                os.kill(part, signal.SIGKILL)
        with contextlib.suppress(Error):
            self.context.close()
        until_gone(parts)
        self.context = None
        (self.profile / "SingletonLock").unlink(missing_ok=True)


class Processor:
    """What a page's own thread has used, as it would be on a phone four times slower: other work does not count."""

    SLOWER = 4

    def __init__(self, page: Page) -> None:
        self.cdp = page.context.new_cdp_session(page)
        self.cdp.send("Performance.enable")

    def slow_ms(self) -> float:
        told = {one["name"]: one["value"] for one in self.cdp.send("Performance.getMetrics")["metrics"]}
        return float(told["ThreadTime"]) * 1000 * self.SLOWER


def close_whole(context: BrowserContext, profile: Path) -> None:
    """Until no part of it writes into the profile any more."""
    parts: list[int] = []
    with contextlib.suppress(AssertionError):  # it ended by itself
        parts = family_of(browser_of(profile))
    context.close()
    until_gone(parts)


def until_gone(processes: list[int]) -> None:
    end = time.monotonic() + LONGEST
    while any(map(_lives, processes)):
        assert time.monotonic() < end, "a browser does not end"
        time.sleep(0.01)


def family_of(process: int) -> list[int]:
    """It, and whatever it started, and these."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit():
                parents.setdefault(int(_stat(int(entry.name))[1]), []).append(int(entry.name))
    found = [process]
    for one in found:
        found += parents.get(one, [])
    return found


def _stat(process: int) -> list[str]:
    """State, parent, and more, behind the name in brackets."""
    return (Path("/proc") / str(process) / "stat").read_text().rpartition(")")[2].split()


def _lives(process: int) -> bool:
    try:
        return _stat(process)[0] not in "ZX"
    except (OSError, IndexError):
        return False


def browser_of(profile: Path) -> int:
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            words = (entry / "cmdline").read_bytes().split(b"\0") if entry.name.isdigit() else []
            if b"--user-data-dir=" + os.fsencode(profile) in words and not any(
                w.startswith(b"--type=") for w in words
            ):
                return int(entry.name)
    raise AssertionError("the browser of this profile does not run")
