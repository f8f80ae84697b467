"""A phone for every worker of a folder made by `bench.desk_load`: what one new record costs the desk, and
whoever writes meanwhile.

    .venv/bin/python -m bench.desk_phones FOLDER

The desk works out what every phone should hold, as it does after each look at the relay; no relay takes part.
"""

import statistics
import sys
import threading
import time
from pathlib import Path

from bench.desk_load import settings
from pwa_server.desk import actions
from pwa_server.desk.core.desk import Desk
from pwa_server.desk.exchange import outbox
from pwa_server.desk.models.office_and_cases import DeviceRow, Staff
from pwa_server.desk.open_desk import open_desk
from pwa_server.desk.queries.access import assigned_cases
from sync.encoding import b64u, name_of
from sync.sealing import SealKey
from sync.signing import SignKey

ROUNDS = 3


def enrol_all(desk: Desk) -> int:
    """A phone for every worker who has none."""
    have = {row.staff for row in DeviceRow.select(DeviceRow.staff)}
    workers = [row.id for row in Staff.select().where(Staff.role == "worker") if row.id not in have]
    with desk.write():
        for worker in workers:
            sign, seal = SignKey.generate().public, SealKey.generate().public
            DeviceRow.create(
                id=name_of(sign),
                staff=worker,
                label="bench",
                status="active",
                sign=b64u(sign),
                seal=b64u(seal),
                enrolled_at=desk.now(),
                revoked_reason="",
            )
    return len(have) + len(workers)


class Writer(threading.Thread):
    """Somebody at the desk who keeps pressing a button. `waits`: ms until the desk let them write."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk, self.waits, self.over = desk, list[float](), threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.05):
            began = time.perf_counter()
            with self.desk.write():
                self.waits.append((time.perf_counter() - began) * 1000)
        self.desk.close()


def look_after_all(desk: Desk) -> tuple[float, float, int]:
    """(processor seconds, the longest wait of a writer in ms, envelopes made)."""
    writer = Writer(desk)
    writer.start()
    began = time.process_time()
    made = outbox.write_documents(desk)
    spent = time.process_time() - began
    writer.over.set()
    writer.join()
    return spent, max(writer.waits, default=0.0), made


def main() -> int:
    desk = open_desk(settings(Path(sys.argv[1])))
    phones = enrol_all(desk)
    spent, wait, made = look_after_all(desk)
    print(
        f"{phones} phones, everything built: {spent:.1f} s of the processor, {made} envelopes; a writer waited at most {wait:.0f} ms"
    )
    rounds = []
    for n in range(ROUNDS):
        case = assigned_cases(f"worker-{n}")[0]
        actions.note_case(desk, Staff.get_by_id("super-1"), case, f"朝は避ける（{time.time()}）", [], [])
        rounds.append(look_after_all(desk))
    middle, longest = statistics.median(one[0] for one in rounds), max(one[1] for one in rounds)
    print(
        f"after one new record: {middle:.2f} s of the processor, {[one[2] for one in rounds]} envelopes; a writer waited at most {longest:.0f} ms"
    )
    desk.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
