"""Reads the journal back with the custodians' key, and names each line that is gone, moved or changed.

What can be read is always handed on: a fault never keeps the lines behind it from being applied.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sync.errors import SyncError
from sync.sealing import SealKey

from .journal import INFO, LENGTH, START, Head, frames, link


@dataclass(frozen=True)
class Fault:
    """What does not fit. `kind`: missing, other, order, unreadable, torn, cut; `first` to `last`: numbers of lines.

    For unreadable and torn the numbers count the lines in that file.
    """

    kind: str
    file: str
    first: int
    last: int


class JournalReading:
    """One walk over a folder. `faults`, `unchained` and `last` are told after `entries` came to its end."""

    def __init__(
        self,
        folder: Path,
        office: str,
        key: SealKey,
        backed_up: Head,
        last_head: Head | None,
        first: str = "",
    ) -> None:
        """`backed_up`: the head in the restored backup. `last_head`: the head written beside the backups. `first`: the
        first file that `key` opens; whatever stands in those before is in the backup.
        """
        self._files = sorted(
            file for file in folder.glob(f"journal-{office[:12]}-*.sotto") if file.name >= first
        )
        self._key = key
        self._backed_up = backed_up
        self._told = last_head
        self._links = {0: START}
        self._seen: set[Head] = set()
        self.faults: list[Fault] = []
        self.unchained = 0  # lines written before lines were chained: one missing there does not show
        self.last = Head()
        self.size = sum(file.stat().st_size for file in self._files)  # bytes of all lines
        self.read = 0  # of them

    def entries(self) -> Iterator[dict[str, Any]]:
        """Every entry in the order of writing."""
        for file in self._files:
            for number, sealed in enumerate(frames(file), 1):
                entry = None if sealed is None else self._open(sealed)
                self.read += 0 if sealed is None else LENGTH + len(sealed)
                if sealed is None or entry is None:
                    self._fault("torn" if sealed is None else "unreadable", file.name, number, number)
                    continue
                self._follow(entry, sealed, file.name)
                yield entry
        self._check_reach()

    def _open(self, sealed: bytes) -> dict[str, Any] | None:
        try:
            entry = json.loads(self._key.open(INFO, sealed))
        except (SyncError, ValueError, RecursionError):
            return None
        return entry if isinstance(entry, dict) and _has_shape(entry) else None

    def _follow(self, entry: dict[str, Any], sealed: bytes, file: str) -> None:
        if "n" not in entry:
            self.unchained += 1
            return
        n, before = entry["n"], entry["before"]
        now = Head(n, link(before, sealed))
        if now in self._seen:  # no two lines are sealed alike: this very one stood here before
            self._fault("order", file, n, n)
        elif not self._fits(n, before):
            expected = self.last.n + 1
            if n > expected:
                self._fault("missing", file, expected, n - 1)
            else:
                self._fault("order" if n < expected else "other", file, n, n)
        if (
            n <= self.last.n
        ):  # an act taken back after its line was written, or a desk put back, goes on from earlier
            self._links = {number: known for number, known in self._links.items() if number < n}
        self.last = now
        self._links[n] = self.last.link
        self._seen |= {Head(n - 1, before), self.last}

    def _fits(self, n: int, before: str) -> bool:
        if self._links.get(n - 1) == before or Head(n - 1, before) == self._backed_up:
            return True
        return (
            not self._seen and n - 1 < self._backed_up.n
        )  # lines before are gone; their acts are in the backup

    def _check_reach(self) -> None:
        for reach in (self._backed_up, self._told or Head()):
            beyond = reach.n > (self.last.n if self._seen else self._backed_up.n)
            if reach.n and reach not in self._seen and (beyond or self._seen):
                first = min(self.last.n + 1 if self._seen else self._backed_up.n + 1, reach.n)
                self._fault("cut", "", first, reach.n)
                return

    def _fault(self, kind: str, file: str, first: int, last: int) -> None:
        self.faults.append(Fault(kind, file, first, last))


def _has_shape(entry: dict[str, Any]) -> bool:
    chained = "n" not in entry or (
        type(entry["n"]) is int and entry["n"] > 0 and isinstance(entry.get("before"), str)
    )
    if "seal" in entry:
        return chained and isinstance(entry["seal"], str) and isinstance(entry.get("made_at"), str)
    named = isinstance(entry.get("source"), str) and isinstance(entry.get("by"), str)
    return chained and named and isinstance(entry.get("event"), dict)
