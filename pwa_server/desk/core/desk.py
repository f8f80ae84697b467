"""The desk every layer is handed: its database, its keys, its settings, its clock, and one writer at a time."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from peewee import DatabaseError

from .clock import JAPAN, Clock, stamp
from .errors import DeskError
from .keys import Keys

if TYPE_CHECKING:
    from pwa_server.config import Config


class Desk:
    """One office's desk: its database, its keys, its settings and its clock."""

    def __init__(self, db: Any, config: "Config", clock: Clock, load_keys: Callable[[], Keys]) -> None:
        self.db = db
        self.config = config
        self.clock = clock
        self._writing = threading.RLock()
        self.syncing = threading.Lock()  # one look at the relay at a time
        self.stirred = threading.Event()  # something changed: look at the relay now
        self.relay: Any = None  # made by `relay_client.relay_of` on first use
        self._load_keys = load_keys
        self._keys: Keys | None = None
        self.left_out: dict[tuple[str, str, str], str] = {}  # of this look at the relay: `going_on`
        self.looked_over: set[str] = (
            set()
        )  # phones whose documents this program has built from the first to the last

    @property
    def keys(self) -> Keys:
        """The office's keys, read once from the encrypted database."""
        if self._keys is None:
            self._keys = self._load_keys()
        return self._keys

    def forget_keys(self) -> None:
        """Read the keys again next time (after a new one was made)."""
        self._keys = None

    def now(self) -> str:
        """The desk's time as it is stored."""
        return stamp(self.clock())

    def today(self) -> date:
        """The day it is in Japan."""
        return self.clock().astimezone(JAPAN).date()

    @contextmanager
    def write(self) -> Iterator[None]:
        """One writer at a time. Outermost a transaction, inside a savepoint. Raises DeskError full."""
        try:
            with self._writing, self.db.atomic("IMMEDIATE"):
                yield
        except DatabaseError as error:
            if _was_full(error):
                raise DeskError("full") from None
            raise

    @contextmanager
    def read(self) -> Iterator[None]:
        """Everything read within is of one moment, and nobody who writes waits for it."""
        with self.db.atomic("DEFERRED"):
            yield

    def look(self) -> None:
        """Ask the database for anything, to see that it answers. Nobody who writes is waited for."""
        try:
            self.db.connect(reuse_if_open=True)
            self.db.execute_sql("select 1 from sqlite_master limit 1").fetchone()
        finally:
            self.close()

    def close(self) -> None:
        """Close this thread's connection."""
        if not self.db.is_closed():
            self.db.close()


def _was_full(error: BaseException | None) -> bool:
    """SQLite ends the whole transaction on a full disk; what is reported last may be that there was none to undo."""
    while error is not None:
        if "disk is full" in str(error) or getattr(error, "code", "") == "full":
            return True
        error = error.__cause__ or error.__context__
    return False
