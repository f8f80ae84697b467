"""Brings a backup back into an empty place, with what the staff's journal has beyond it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peewee import IntegrityError

from sync.encoding import unb64u
from sync.sealing import SealKey

from ..core.clock import Clock, wall_clock
from ..core.desk import Desk
from ..core.errors import DeskError
from ..erasing import erase, tidy
from ..log import journal
from ..log.destroying import chained
from ..log.event_log import head, is_disposed, known_ids, knows
from ..log.journal_reading import Fault, JournalReading
from ..log.log_chain import DESTROYED_AGAIN, DESTROYS
from ..log.office_keys import add_seal_key
from ..log.security_log import OPERATOR, security_event
from ..models.key_values import set_state
from ..open_desk import desk_file, open_desk, read_key, write_key
from ..projections.append_and_apply import make_event, record
from ..projections.rebuild import Tell
from ..projections.together import AT_ONCE, TYPES, together
from ..queries import access_log_head
from .ageing import note_missing
from .archive import look, open_line, unpack

if TYPE_CHECKING:
    from pwa_server.config import Config


@dataclass(frozen=True)
class Restored:
    """What the journal brought: acts added, lines that do not fit, lines from before they were chained."""

    acts: int
    faults: tuple[Fault, ...] = ()
    unchained: int = 0


def restore(
    config: "Config",
    archive: Path,
    key: SealKey,
    clock: Clock = wall_clock,
    tell: Tell = lambda _read, _of: None,
) -> Restored:
    """A new data folder from a backup and the journal, whose faults are named and stop nothing.

    `tell` hears how many bytes of the journal were read, and of how many.
    The relay's roster is adopted and every phone gets a new run at the next look at the relay (SPEC 5).
    Raises DeskError: desk_exists, not_a_backup, backup_key_wrong, backup_damaged, key_exists_other.
    """
    if desk_file(config).exists():
        raise DeskError("desk_exists", str(desk_file(config)))
    config.desk_data.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = desk_file(config).with_suffix(".part")
    try:
        sealed, digest = unpack(archive, part)
        contents = open_line(key, sealed)
        database_key = bytes.fromhex(contents["key"])
        if digest != contents["sha256"] or look(part, database_key)["head"] != contents["head"]:
            raise DeskError("backup_damaged", archive.name)
        _place_key(config, database_key)
        part.replace(desk_file(config))
    finally:
        part.unlink(missing_ok=True)
    desk = open_desk(config, clock)
    try:
        security_event(desk, "office.restored", who=OPERATOR)
        security_event(desk, "key.used", who=OPERATOR, about="backup")
        restored = _apply_journal(desk, key, archive.parent, tell)
        note_missing(desk, archive.parent)
        for fault in restored.faults:
            about = f"{fault.first}-{fault.last} {fault.file}"
            security_event(
                desk, "office.restored", who=OPERATOR, about=about, outcome=f"journal_{fault.kind}"
            )
        return restored
    finally:
        desk.close()


def _place_key(config: "Config", database_key: bytes) -> None:
    """The key file, written anew unless it is there and the same."""
    if config.desk_key_file is not None and config.desk_key_file.exists():
        if read_key(config) != database_key:
            raise DeskError("key_exists_other", str(config.desk_key_file))
        return
    if config.desk_key_file is None:
        raise DeskError("key_missing", "SOTTO_DESK_KEY_FILE")
    write_key(config.desk_key_file, database_key)


def _apply_journal(desk: Desk, key: SealKey, backups: Path, tell: Tell) -> Restored:
    with desk.write():
        set_state("restored_at", desk.now())
        set_state("cursor", {"incarnation": "", "number": 0})
    if desk.config.journal_dir is None:
        with desk.write():
            set_state(access_log_head.RESTORED, head())
        return Restored(0)
    office = desk.keys.office
    values = journal.told_head(backups, office)
    before = journal.backed_up_head()
    reading = JournalReading(desk.config.journal_dir, office, key, before, values, journal.first_file())
    acts = _apply_all(desk, reading.entries(), lambda: tell(reading.read, reading.size))
    with desk.write():
        set_state(access_log_head.RESTORED, head())
        if reading.last.n:
            journal.go_on_from(reading.last)
    return Restored(acts, tuple(reading.faults), reading.unchained)


def _apply_all(desk: Desk, entries: Iterator[dict[str, Any]], tell: Callable[[], None]) -> int:
    """How many were acts this desk did not have. What one act wrote by the hundred is applied by the hundred."""
    acts = 0
    for by_the_hundred, some in groupby(entries, lambda entry: entry.get("event", {}).get("type") in TYPES):
        if not by_the_hundred:
            acts += sum(_apply(desk, entry) for entry in some)
        while part := list(islice(some, AT_ONCE)):
            acts += _apply_some(desk, part)
            tell()
    return acts


def _apply_some(desk: Desk, entries: list[dict[str, Any]]) -> int:
    try:
        with desk.write():
            there = known_ids([entry["event"]["id"] for entry in entries])
            new = [entry for entry in entries if entry["event"]["id"] not in there]
            with together(desk) as some:
                for entry in new:
                    some.record(entry["event"], entry["source"], entry["by"])
            return len(new)
    except (
        DeskError,
        KeyError,
        IntegrityError,
    ):  # one of them does not fit; the others are applied all the same
        return sum(_apply(desk, entry) for entry in entries)


def _apply(desk: Desk, entry: dict[str, Any]) -> bool:
    """Whether it was an act this desk did not have."""
    if "seal" in entry:
        add_seal_key(desk, SealKey.from_bytes(unb64u(entry["seal"])), entry["made_at"])
        return False
    event = entry["event"]
    if knows(event) is not None or is_disposed(event.get("case")):
        return False
    if event["type"] == DESTROYS:
        _dispose_again(desk, event, entry)
        return True
    record(desk, event, entry["source"], entry["by"])
    return True


def _dispose_again(desk: Desk, event: dict[str, Any], entry: dict[str, Any]) -> None:
    """A disposal of after the backup: destroyed here as it was there, where the links around it may be others."""
    body = event["body"]
    with desk.write():
        stands = chained(body["keys"], body["entries"])
        erase(desk, body["keys"], body["entries"], body["things"])
        record(desk, event, entry["source"], entry["by"])
        if stands != body["chained"]:
            values = {"disposal": body["disposal"], "chained": stands}
            record(desk, make_event(DESTROYED_AGAIN, None, values, desk.now()), OPERATOR, OPERATOR)
    tidy(desk)
