"""Backups that were read back. Only what is in such a backup is *safe* (SPEC 3.8).

One counts only after its file (`archive`) was opened again from the place where it lies. `restore` brings one back.
"""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from peewee import DatabaseError

from ..core.clock import read_stamp
from ..core.desk import Desk
from ..core.errors import DeskError
from ..log.event_log import head
from ..models.key_values import bump, get_state, set_state
from ..models.office_and_cases import BackupRun, BlobFile, LogEntry, UpPosition
from ..open_desk import connect_file, read_key
from ..projections.append_and_apply import new_id
from ..queries import access_log_head
from .ageing import forget_journal, tell_disposals
from .archive import check_archive, look, unpack, write_archive
from .retention import number_of, read_kept, superfluous
from .wrong_photos import want_again

READ_AGAIN = timedelta(days=7)
MARGIN, SPARE = 1.1, 8_000_000  # of the database's size, and bytes besides: what is written meanwhile
PLACE = "backup-"  # what folders of a backup under way are named with


@dataclass(frozen=True)
class Exposure:
    """What would be lost if this machine burned now."""

    last_backup: str | None
    staff_actions: int  # since the last backup, without a second place
    phone_events: int  # since the last backup; phones still keep them
    second_place: bool


def backup(desk: Desk) -> Path:
    """Make a sealed backup, read it back and check it; then its records are safe. Returns the file.

    Raises DeskError: no_backup_dir, backup_no_room, backup_failed (nothing became safe).
    """
    folder = desk.config.backup_dir
    if folder is None:
        raise DeskError("no_backup_dir")
    public = desk.keys.backup_public
    if public is None:
        raise DeskError("backup_failed", "no backup key")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone(folder):
            return _backup_into(desk, folder, read_key(desk.config), public)
    except OSError as error:
        raise DeskError("backup_failed", str(error)) from error


def _backup_into(desk: Desk, folder: Path, key: bytes, public: bytes) -> Path:
    access_log_head.keep(desk)
    name = _next_name(folder, desk)
    try:
        _check_room(desk, folder)
        with tempfile.TemporaryDirectory(dir=desk.config.desk_data, prefix=PLACE) as place:
            copy = Path(place) / "copy.db"
            _copy_database(desk, copy, key)
            expected = look(copy, key)
            write_archive(folder / name, copy, key, public, expected)
            copy.unlink()  # room for what is read back
            check_archive(folder / name, key, expected, Path(place))
    except (OSError, DeskError, DatabaseError) as error:
        for left in (folder / name, (folder / name).with_suffix(".part")):
            left.unlink(missing_ok=True)
        with suppress(DeskError):  # a full disk takes no note either: the caller says it
            _note_run(desk, folder / name, 0, False, str(error))
        if isinstance(error, DeskError) and error.code == "backup_no_room":
            raise
        raise DeskError("backup_failed", str(error)) from error
    _note_run(desk, folder / name, expected["head"], True, "")
    _mark_safe(desk, expected)
    _thin_out(desk, folder)
    return folder / name


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One backup at a time into one folder: the desk's own, a person's press, and the command."""
    with (folder / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@dataclass(frozen=True)
class Room:
    """Bytes a backup needs beside the database and in the folder of backups, and what is free there."""

    needed: int
    beside: int
    folder: int
    one_disk: bool

    def lasts(self, backups: int = 1) -> bool:
        """At its peak a backup is once beside the database (its copy, then what is read back), once in the folder."""
        if self.one_disk:
            return self.beside >= self.needed * (1 + backups)
        return self.beside >= self.needed and self.folder >= self.needed * backups


def room(desk: Desk) -> Room:
    folder = desk.config.backup_dir or desk.config.desk_data
    there = folder if folder.exists() else folder.parent
    pages, size = (
        int(desk.db.execute_sql(f"pragma {name}").fetchone()[0]) for name in ("page_count", "page_size")
    )
    return Room(
        int(pages * size * MARGIN) + SPARE,
        shutil.disk_usage(desk.config.desk_data).free,
        shutil.disk_usage(there).free,
        desk.config.desk_data.stat().st_dev == there.stat().st_dev,
    )


def _check_room(desk: Desk, folder: Path) -> None:
    """Also takes away what a backup that was cut off left lying."""
    for left in desk.config.desk_data.glob(f"{PLACE}*"):
        shutil.rmtree(left, ignore_errors=True)
    for part in folder.glob(f"sotto-{desk.keys.office[:12]}-*.part"):
        part.unlink(missing_ok=True)
    have = room(desk)
    if not have.lasts():
        needed, beside, there = (value // 1_000_000 for value in (have.needed, have.beside, have.folder))
        places = ((desk.config.desk_data, beside), (folder, there))
        shortage = ", ".join(f"{needed} MB in {place} ({free} MB free)" for place, free in places)
        raise DeskError("backup_no_room", shortage)


def _next_name(folder: Path, desk: Desk) -> str:
    """Numbered, because a clock that was wrong would call old ones new."""
    made = archives(folder, desk.keys.office)
    number = 1 + (number_of(made[-1]) if made else 0)
    return f"sotto-{desk.keys.office[:12]}-{number:06d}-{desk.now().replace(':', '')}.backup"


def archives(folder: Path, office: str) -> list[Path]:
    """Oldest first."""
    return sorted(folder.glob(f"sotto-{office[:12]}-*.backup"), key=number_of)


def _copy_database(desk: Desk, copy: Path, key: bytes) -> None:
    """An online copy under the same key: writers go on meanwhile."""
    target = connect_file(copy, key, [("journal_mode", "delete"), ("synchronous", "full")])
    try:
        desk.db.connection().backup(target.connection())
    finally:
        target.close()


def _note_run(desk: Desk, archive: Path, position: int, ok: bool, detail: str) -> None:
    size = archive.stat().st_size if ok else 0
    with desk.write():
        BackupRun.create(
            id=new_id(), at=desk.now(), position=position, path=str(archive), bytes=size, ok=ok, detail=detail
        )


def _mark_safe(desk: Desk, expected: dict[str, Any]) -> None:
    """What stands in the copy that was read back, and nothing newer, is safe."""
    with desk.write():
        for device, run, n in expected["ups"]:
            _raise_safe(device, run, _last_right(expected["wrong_envelopes"], device, run, n))
        for blob in expected["photos"]:
            BlobFile.update(safe=True).where(
                (BlobFile.id == blob) & (BlobFile.state == "here") & ~BlobFile.safe
            ).execute()
        # Earlier releases called safe what they held.
        BlobFile.update(safe=False).where((BlobFile.state == "held") & BlobFile.safe).execute()
        want_again(desk, expected["wrong_photos"])
        set_state("wrong_envelopes", {"count": len(expected["wrong_envelopes"]), "at": desk.now()})
        set_state("backup_problem", None)
        set_state(
            "backed_up", {"head": expected["head"], "at": desk.now(), "changes": get_state("changes", 0)}
        )
        bump()
    desk.stirred.set()


def _last_right(wrong: list[list[Any]], device: str, run: int, n: int) -> int:
    """How far a phone may be told *safe*: not up to an envelope whose stored bytes are not its own."""
    wrong_here = [int(at) for owner, its_run, at, _ in wrong if (owner, its_run) == (device, run)]
    return min([n, *(at - 1 for at in wrong_here)])


def _raise_safe(device: str, run: int, n: int) -> None:
    """Never lower: what a phone was told it has forgotten."""
    row = UpPosition.get_by_id(device)
    if n and (run, n) > (row.safe_run, row.safe_n):
        UpPosition.update(safe_run=run, safe_n=n).where(UpPosition.device == device).execute()


def _thin_out(desk: Desk, folder: Path) -> None:
    """A backup holds what it holds until it is gone (`SOTTO_BACKUP_KEEP`)."""
    for old in superfluous(archives(folder, desk.keys.office), read_kept(desk.config.backup_keep)):
        old.unlink()
    forget_journal(desk, archives(folder, desk.keys.office))
    tell_disposals(desk)


def read_newest_again(desk: Desk) -> None:
    """Once a week the newest backup is unpacked into an empty place, opened and walked through. Raises DeskError."""
    last = get_state("backup_read_again", {"at": None})
    folder = desk.config.backup_dir
    fresh = last["at"] is not None and timedelta() <= desk.clock() - read_stamp(last["at"]) < READ_AGAIN
    made = archives(folder, desk.keys.office) if folder is not None else []
    if fresh or not made or folder is None:
        return
    with _alone(folder):
        _check_room(desk, folder)
        with tempfile.TemporaryDirectory(dir=desk.config.desk_data, prefix=PLACE) as place:
            again = Path(place) / "again.db"
            unpack(made[-1], again)
            look(again, read_key(desk.config))
    with desk.write():
        set_state("backup_read_again", {"at": desk.now(), "file": made[-1].name})


def backup_if_due(desk: Desk, every: timedelta) -> Path | None:
    """A backup when something new came since the last, and not more often than that."""
    last = get_state("backed_up", {"head": 0, "at": None})
    pending = head() > last["head"] or _something_unsafe()
    # A time to come was written by a clock that was wrong; waiting for it, nothing would become safe.
    due = last["at"] is None or not timedelta() <= desk.clock() - read_stamp(last["at"]) < every
    return backup(desk) if pending and due and desk.config.backup_dir is not None else None


def _something_unsafe() -> bool:
    """Photos, and envelopes that brought nothing to the log: what is held is kept as well, and never becomes safe."""
    since = get_state("backed_up", {"at": None})["at"] or ""
    held = (BlobFile.state == "held") & (BlobFile.at >= since)
    came = BlobFile.select().where(held | ((BlobFile.state == "here") & ~BlobFile.safe))
    moved = (UpPosition.run != UpPosition.safe_run) | (UpPosition.n != UpPosition.safe_n)
    return bool(came.exists() or UpPosition.select().where(moved).exists())


def exposure(desk: Desk) -> Exposure:
    """What the desk tells about its own safety."""
    last = get_state("backed_up", {"head": 0, "at": None})
    staff, phones = _since(desk, int(last["head"]))
    return Exposure(last["at"], staff, phones, desk.config.journal_dir is not None)


def _since(desk: Desk, backed_up: int) -> tuple[int, int]:
    """Acts of staff and of phones behind a position; what was counted before is not counted again."""
    state = get_state("since_backup", {"after": backed_up, "to": backed_up, "staff": 0, "phones": 0})
    if state["after"] != backed_up or state["to"] > head():
        state = {"after": backed_up, "to": backed_up, "staff": 0, "phones": 0}
    new = LogEntry.select().where(LogEntry.position > state["to"])
    if (to := head()) > state["to"]:
        staff = new.where(LogEntry.source == LogEntry.by).count()
        state = state | {
            "to": to,
            "staff": state["staff"] + staff,
            "phones": state["phones"] + to - state["to"] - staff,
        }
        with desk.write():
            set_state("since_backup", state)
    return state["staff"], state["phones"]
