"""Firefox and WebKitGTK as they are installed, driven by their own protocols: Marionette, and WebDriver over HTTP.

Both speak the commands of W3C WebDriver. Only what a person does is offered: open, read, press, type.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import httpx

from tests.standins.ports import free_ports

PATIENCE = 60.0
FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
WEBKIT = shutil.which("WebKitWebDriver")
MINI_BROWSER = next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"), None)
# What can be pressed and bears exactly this text, or begins with it; what is hidden does not count.
FIND = """
const [kind, text] = arguments
const flat = (one) => (one.getAttribute("aria-label") ?? one.textContent).replace(/\\s+/g, " ").trim()
const seen = (one) => one.getClientRects().length > 0
const all = [...document.querySelectorAll(kind === "press" ? "button, a, label.choice, summary, [role=button]" : "label")].filter(seen)
const found = all.find((one) => flat(one) === text) ?? all.find((one) => flat(one).startsWith(text)) ?? all.find((one) => flat(one).includes(text))
if (!found || found.disabled) return null
return kind === "type" ? (found.control ?? document.getElementById(found.htmlFor)) : found
"""


class Wire(Protocol):
    def command(self, name: str, path: str, body: dict[str, Any]) -> Any: ...

    def close(self) -> None: ...


class Marionette:
    """Firefox's own wire: `length:[0, id, name, parameters]`."""

    def __init__(self, port: int) -> None:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                self.line = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
                break
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)
        self.file = self.line.makefile("rb")
        self.count = 0
        self._read()
        self._ask("WebDriver:NewSession", {"strictFileInteractability": True})

    def command(self, name: str, path: str, body: dict[str, Any]) -> Any:
        found = self._ask(f"WebDriver:{name}", body)
        return found.get("value") if isinstance(found, dict) else found

    def close(self) -> None:
        self.file.close()
        self.line.close()

    def _ask(self, name: str, body: dict[str, Any]) -> Any:
        self.count += 1
        data = json.dumps([0, self.count, name, body]).encode()
        self.line.sendall(f"{len(data)}:".encode() + data)
        _, _, error, found = self._read()
        if error:
            raise RuntimeError(f"{name}: {error.get('message', error)}")
        return found

    def _read(self) -> Any:
        size = b""
        while (one := self.file.read(1)) != b":":
            size += one
        return json.loads(self.file.read(int(size)))


class WebDriver:
    """WebKitWebDriver over HTTP."""

    def __init__(self, port: int) -> None:
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE)
        end = time.monotonic() + PATIENCE
        while True:
            try:
                self.http.get("/status")
                break
            except httpx.HTTPError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)
        options = {"binary": str(MINI_BROWSER), "args": ["--automation"]}
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        self.session = self._value(self.http.post("/session", json=wanted))["sessionId"]

    def command(self, name: str, path: str, body: dict[str, Any]) -> Any:
        return self._value(self.http.post(f"/session/{self.session}/{path}", json=body))

    def close(self) -> None:
        self.http.close()

    @staticmethod
    def _value(answer: httpx.Response) -> Any:
        found = answer.json()["value"]
        if answer.status_code != 200:
            raise RuntimeError(f"{found.get('error')}: {found.get('message')}")
        return found


class Hand:
    """A person at another browser."""

    def __init__(self, wire: Wire, name: str) -> None:
        self.wire, self.name = wire, name

    def opens(self, url: str) -> None:
        self.wire.command("Navigate", "url", {"url": url})

    def reloads(self) -> None:
        """As a person does: the protocols' own reload goes past the service worker."""
        self.run("location.reload()")
        time.sleep(0.5)  # the old page is gone by then; what is asked next waits for the new one

    def run(self, script: str, *args: Any) -> Any:
        return self.wire.command("ExecuteScript", "execute/sync", {"script": script, "args": list(args)})

    def text(self) -> str:
        return str(self.run("return document.body ? document.body.innerText : ''"))

    def sees(self, text: str, patience: float = PATIENCE) -> None:
        self.until(lambda: text in self.text(), f"never saw {text!r}", patience)

    def presses(self, text: str) -> None:
        script = f"const found = (function () {{ {FIND} }})(...arguments); if (found) found.click(); return Boolean(found)"
        self.until(lambda: bool(self.run(script, "press", text)), f"nothing to press: {text!r}")

    def types(self, label: str, text: str) -> None:
        """The value as an input method commits it, and the event that says so."""
        script = f"""const found = (function () {{ {FIND} }})(...arguments); if (!found) return false
        found.focus(); found.value = arguments[2]
        found.dispatchEvent(new InputEvent("input", {{ bubbles: true }})); found.dispatchEvent(new Event("change", {{ bubbles: true }})); return true"""
        self.until(lambda: bool(self.run(script, "type", label, text)), f"nothing to type into: {label!r}")

    def until(self, there: Any, otherwise: str, patience: float = PATIENCE) -> None:
        end = time.monotonic() + patience
        while time.monotonic() < end:
            with contextlib.suppress(RuntimeError):  # the page is on its way to the next
                if there():
                    return
            time.sleep(0.2)
        raise AssertionError(f"{self.name}: {otherwise}\n{self.text()}")


@contextlib.contextmanager
def firefox(
    profile: Path, *, private: bool = False, settings: dict[str, Any] | None = None
) -> Iterator[Hand]:
    """`settings`: of about:config, beside what keeps it from calling home."""
    assert FIREFOX is not None
    (port,) = free_ports(1)
    profile.mkdir(exist_ok=True)
    prefs = {
        "marionette.port": port,
        "app.update.enabled": False,
        "browser.shell.checkDefaultBrowser": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "intl.accept_languages": "ja",
        "network.captive-portal-service.enabled": False,
        "network.connectivity-service.enabled": False,
        "browser.aboutwelcome.enabled": False,
        "services.settings.server": "http://127.0.0.1:9",
        "browser.privatebrowsing.autostart": private,
        "toolkit.telemetry.server": "http://127.0.0.1:9",
        **(settings or {}),
    }
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in prefs.items()]
    (profile / "user.js").write_text("\n".join(lines))
    command = [
        FIREFOX,
        "--headless",
        "--marionette",
        "--no-remote",
        "--profile",
        str(profile),
        "--width",
        "390",
        "--height",
        "844",
    ]
    with _running(command, {"HOME": str(profile)}), contextlib.closing(Marionette(port)) as wire:
        yield Hand(wire, "Firefox")


@contextlib.contextmanager
def webkit(home: Path) -> Iterator[Hand]:
    assert WEBKIT is not None
    (port,) = free_ports(1)
    display = f":{port}"
    environment = {
        "DISPLAY": display,
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "LANGUAGE": "ja",
        "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
        "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
        "XDG_RUNTIME_DIR": tempfile.mkdtemp(),
    }
    with (
        _running(["Xvfb", display, "-screen", "0", "800x1000x24", "-nolisten", "tcp"], {}),
        _running([WEBKIT, f"--port={port}"], environment),
        contextlib.closing(WebDriver(port)) as wire,
    ):
        yield Hand(wire, "WebKitGTK")


@contextlib.contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    one = subprocess.Popen(
        command,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield one
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(one.pid, 15)
        one.wait(20)
