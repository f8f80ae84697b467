"""`sotto compact`: gives the disk back what deleted rows left empty in the databases of this data folder."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .config import Config
from .processes import CannotStart, hold_data

SPARE = 50_000_000  # bytes


@dataclass(frozen=True)
class Compacted:
    """Bytes of a database file before and after."""

    file: Path
    before: int
    after: int


def compact(config: Config) -> list[Compacted]:
    """Every database that lies here; while nothing runs on them. Raises CannotStart, DeskError, SyncError."""
    from .desk.open_desk import desk_file

    found = []
    with hold_data(config.data):
        if (file := desk_file(config)).exists():
            found.append(_one(file, lambda: _desk(config)))
        if (file := config.relay_data / "relay.db").exists() and config.database.startswith("sqlite:"):
            found.append(_one(file, lambda: _relay(config)))
    if not found:
        raise CannotStart("cli.compact.nothing", folder=config.data)
    return found


def _one(file: Path, act: Callable[[], None]) -> Compacted:
    """SQLite writes the whole of it anew, beside it, and then over it."""
    before = _size(file)
    free = shutil.disk_usage(file.parent).free
    if free < 2 * before + SPARE:
        needed = (2 * before + SPARE) // 1_000_000
        raise CannotStart("cli.compact.no_room", file=file, needed=needed, free=free // 1_000_000)
    act()
    return Compacted(file, before, _size(file))


def _size(file: Path) -> int:
    return sum(part.stat().st_size for part in file.parent.glob(f"{file.name}*") if part.is_file())


def _desk(config: Config) -> None:
    from .desk.open_desk import note_compacted, open_desk

    desk = open_desk(config)
    try:
        desk.db.execute_sql("vacuum")
        note_compacted(desk)
        desk.db.execute_sql("pragma wal_checkpoint(truncate)").fetchall()
    finally:
        desk.close()


def _relay(config: Config) -> None:
    from .relay.store import Store

    store = Store(config.database)
    try:
        with store.connected():
            store.db.execute_sql("vacuum")
            store.db.execute_sql("pragma wal_checkpoint(truncate)").fetchall()
    finally:
        store.close()
