"""A line with a length and a width: every byte is late by `delay`, and no more than `rate` pass in a second.

It counts what passes. Without delay and rate it is only the counter.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import threading
import time
from dataclasses import dataclass, replace

REQUEST = re.compile(rb"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \S+ HTTP/1\.1\r\n")
PIECE = 4_096


@dataclass
class Counted:
    requests: int = 0
    up: int = 0
    down: int = 0
    connections: int = 0


class Line:
    """`port`: where to connect. `delay`: seconds each way. `rate`: bytes a second each way, of all connections."""

    def __init__(self, port: int, *, delay: float = 0.0, rate: float = 0.0) -> None:
        self.target, self.delay, self.rate = port, delay, rate
        self.reset()
        self.watched = b""  # what was counted when this was first asked for is in `before`
        self._free = [0.0, 0.0]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Line:
        self._thread.start()
        self._server = self._wait(asyncio.start_server(self._take, "127.0.0.1", 0))
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._wait(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """From now on nobody answers here."""
        self._wait(self._end())

    def reset(self) -> None:
        self.counted = Counted()
        self.before: Counted | None = None

    def _wait(self, work):  # type: ignore[no-untyped-def]
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.counted.connections += 1
        if self.delay:
            await asyncio.sleep(2 * self.delay)  # the handshake's own round trip
        with contextlib.suppress(OSError, asyncio.CancelledError):
            from_there, there = await asyncio.open_connection("127.0.0.1", self.target)
            await asyncio.gather(self._pass(reader, there, 0), self._pass(from_there, writer, 1))
        writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: int) -> None:
        """Read at the line's rate; deliver each piece in its order when its time has come."""
        late: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        delivering = asyncio.create_task(self._deliver(late, writer))
        tail = b""
        try:
            while data := await reader.read(PIECE if self.rate else 1 << 18):
                tail = self._count(way, data, tail)
                if self.rate:
                    self._free[way] = max(self._free[way], time.monotonic()) + len(data) / self.rate
                    await asyncio.sleep(max(0.0, self._free[way] - time.monotonic()))
                late.put_nowait((time.monotonic() + self.delay, data))
        finally:
            late.put_nowait((time.monotonic() + self.delay, b""))
            with contextlib.suppress(OSError):
                await delivering

    async def _deliver(self, late: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        while True:
            due, data = await late.get()
            if (wait := due - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            if not data:
                writer.write_eof()
                return
            writer.write(data)
            await writer.drain()

    def _count(self, way: int, data: bytes, tail: bytes) -> bytes:
        if way:
            self.counted.down += len(data)
            return b""
        self.counted.up += len(data)
        text = tail + data
        if self.watched and self.before is None and self.watched in text:
            self.before = replace(self.counted)
        self.counted.requests += len(REQUEST.findall(text))
        last = max((found.end() for found in REQUEST.finditer(text)), default=0)
        return text[max(last, len(text) - 2_000) :]
