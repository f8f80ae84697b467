"""Destroys events in the log: a case's key goes, and what its entries held; their places and links stay (`log_chain`).

Only an act of two people calls this (`actions/disposals`), and a restore that finds such an act in the journal.
"""

from collections.abc import Sequence
from typing import Any

from ..core.tables import among
from ..models.office_and_cases import CaseKey, LogEntry
from .log_chain import START, Link, vouched

TOGETHER = 500  # entries asked for at once


def entries_of(keys: Sequence[str], entries: Sequence[str]) -> list[Any]:
    """Position and id of every entry under these keys or with these ids, in order."""
    rows = LogEntry.select(LogEntry.position, LogEntry.id, LogEntry.source, LogEntry.received_at)
    where = among(LogEntry.case, keys) | among(LogEntry.id, entries)
    return list(rows.where(where).order_by(LogEntry.position))


def chained(keys: Sequence[str], entries: Sequence[str]) -> str:
    """The hash with which an act vouches for what it destroys."""
    places = [row.position for row in entries_of(keys, entries)]
    wanted = sorted({place for one in places for place in (one, one - 1)})
    links: dict[int, bytes] = {0: START}
    for start in range(0, len(wanted), TOGETHER):
        some = among(LogEntry.position, wanted[start : start + TOGETHER])
        links |= {
            row.position: bytes(row.chain)
            for row in LogEntry.select(LogEntry.position, LogEntry.chain).where(some)
        }
    pairs: list[Link] = [(place, links[place - 1], links[place]) for place in places]
    return vouched(pairs)


def destroy(keys: Sequence[str], entries: Sequence[str]) -> None:
    """Call inside `desk.write()`."""
    where = among(LogEntry.case, keys) | among(LogEntry.id, entries)
    LogEntry.update(sealed=b"", digest=b"").where(where).execute()
    CaseKey.delete().where(among(CaseKey.case, keys)).execute()
