"""The tables after an update. The read model is made from the log, so one whose columns changed is simply made anew.

All of it in one transaction: a power cut leaves the old tables or the new ones, never empty ones.
"""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pwa_server.progress import clear_progress, tell_progress
from sync import folding

from ..core.desk import Desk
from ..core.tables import canonical
from ..models.key_values import get_state, set_state
from ..models.office_and_cases import MACHINE_TABLES, READ_MODEL
from .rebuild import Tell, build

log = logging.getLogger("sotto.desk")
NAME = "read_model_columns"


def bind_tables(db: Any, *, make: bool = True) -> None:
    """`make`: also make the machine's tables that are not there yet."""
    tables = [*MACHINE_TABLES, *READ_MODEL]
    db.bind(tables, bind_refs=False, bind_backrefs=False)
    if make:
        db.create_tables(MACHINE_TABLES)


def bring_up_to_date(desk: Desk) -> None:
    """Make the read model's tables; build them from the log when they are not the ones this program knows."""

    if get_state(NAME) == fingerprint():
        return
    with desk.write(), _told(desk) as tell:
        if get_state(NAME) == fingerprint():
            return  # another process did it while this one waited
        _drop(desk.db, tell)
        desk.db.create_tables(READ_MODEL)
        count = build(lambda done, of: tell(of + 19 * done, 20 * of))
        set_state(NAME, fingerprint())
    if count:
        log.info("read model built anew after an update: %s events", count)


def _drop(db: Any, tell: Tell) -> None:
    """Emptied first: what a DROP takes away SQLite holds in memory until it is done, for a full table 500 MB."""
    there = set(db.get_tables())
    for place, table in enumerate(READ_MODEL):
        tell(place, 20 * len(READ_MODEL))
        if table._meta.table_name in there:
            table.delete().execute()
    db.drop_tables(READ_MODEL)


@contextmanager
def _told(desk: Desk) -> Iterator[Tell]:
    """Years of records take minutes: whoever started the desk is told, and waits (`processes.wait_ready`)."""
    try:
        yield lambda done, of: tell_progress(desk.config.desk_data, done, of)
    finally:
        clear_progress(desk.config.desk_data)


def fingerprint() -> str:
    """A hash of every table's name, columns and indexes, and of how names are folded (`alike`)."""
    fingerprint: list[Any] = [
        [
            table._meta.table_name,
            sorted(
                [column.column_name, type(column).__name__, bool(column.index)]
                for column in table._meta.sorted_fields
            ),
            table._meta.indexes,
        ]
        for table in READ_MODEL
    ]
    fingerprint.append(folding.fingerprint())
    return hashlib.sha256(canonical(fingerprint).encode()).hexdigest()
