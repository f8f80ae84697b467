"""Keeps what a checkout's desk and relay store, for the tests: every later release must open it and lose nothing.

    python -m tools.keep_data NAME CHECKOUT

runs the checkout's own code, its invented office and a phone of its own, and writes tests/releases/NAME.tar.xz: the
desk's data and key, a backup and its key, the journal, the relay's database with a visit on its way, and what is in
all of them.
tests/releases/test_earlier_data.py takes every file it finds there.
"""

import argparse
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
LEFT_OUT = ("-shm", "-wal", "release-key.pem")
KEPT = HERE / "tests/releases"
# Runs inside the checkout, whose modules lay in other places over time.
SCRIPT = """
import importlib, json, os, shutil
from pathlib import Path

def found(*places):
    for place in places:
        module, _, name = place.partition(":")
        try:
            return getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError):
            continue
    raise AssertionError(places)

def test_keep(office):
    out = Path(os.environ["KEEP_DATA"])
    backup = found("pwa_server.desk.backup.backup:backup", "pwa_server.desk.backup:backup")
    log = found("pwa_server.desk.models.office_and_cases:LogEntry", "pwa_server.desk.model:LogEntry",
                "pwa_server.desk.machine:LogEntry")
    visits = found("pwa_server.desk.models.office_and_cases:Visit", "pwa_server.desk.model:Visit",
                   "pwa_server.desk.models.visits:Visit")
    phone = office.phone_of("kobayashi")
    phone.write(phone.visit("demo-002"))
    office.round(phone)
    backup(office.desk)
    in_backup = log.select().count()
    office.phone_of("nishimura", "second")  # an act of staff that only the journal has
    told = {"in_backup": in_backup, "events": log.select().count(), "visits": visits.select().count()}
    told["ids"] = sorted(row.id for row in log.select())
    phone.write(phone.visit("demo-002"))
    phone.sync()  # it lies at the relay
    office.desk.db.execute_sql("pragma wal_checkpoint(truncate)").fetchall()
    office.desk.close()
    shutil.copytree(office.config.data, out / "data")
    shutil.copy(office.config.desk_key_file, out / "desk.key")
    (out / "backups").mkdir()
    for one in [*sorted(office.config.backup_dir.glob("*.backup"))[-1:], *office.config.backup_dir.glob("*.head")]:
        shutil.copy(one, out / "backups")
    if office.config.journal_dir is not None and office.config.journal_dir.exists():
        shutil.copytree(office.config.journal_dir, out / "journal")
    (out / "backup.key").write_text(office.backup_key.to_bytes().hex())
    folder = sorted(office.config.data.parent.glob("relay-*"))[-1]
    office.app.extensions["sotto_relay"].store.close()
    shutil.copytree(folder / "relay", out / "relay")
    (out / "told.json").write_text(json.dumps(told))
"""


def keep(name: str, checkout: Path) -> Path:
    with tempfile.TemporaryDirectory() as place:
        script = checkout / "tests/desk/test_keep_data.py"
        script.write_text(SCRIPT, "utf-8")
        try:
            environ = {**os.environ, "KEEP_DATA": place}
            words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore", str(script)]
            subprocess.run([sys.executable, *words], cwd=checkout, env=environ, check=True)
        finally:
            script.unlink()
        KEPT.mkdir(exist_ok=True)
        kept = KEPT / f"{name}.tar.xz"
        with tarfile.open(kept, "w:xz", preset=9) as archive:
            for file in sorted(Path(place).rglob("*")):
                if file.is_file() and not file.name.startswith(".") and not file.name.endswith(LEFT_OUT):
                    archive.add(file, file.relative_to(place), recursive=False, filter=_plain)
    return kept


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description="Keeps the data of a checkout's desk and relay for the tests."
    )
    parser.add_argument("name", help="2026-11-27")
    parser.add_argument("checkout", type=Path)
    asked = parser.parse_args()
    print(keep(asked.name, asked.checkout.resolve()))
