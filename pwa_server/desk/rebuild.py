"""Builds the read model again from the log alone. The result is the same byte for byte, or something is wrong."""

import hashlib
from collections.abc import Iterator

from .apply import apply
from .database import Desk
from .faults import DeskError
from .log import replay
from .model import READ_MODEL
from .rows import Row, canonical


def rebuild(desk: Desk) -> tuple[int, list[str]]:
    """Empty every table of the read model and replay the log, in one transaction.

    Returns how many events were applied and the names of tables that came out different from before.
    """
    with desk.write():
        before = digests()
        for table in READ_MODEL:
            table.delete().execute()
        count = 0
        for event in replay():
            try:
                apply(event)
            except DeskError as error:
                # It was applied once; a program that no longer can is older than the log.
                raise DeskError("rebuild_failed", f"{event.position} {error}") from error
            count += 1
        after = digests()
    return count, [name for name in before if before[name] != after[name]]


def digests() -> dict[str, str]:
    """A hash of each table's rows."""
    return {table._meta.name: _digest(table) for table in READ_MODEL}


def dump() -> Iterator[str]:
    """Every row of the read model, one canonical line each, in a fixed order."""
    for table in READ_MODEL:
        yield from _lines(table)


def _digest(table: type[Row]) -> str:
    digest = hashlib.sha256()
    for line in _lines(table):
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def _lines(table: type[Row]) -> Iterator[str]:
    lines = sorted(canonical(row) for row in table.select().dicts().iterator())
    for line in lines:
        yield f"{table._meta.name} {line}"
