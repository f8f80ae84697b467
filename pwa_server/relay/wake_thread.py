"""The thread of a serving process that sends wake-ups. Any number of processes may run one.

It must never end because of one bad row, one bad answer or a database that is away for a while.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING

from sync.errors import SyncError

from . import wakes
from .log import note, note_fault
from .store import Store
from .times import Clock

if TYPE_CHECKING:
    from .webpush_out import PushSender

AT_ONCE = 8
LOOK_SECONDS = 5.0  # another process may have taken a new list


class WakeThread:
    """`make_sender`: called when the first wake is due. None: nothing is sent (no web push key)."""

    def __init__(self, store: Store, make_sender: "Callable[[], PushSender] | None", clock: Clock) -> None:
        self.store = store
        self.make_sender = make_sender
        self.clock = clock
        self._nudge = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="sotto-wakes", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._nudge.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if "sender" in self.__dict__:
            self.sender.close()

    def nudge(self) -> None:
        """A new list lies here: look now."""
        self._nudge.set()

    @cached_property
    def sender(self) -> "PushSender":
        assert self.make_sender is not None  # noqa: S101 - asked for only when something was claimed
        return self.make_sender()

    def send_due(self) -> int:
        """Send what is due and return how many that was."""
        if self.make_sender is None:
            return 0
        claimed = wakes.claim(self.store, self.clock(), AT_ONCE)
        if claimed:
            _ = self.sender  # made here, once, and not by several of the threads that use it
            with ThreadPoolExecutor(len(claimed), thread_name_prefix="sotto-push") as pool:
                list(pool.map(self._send, claimed))
        return len(claimed)

    def _send(self, wake: wakes.Claimed) -> None:
        outcome = self.sender.send(wake.to, wake.topic, "normal" if wake.source == "desk" else "high")
        wakes.settle(self.store, wake, outcome, self.clock())
        note("push", outcome=outcome.kind, problem=outcome.problem, attempt=wake.attempts)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._nudge.clear()
            try:
                if self.send_due():
                    continue
                pause = self._pause()
            except SyncError as error:  # no room left, or no database: what is due stays due
                note("wakes_wait", problem=error.code)
                pause = LOOK_SECONDS
            except Exception as error:  # noqa: BLE001 - the thread outlives a database that is away
                note_fault("wakes_wait", error)
                pause = LOOK_SECONDS
            self._nudge.wait(pause)

    def _pause(self) -> float:
        due = wakes.next_due(self.store)
        return LOOK_SECONDS if due is None else min(LOOK_SECONDS, max(0.5, due - self.clock()))
