"""Notices when every thread that answers requests has been busy for long, and says so in the log and on /healthz.

It stands around a WSGI application and counts what is under way. It ends nothing: a request that hangs is a fault to be
found, and whoever looks after the machine must hear of it before people do.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

STUCK_AFTER = 10.0  # seconds with every thread on the same requests
LOOK_EVERY = 1.0
SAY_EVERY = 60.0


class Watchdog:
    """`threads`: how many requests are answered at once. `clock`: seconds that never go back."""

    def __init__(
        self,
        app: Callable[..., Iterable[bytes]],
        threads: int,
        role: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.app, self.threads, self.clock = app, threads, clock
        self.log = logging.getLogger(f"sotto.{role}")
        self._under_way: dict[int, tuple[float, str]] = {}
        self._lock = threading.Lock()
        self._last_said: float | None = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        ticket = object()
        with self._lock:
            self._under_way[id(ticket)] = (self.clock(), environ.get("REQUEST_METHOD", "?"))
        try:
            return self.app(environ, start_response)
        finally:
            with self._lock:
                del self._under_way[id(ticket)]

    def stuck_for(self) -> float:
        """Seconds since every thread has been busy with what it is busy with now; 0.0 while one is free."""
        with self._lock:
            begun = sorted(at for at, _ in self._under_way.values())
        # Whoever asks on one of these threads is no work that is stuck, and one left over is not enough to serve.
        return (
            0.0 if len(begun) < max(self.threads - 1, 1) else max(0.0, self.clock() - begun[self.threads - 2])
        )

    def look(self) -> bool:
        """Whether they are stuck. Said in the log when it begins, every minute, and when it is over."""
        stuck, now = self.stuck_for(), self.clock()
        if stuck >= STUCK_AFTER:
            if self._last_said is None or now - self._last_said >= SAY_EVERY:
                self.log.error("every thread has been busy for %d s; nobody else is served", stuck)
                self._last_said = now
            return True
        if self._last_said is not None:
            self.log.warning("threads are free again")
            self._last_said = None
        return False

    def start(self) -> None:
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def _watch(self) -> None:
        while True:
            time.sleep(LOOK_EVERY)
            self.look()
