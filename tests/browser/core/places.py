"""An office and the line to its relay, for a phone in a true browser: the clock is the machine's, as the
browser's is.
"""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from pwa_server.config import Config
from pwa_server.desk.models.office_and_cases import Received, Visit
from sync.envelope import Envelope, parse_batch
from sync.plaintext import unpack
from sync.sealing import SealKey, open_sealed
from tests.desk.conftest import Office as DeskOffice
from tests.desk.conftest import TestClock


class NowClock(TestClock):
    """The time it is, plus what a test adds: the browser has no other clock either."""

    def __init__(self) -> None:
        super().__init__()
        self.added = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.added

    def seconds(self) -> float:
        return self().timestamp()

    def pass_(self, **span: float) -> None:
        self.added += timedelta(**span)


class Office(DeskOffice):
    """The desk, asked what it has."""

    def close(self) -> None:
        self.desk.close()
        self.http.close()

    def visits(self) -> list[str]:
        """What phones brought, without the sample."""
        return [
            row.id
            for row in Visit.select().where(Visit.device.is_null(False))
            if not row.id.startswith("demo")
        ]

    def review_box(self) -> list[str]:
        """Ids of the events that wait in the for-review box."""
        found = []
        for row in Received.select().where(Received.status == "for_review"):
            (envelope,) = parse_batch(bytes(row.frame))
            assert isinstance(envelope, Envelope)
            plain = unpack(open_sealed(self.desk.keys.seal, envelope.header_bytes, envelope.sealed))
            found += [event["id"] for event in plain["events"]]
        return found


class Quiet(WSGIRequestHandler):
    def log(self, *_args: Any) -> None:
        pass


class Address:
    """Where phones find their relay: `valley`, while there is one. A phone's profile belongs to its address."""

    def __init__(self) -> None:
        self.valley: Valley | None = None
        self.server = make_server("127.0.0.1", 0, self, threaded=True, request_handler=Quiet)
        self.url = f"http://localhost:{self.server.server_port}"
        self.thread = threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self.thread.start()

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        try:
            if self.valley is None:
                raise ConnectionResetError
            return self.valley(environ, start)
        except ConnectionResetError:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)  # or the phone would wait for its own limit
            raise

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def no_line(_environ: dict[str, Any]) -> None:
    raise ConnectionResetError


class Valley:
    """The line to the relay. `before` and `after` may tear it (ConnectionResetError). What got through is
    noted by path.
    """

    def __init__(self, office: Office, address: Address) -> None:
        self.office, self.address, self.url = office, address, address.url
        self.asked: list[str] = []
        self.before: Callable[[dict[str, Any]], None] = lambda _environ: None
        self.after: Callable[[dict[str, Any]], None] = lambda _environ: None
        address.valley = self

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        self.before(environ)
        self.asked.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        answer = self.office.app(environ, start)
        self.after(environ)
        return answer

    def close(self) -> None:
        self.address.valley = None


def config_in(folder: Path) -> Config:
    return Config(
        data=folder / "data",
        desk_key_file=folder / "key" / "desk.key",
        backup_dir=folder / "backups",
        journal_dir=folder / "journal",
        second_place="folder",
        trial=True,
        relay_url="https://relay.test",
    )


@contextmanager
def opened(folder: Path, sample: tuple[Path, bytes]) -> Iterator[Office]:
    """The sample's office with a relay of its own, in this folder."""
    config = config_in(folder)
    shutil.copytree(sample[0] / "data", config.data)
    assert config.desk_key_file is not None
    config.desk_key_file.parent.mkdir()
    shutil.copy(sample[0] / "desk.key", config.desk_key_file)
    one = Office(config, NowClock(), SealKey.from_bytes(sample[1]))
    one.sync()
    yield one
    one.close()
