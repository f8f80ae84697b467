"""A true relay on SQLite and a true desk on SQLCipher, small enough to be lost and put back a thousand times.

One office, made once and copied for every life: 林 (joel) supervises, amina and bao carry phones. Everything lies in
memory-backed files, and time belongs to the test: each place has its own clock, which may be wrong.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from pwa_server.config import Config
from pwa_server.desk.actions import enrolment
from pwa_server.desk.backup.restore import restore as bring_back
from pwa_server.desk.exchange import sync_round
from pwa_server.desk.exchange.relay_client import RelayClient
from pwa_server.desk.log.office_keys import make_keys
from pwa_server.desk.models.office_and_cases import Staff
from pwa_server.desk.open_desk import create_desk_file, open_desk
from pwa_server.desk.projections.append_and_apply import make_event, record
from pwa_server.relay import create_relay
from pwa_server.relay.guards import AllRates
from pwa_server.relay.store import Store
from sync.sealing import SealKey
from tests.faults.bad_line import BadLine
from tests.standins.phone import Memory, Phone

FAST = Path("/dev/shm") if Path("/dev/shm").is_dir() else None
BEGAN = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
CASES = ("case-a", "case-b", "case-c")
PEOPLE = (("joel", "supervisor"), ("amina", "worker"), ("bao", "worker"))

LOGS = ("sotto.relay", "sotto.desk")


class Time:
    """One time, and for each place how wrong its clock is."""

    def __init__(self) -> None:
        self.now = BEGAN
        self.wrong: dict[str, timedelta] = {}

    def of(self, place: str) -> Callable[[], datetime]:
        return lambda: self.now + self.wrong.get(place, timedelta())

    def seconds_of(self, place: str) -> Callable[[], float]:
        return lambda: self.of(place)().timestamp()


@dataclass
class Template:
    """The office as it is before anything happens to it: two phones enrolled and in touch."""

    folder: Path
    backup_key: bytes
    phones: list[Memory]
    app: Any


def make_template() -> Template:
    folder = Path(tempfile.mkdtemp(dir=FAST, prefix="sotto-faults-"))
    config = config_in(folder)
    time = Time()
    desk = create_desk_file(config, time.of("desk"))
    backup_key = make_keys(desk)
    _found(desk)
    relay = Config(data=folder, role="relay", trial=True, relay_offices=(desk.keys.office,))
    relay.relay_data.mkdir(parents=True)
    app = create_relay(relay, clock=time.seconds_of("relay"), background=False)
    office = Places(folder, backup_key.to_bytes(), app, time, fresh=False)
    office.desk.close()
    office.open()
    office.sync()
    phones = [office.enrol(name) for name in ("amina", "bao")]
    office.sync()
    for phone in phones:
        phone.sync()
    office.sync()
    office.end()
    return Template(folder, backup_key.to_bytes(), [phone.copy() for phone in phones], app)


def config_in(folder: Path) -> Config:
    return Config(
        data=folder / "data",
        desk_key_file=folder / "key" / "desk.key",
        backup_dir=folder / "backups",
        journal_dir=folder / "journal",
        second_place="folder",
        relay_url="https://relay.test",
    )


def _found(desk: Any) -> None:
    def write(type_: str, case: str | None, body: dict[str, Any]) -> None:
        record(desk, make_event(type_, case, body, desk.now()), "joel", "joel")

    write("office.created", None, {"name": "北", "lead": "joel", "sample": False})
    for name, role in PEOPLE:
        write(
            "staff.added",
            None,
            {"staff": name, "name": name, "kana": name, "role": role, "email": f"{name}@x"},
        )
    for case in CASES:
        household: dict[str, Any] = {"summary": "", "members": [], "unions": [], "parentage": []}
        opened = {"no": case, "title": case, "kana": "", "intake": {}, "referral": {}, "household": household}
        write("case.opened", case, opened | {"issues": [], "consent": {"status": "unknown"}, "sample": False})
    for case, name in zip(CASES, ("amina", "amina", "bao"), strict=True):
        write("case.assigned", case, {"staff": name, "from": "2026-01-01"})


class Places:
    """Relay and desk of one office, the lines between them, and what can befall them."""

    def __init__(self, folder: Path, backup_key: bytes, app: Any, time: Time, *, fresh: bool = True) -> None:
        self.folder, self.app, self.time = folder, app, time
        self._levels = [(log, log.level) for log in map(logging.getLogger, LOGS)]
        for log, _ in self._levels:
            log.setLevel(logging.CRITICAL)  # thousands of lives would say the same
        self.backup_key = SealKey.from_bytes(backup_key)
        self.config = config_in(folder)
        self.here = app.extensions["sotto_relay"]
        self.here.clock = time.seconds_of("relay")
        self.here.rates = AllRates()
        if fresh:
            self._take_relay_up()
        self.line = BadLine(app)
        self.http = httpx.Client(transport=self.line, base_url="http://relay.test")
        self.open()

    @classmethod
    def copied(cls, template: Template, app: Any = None) -> Places:
        """A life of its own, begun from the template."""
        folder = Path(tempfile.mkdtemp(dir=FAST, prefix="sotto-life-"))
        shutil.copytree(template.folder, folder, dirs_exist_ok=True)
        return cls(folder, template.backup_key, app or template.app, Time())

    def end(self) -> None:
        self.desk.close()
        self.here.store.db.close_all()
        self.http.close()
        for log, level in self._levels:
            log.setLevel(level)

    def remove(self) -> None:
        self.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    # the desk

    def open(self) -> None:
        self.desk = open_desk(self.config, self.time.of("desk"))
        self.desk.relay = RelayClient(self.http, self.desk.keys.office, self.desk.keys.sign)

    def sync(self) -> None:
        sync_round.sync_once(self.desk)

    def reopen(self) -> None:
        """The desk's program was killed and starts again."""
        self.desk.db.close()
        self.open()

    def person(self, name: str) -> Any:
        return Staff.get_by_id(name)

    def enrol(self, name: str) -> Phone:
        joel = self.person("joel")
        meeting = enrolment.start(self.desk, joel, name, "phone")
        phone = self.phone()
        phone.type_code(meeting.code)
        words = enrolment.poll(self.desk, meeting.id).words
        assert phone.meet() == words
        enrolment.confirm(self.desk, joel, meeting.id)
        return phone

    def phone(self, memory: Memory | None = None, clock: Callable[[], datetime] | None = None) -> Phone:
        phone = Phone(
            httpx.Client(transport=BadLine(self.app), base_url="http://relay.test"),
            clock or self.time.of("phone"),
        )
        if memory is not None:
            phone.m = memory
        return phone

    def copy_desk(self, name: str) -> Path:
        """What a virtual machine's snapshot holds."""
        self.desk.db.execute_sql("pragma wal_checkpoint(truncate)")
        target = self.folder / "copies" / name
        target.parent.mkdir(exist_ok=True)
        shutil.copy(self.config.desk_data / "desk.db", target)
        return target

    def put_desk_back(self, copy: Path) -> None:
        self.desk.close()
        self._replace_desk(copy)
        self.open()

    def restore_desk(self, archive: Path, *, journal: bool) -> None:
        """Data and key are gone with the machine; the archive is not, and perhaps not the journal."""
        self.desk.close()
        shutil.rmtree(self.config.desk_data)
        shutil.rmtree(self.folder / "key")
        if not journal:
            shutil.rmtree(self.folder / "journal", ignore_errors=True)
        bring_back(self.config, archive, self.backup_key, self.time.of("desk"))
        self.open()

    def _replace_desk(self, copy: Path) -> None:
        for left in self.config.desk_data.glob("desk.db*"):
            left.unlink()
        shutil.copy(copy, self.config.desk_data / "desk.db")

    # the relay

    @property
    def _relay_file(self) -> Path:
        return self.folder / "relay" / "relay.db"

    def lose_relay(self) -> None:
        """Its disk is dead. A new, empty one stands in its place, with an incarnation of its own."""
        self.here.store.db.close_all()
        for left in self._relay_file.parent.glob("relay.db*"):
            left.unlink()
        self._take_relay_up()

    def _take_relay_up(self) -> None:
        self.here.store = Store(f"sqlite:///{self._relay_file}")

    def copy_relay(self, name: str) -> Path:
        self.here.store.db.close_all()
        target = self.folder / "copies" / f"relay-{name}"
        target.parent.mkdir(exist_ok=True)
        shutil.copy(self._relay_file, target)
        return target

    def put_relay_back(self, copy: Path) -> None:
        self.here.store.db.close_all()
        for left in self._relay_file.parent.glob("relay.db-*"):
            left.unlink()
        shutil.copy(copy, self._relay_file)
