"""A ledger of 20,000 rows comes in: rows a second, killed in the middle and gone on with, brought back, taken back.

    .venv/bin/python -m bench.imports [--rows N] [--kills N] [--write]

The office is the sample's, with a journal and backups on the same disk. Each half of a kind of ledger (households, then
contacts) is written by a process of its own that is killed (SIGKILL) so many times at random, and begun again. Then a
backup made before the import is restored with the journal, and the import is taken back. `--write` puts the figures
into docs/measures.md.
"""

import argparse
import csv
import io
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from bench.desk_measure import MEASURES
from pwa_server.config import Config
from pwa_server.desk.actions import imports, sample
from pwa_server.desk.backup.backup import backup
from pwa_server.desk.backup.restore import restore
from pwa_server.desk.core.desk import Desk
from pwa_server.desk.log.event_log import verify_chain
from pwa_server.desk.log.office_keys import make_keys
from pwa_server.desk.models.imports import ImportedRow
from pwa_server.desk.models.office_and_cases import CaseFile, Staff, Visit
from pwa_server.desk.open_desk import create_desk_file, open_desk
from sync.sealing import SealKey

BEGIN, END = "<!-- imports: written by bench.imports -->", "<!-- /imports -->"
BY = "demo-nakagawa"


@dataclass
class Took:
    """Of one ledger."""

    kind: str
    rows: int
    tried: float  # seconds
    written: float  # seconds of running, the killed runs included
    kills: int
    back: float = 0.0


def settings(folder: Path) -> Config:
    return Config(
        data=folder / "data",
        desk_key_file=folder / "desk.key",
        backup_dir=folder / "backups",
        journal_dir=folder / "journal",
        second_place="folder",
        trial=True,
    )


def table(kind: str, rows: int) -> bytes:
    """As offices keep them: names, addresses, days; contacts of those households."""
    out = io.StringIO()
    write = csv.writer(out).writerow
    if kind == "cases":
        write(
            [
                "番号",
                "氏名",
                "フリガナ",
                "生年月日",
                "住所",
                "電話番号",
                "受付日",
                "家族構成",
                "主訴",
                "担当者",
            ]
        )
        for n in range(rows):
            born = date(1950, 1, 1) + timedelta(days=n % 20_000)
            told = f"K-{n:05d},名字{n} 名{n % 97},ミョウジ{n},{born},見本町{n % 900}丁目{n % 31}番地"
            told += f",077-{n % 1000:03d}-{n % 10_000:04d},2025-04-01,母と二人で暮らす,外に出ない,小林 悠"
            write(told.split(","))
    else:
        write(["番号", "日付", "時刻", "方法", "結果", "内容", "担当者"])
        for n in range(rows):
            on = date(2025, 4, 1) + timedelta(days=n % 500)
            told = f"玄関先で{n % 40}分話した。次に来てよい日を聞いた。"
            write([f"K-{n % max(1, rows):05d}", on, "14:00", "訪問", "本人に会えた", told, "小林 悠"])
    return out.getvalue().encode("cp932")


def found(folder: Path) -> SealKey:
    desk = create_desk_file(settings(folder))
    key = make_keys(desk)
    sample.load(desk)
    backup(desk)
    desk.close()
    return key


def hand_in(desk: Desk, kind: str, rows: int) -> tuple[str, float]:
    """Read in, matched as the heads say, tried, agreed to. Returns its id and the seconds of reading and trying."""
    by = Staff.get_by_id(BY)
    begun = time.perf_counter()
    file = imports.read_file(desk, by, kind, "台帳.csv", table(kind, rows))
    trial = imports.tried(desk, imports.file_row(file))
    took = time.perf_counter() - begun
    if trial.good != rows:
        raise SystemExit(f"{rows - trial.good} rows have a fault: {trial.faults[:3]} {trial.missing}")
    imports.agree(desk, by, file, "take" if trial.alike else "")
    return file, took


def run_killed(folder: Path, file: str, kills: int, chance: random.Random) -> tuple[float, int]:
    """Work in processes of their own until it is done. Returns the seconds they ran, and how many were killed."""
    ran, killed = 0.0, 0
    while True:
        begun = time.perf_counter()
        child = subprocess.Popen([sys.executable, "-m", "bench.imports", "--work", str(folder), file])
        if killed < kills:
            time.sleep(2 + 6 * chance.random())
            child.send_signal(signal.SIGKILL)
        child.wait()
        ran += time.perf_counter() - begun
        if child.returncode == 0:
            return ran, killed
        killed += child.returncode == -signal.SIGKILL
        if child.returncode != -signal.SIGKILL:
            raise SystemExit(f"ended with {child.returncode}")


def work(folder: Path, file: str) -> None:
    desk = open_desk(settings(folder))
    imports.work(desk, file)
    desk.close()


def checked(folder: Path, rows: int) -> None:
    """Every row once, the chain whole."""
    desk = open_desk(settings(folder))
    cases = CaseFile.select().where(CaseFile.no.startswith("K-")).count()
    visits = Visit.select().join(CaseFile, on=(Visit.case == CaseFile.id)).where(CaseFile.no.startswith("K-"))
    told = ImportedRow.select().where(ImportedRow.back.is_null()).count()
    if (cases, visits.count(), told) != (rows, rows, 2 * rows):
        raise SystemExit(f"not every row once: {cases} {visits.count()} {told}")
    verify_chain()
    desk.close()


def brought_back(folder: Path, key: SealKey, rows: int) -> float:
    """The backup made before the import, and the journal: the same rows. Returns seconds."""
    place = folder / "restored"
    shutil.copytree(folder / "backups", place / "backups")
    shutil.copytree(folder / "journal", place / "journal")
    config = settings(place)
    begun = time.perf_counter()
    restore(config, oldest(place / "backups"), key)
    took = time.perf_counter() - begun
    checked(place, rows)
    shutil.rmtree(place)
    return took


def oldest(backups: Path) -> Path:
    return min(backups.glob("*.backup"), key=lambda file: file.name)


def given_back(desk: Desk, file: str) -> float:
    begun = time.perf_counter()
    imports.take_back(desk, Staff.get_by_id(BY), file)
    imports.work(desk, file)
    return time.perf_counter() - begun


def measure(folder: Path, rows: int, kills: int) -> tuple[list[Took], float]:
    key, chance, all_, files = found(folder), random.Random(7), [], []
    for kind in ("cases", "contacts"):
        desk = open_desk(settings(folder))
        file, tried = hand_in(desk, kind, rows)
        desk.close()
        ran, killed = run_killed(folder, file, kills, chance)
        all_.append(Took(kind, rows, tried, ran, killed))
        files.append(file)
        print(all_[-1], flush=True)
    checked(folder, rows)
    restored = brought_back(folder, key, rows)
    print(f"restored in {restored:.0f} s", flush=True)
    desk = open_desk(settings(folder))
    for took, file in reversed(list(zip(all_, files, strict=True))):
        took.back = given_back(desk, file)
        print(took, flush=True)
    if CaseFile.select().where(CaseFile.no.startswith("K-")).exists():
        raise SystemExit("not everything was taken back")
    desk.close()
    return all_, restored


def say(told: object) -> None:
    sys.stdout.write(f"{told}\n")
    sys.stdout.flush()


def report(all_: list[Took], restored: float) -> str:
    named = {"cases": "households", "contacts": "contacts"}
    lines = [
        BEGIN,
        "## A ledger comes in",
        "",
        f"Made and measured by `python -m bench.imports --write`, {time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}. The process that writes was killed (SIGKILL) at random so many times and begun "
        "again; a row stands for three events of a household, one of a contact. A portion holds others up for "
        f"{imports.LONGEST} s at most before it is committed.",
        "",
        "| ledger | rows | read and tried, s | written, s | rows a second | killed | taken back, s |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {named[one.kind]} | {one.rows:,} | {one.tried:.0f} | {one.written:.0f} | {one.rows / one.written:.0f} "
        f"| {one.kills} | {one.back:.0f} |"
        for one in all_
    ]
    lines += [
        "",
        "Every row was there once afterwards and the log's chain whole. A backup of before the import, restored with the "
        f"journal, had all of them too ({restored:.0f} s).",
        END,
    ]
    wrapped = [
        part for line in lines for part in (textwrap.wrap(line, 130) if line[:1].isalpha() else [line])
    ]
    return "\n".join(wrapped) + "\n"


def write(text: str) -> None:
    before = MEASURES.read_text("utf-8")
    head, _, rest = before.partition(BEGIN)
    after = rest.partition(END)[2]
    MEASURES.write_text(head.rstrip() + "\n\n" + text + after.rstrip("\n") + "\n", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--work", nargs=2, metavar=("FOLDER", "FILE"))
    told = parser.parse_args()
    if told.work:
        work(Path(told.work[0]), told.work[1])
        return
    folder = Path(tempfile.mkdtemp(prefix="sotto-import-"))
    try:
        text = report(*measure(folder, told.rows, told.kills))
        say(text)
        if told.write:
            write(text)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
