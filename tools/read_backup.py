"""Read a backup of an office with the custodians' key, without the product: open files for people and programs.

    python read_backup.py BACKUP --key backup.key --out FOLDER

This file stands alone: it imports nothing of Sotto, so that records can be read when Sotto is not there any more.
It needs Python 3.11 and two packages, `cryptography` (46 or later) and `sqlcipher3`. What it reads:

    "sotto backup 1\\n" ‖ u32 length ‖ sealed line ‖ SQLCipher database

The sealed line is HPKE (RFC 9180 base mode, P-256, HKDF-SHA256, AES-256-GCM; info "sotto/1 backup\\n"; `enc` is the
first 65 bytes) over JSON {"key": hex, "sha256": hex, "head": number, "counts": {…}}. The key opens the database. Its
table `logentry` is the log: each `sealed` is nonce (12) ‖ AES-256-GCM under the key of its case (table `casekey`; "" is
the office), bound to "sotto/1 log entry\\n" ‖ id. `chain` is
SHA-256("sotto/1 log\\n" ‖ chain before ‖ JSON of the row). What two people disposed of is empty; the event of that act
has in `chained` SHA-256("sotto/1 destroyed\\n" ‖ lines of position, chain before and chain of each such entry).

What it writes, in FOLDER, is in the clear. Whoever has it has every record.
"""

import argparse
import csv
import hashlib
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MAGIC = b"sotto backup 1\n"
INFO = b"sotto/1 backup\n"
PIECE = 1 << 20
# Tables that hold no record but what opens or proves: never written out, and why.
SECRETS = {
    "casekey": "keys of the log, not needed once it is open",
    "officekey": "private keys of the office",
    "account": "passwords as hashes, codes",
    "passkey": "factors of people",
    "session": "who is signed in",
    "firstpassword": "passwords as hashes",
    "firsthalf": "sign-ins half done",
    "signinpause": "failures to sign in",
    "oncemark": "marks of forms",
    "enrolment": "codes of phones that join",
}
# What the product keeps to find and send things: made from the records, or sealed for somebody else.
WORKING = (
    "sqlite_",
    "search_index",
    "searchentry",
    "downenvelope",
    "received",
    "photodigest",
    "blobfile",
    "documentfile",
)
# An office's spreadsheet runs what begins so; in the CSV it is kept from running by a leading apostrophe.
RUNS = ("=", "+", "-", "@", "\t", "\r")
ENDINGS = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "text/plain": ".txt",
}


class Unreadable(Exception):
    """Said to whoever runs this; nothing was written."""


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("backup", type=Path)
    asked.add_argument("--key", type=Path, required=True, help="the custodians' key: 64 hexadecimal letters")
    asked.add_argument("--out", type=Path, required=True, help="a folder that is not there yet")
    told = asked.parse_args()
    try:
        counts = read(told.backup, told.key, told.out)
    except Unreadable as error:
        print(error, file=sys.stderr)
        return 1
    for name, count in counts.items():
        print(f"{count:>9}  {name}")
    return 0


def read(backup: Path, key_file: Path, out: Path) -> dict[str, int]:
    """Write everything to `out`. Returns {what: how many}. Raises Unreadable."""
    if out.exists():
        raise Unreadable(f"{out} is there already.")
    with tempfile.TemporaryDirectory(prefix="read-backup-") as place:
        file = Path(place) / "office.db"
        line = unpack(backup, file)
        told = json.loads(open_line(line, key_file))
        if hash_of(file) != told["sha256"]:
            raise Unreadable("The backup is damaged: its content is not what its first line says.")
        db = connect(file, told["key"])
        try:
            verify_chain(db, told["head"])
            out.mkdir(mode=0o700, parents=True)
            counts = {"events": write_events(db, out)}
            counts |= write_files(db, out)
            counts |= {f"tables/{name}": write_table(db, name, out) for name in tables(db)}
        finally:
            db.close()
    (out / "README.txt").write_text(readme(backup.name, told, counts), "utf-8")
    return counts


def unpack(backup: Path, file: Path) -> bytes:
    """The database into `file`; returns the sealed line."""
    with backup.open("rb") as content, file.open("wb") as to:
        if content.read(len(MAGIC)) != MAGIC:
            raise Unreadable(f"{backup} is no backup of Sotto.")
        line = content.read(int.from_bytes(content.read(4), "big"))
        while piece := content.read(PIECE):
            to.write(piece)
    return line


def open_line(line: bytes, key_file: Path) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

    try:
        scalar = int(key_file.read_text().strip(), 16)
        private = ec.derive_private_key(scalar, ec.SECP256R1())
        return Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM).decrypt(line, private, INFO)
    except (InvalidTag, ValueError):
        raise Unreadable("This key does not open this backup.") from None


def connect(file: Path, key: str) -> Any:
    import sqlcipher3

    db = sqlcipher3.connect(str(file))
    db.execute(f"pragma key = \"x'{bytes.fromhex(key).hex()}'\"")
    db.execute("pragma query_only = 1")
    db.execute("pragma trusted_schema = 0")
    return db


def hash_of(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def spelled(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


ROW = ("position", "id", "type", "v", "at", "received_at", "source", "by", "case", "saw")


def log_rows(db: Any) -> Iterator[tuple[Any, ...]]:
    names = ",".join(f'"{name}"' for name in ROW)
    yield from db.execute(f"select {names}, sealed, digest, chain from logentry order by position")  # noqa: S608


def verify_chain(db: Any, head: int) -> None:
    chain, position, emptied, acts = bytes(32), 0, [], []
    for *row, sealed, digest, stands in log_rows(db):
        told = [*row, hashlib.sha256(bytes(sealed)).hexdigest(), bytes(digest).hex()]
        position, before = position + 1, chain
        chain = hashlib.sha256(b"sotto/1 log\n" + chain + spelled(told).encode()).digest()
        if not sealed:
            chain = bytes(stands)
            emptied.append((row[1], row[8], position, before, chain))
        elif row[2] in ("disposal.carried_out", "disposal.reapplied"):
            acts.append((position, row[2], opened(keys_of(db), row[1], "", bytes(sealed))))
        if row[0] != position or bytes(stands) != chain:
            raise Unreadable(f"The log does not fit together at entry {position}.")
    if position != head:
        raise Unreadable(f"The log has {position} entries; the first line says {head}.")
    verify_emptied(emptied, acts)


def verify_emptied(emptied: list[Any], acts: list[Any]) -> None:
    """Each empty entry is one that an act of two people emptied, and each act emptied what it says."""
    left = {one[2] for one in emptied}
    for position, type_, act in acts:
        if type_ != "disposal.carried_out":
            continue
        mine = [
            one
            for one in emptied
            if one[2] < position and (one[1] in act["keys"] or one[0] in act["entries"])
        ]
        told = "".join(f"{one[2]} {one[3].hex()} {one[4].hex()}\n" for one in mine)
        found = hashlib.sha256(b"sotto/1 destroyed\n" + told.encode()).hexdigest()
        again = [one["chained"] for _, _, one in acts if one["disposal"] == act["disposal"]]
        if mine and found not in again:
            raise Unreadable(f"What entry {position} says it emptied is not what is empty.")
        left -= {one[2] for one in mine}
    if left:
        raise Unreadable(f"Entry {min(left)} of the log is empty, and no act says that it was disposed of.")


def keys_of(db: Any) -> dict[str, Any]:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return {case: AESGCM(bytes(key)) for case, key in db.execute('select "case", key from casekey')}


def opened(keys: dict[str, Any], id_: str, case: str, sealed: bytes) -> Any:
    """What an event says; None where it was disposed of."""
    key = keys.get(case)
    if key is None or not sealed:
        return None
    return json.loads(key.decrypt(sealed[:12], sealed[12:], b"sotto/1 log entry\n" + id_.encode()))


def write_events(db: Any, out: Path) -> int:
    """Every event of the log with what is in it; `body` is null where a case was disposed of."""
    keys = keys_of(db)
    count = 0
    with (out / "events.jsonl").open("w", encoding="utf-8") as to:
        for *row, sealed, _, _ in log_rows(db):
            event = dict(zip(ROW, row, strict=True))
            body = opened(keys, event["id"], event["case"] or "", bytes(sealed))
            to.write(spelled(event | {"body": body}) + "\n")
            count += 1
    return count


def write_files(db: Any, out: Path) -> dict[str, int]:
    """Photos and papers, each under its id; what they are stands in tables/photo.csv and tables/casedocument.csv."""
    photos, papers = out / "photos", out / "documents"
    photos.mkdir()
    papers.mkdir()
    counts = {"photos": 0, "documents": 0}
    for id_, jpeg in db.execute("select id, jpeg from blobfile where jpeg is not null"):
        (photos / f"{safe(id_)}.jpg").write_bytes(bytes(jpeg))
        counts["photos"] += 1
    types = dict(db.execute("select id, type from casedocument"))
    for id_, content in db.execute("select id, bytes from documentfile"):
        (papers / f"{safe(id_)}{ENDINGS.get(types.get(id_, ''), '.bin')}").write_bytes(bytes(content))
        counts["documents"] += 1
    return counts


def safe(name: str) -> str:
    """An id as a file's name."""
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in name)


def tables(db: Any) -> list[str]:
    """Every table but those named above: one the product gets later is among them by itself."""
    names = [
        row[0] for row in db.execute("select name from sqlite_master where type = 'table' order by name")
    ]
    return [name for name in names if name not in SECRETS and not name.startswith(WORKING)]


def write_table(db: Any, name: str, out: Path) -> int:
    """The table as CSV for people (UTF-8 with a mark, for Excel) and as JSON lines for programs."""
    folder = out / "tables"
    folder.mkdir(exist_ok=True)
    rows = db.execute(f'select * from "{name}"')  # noqa: S608 - a name of the schema
    columns = [one[0] for one in rows.description]
    count = 0
    with (
        (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as for_people,
        (folder / f"{name}.jsonl").open("w", encoding="utf-8") as for_programs,
    ):
        sheet = csv.writer(for_people)
        sheet.writerow(columns)
        for row in rows:
            values = [value.hex() if isinstance(value, bytes) else value for value in row]
            sheet.writerow([cell(value) for value in values])
            for_programs.write(spelled(dict(zip(columns, values, strict=True))) + "\n")
            count += 1
    return count


def cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(RUNS) else value


def readme(name: str, told: dict[str, Any], counts: dict[str, int]) -> str:
    listed = "\n".join(f"{count:>9}  {what}" for what, count in counts.items())
    kept_back = "\n".join(f"  {table}: {why}" for table, why in SECRETS.items())
    return f"""{name}
log: {told["head"]} events, its chain is whole

events.jsonl   what happened, one event a line, in order: everything else is made from it (sync/EVENTS.md)
tables/        what stands now, each table as .csv (Excel) and .jsonl (programs)
photos/        by id; whose and when: tables/photo.csv
documents/     papers of cases by id; whose and what: tables/casedocument.csv

In the .csv a cell that begins with = + - @ has an apostrophe before it, so that no spreadsheet runs it.
The .jsonl have every value as it is stored; bytes are hexadecimal.

Not written, for they hold no record:
{kept_back}

{listed}
"""


if __name__ == "__main__":
    sys.exit(main())
