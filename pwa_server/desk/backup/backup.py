"""Backups that were read back. Only what is in such a backup is *safe* (SPEC 3.8).

One counts only after its file (`archive`) was opened again from the place where it lies. `restore` brings one back.
"""

import re
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from peewee import DatabaseError

from ..core.clock import moment
from ..core.desk import Desk
from ..core.errors import DeskError
from ..exchange import photos
from ..log.event_log import head
from ..models.key_values import bump, get_state, set_state
from ..models.office_and_cases import BackupRun, BlobFile, LogEntry, UpPosition
from ..open_desk import connect_file, read_key
from ..projections.append_and_apply import new_id
from ..queries import access_log_head
from .archive import check_archive, look, write_archive

KEPT = 10


@dataclass(frozen=True)
class Exposure:
    """What would be lost if this machine burned now."""

    last_backup: str | None
    staff_actions: int  # since the last backup, without a second place
    phone_events: int  # since the last backup; phones still keep them
    second_place: bool


def backup(desk: Desk) -> Path:
    """Make a sealed backup, read it back and check it; then its records are safe. Returns the file.

    Raises DeskError: no_backup_dir, backup_failed (nothing became safe).
    """
    folder = desk.config.backup_dir
    if folder is None:
        raise DeskError("no_backup_dir")
    public = desk.keys.backup_public
    if public is None:
        raise DeskError("backup_failed", "no backup key")
    key = read_key(desk.config)
    access_log_head.keep(desk)
    name = _next_name(folder, desk)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=desk.config.desk_data) as place:
            copy = Path(place) / "copy.db"
            _copy_database(desk, copy, key)
            expected = look(copy, key)
            write_archive(folder / name, copy, key, public, expected)
            check_archive(folder / name, key, expected, Path(place))
    except (OSError, DeskError, DatabaseError) as error:
        (folder / name).unlink(missing_ok=True)
        _note_run(desk, folder / name, 0, False, str(error))
        raise DeskError("backup_failed", str(error)) from error
    _note_run(desk, folder / name, expected["head"], True, "")
    _mark_safe(desk, expected)
    _thin_out(folder, desk.keys.office)
    return folder / name


def _next_name(folder: Path, desk: Desk) -> str:
    """Numbered, because only the newest are kept and a clock that was wrong would call old ones new."""
    made = _archives(folder, desk.keys.office)
    number = 1 + (_number(made[-1]) if made else 0)
    return f"sotto-{desk.keys.office[:12]}-{number:06d}-{desk.now().replace(':', '')}.backup"


def _archives(folder: Path, office: str) -> list[Path]:
    """Oldest first."""
    return sorted(folder.glob(f"sotto-{office[:12]}-*.backup"), key=_number)


def _number(archive: Path) -> int:
    found = re.search(r"-([0-9]{6,})-[^-]+-[^-]+-[^-]+\.backup$", archive.name)
    return int(found[1]) if found else 0


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
        BlobFile.update(safe=False).where(
            (BlobFile.state == "held") & BlobFile.safe
        ).execute()  # of earlier releases
        photos.want_again(desk, expected["wrong_photos"])
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


def _thin_out(folder: Path, office: str) -> None:
    """Keep the newest; a backup holds erased cases until it is gone."""
    for old in _archives(folder, office)[:-KEPT]:
        old.unlink()


def backup_if_due(desk: Desk, every: timedelta) -> Path | None:
    """A backup when something new came since the last, and not more often than that."""
    last = get_state("backed_up", {"head": 0, "at": None})
    pending = head() > last["head"] or _something_unsafe()
    # A time to come was written by a clock that was wrong; waiting for it, nothing would become safe.
    due = last["at"] is None or not timedelta() <= desk.clock() - moment(last["at"]) < every
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
    told = get_state("since_backup", {"after": backed_up, "to": backed_up, "staff": 0, "phones": 0})
    if told["after"] != backed_up or told["to"] > head():
        told = {"after": backed_up, "to": backed_up, "staff": 0, "phones": 0}
    new = LogEntry.select().where(LogEntry.position > told["to"])
    if (to := head()) > told["to"]:
        staff = new.where(LogEntry.source == LogEntry.by).count()
        told = told | {
            "to": to,
            "staff": told["staff"] + staff,
            "phones": told["phones"] + to - told["to"] - staff,
        }
        with desk.write():
            set_state("since_backup", told)
    return told["staff"], told["phones"]
