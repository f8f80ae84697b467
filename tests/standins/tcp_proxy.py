"""A bad line between two programs: slow, cut off, silent or not there. One thread, whatever the number of lines.

with TcpProxy("127.0.0.1", 8600) as line:
    line.latency = 0.4              # seconds each way, for every piece
    line.reset_after = 1_000        # bytes of the answers, then a reset: the server did its work
    line.reset_after_sent = 1_000   # bytes of the requests, then a reset: the server may not have got it whole
    line.black_hole = True          # connections are taken and nothing passes
    line.refuse() / line.listen()   # nobody there / there again, on the same port
    line.heal()                     # all of it over
    line.recorded = []              # from now on: (connection, way, bytes) of every piece, way 0 is the requests
"""

import asyncio
import contextlib
import socket
import struct
import threading

from tests.standins.ports import free_ports

PIECE = 16_384


class TcpProxy:
    """`port`: where to connect. `passed`: (bytes of requests, bytes of answers) so far."""

    def __init__(self, host, port):
        self.target = (host, port)
        self.port = 0
        self.connections = 0
        self.passed = [0, 0]
        self.recorded = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="bad-line", daemon=True)
        self._server = None
        self._open = set()
        self._tasks = set()
        self._settings()

    def _settings(self):
        self.latency = 0.0
        self.reset_after = None
        self.reset_after_sent = None
        self.black_hole = False

    def __enter__(self):
        self._thread.start()
        self.listen()
        return self

    def __exit__(self, *_):
        self.refuse()
        self._wait(self._end_tasks())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def listen(self):
        if self._server is None:
            self.port = (
                self.port or free_ports(1)[0]
            )  # below the outgoing lines: nobody takes it while this one refuses
            self._server = self._wait(asyncio.start_server(self._take, "127.0.0.1", self.port, limit=PIECE))

    def refuse(self):
        """Nobody listens, and every open line is reset."""
        if self._server is not None:
            server, self._server = self._server, None
            self._wait(self._close(server))

    def heal(self):
        self._settings()
        self.listen()

    def cut(self):
        """Reset the lines that are open now; new ones are taken."""
        self._wait(self._abort_all())

    def _wait(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    async def _close(self, server):
        for line in server.sockets:
            self._loop.remove_reader(line.fileno())
        await asyncio.sleep(
            0
        )  # who was taken in this instant gets a task: a closed server would drop the line unclosed
        server.close()
        await self._abort_all()

    async def _abort_all(self):
        for writer in list(self._open):
            _reset(writer)

    async def _end_tasks(self):
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _take(self, reader, writer):
        task = asyncio.current_task()
        self._tasks.add(task)
        self._open.add(writer)
        self.connections += 1
        number, there = self.connections, None
        try:
            while self.black_hole:
                await asyncio.sleep(
                    0.02
                )  # healed, it goes on: nobody may wait for ever in a hole that is gone
            from_there, there = await asyncio.open_connection(*self.target, limit=PIECE)
            self._open.add(there)
            ends = (writer, there)
            await asyncio.gather(
                self._pass(reader, there, 0, ends, number), self._pass(from_there, writer, 1, ends, number)
            )
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            for end in filter(None, (writer, there)):
                self._open.discard(end)
                _reset(end)
            self._tasks.discard(task)

    def streams(self):
        """What was recorded, joined: (connection, way) -> bytes."""
        joined = {}
        for number, way, data in self.recorded or []:
            joined.setdefault((number, way), bytearray()).extend(data)
        return {key: bytes(data) for key, data in joined.items()}

    async def _pass(self, reader, writer, way, ends, number):
        passed = 0
        while data := await reader.read(PIECE):
            if self.recorded is not None:
                self.recorded.append((number, way, data))
            if self.latency:
                await asyncio.sleep(self.latency)
            while self.black_hole:
                await asyncio.sleep(0.02)
            most = (self.reset_after_sent, self.reset_after)[way]
            room = len(data) if most is None else max(0, most - passed)
            writer.write(data[:room])
            await writer.drain()
            passed += min(room, len(data))
            self.passed[way] += min(room, len(data))
            if room < len(data) or (most is not None and passed >= most):
                for end in ends:
                    _reset(end)
                return
        with contextlib.suppress(OSError):
            writer.write_eof()


def _reset(writer):
    """Close with RST, as a line does that breaks, not with the politeness of FIN."""
    line = writer.get_extra_info("socket")
    if line is not None and not writer.transport.is_closing():
        with contextlib.suppress(OSError):
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
