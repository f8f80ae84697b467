"""/healthz and /readyz, for whoever looks after the machine: a proxy, systemd, Kubernetes, a monitor.

The front answers both by itself, so that they answer while every thread is busy, which is when they are asked.
Alive is a process whose threads move. Ready is one whose database takes a write now: a proxy sends people there.
"""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

READY_WITHIN = 3.0  # seconds; a database that takes longer is not there for anybody
PATHS = ("/healthz", "/readyz")
Said = tuple[int, list[tuple[str, str]], bytes]
HEADERS = [("content-type", "application/json"), ("cache-control", "no-store")]


class Probes:
    """`stuck`: whether every thread has been busy for long. `look`: asks the database, raises when it is not there."""

    def __init__(self, role: str, stuck: Callable[[], bool], look: Callable[[], None]) -> None:
        self.role = role
        self.stuck = stuck
        self.look = look
        self._one = ThreadPoolExecutor(
            1, thread_name_prefix="ready"
        )  # a database that hangs holds this one alone
        self._asking: asyncio.Future[None] | None = None

    async def answer(self, method: str, path: str) -> Said | None:
        """None for whatever else was asked."""
        if path not in PATHS or method not in ("GET", "HEAD"):
            return None
        ok = not self.stuck() if path == "/healthz" else await self._ready()
        body = json.dumps({"ok": ok, "role": self.role}).encode()
        return (200 if ok else 503), HEADERS, b"" if method == "HEAD" else body

    async def _ready(self) -> bool:
        """However many ask, the database is asked one question at a time."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.get_running_loop().run_in_executor(self._one, self.look)
        try:
            await asyncio.wait_for(asyncio.shield(self._asking), READY_WITHIN)
        except Exception:  # noqa: BLE001 - whatever it is: not ready; requests tell it in the log
            return False
        return True
