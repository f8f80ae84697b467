"""A whole product for one round: a fresh relay process, and a desk in this process that is asked when to look."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from bench import desk_load
from bench.peers import free_port
from pwa_server import processes
from pwa_server.config import Config
from pwa_server.desk.actions import enrolment, sample
from pwa_server.desk.core.desk import Desk
from pwa_server.desk.exchange.changed_documents import look
from pwa_server.desk.exchange.documents.all import documents_for
from pwa_server.desk.exchange.documents.visit import Documents
from pwa_server.desk.exchange.sync_round import Summary, sync_once
from pwa_server.desk.log.office_keys import make_keys
from pwa_server.desk.models.office_and_cases import Assignment, Staff
from pwa_server.desk.open_desk import create_desk_file
from pwa_server.desk.projections.append_and_apply import make_event, record
from pwa_server.desk.projections.rebuild import rebuild


class Office:
    """`port`: of the relay. Clock and keys are those of this machine."""

    worker, supervisor = "demo-kobayashi", "demo-nakagawa"

    def __init__(self, folder: Path, config: Config, desk: Desk, part: processes.Part) -> None:
        self.folder, self.config, self.desk, self.port, self.part = folder, config, desk, config.port, part

    @property
    def case(self) -> str:
        """One that the worker is assigned to."""
        return str(
            Assignment.select().where(Assignment.staff == self.worker).order_by(Assignment.case).first().case
        )

    def sync(self, extra: Documents | None = None) -> Summary:
        """`extra`: what phones are sent beside what they are sent anyway: the visits of a bench."""

        def build(desk: Desk, device: Any, *alike: Any) -> Documents:
            return documents_for(desk, device, *alike) | (extra or {})

        return sync_once(self.desk, looks=partial(look, build=build))

    def begin_meeting(self) -> Any:
        return enrolment.start(self.desk, Staff.get_by_id(self.supervisor), self.worker, "bench")

    def answer(self, meeting: Any) -> bool:
        """Whether the phone has answered, so that both could compare the words."""
        return bool(enrolment.poll(self.desk, meeting.id).words)

    def say_same(self, meeting: Any, extra: Documents | None = None) -> None:
        enrolment.confirm(self.desk, Staff.get_by_id(self.supervisor), meeting.id)
        self.sync(extra)


@contextmanager
def running(folder: Path, *, cases: int = 0, contacts: int = 10, **settings: Any) -> Iterator[Office]:
    """The sample office; or, with `cases`, one worker with so many, each with `contacts` contacts."""
    folder.mkdir(parents=True)
    port = free_port()
    shared = {
        "data": folder / "data",
        "port": port,
        "trial": True,
        "desk_key_file": folder / "key" / "desk.key",
    }
    config = Config(**shared, relay_url=f"http://127.0.0.1:{port}", second_place="none")
    desk = create_desk_file(config)
    make_keys(desk)
    if cases:
        _one_busy_worker(desk, cases, contacts)
    else:
        sample.load(desk)
    relay = Config(
        role="relay", **shared | {"desk_key_file": None}, relay_offices=(desk.keys.office,), **settings
    )
    with (folder / "relay.log").open("wb") as log:
        part = processes.start(relay, "relay", log)
    try:
        processes.wait_ready([part])
        office = Office(folder, config, desk, part)
        if cases:
            office.worker, office.supervisor = "worker-0", "super-1"
        office.sync()
        yield office
    finally:
        processes.end([part])
        desk.close()
        shutil.rmtree(folder, ignore_errors=True)


def _one_busy_worker(desk: Desk, cases: int, contacts: int) -> None:
    desk_load.fill(desk, cases, cases * contacts, made=desk_load.Made(workers=1, waiting=0, rooms=False))
    with desk.write():
        record(
            desk,
            make_event("numbers.set", None, {"numbers": sample.NUMBERS}, desk.now()),
            "admin-1",
            "admin-1",
        )
    rebuild(desk)
