"""Makes an invented desk as large as the largest municipality's: 20,000 cases, 500,000 contacts by default.

    .venv/bin/python -m bench.desk_load FOLDER [--cases N] [--contacts N]

Events are appended to the log as the desk would append them (same keys, same sealing, same hash chain), only many
in one transaction; then the read model is built by `rebuild`, whose speed is printed. People in it do not exist.
"""

import argparse
import json
import random
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench import desk_rooms
from pwa_server.config import Config
from pwa_server.desk.actions.founding import FIRST_EVENTS
from pwa_server.desk.actions.sample import visit_body
from pwa_server.desk.actions.sample_cases import CONCERNS, REFERRERS, plain_case
from pwa_server.desk.core.clock import JAPAN, stamp
from pwa_server.desk.core.desk import Desk
from pwa_server.desk.core.tables import canonical
from pwa_server.desk.log import event_log
from pwa_server.desk.log.log_chain import bound_to, link
from pwa_server.desk.log.office_keys import make_keys
from pwa_server.desk.models.office_and_cases import CaseKey, LogEntry
from pwa_server.desk.open_desk import create_desk_file
from pwa_server.desk.projections.rebuild import rebuild

YEARS = 5
BATCH = 5000
FACTS = (
    "玄関先で{n}分話した。部屋の灯りはついていた。",
    "応答なし。短い手紙を残した。",
    "居間で{n}分。次に来てよい日を聞いた。",
    "電話で体調をたずねた。夜は眠れていると聞いた。",
    "市役所の窓口まで同行し、書類を一緒に書いた。",
    "郵便物がたまっていた。隣の人から声をかけられた。",
    "ドア越しに返事があった。訪問の理由をもう一度伝えた。",
)
QUOTES = (
    "「また来てもいいです」",
    "「今日はやめてください」",
    "「模型の続きをしている」",
    "「眠れない日がある」",
    "",
    "",
)
VIEWS = (
    "声の調子は前より落ち着いている。",
    "家族の疲れが強い。短く切り上げる。",
    "物を介すると話しやすい。",
    "",
)
TOPICS = ("将棋", "模型", "猫", "体調", "昔の仕事", "畑", "ゲーム", "家計")
OUTCOMES = (
    ("visit", "met_person"),
    ("visit", "met_person"),
    ("visit", "met_family_only"),
    ("visit", "voice_through_door"),
    ("visit", "not_met_left_note"),
    ("visit", "cancelled_by_household"),
    ("phone", "reached"),
    ("letter", "note_taken"),
    ("agency_call", "reached"),
    ("accompaniment", "met_person"),
)

Event = tuple[str, str | None, dict[str, Any], datetime, str, str | None]  # type, case, body, at, by, id


class Writer:
    """Appends many events in one transaction each; the same rows as `log.append` makes."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.position, self.chain = desk, 0, event_log.START
        self.keys: dict[str, bytes] = {}
        self.rows: list[tuple[Any, ...]] = []
        self.new_keys: list[tuple[str, bytes]] = []

    def write(self, event: Event) -> str:
        type_, case, body, at, by, given = event
        id_, when = given or log_id(), stamp(at)
        told = {"id": id_, "type": type_, "v": 1, "at": when, "case": case, "saw": 0, "body": body}
        nonce = secrets.token_bytes(12)
        sealed = nonce + AESGCM(self._key(case or "")).encrypt(nonce, canonical(body).encode(), bound_to(id_))
        self.position += 1
        entry = LogEntry(
            position=self.position,
            id=id_,
            type=type_,
            v=1,
            at=when,
            received_at=when,
            source=by,
            by=by,
            case=case,
            saw=0,
            sealed=sealed,
            digest=event_log.digest_of(told),
            chain=b"",
        )
        self.chain = link(self.chain, entry)
        self.rows.append(
            (self.position, id_, type_, 1, when, when, by, by, case, 0, sealed, entry.digest, self.chain)
        )
        if len(self.rows) >= BATCH:
            self.flush()
        return id_

    def _key(self, case: str) -> bytes:
        if case not in self.keys:
            self.keys[case] = secrets.token_bytes(32)
            self.new_keys.append((case, self.keys[case]))
        return self.keys[case]

    def flush(self) -> None:
        with self.desk.write():
            connection = self.desk.db.connection()
            connection.executemany(f"insert into {CaseKey._meta.table_name} values (?,?)", self.new_keys)
            names = ",".join(f'"{field.column_name}"' for field in LogEntry._meta.sorted_fields)
            marks = ",".join("?" * 13)
            connection.executemany(f"insert into logentry ({names}) values ({marks})", self.rows)
        self.rows, self.new_keys = [], []


def log_id() -> str:
    return secrets.token_urlsafe(16)


@dataclass(frozen=True)
class Made:
    """What kind of office."""

    workers: int = 40
    running: int = 1600  # cases somebody visits now
    waiting: int = 120  # visits that wait for a supervisor
    rooms: bool = True  # consultations, conferences, plans and closings too


def office(now: datetime, workers: int) -> Iterator[Event]:
    start = now - timedelta(days=365 * YEARS)
    yield (
        "office.created",
        None,
        {"name": "大きな市（見本）", "lead": "福祉総務課", "sample": True},
        start,
        "admin-1",
        None,
    )
    people = [
        ("admin-1", "管理 一", "administrator"),
        ("super-1", "確認 一", "supervisor"),
        ("super-2", "確認 二", "supervisor"),
        ("chief-1", "課長 一", "chief"),
        ("coordinator-1", "調整 一", "coordinator"),
        ("agency-1", "機関 一", "agency"),
    ]
    people += [(f"worker-{n}", f"支援 {n}", "worker") for n in range(workers)]
    for staff, name, role in people:
        told = {"staff": staff, "name": name, "kana": name, "role": role, "email": f"{staff}@sample.invalid"}
        yield "staff.added", None, told, start, "admin-1", None
    for type_, body in FIRST_EVENTS:
        yield type_, None, body, start, "admin-1", None


def case_events(n: int, contacts: int, now: datetime, chance: random.Random, made: Made) -> Iterator[Event]:
    """One case from its opening to its latest contact, and to its end."""
    case = f"case-{n:05d}"
    first = now - timedelta(days=chance.randint(40, 365 * YEARS - 1), hours=chance.randint(0, 8))
    body = plain_case(n) | {
        "no": f"K-{n:05d}",
        "title": f"見本 {n}",
        "kana": f"みほん{n}",
        "referral": {"agency": chance.choice(REFERRERS)},
        "intake": {"receivedOn": first.astimezone(JAPAN).date().isoformat()},
    }
    body["household"]["summary"] = chance.choice(CONCERNS)
    body["household"]["members"][0]["id"] = f"{case}-p"
    worker, running = f"worker-{n % made.workers}", n <= made.running
    if made.rooms:
        yield from desk_rooms.consultations(n, first, now, chance)
    yield "case.opened", case, body, first, "super-1", None
    yield from decision(case, n, first)
    yield "case.assigned", case, {"staff": worker, "from": first.date().isoformat()}, first, "super-1", None
    yield from visits(case, worker, contacts, first, now, chance, waiting=n <= made.waiting)
    if made.rooms:
        yield from desk_rooms.plan(n, worker, first, now, chance)
    if running:
        told = {
            "followup": f"{case}-next",
            "at": stamp(now + timedelta(days=chance.randint(-2, 20))),
            "kind": "visit",
            "with": "person",
            "note": "次の約束",
            "remind": True,
        }
        yield "followup.scheduled", case, told, now - timedelta(days=9), worker, None
    else:
        yield (
            "case.unassigned",
            case,
            {"staff": worker, "reason": "支援を終えた"},
            now - timedelta(days=1),
            "super-1",
            None,
        )
        if made.rooms:
            yield from desk_rooms.closing(n, now)


def decision(case: str, n: int, first: datetime) -> Iterator[Event]:
    kind = desk_rooms.kind_of(n)
    told = {
        "decision": "needs_conference" if kind else "existing_network",
        "conferenceKind": kind,
        "reason": "",
        "assumed": False,
    }
    yield "triage.decided", case, told, first, "super-1", None


def visits(
    case: str,
    worker: str,
    count: int,
    first: datetime,
    now: datetime,
    chance: random.Random,
    *,
    waiting: bool,
) -> Iterator[Event]:
    stage = 0
    step = (now - first) / (count + 1)
    for place in range(count):
        at = first + step * (place + 1)
        channel, outcome = chance.choice(OUTCOMES)
        stage = min(7, max(0, stage + chance.choice((-1, 0, 0, 0, 1, 1))))
        body = visit_body(
            stamp(at),
            worker,
            channel=channel,
            outcome=outcome,
            stage=stage,
            reaction=chance.randint(-1, 3),
            notes=(
                chance.choice(FACTS).format(n=chance.randint(3, 50)) * 2,
                chance.choice(QUOTES),
                "",
                chance.choice(VIEWS),
            ),
            event="",
            hook=f"{chance.choice(TOPICS)}の話から",
            met=[f"{case}-p"],
            promises=[],
            today=date(2026, 1, 1),
            interests=[chance.choice(TOPICS)],
        )
        body["risk"] = {"self_harm": "none", "abuse": "none"}
        visit = f"{case}-v{place}"
        yield "visit.logged", case, body, at, worker, visit
        if not (waiting and place == count - 1):
            yield (
                "visit.approved",
                case,
                {"visit": visit, "version": visit},
                at + timedelta(hours=20),
                "super-2",
                None,
            )


def fill(
    desk: Desk,
    cases: int,
    contacts: int,
    seed: int = 1,
    made: Made = Made(),
) -> int:
    """Write the log. Returns how many events."""
    chance, writer, now = random.Random(seed), Writer(desk), datetime.now(UTC)
    for event in office(now, made.workers):
        writer.write(event)
    for n in range(1, cases + 1):
        share = contacts * n // cases - contacts * (n - 1) // cases
        for event in case_events(n, share, now, chance, made):
            writer.write(event)
        if made.rooms:
            for event in desk_rooms.conference(n, cases, now, chance):
                writer.write(event)
    writer.flush()
    return writer.position


def settings(folder: Path) -> Config:
    return Config(data=folder, desk_key_file=folder / "desk.key", trial=True, relay_url="http://127.0.0.1:1")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--contacts", type=int, default=500_000)
    asked = parser.parse_args()
    desk = create_desk_file(settings(asked.folder))
    (asked.folder / "backup.key").write_text(make_keys(desk).to_bytes().hex())
    begun = time.perf_counter()
    events = fill(desk, asked.cases, asked.contacts)
    written = time.perf_counter()
    count, _ = rebuild(desk)
    built = time.perf_counter()
    print(
        json.dumps(
            {
                "cases": asked.cases,
                "contacts": asked.contacts,
                "events": events,
                "log_per_second": round(events / (written - begun)),
                "rebuild_per_second": round(count / (built - written)),
                "rebuild_seconds": round(built - written, 1),
            }
        )
    )
    desk.close()


if __name__ == "__main__":
    main()
