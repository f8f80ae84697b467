"""What an operator wants to know of a desk, in numbers. Nobody's id, name or case is among them; nothing is written."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass

from pwa_server.gauges import gauge

from .backup.backup import room
from .core.clock import read_stamp
from .core.desk import Desk
from .exchange.sync_round import status
from .log.event_log import head
from .models.key_values import get_state
from .models.office_and_cases import Held, LogEntry


@dataclass(frozen=True)
class DeskHealth:
    events: int = gauge("Events in the log", 0)
    relay_seen_seconds: float | None = gauge("Since the desk last finished a round with its relay")
    relay_problem: int = gauge("1 while the last round with the relay failed", 0)
    held: int = gauge("Records that wait for a person's decision, with their reason", 0)
    backup_seconds: float | None = gauge("Since the newest backup that was read back")
    unsaved_seconds: float = gauge("How long the oldest event that is in no backup has been here", 0.0)
    backup_problem: int = gauge("1 while backups fail", 0)
    backups_with_room: int | None = gauge("How many more backups there is room for")
    read_again_seconds: float | None = gauge("Since a backup was last unpacked, opened and walked through")
    journal: int = gauge("1 where staff actions are also written to a second place", 0)
    database_bytes: int = gauge("Bytes of the database", 0)
    free_bytes: int = gauge("Bytes free beside the database", 0)


def look(desk: Desk) -> DeskHealth:
    now = desk.clock()

    def since(text: str | None) -> float | None:
        return None if text is None else max(0.0, (now - read_stamp(text)).total_seconds())

    relay = status(desk)
    backed_up = get_state("backed_up", {"head": 0, "at": None})
    return DeskHealth(
        events=head(),
        relay_seen_seconds=since(relay["at"]),
        relay_problem=int(bool(relay["problem"])),
        held=Held.select().where(Held.state == "held").count(),
        backup_seconds=since(backed_up["at"]),
        unsaved_seconds=_unsaved(int(backed_up["head"]), since),
        backup_problem=int(get_state("backup_problem") is not None),
        backups_with_room=_backups_with_room(desk),
        read_again_seconds=since(get_state("backup_read_again", {"at": None})["at"]),
        journal=int(desk.config.journal_dir is not None),
        database_bytes=_bytes(desk),
        free_bytes=shutil.disk_usage(desk.config.desk_data).free,
    )


def _unsaved(backed_up: int, since: Callable[[str | None], float | None]) -> float:
    oldest = LogEntry.get_or_none(LogEntry.position == backed_up + 1)
    return 0.0 if oldest is None else since(oldest.received_at) or 0.0


def _backups_with_room(desk: Desk) -> int | None:
    """None where no folder is named: then there are none at all."""
    if desk.config.backup_dir is None:
        return None
    have = room(desk)
    if have.one_disk:
        return max(0, have.beside // have.needed - 1)
    return have.folder // have.needed if have.beside >= have.needed else 0


def _bytes(desk: Desk) -> int:
    pages, size = (
        desk.db.execute_sql(f"pragma {name}").fetchone()[0] for name in ("page_count", "page_size")
    )
    return int(pages) * int(size)
