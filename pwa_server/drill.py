"""`sotto drill`: brings the newest backup back into a new folder, looks whether everything is there, and says so.

It touches neither the running desk nor its relay: what is restored is opened, read and taken away again.
"""

import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from .config import Config
from .office import read_backup_key
from .processes import CannotStart

if TYPE_CHECKING:
    from sync.sealing import SealKey


@dataclass(frozen=True)
class Drilled:
    """`acts`: brought by the journal; `journal_faults`: its lines that do not fit. `other`: tables that came out
    different when built again from the log.
    """

    file: Path
    megabytes: int
    seconds: int
    events: int
    visits: int
    photos: int
    wrong_photos: int
    wrong_envelopes: int
    acts: int
    journal_faults: int
    other: tuple[str, ...]

    @property
    def whole(self) -> bool:
        return not (self.wrong_photos or self.wrong_envelopes or self.journal_faults or self.other)


def drill(config: Config, key_file: Path, file: Path | None = None, into: Path | None = None) -> Drilled:
    """`into`: an empty or new folder that is kept; without one, one of its own that goes away again.

    Raises CannotStart, DeskError as `restore`, log_broken.
    """
    key = read_backup_key(key_file)
    archive = file or newest(config)
    began = time.monotonic()
    with ExitStack() as ends:
        if into is None:
            near = config.data if config.data.is_dir() else Path.cwd()
            into = Path(ends.enter_context(tempfile.TemporaryDirectory(dir=near, prefix="drill-")))
        elif into.exists() and any(into.iterdir()):
            raise CannotStart("cli.not_empty", folder=into)
        return _drill(_beside(config, into), archive, key, began)


def newest(config: Config) -> Path:
    """The newest backup in the folder of backups. Raises CannotStart, DeskError no_backup_dir."""
    from .desk.backup.backup import archives
    from .desk.core.errors import DeskError
    from .office import OFFICE_ID

    if config.backup_dir is None:
        raise DeskError("no_backup_dir")
    id_file = config.desk_data / OFFICE_ID
    office = id_file.read_text("ascii").strip() if id_file.exists() else "*"
    made = archives(config.backup_dir, office)
    if not made:
        raise CannotStart("cli.drill.no_backup", folder=config.backup_dir)
    return made[-1]


def _beside(config: Config, folder: Path) -> Config:
    """Settings of the desk that is brought back: its own data and key, and nobody it could tell anything."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return replace(
        config,
        role="desk",
        data=folder / "data",
        desk_key_file=folder / "desk.key",
        security_log="",
        backup_dir=folder / "backups",
    )


def _drill(config: Config, archive: Path, key: "SealKey", began: float) -> Drilled:
    from .desk.backup.archive import look
    from .desk.backup.restore import restore
    from .desk.open_desk import desk_file, open_desk, read_key
    from .desk.projections.rebuild import rebuild

    restored = restore(config, archive, key)
    there = look(desk_file(config), read_key(config))
    desk = open_desk(config)
    try:
        _, other = rebuild(desk, lambda _done, _of: None)
    finally:
        desk.close()
    return Drilled(
        file=archive,
        megabytes=archive.stat().st_size // 1_000_000,
        seconds=round(time.monotonic() - began),
        events=there["head"],
        visits=there["counts"]["visit"],
        photos=len(there["photos"]),
        wrong_photos=len(there["wrong_photos"]),
        wrong_envelopes=len(there["wrong_envelopes"]),
        acts=restored.acts,
        journal_faults=len(restored.faults),
        other=tuple(other),
    )
