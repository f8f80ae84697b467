"""Stands before the doors of relay and desk: a request gets a thread only when its body is here, whole.

Handed over earlier, as WSGI servers do, each body that comes a byte a second would hold a thread, and as many lines as
there are threads would keep everybody out (slowloris). Here such a line costs a few kilobytes until it is ended.
It reads bodies into memory, so it bounds them: one, and all together. What a body means it never looks at. Who asks it
learns from the line, and from the proxies that the settings name (proxies.py).
"""

import asyncio
import io
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import unquote_to_bytes

from sync.limits import MIB

from . import fault_lines
from .metrics import Figures
from .probes import Probes
from .proxies import Proxies, counted

MOST_WAITING = 64 * MIB  # of bodies under way together
SLOW_AFTER = 10.0  # seconds a body may take before it counts as slow
SLOW_LINES = 64  # slow bodies under way from one address
SILENT_SECONDS = 30.0  # without a byte: the line is dead
MOST_HEADERS = 32 * 1024  # bytes of all headers of a request; a browser of the desk sends two thousand
PACE_AFTER, PACE = 30.0, 256  # seconds, and bytes a second that the slowest phone keeps up
DOOR = "sotto.door"  # of the environment: which door answered, told by the app (wsgi.py)
HEADERS = [("content-type", "application/json"), ("cache-control", "no-store"), ("connection", "close")]


def _said(code: str, detail: str) -> bytes:
    return json.dumps({"error": code, "detail": detail}).encode()


BUSY = _said("too_many", "too much is on its way here; try again in a minute")
FAULT = _said("fault", "")
UNMEASURED = _said("malformed", "a body says its length first")
HOSTS = _said("malformed", "a request names one host")
LONG = _said("too_big", "the headers are too long")


class Front:
    """An RSGI application over a WSGI one.

    `threads`: how many requests are answered at once. `largest`: bytes of the longest body that any door reads.
    """

    def __init__(
        self,
        app: Callable[..., Any],
        threads: int,
        largest: int,
        proxies: Proxies,
        probes: Probes,
        figures: Figures,
    ) -> None:
        self.figures = figures
        self.app = app
        self.probes = probes
        self.largest = largest
        self.proxies = proxies
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="door")
        self.waiting = 0
        self.reading: dict[str, list[float]] = defaultdict(list)

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        probed = await self.probes.answer(scope.method, scope.path)
        if probed is not None:
            proto.response_bytes(*probed)
            return
        refused = refusal_of(scope)
        if refused is not None:
            proto.response_bytes(refused[0], HEADERS, refused[1])
            return
        environ = environ_of(scope)
        self.proxies.resolve(environ)
        try:
            body = await self._body(environ, proto)
        except _Busy:
            self.figures.turned_away("busy")
            proto.response_bytes(429, [*HEADERS, ("retry-after", "30")], BUSY)
            return
        except _Unmeasured:
            self.figures.turned_away("unmeasured")
            proto.response_bytes(400, HEADERS, UNMEASURED)
            return
        except _Gone:
            self.figures.turned_away("gone")
            proto.response_empty(408, [("connection", "close")])
            return
        environ["wsgi.input"] = io.BytesIO(body)
        loop = asyncio.get_running_loop()
        status, headers, content = await loop.run_in_executor(self.pool, self._answer, environ)
        proto.response_bytes(status, headers, content)

    async def _body(self, environ: dict[str, Any], proto: Any) -> bytes:
        """The whole body; of one too large nothing, or one piece too much: the doors refuse both by themselves."""
        announced = environ.get("CONTENT_LENGTH", "")
        if "HTTP_TRANSFER_ENCODING" in environ:
            raise _Unmeasured
        if announced == "0" or (not announced and environ["SERVER_PROTOCOL"].startswith("HTTP/1")):
            return b""
        if announced and not (announced.isascii() and announced.isdigit() and int(announced) <= self.largest):
            return b""
        address, began = counted(environ["REMOTE_ADDR"]), time.monotonic()
        if self.waiting > MOST_WAITING or self._slow(address, began) >= SLOW_LINES:
            raise _Busy
        parts: list[bytes] = []
        length = 0
        self.reading[address].append(began)
        try:
            pieces = proto.__aiter__()
            while length <= self.largest:
                try:
                    piece = await asyncio.wait_for(anext(pieces), SILENT_SECONDS)
                except StopAsyncIteration:
                    break
                parts.append(piece)
                length += len(piece)
                self.waiting += len(piece)
                spent = time.monotonic() - began
                if spent > PACE_AFTER and length < PACE * spent:
                    raise _Gone
            return b"".join(parts)
        except (TimeoutError, RuntimeError) as error:  # silent, or cut off
            raise _Gone from error
        finally:
            self.waiting -= length
            self.reading[address].remove(began)
            if not self.reading[address]:
                del self.reading[address]

    def _slow(self, address: str, now: float) -> int:
        return sum(1 for began in self.reading.get(address, ()) if now - began > SLOW_AFTER)

    def _answer(self, environ: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
        began = time.monotonic()
        with fault_lines.request(environ.get("HTTP_X_REQUEST_ID", "")) as id_:
            status, headers, content = self._ask(environ)
        self.figures.answered(environ.get(DOOR, "-"), status, time.monotonic() - began)
        return status, [*headers, (fault_lines.REQUEST_HEADER.lower(), id_)], content

    def _ask(self, environ: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
        ask: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _fault: Any = None) -> None:
            ask[:] = [int(status.split(" ", 1)[0]), headers]

        try:
            answer = self.app(environ, start)
            try:
                content = b"".join(answer)
            finally:
                if hasattr(answer, "close"):
                    answer.close()
        except Exception as error:  # noqa: BLE001 - behind every handler of the app; the web server would print its text
            fault_lines.say("fault behind the doors", error)
            return 500, HEADERS, FAULT
        return ask[0], ask[1], content


class _Busy(Exception):
    """No room for another body now."""


class _Unmeasured(Exception):
    """A body in pieces without a length in front. No phone and no desk sends one."""


class _Gone(Exception):
    """The body stopped coming."""


def refusal_of(scope: Any) -> tuple[int, bytes] | None:
    """What two readers could read differently, or nobody sends (RFC 9112 section 3.2): status and answer."""
    names = [(name, len(value)) for name, value in scope.headers.items()]
    if sum(len(name) + length for name, length in names) > MOST_HEADERS:
        return 431, LONG
    hosts = sum(name.lower() == "host" for name, _ in names)
    if hosts > 1 or (not hosts and scope.http_version == "1.1"):
        return 400, HOSTS
    return None


def environ_of(scope: Any) -> dict[str, Any]:
    """PEP 3333 of an RSGI scope.

    A name with an underscore would pass for the one with a hyphen that a proxy sets or counts by: it is left out.
    """
    server, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope.path).decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.errors": sys.stderr,
        "wsgi.input_terminated": True,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        between = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{between}{value}" if key in environ else value
    if scope.authority:
        environ.setdefault("HTTP_HOST", scope.authority)
    return environ
