"""A browser that behaves like the one on a phone: its profile outlives it, and it can be killed without a word."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Error, Page, Playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


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
        self.context = self.playwright.chromium.launch_persistent_context(
            str(self.profile), executable_path=CHROMIUM, headless=True, args=["--no-sandbox"],
            viewport={"width": 390, "height": 844}, offline=offline, **self.options,
        )  # fmt: skip
        self.context.set_default_timeout(120_000)  # a machine with other work is slow, and that is no fault of the phone
        for script in self.scripts:
            self.context.add_init_script(script)
        return self.tab()

    def start_with_quota(self, size: int) -> tuple[Page, CDPSession]:
        self.start().close()
        assert self.context is not None
        page = self.context.new_page()
        cdp = self.context.new_cdp_session(page)
        cdp.send("Storage.overrideQuotaForOrigin", {"origin": self.site, "quotaSize": size})
        page.goto(f"{self.site}/phone/")
        return page, cdp

    def tab(self) -> Page:
        assert self.context is not None
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self.faults.append(said.text) if "Policy" in said.text else None)
        page.goto(f"{self.site}/phone/")
        return page

    def close(self) -> None:
        """The browser is ended as a person ends it."""
        if self.context is not None:
            self.context.close()
        self.context = None

    def kill(self) -> None:
        """The app dies without a word: no pagehide, no last write. Only this profile's own browser is ended."""
        assert self.context is not None
        os.kill(browser_of(self.profile), signal.SIGKILL)
        with contextlib.suppress(Error):
            self.context.close()
        self.context = None
        (self.profile / "SingletonLock").unlink(missing_ok=True)


def browser_of(profile: Path) -> int:
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            words = (entry / "cmdline").read_bytes().split(b"\0") if entry.name.isdigit() else []
            if b"--user-data-dir=" + os.fsencode(profile) in words and not any(w.startswith(b"--type=") for w in words):
                return int(entry.name)
    raise AssertionError("the browser of this profile does not run")
