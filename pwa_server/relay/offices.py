"""Which offices this relay serves: those of the settings, and those an operator adds or removes while it runs.

What was removed is not served, whatever the settings say. Its letters, roster and phones stay as they are: added again,
it goes on where it was.
"""

import threading
import time
from dataclasses import dataclass

from sync.encoding import is_name
from sync.errors import SyncError

from .store import Store

FRESH_SECONDS = 2.0  # how long another process may still serve an office that was removed


@dataclass(frozen=True)
class Listed:
    """`state`: settings, added or removed. `since`: seconds since 1970, 0 for one of the settings."""

    office: str
    state: str
    since: int
    devices: int
    waiting: int


class Offices:
    """Asked at each request: kept for a moment, and read again before any office is turned away."""

    def __init__(self, store: Store, named: tuple[str, ...]) -> None:
        self.store = store
        self.named = named
        self._lock = threading.Lock()
        self._read = float("-inf")
        self._served: frozenset[str] = frozenset()
        self._removed: frozenset[str] = frozenset()

    def __contains__(self, office: object) -> bool:
        if time.monotonic() - self._read > FRESH_SECONDS or office not in self._served:
            self._read_again()
        return office in self._served

    def check(self, office: object) -> str:
        """The office's id. Raises unknown_office, and says of one that was removed that it was."""
        if isinstance(office, str) and office in self:
            return office
        if office in self._removed:
            raise SyncError(
                "unknown_office", "this relay serves that office no more; its operator removed it"
            )
        raise SyncError("unknown_office", "this relay does not serve that office")

    def _read_again(self) -> None:
        served, removed = _read(self.store, self.named)
        with self._lock:
            self._removed, self._served = removed, served
            self._read = time.monotonic()


def served(store: Store, named: tuple[str, ...]) -> frozenset[str]:
    """The offices served now; `named`: those of the settings."""
    return _read(store, named)[0]


def _read(store: Store, named: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """(served, removed)."""
    with store.connected():
        rows = list(store.Office.select())
    removed = frozenset(row.office for row in rows if row.removed)
    return frozenset([*named, *(row.office for row in rows)]) - removed, removed


def add(store: Store, office: str, now: float) -> None:
    """Serve this office from now on. Raises malformed for what is no office's id."""
    _keep(store, office, {"added": int(now), "removed": 0})


def remove(store: Store, office: str, now: float) -> None:
    """Serve it no more. Nothing of it is deleted."""
    _keep(store, office, {"added": 0, "removed": int(now)})


def listed(store: Store, named: tuple[str, ...]) -> list[Listed]:
    with store.connected():
        listed = dict.fromkeys(named, ("settings", 0))
        for row in store.Office.select():
            listed[row.office] = ("removed", row.removed) if row.removed else ("added", row.added)
        return [_count(store, office, *listed[office]) for office in sorted(listed)]


def _count(store: Store, office: str, state: str, since: int) -> Listed:
    D, E = store.Device, store.StoredEnvelope  # noqa: N806
    devices = D.select().where(D.office == office).count()
    return Listed(office, state, since, devices, E.select().where(E.office == office).count())


def _keep(store: Store, office: str, values: dict[str, int]) -> None:
    if not is_name(office):
        raise SyncError("malformed", "an office's id has 43 letters; `sotto init` prints it at the desk")
    store.transact(lambda: store.put(store.Office, {"office": office}, values))
