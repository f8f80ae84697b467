"""The thread that deletes what is over: nonces, codes, photos nobody names, wakes too old. Apart from the wakes, which
must not wait for it; of all processes over a database one sweeps at a time, once a minute, in short transactions.
"""

import threading

from sync.errors import SyncError

from . import blobs, nonces, slots, wakes
from .log import note, note_fault
from .store import Store
from .times import Clock

EVERY_SECONDS = 60.0
OVERLOOKED_SECONDS = 3_600
LOCK = 7_305_808_870  # any constant of ours, beside that of migrations.py
AT_ONCE = 500  # photos in one transaction
LAST, LAST_LONG = "swept", "roused"  # facts: when, in whole seconds


class Sweeper:
    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="sotto-sweep", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def sweep_if_due(self) -> bool:
        """Whether it was our turn: no process has swept for a minute, and none sweeps now."""
        if not self.store.transact(lambda: self._turn(LAST, EVERY_SECONDS)):
            return False
        self.sweep()
        return True

    def sweep(self) -> None:
        """Everything that is over, now."""
        self.store.transact(self._small)
        while self.store.transact(self._photos):
            pass
        self.store.give_back_pages()

    def _small(self) -> None:
        if self.store.alone(LOCK):
            now = self.clock()
            nonces.sweep(self.store, now)
            slots.sweep(self.store, now)
            wakes.sweep(self.store, now)
            if self._turn(LAST_LONG, OVERLOOKED_SECONDS):
                wakes.rouse_overlooked(self.store)

    def _photos(self) -> bool:
        return self.store.alone(LOCK) and blobs.sweep(self.store, self.clock(), AT_ONCE)

    def _turn(self, fact: str, seconds: float) -> bool:
        """Inside `write`. A clock that was put back makes nobody wait for it to catch up."""
        if not self.store.alone(LOCK):
            return False
        F, now = self.store.Fact, int(self.clock())  # noqa: N806
        row = F.get_or_none(F.key == fact)
        if row is not None and abs(now - int(row.value)) < seconds:
            return False
        self.store.put(F, {"key": fact}, {"value": str(now)})
        return True

    def _run(self) -> None:
        while not self._stop.wait(EVERY_SECONDS / 4):
            try:
                self.sweep_if_due()
            except SyncError as error:  # no room, or no database: what is over stays a little longer
                note("sweep_waits", problem=error.code)
            except Exception as error:  # noqa: BLE001 - the thread outlives whatever it is
                note_fault("sweep_waits", error)
