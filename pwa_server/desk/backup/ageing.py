"""When the last backup of today is gone, and the journal's files that no backup needs any more.

What two people disposed of still lies in backups made before, and in the journal of those days, sealed for the
custodians. Both go by themselves: backups by `SOTTO_BACKUP_KEEP`, a file of the journal when every backup that is kept
was made after it.
"""

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ..core.desk import Desk
from ..erasing import UNTIDY, tidy
from ..models.key_values import get_state, set_state
from ..models.years import CARRIED_OUT, Disposal
from .retention import NEWEST, read_kept, time_of

DAYS_OF = {"h": 1, "d": 1, "w": 7, "m": 31}  # at most, for one span of each
DAYED = re.compile(r"-([0-9]{4}-[0-9]{2}-[0-9]{2})[a-z]*\.sotto$")
MISSING = "disposals_missing"


def gone_by(desk: Desk) -> date | None:
    """The day by which no backup of today is left, if a backup is made each day; None where none are made."""
    if desk.config.backup_dir is None:
        return None
    kept = read_kept(desk.config.backup_keep)
    longest = max((many * DAYS_OF[letter] for letter, many in kept.items()), default=0)
    return desk.today() + timedelta(days=max(longest, NEWEST) + 1)


def backups_before(archives: list[Path], moment: str) -> list[Path]:
    """Those made before a moment, by the time in their name; one whose name tells none counts."""
    stamp = moment[:16].replace(":", "")
    found = []
    for archive in archives:
        at = time_of(archive)
        if at is None or at.strftime("%Y-%m-%dT%H%M") <= stamp:
            found.append(archive)
    return found


def forget_journal(desk: Desk, archives: list[Path]) -> int:
    """Delete the journal's files from before the oldest backup. Returns how many.

    Both the day in their names and what the disk says of them are asked: a clock that was wrong deletes nothing.
    """
    folder = desk.config.journal_dir
    times = [time_of(archive) for archive in archives]
    if folder is None or not folder.is_dir() or not archives or None in times:
        return 0
    oldest = min(at for at in times if at is not None).date().isoformat()
    written = min(archive.stat().st_mtime for archive in archives)
    gone = []
    for file in sorted(folder.glob(f"journal-{desk.keys.office[:12]}-*.sotto")):
        named = DAYED.search(file.name)
        if named and named[1] < oldest and file.stat().st_mtime < written:
            file.unlink()
            gone.append(file.name)
    if gone:
        with desk.write():
            known = dict(get_state("journal_known", {}))
            set_state("journal_known", {name: entry for name, entry in known.items() if name not in gone})
    return len(gone)


# Which disposals were carried out, told beside the backups: a restored desk that has not heard of one says so.


def list_file(folder: Path, office: str) -> Path:
    return folder / f"disposals-{office[:12]}.json"


def tell_disposals(desk: Desk) -> None:
    """Ids and moments, nothing else. A disk that is gone stops nobody: the next backup tells again."""
    folder = desk.config.backup_dir
    if folder is None or not folder.is_dir():
        return
    mine = {row.id: row.decided_at for row in Disposal.select().where(Disposal.state == CARRIED_OUT)}
    known = told_disposals(folder, desk.keys.office)
    if not mine.keys() - known.keys():
        return
    file = list_file(folder, desk.keys.office)
    part = file.with_suffix(".part")
    try:
        part.write_text(json.dumps(known | mine, sort_keys=True), "ascii")
        part.replace(file)
    except OSError:
        return


def finish_disposals(desk: Desk) -> None:
    """What follows an act, and what a power cut after it, or somebody who read just then, left to do."""
    if get_state(UNTIDY, 0):
        tell_disposals(desk)
        tidy(desk)


def told_disposals(folder: Path, office: str) -> dict[str, Any]:
    try:
        listed = json.loads(list_file(folder, office).read_bytes()[:1_000_000])
    except (OSError, ValueError):
        return {}
    return listed if isinstance(listed, dict) else {}


def note_missing(desk: Desk, folder: Path) -> list[str]:
    """After a restore: the disposals that were carried out and that neither backup nor journal tells of."""
    here = {row.id for row in Disposal.select().where(Disposal.state == CARRIED_OUT)}
    missing = sorted(told_disposals(folder, desk.keys.office).keys() - here)
    with desk.write():
        set_state(MISSING, {"ids": missing, "at": desk.now()})
    return missing
