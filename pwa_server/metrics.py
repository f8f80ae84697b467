"""Numbers for Prometheus, on an address of their own that neither phones nor people reach.

Worker processes count into a folder that all of them share; the program that started them reads it and answers. No
person, case, phone or address of anybody is in a name or a label; an office's id, which is public, is in one.
"""

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from .gauges import gauges_of
from .processes import CannotStart

if TYPE_CHECKING:
    from .config import Config

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the library's own name for it
LOOK_EVERY = 30.0  # seconds
RARER = 100  # times what a look took: counting a million envelopes costs a database a hundredth of itself, no more
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
SINCE_START = {
    "requests": "Requests answered, by door (never a whole address) and status",
    "request_seconds": "How long an answer took, from the whole body to the whole answer",
    "turned_away": "Requests refused before they got a thread: busy, unmeasured, gone",
}
STATES = {
    "info": "1, with the version that runs",
    "database_answers": "1 while the database can be read",
    "certificate_seconds": "How long the certificate is good for; none where a proxy ends TLS",
}
OFFICE_SEEN = "relay_office_seen_timestamp_seconds"


def split_address(text: str) -> tuple[str, int]:
    """`host:port`. Raises ValueError."""
    host, _, port = text.rpartition(":")
    if not host or not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError(text)
    return host.strip("[]"), int(port)


@contextmanager
def served(config: "Config") -> Iterator[None]:
    """While this lasts, processes started from here count, and the settings' address answers. Raises CannotStart."""
    if not config.metrics:
        yield
        return
    folder = tempfile.mkdtemp(prefix="sotto-metrics-")
    os.environ[FOLDER] = folder
    try:
        with _answering(*split_address(config.metrics), folder):
            yield
    finally:
        del os.environ[FOLDER]
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _answering(host: str, port: int, folder: str) -> Iterator[None]:
    from prometheus_client import CollectorRegistry, start_http_server
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=folder)  # type: ignore[no-untyped-call]
    try:
        server, thread = start_http_server(port, host, registry)
    except OSError as error:
        raise CannotStart("cli.port_refused", host=host, port=port, why=error.strerror) from None
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Figures:
    """What one worker process counts; nothing at all unless it was started to (`served`)."""

    def __init__(self, role: str) -> None:
        self.role = role
        self.on = FOLDER in os.environ
        if not self.on:
            return
        from prometheus_client import Counter, Histogram

        self._requests = Counter("sotto_requests", SINCE_START["requests"], ["role", "door", "status"])
        self._seconds = Histogram(
            "sotto_request_seconds", SINCE_START["request_seconds"], ["role"], buckets=BUCKETS
        )
        self._away = Counter("sotto_turned_away", SINCE_START["turned_away"], ["role", "why"])
        self._states = {
            name: self._gauge(name, help_, ["role"]) for name, help_ in STATES.items() if name != "info"
        }
        self._gauge("info", STATES["info"], ["role", "version"]).labels(role, version("sotto")).set(1)

    def answered(self, door: str, status: int, seconds: float) -> None:
        if self.on:
            self._requests.labels(self.role, door, str(status)).inc()
            self._seconds.labels(self.role).observe(seconds)

    def turned_away(self, why: str) -> None:
        if self.on:
            self._away.labels(self.role, why).inc()

    def watch(
        self,
        table: type,
        look: Callable[[], Any],
        certificate: Callable[[], float | None],
        seen: Mapping[str, float] | None = None,
    ) -> None:
        """Tell the numbers of `table` (gauges.py) twice a minute. `seen`: when each office was heard of last."""
        if not self.on:
            return
        gauges = {name: self._gauge(f"{self.role}_{name}", help_) for name, help_ in gauges_of(table).items()}
        offices: Any = None
        if seen is not None:
            offices = self._gauge(OFFICE_SEEN, "When an office's desk was heard of last", ["office"], "max")

        def tell() -> None:
            answers, numbers = 1, {}
            try:
                numbers = asdict(look())
            except Exception:  # noqa: BLE001 - whatever it is, the database is not there for anybody; requests say why
                answers = 0
            self._states["database_answers"].labels(self.role).set(answers)
            left = certificate()
            self._states["certificate_seconds"].labels(self.role).set(_number(left))
            for name, value in numbers.items():
                gauges[name].set(_number(value))
            for office, at in list((seen or {}).items()):
                offices.labels(office).set(at)

        threading.Thread(target=_each, args=(tell,), name="metrics", daemon=True).start()

    def _gauge(self, name: str, help_: str, labels: list[str] | None = None, mode: str = "mostrecent") -> Any:
        """Of several workers the one that looked last is right."""
        from prometheus_client import Gauge

        return Gauge(f"sotto_{name}", help_, labels or [], multiprocess_mode=mode)  # type: ignore[arg-type]


def _each(tell: Callable[[], None]) -> None:
    pause = threading.Event()
    while True:
        began = time.monotonic()
        tell()
        pause.wait(max(LOOK_EVERY, (time.monotonic() - began) * RARER))


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
