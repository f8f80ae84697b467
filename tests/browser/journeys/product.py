"""Sotto, started as a person starts it: the command, its two addresses, the passwords it prints, and its end."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.standins.ports import free_ports
from tests.standins.tcp_proxy import TcpProxy

ROOT = Path(__file__).parents[3]
ENVIRON = {key: text for key, text in os.environ.items() if not key.startswith("SOTTO_")}


class Product:
    """One trial. `relay_port` is where the relay truly listens; phones may come to it through a bad line."""

    def __init__(self, data: Path, tree: Path = ROOT, environ: dict[str, str] | None = None) -> None:
        self.data, self.tree, self.environ = data, tree, ENVIRON | (environ or {})
        self.log = data.parent / f"{data.name}.log"
        self.relay_port, self.desk_port = free_ports(2)
        self.desk = f"http://localhost:{self.desk_port}"
        self.program: subprocess.Popen[bytes] | None = None
        self.line: TcpProxy | None = None

    @property
    def phone(self) -> str:
        """The phone app's address as phones see it: over the line, where there is one."""
        return f"http://localhost:{self.line.port if self.line else self.relay_port}"

    def airplane(self, on: bool) -> None:
        """No line at all: nobody answers at the phone's address."""
        assert self.line is not None
        if on:
            self.line.refuse()
        else:
            self.line.heal()

    def start(self, *settings: str) -> Product:
        """A desk that looks at the relay every second; the rest is what a person gets."""
        before = len(self.said()) if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.program = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "pwa_server.cli",
                    "demo",
                    "--data",
                    str(self.data),
                    "--sync-seconds",
                    "1",
                    "--port",
                    str(self.relay_port),
                    "--desk-port",
                    str(self.desk_port),
                    *settings,
                ],
                cwd=self.tree,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        secure = "--lan" in settings
        self.until(
            lambda: (
                healthy(self.relay_port, secure)
                and healthy(self.desk_port)
                and "Ctrl-C" in self.said()[before:]
            )
        )
        return self

    def stop(self) -> None:
        """SIGTERM, and a clean end: code 0, and nobody listens any more."""
        assert self.program is not None
        program, self.program = self.program, None
        program.send_signal(signal.SIGTERM)
        try:
            code = program.wait(timeout=90)
        finally:
            program.kill()  # nothing of it outlives a test that failed
        assert code == 0, self.said()
        for port in (self.relay_port, self.desk_port):
            with socket.socket() as probe:
                assert probe.connect_ex(("127.0.0.1", port)) != 0

    def said(self) -> str:
        return self.log.read_text("utf-8")

    def lets_codes_grow_old(self) -> None:
        """Eleven minutes pass for the codes that lie at the relay."""
        with closing(sqlite3.connect(self.data / "relay" / "relay.db", timeout=60)) as db, db:
            db.execute("update slots set opened = opened - 660")

    def sign_in_of(self, name: str) -> tuple[str, str]:
        """(address, password) as printed at the start."""
        found = re.search(rf"{name}（[^）]*）: (\S+) ／ パスワード (\S+)", self.said())
        assert found, f"no sign-in of {name} was printed"
        return found[1], found[2]

    def relay_holds(self, what: str) -> int:
        """How much the office has told the relay so far: `what` is a table, with a condition."""
        with closing(
            sqlite3.connect(f"file:{self.data / 'relay' / 'relay.db'}?mode=ro", uri=True, timeout=60)
        ) as db:
            return int(db.execute(f"select count(*) from {what}").fetchone()[0])

    def until(self, ready: Callable[[], bool], seconds: float = 120) -> None:
        assert self.program is not None
        deadline = time.monotonic() + seconds
        while not ready():
            assert self.program.poll() is None, self.said()
            assert time.monotonic() < deadline, f"not ready: {self.said()}"
            time.sleep(0.05)


def healthy(port: int, secure: bool = False) -> bool:
    """`secure`: over TLS; whose certificate it is, is another question."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    if secure:
        line = http.client.HTTPSConnection(
            "127.0.0.1", port, timeout=20, context=ssl._create_unverified_context()
        )
    try:
        line.request("GET", "/healthz")
        return line.getresponse().status == 200
    except OSError:
        return False
    finally:
        line.close()
