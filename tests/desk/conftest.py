"""An office with the sample, a true relay beside it, and phones: all in this process, the clock in the test's hand.

小林 悠 (kobayashi) is the worker, 中川 真理 (nakagawa) the supervisor, 西村 恵 a colleague, 田中 彩 the administrator.
"""

import shutil
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import httpx
import pytest

from pwa_server.config import Config
from pwa_server.desk import actions
from pwa_server.desk.accounts import passwords, staff
from pwa_server.desk.actions import enrolment, sample, trust
from pwa_server.desk.exchange import sync_round
from pwa_server.desk.exchange.changed_documents import look
from pwa_server.desk.exchange.relay_client import RelayClient
from pwa_server.desk.log.office_keys import make_keys
from pwa_server.desk.models.office_and_cases import Staff
from pwa_server.desk.open_desk import create_desk_file, open_desk
from pwa_server.relay import create_relay
from sync.sealing import SealKey
from tests.standins.phone import Phone


def join(desk, name: str, role: str, email: str, kana: str = "") -> str:
    """Somebody new, asked for by 中川 and, where two decide, agreed to by 田中. Returns their id."""
    asks, agrees = Staff.get_by_id("demo-nakagawa"), Staff.get_by_id("demo-tanaka")
    id_ = actions.add_staff(desk, asks, name, kana, role, email)
    if not Staff.get_by_id(id_).active:
        trust.decide(desk, agrees, trust.propose(desk, asks, id_, {"active": True}), True)
    return id_


@cache
def _their_hash() -> str:
    """Argon2id is slow on purpose, and not what these people are for: once for all of them."""
    return passwords.hash_password("a-password-of-theirs")


def give_account(desk, id_: str, email: str) -> None:
    """Let somebody sign in, with "a-password-of-theirs"."""
    staff.make_account_from_hash(desk, id_, email, _their_hash(), totp_required=False, must_change=False)


class TestClock:
    """Time stands still until a test moves it."""

    __test__ = False

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def seconds(self) -> float:
        return self.time.timestamp()

    def pass_(self, **span: float) -> None:
        self.time += timedelta(**span)


class RelayWhenAsked:
    """A relay that is made when somebody first asks it: most tests of the desk never do."""

    def __init__(self, config: Config, clock: TestClock) -> None:
        self._config, self._clock, self._app, self._lock = config, clock, None, Lock()

    @property
    def app(self) -> Any:
        with self._lock:
            if self._app is None:
                self._app = create_relay(self._config, clock=self._clock.seconds, background=False)
            return self._app

    def __call__(self, environ: Any, begin: Any) -> Any:
        return self.app(environ, begin)


class Office:
    """A desk, its relay, its people and phones."""

    def __init__(
        self, config: Config, clock: TestClock, backup_key: SealKey, relay: Path | None = None
    ) -> None:
        """`relay`: the folder of one that served this office before."""
        self.config, self.clock, self.backup_key = config, clock, backup_key
        self.desk = open_desk(config, clock)
        self.looks = look  # what a phone should hold; a test may look along
        self.start_relay(relay)

    def start_relay(self, folder: Path | None = None) -> None:
        """A new, empty relay that serves this office, or the one whose folder it is; made when first asked."""
        folder = folder or self.config.data.parent / f"relay-{self.clock.seconds()}"
        relay_config = Config(data=folder, role="relay", trial=True, relay_offices=(self.desk.keys.office,))
        (relay_config.data / "relay").mkdir(parents=True, exist_ok=True)
        self._relay = RelayWhenAsked(relay_config, self.clock)
        self.app = None
        self.http = httpx.Client(transport=httpx.WSGITransport(self._relay), base_url="http://relay.test")
        self.desk.relay = RelayClient(self.http, self.desk.keys.office, self.desk.keys.sign)

    @property
    def app(self) -> Any:
        """The relay, or what a test put in its place for phones in a browser."""
        return self._instead or self._relay.app

    @app.setter
    def app(self, app: Any) -> None:
        self._instead = app

    def sync(self) -> sync_round.Summary:
        return sync_round.sync_once(self.desk, looks=self.looks)

    def person(self, name: str) -> Staff:
        return Staff.get_by_id(f"demo-{name}")

    def phone_of(self, name: str, label: str = "phone") -> Phone:
        return self.phone_for(f"demo-{name}", label)

    def phone_for(self, staff: str, label: str = "phone") -> Phone:
        """A phone enrolled the long way: code, words, "same"."""
        nakagawa = self.person("nakagawa")
        meeting = enrolment.start(self.desk, nakagawa, staff, label)
        phone = Phone(self.http, self.clock)
        phone.type_code(meeting.code)
        assert enrolment.poll(self.desk, meeting.id).words == phone.meet()
        enrolment.confirm(self.desk, nakagawa, meeting.id)
        self.sync()
        phone.sync()
        return phone

    def round(self, *phones: Phone) -> None:
        """Everything travels once up and once down."""
        for phone in phones:
            phone.sync()
        self.sync()
        for phone in phones:
            phone.sync()


@pytest.fixture
def clock():
    return TestClock()


def settings_in(folder: Path) -> Config:
    return Config(
        data=folder / "data",
        desk_key_file=folder / "key" / "desk.key",
        backup_dir=folder / "backups",
        journal_dir=folder / "journal",
        second_place="folder",
        trial=True,
        relay_url="https://relay.test",
    )


@pytest.fixture
def config(tmp_path):
    return settings_in(tmp_path)


@pytest.fixture(scope="session")
def sample_office(tmp_path_factory):
    """The sample, loaded once; every test gets a copy of the files."""
    folder = tmp_path_factory.mktemp("sample")
    desk = create_desk_file(Config(data=folder / "data", desk_key_file=folder / "desk.key"), TestClock())
    backup_key = make_keys(desk)
    sample.load(desk)
    desk.db.execute_sql("pragma wal_checkpoint(truncate)")
    desk.close()
    return folder, backup_key.to_bytes()


def put_away(office: Office) -> None:
    """Close it, so that its folder can be copied."""
    office.desk.db.execute_sql("pragma wal_checkpoint(truncate)")
    office.desk.close()
    office.http.close()


def copied_office(folder: Path, config: Config, clock: TestClock, backup_key: bytes) -> Office:
    """The office whose folder `put_away` left, in a folder of this test: desk, relay, backups, journal."""
    shutil.copytree(folder, config.data.parent, dirs_exist_ok=True)
    (relay,) = config.data.parent.glob("relay-*")
    return Office(config, clock, SealKey.from_bytes(backup_key), relay)


@pytest.fixture(scope="session")
def synced_files(tmp_path_factory, sample_office):
    """The sample's office after its first look at a relay, made once."""
    folder = tmp_path_factory.mktemp("synced")
    config = settings_in(folder)
    shutil.copytree(sample_office[0] / "data", config.data)
    config.desk_key_file.parent.mkdir()
    shutil.copy(sample_office[0] / "desk.key", config.desk_key_file)
    office = Office(config, TestClock(), SealKey.from_bytes(sample_office[1]))
    office.sync()
    put_away(office)
    return folder


@pytest.fixture
def office(config, clock, sample_office, synced_files):
    office = copied_office(synced_files, config, clock, sample_office[1])
    yield office
    office.desk.close()
    office.http.close()


@pytest.fixture
def desk(office):
    return office.desk


@pytest.fixture
def nakagawa(office):
    return office.person("nakagawa")


@pytest.fixture
def kobayashi(office):
    return office.person("kobayashi")


@pytest.fixture
def phone(office):
    return office.phone_of("kobayashi")


@pytest.fixture(scope="module")
def bare_desk(tmp_path_factory, sample_office):
    from pwa_server.config import Config
    from pwa_server.desk.open_desk import open_desk

    folder = tmp_path_factory.mktemp("orders")
    shutil.copytree(sample_office[0] / "data", folder / "data")
    desk = open_desk(Config(data=folder / "data", desk_key_file=sample_office[0] / "desk.key"))
    yield desk
    desk.close()
