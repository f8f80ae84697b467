"""移行: a ledger of another program becomes cases or contacts, as one act that can be taken back.

A file is read in a confined process, matched column by column, tried without writing anything, and agreed to. Then its
rows are written in portions, each whole or not at all; every event has an id that follows from the import and the row,
so whoever goes on after a power cut writes nothing twice. While it runs others work: between portions the desk is
free. What was taken is taken back row by row, unless somebody has worked on it since.
"""

import hashlib
import json
import logging
import threading
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pwa_server import fault_lines
from sync.encoding import b64u

from ... import texts
from ..core import confined
from ..core.clock import JAPAN
from ..core.desk import Desk
from ..core.errors import DeskError
from ..core.spreadsheets import MOST_UNPACKED
from ..core.tables import among, in_parts, tuples
from ..log.event_log import head
from ..models.alike import AlikeKey
from ..models.consultations import OF_A_PERSON, Consultation
from ..models.imports import Import, ImportColumn, ImportedRow, ImportFile, ImportLines
from ..models.office_and_cases import (
    CaseFile,
    CaseMerge,
    Comment,
    LogEntry,
    Review,
    Staff,
    Visit,
    VisitFlag,
    VisitVersion,
)
from ..projections.alike import CONTACT, keys_of
from ..projections.append_and_apply import make_event, new_id
from ..queries import contact_form
from ..queries.access import Actor, demand
from ..queries.form_times import typed_time
from ..queries.gates import why_not
from ..queries.import_fields import FIELDS, as_shown, guess, is_changed, plain, read_row
from ..queries.owners import can_hold
from .act import Write, act, acts, check

PORTION = 300  # rows written under one lock, in one transaction
LONGEST = 0.4  # seconds for which others wait; a portion ends early after that
WRITTEN = ("case.opened", "member.set", "case.assigned", "visit.logged")
PAUSE = 0.02  # seconds between portions, for whoever waits to write
NOON = "12:00"  # of a contact whose time of day nobody noted
READS = ("case.viewed",)  # events that are no work
# What a telephone call with the person is called where the ledger has one word for every meeting.
REMOTE = {
    "met_person": "reached",
    "met_family_only": "reached",
    "voice_through_door": "reached",
    "not_met_no_trace": "not_reached",
    "not_met_left_note": "not_reached",
}
log = logging.getLogger("sotto.desk")
_running: set[str] = set()
_lock = threading.Lock()

Fault = tuple[int, str, str]  # row number, name of the column, code


@dataclass
class Trial:
    """What would become of a file: nothing of it is written."""

    rows: int = 0
    empty: int = 0
    good: int = 0
    faults: list[Fault] = field(default_factory=list)
    faulty: int = 0  # rows with a fault
    changed: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # column, from, to
    left: list[str] = field(default_factory=list)  # columns that are not taken
    unfilled: Counter[str] = field(default_factory=Counter)  # fields that stand at what is usual
    alike: list[tuple[int, list[str]]] = field(default_factory=list)  # row, numbers of cases it may be
    missing: list[str] = field(default_factory=list)  # needed fields without a column


def read_file(desk: Desk, actor: Actor, kind: str, name: str, content: bytes) -> str:
    """Keep a file to be matched. Raises DeskError: file_too_big, file_unreadable, no_columns, too_many_rows,
    too_many_columns."""
    demand(actor, "change", "imports")
    if kind not in FIELDS:
        raise DeskError("malformed", "kind")
    table = confined.run("table", content)
    packed = _packed(table["rows"])
    known = {row.head: row.field for row in ImportColumn.select().where(ImportColumn.kind == kind)}
    matched = guess(kind, table["head"], known)
    file = new_id()
    with desk.write():
        ImportFile.put(
            id=file,
            staff=actor.id,
            kind=kind,
            name=name[:200],
            encoding=table["encoding"],
            at=desk.now(),
            state="read",
            head=table["head"],
            first=table["first"],
            matched={str(at): one for at, one in matched.items()},
            usual={},
            apart=[],
            done=0,
            left=[],
        )
        ImportLines.put(file=file, packed=packed)
    return file


def file_row(file: str) -> Any:
    row = ImportFile.get_or_none(ImportFile.id == file)
    if row is None:
        raise DeskError("not_found", file)
    return row


def lines_of(file: str) -> list[list[str]]:
    row = ImportLines.get_or_none(ImportLines.file == file)
    return [] if row is None else list(json.loads(_unpacked(bytes(row.packed))))


def _packed(rows: list[list[str]]) -> bytes:
    text = json.dumps(rows).encode()
    if len(text) > MOST_UNPACKED:
        raise DeskError("file_too_big")
    return zlib.compress(text)


def _unpacked(packed: bytes) -> bytes:
    """Bounded, though the desk packed it: a backup may come from elsewhere."""
    inflater = zlib.decompressobj()
    text = inflater.decompress(packed, MOST_UNPACKED + 1)
    if len(text) > MOST_UNPACKED or not inflater.eof:
        raise DeskError("file_unreadable")
    return text


def matched_of(row: Any) -> dict[int, str]:
    return {int(at): name for at, name in row.matched.items()}


def match(desk: Desk, actor: Actor, file: str, matched: dict[int, str], usual: dict[str, str]) -> None:
    """Which column is which field, and what counts where a cell is empty; kept for the next file."""
    demand(actor, "change", "imports")
    row = file_row(file)
    if row.state != "read":
        raise DeskError("import_begun", file)
    names = {one.name for one in FIELDS[row.kind]}
    good = {at: name for at, name in matched.items() if name in names and at < len(row.head)}
    if len(set(good.values())) != len(good):
        raise DeskError("column_twice")
    with desk.write():
        ImportFile.update(
            matched={str(at): name for at, name in sorted(good.items())},
            usual={name: value for name, value in usual.items() if name in names and value},
        ).where(ImportFile.id == file).execute()
        for at, head in enumerate(row.head):
            ImportColumn.put(kind=row.kind, head=plain(head), field=good.get(at, ""))


def put_away(desk: Desk, actor: Actor, file: str) -> None:
    """A file that is not to be taken is kept no longer."""
    demand(actor, "change", "imports")
    with desk.write():
        if ImportFile.delete().where((ImportFile.id == file) & (ImportFile.state == "read")).execute():
            ImportLines.delete().where(ImportLines.file == file).execute()


def tried(desk: Desk, row: Any) -> Trial:
    """Look at every row as if it were taken, and say what would become of it."""
    found, reading = Trial(), Reading(row)
    found.left = [head for at, head in enumerate(row.head) if at not in reading.matched]
    there = set(reading.matched.values()) | set(row.usual)
    found.missing = [one.name for one in FIELDS[row.kind] if one.needed and one.name not in there]
    persons: list[tuple[int, dict[str, Any]]] = []
    for number, cells in reading.rows():
        found.rows += 1
        if not any(cells):
            found.empty += 1
            continue
        values, faults = reading.read(cells, number)
        if faults:
            found.faulty += 1
            found.faults += [(number, reading.name_of(at), code) for at, code in faults]
            continue
        found.good += 1
        reading.note_changes(cells, values, found)
        persons.append((number, values))
    if row.kind == "cases":
        found.alike = look_alikes(persons)
    return found


class Reading:
    """One file being looked at: what the office knows already is read once."""

    def __init__(self, row: Any) -> None:
        self.row = row
        self.kind = row.kind
        self.matched = matched_of(row)
        self.fields = {one.name: one for one in FIELDS[row.kind]}
        self.lines = lines_of(row.id)
        self.twice = self._twice()
        self.seen = -1
        self.look_again()

    def look_again(self) -> None:
        """Others work meanwhile: which numbers are taken now, and who is here. Read anew only if somebody wrote."""
        if self.seen == head():
            return
        self.numbers = {
            no: (id_, into)
            for id_, no, into in tuples(CaseFile.select(CaseFile.id, CaseFile.no, CaseFile.merged_into))
        }
        here = list(Staff.select().where(Staff.active))
        self.people = {plain(one.name): one.id for one in here}
        self.holders = {one.id for one in here if can_hold(one)}
        self.wrote()

    def wrote(self) -> None:
        """What this import wrote itself is nobody else's work. Call before the lock is given back."""
        self.seen = head()

    def rows(self, start: int = 0, count: int | None = None) -> Iterator[tuple[int, list[str]]]:
        """(row number as the office's program counts, cells)."""
        end = None if count is None else start + count
        for place, cells in enumerate(self.lines[start:end], start):
            yield self.row.first + place, cells

    def name_of(self, at: int) -> str:
        return str(self.row.head[at]) if 0 <= at < len(self.row.head) else ""

    def column_of(self, name: str) -> int:
        return next((at for at, one in self.matched.items() if one == name), -1)

    def _twice(self) -> set[str]:
        """Case numbers that stand in the file more than once."""
        at = self.column_of("no")
        if at < 0:
            return set()
        twice = Counter(" ".join(cells[at].split()) for cells in self.lines if at < len(cells) and cells[at])
        return {number for number, n in twice.items() if n > 1}

    def read(self, cells: list[str], number: int) -> tuple[dict[str, Any], list[tuple[int, str]]]:
        """(values, [(column, code)]) with what the office knows already."""
        values, faults = read_row(self.kind, self.matched, cells)
        values = {name: value for name, value in self.row.usual.items() if name not in values} | values
        for one in FIELDS[self.kind]:
            if one.needed and one.name not in values and self.column_of(one.name) < 0:
                faults.append((-1, "column"))
        if faults:
            return values, faults
        faults += self._case(values) if self.kind == "cases" else self._contact(values)
        return values, faults

    def _case(self, values: dict[str, Any]) -> list[tuple[int, str]]:
        at = self.column_of("no")
        if values["no"] in self.twice:
            return [(at, "number_twice")]
        if values["no"] in self.numbers:
            return [(at, "number_taken")]
        return [(at, "number_personal")] if _names_person(values) else []

    def _contact(self, values: dict[str, Any]) -> list[tuple[int, str]]:
        known = self.numbers.get(values["caseNo"])
        if known is None:
            return [(self.column_of("caseNo"), "case_unknown")]
        values["case"] = known[1] or known[0]
        remote = values["channel"] in contact_form.REMOTE_CHANNELS
        outcome = REMOTE.get(values["outcome"], values["outcome"]) if remote else values["outcome"]
        if remote != (outcome in contact_form.REMOTE_OUTCOMES):
            return [(self.column_of("outcome"), "does_not_fit")]
        values["outcome"] = outcome
        body = self.visit(values)
        if body["occurredAt"] > self.row.at:
            return [(self.column_of("on"), "future")]
        try:
            check(make_event("visit.logged", values["case"], body, self.row.at))
        except DeskError as error:
            contact = str(error.detail or "").removeprefix("body.").replace("[]", "")
            name = next(
                (one.name for one in FIELDS["contacts"] if one.path and contact.startswith(one.path)), "on"
            )
            return [(self.column_of(name), "span" if "endedAt" in contact else "bounds")]
        return []

    def visit(self, values: dict[str, Any]) -> dict[str, Any]:
        """The body of the contact a row tells of."""
        visit: dict[str, Any] = {
            "occurredAt": typed_time(values["on"], values.get("at") or NOON),
            "endedAt": typed_time(values["on"], values["until"]) if values.get("until") else None,
            "planned": "unplanned",
            "reaction": contact_form.implied_reaction(values["outcome"]),
            "staff": [one for one in (self.person(values.get("staff")),) if one],
        }
        for one in FIELDS["contacts"]:
            if one.path and one.name in values:
                value = values[one.name]
                visit[one.path] = {"what": value, "taken": ""} if one.path == "left" else value
        return contact_form.whole(visit) | {"import": self.row.id}

    def person(self, name: str | None) -> str | None:
        return self.people.get(plain(name or ""))

    def holder(self, name: str | None) -> str | None:
        """Who is to have the case, if they can."""
        found = self.person(name)
        return found if found in self.holders else None

    def note_changes(self, cells: list[str], values: dict[str, Any], found: Trial) -> None:
        """What a cell says otherwise than it will stand here."""
        for at, name in self.matched.items():
            cell = cells[at] if at < len(cells) else ""
            if not cell:
                continue
            value = values[name]
            if name in ("staff", "worker"):
                if self.person(cell) is None:
                    found.changed[self.name_of(at), cell[:80], ""] += 1
            elif is_changed(self.fields[name], cell, value):
                found.changed[self.name_of(at), cell[:80], as_shown(value)[:80]] += 1
        for name in self.row.usual:
            at = self.column_of(name)
            if at < 0 or not (cells[at] if at < len(cells) else ""):
                found.unfilled[name] += 1
        if self.kind == "contacts" and "at" not in values:
            found.unfilled["at"] += 1


def _names_person(values: dict[str, Any]) -> bool:
    """Whether a case number holds a name, a reading, a birth date or a telephone number of the row."""
    inside = plain(values["no"])
    words = [plain(part) for name in ("name", "reading") for part in str(values.get(name) or "").split()]
    words += [str(values.get("birthDate") or "").replace("-", ""), plain(values.get("telephone") or "")]
    return any(len(word) > 1 and word in inside for word in words)


def look_alikes(persons: list[tuple[int, dict[str, Any]]]) -> list[tuple[int, list[str]]]:
    """Rows that may be households the office has, by name, reading, address or telephone: their case numbers."""
    keys: dict[tuple[str, str], list[int]] = {}
    for number, values in persons:
        look_alikes = keys_of(*(values.get(name) for name in CONTACT))
        for what, key in look_alikes.items():
            keys.setdefault((what, key), []).append(number)
    found: dict[int, set[str]] = {}
    for part in in_parts(sorted({key for _, key in keys}), 500):
        rows = AlikeKey.select().where(AlikeKey.key.in_(part) & AlikeKey.case.is_null(False))
        hits = list(rows)
        numbers = {
            one.id: one.no
            for one in CaseFile.select(CaseFile.id, CaseFile.no).where(
                among(CaseFile.id, list({one.case for one in hits}))
            )
        }
        for one in hits:
            for number in keys.get((one.what, one.key), ()):
                if one.case in numbers:
                    found.setdefault(number, set()).add(numbers[one.case])
    return sorted((number, sorted(look_alikes)) for number, look_alikes in found.items())


def agree(desk: Desk, actor: Actor, file: str, alike: str) -> None:
    """From here on it is written. `alike`: rows that may be households the office has are taken, or left."""
    demand(actor, "change", "imports")
    row = file_row(file)
    for data_class in ("core", "identity", "contact") if row.kind == "cases" else ("core",):
        demand(actor, "change", data_class)
    if row.kind == "contacts":
        demand(actor, "change", "visit_facts", author=actor.id)
    found = tried(desk, row)
    if found.missing or not found.good:
        raise DeskError("nothing_to_import")
    if found.alike and alike not in ("take", "leave"):
        raise DeskError("choose_alike")
    apart = [number for number, _ in found.alike] if alike == "leave" else []
    rows = found.good - len(apart)
    with desk.write():
        begun = (
            ImportFile.update(state="running", apart=apart, staff=actor.id)
            .where((ImportFile.id == file) & (ImportFile.state == "read"))
            .execute()
        )
        if not begun:
            raise DeskError("import_begun", file)
        body = {"import": file, "kind": row.kind, "rows": rows, "left": found.left}
        act(desk, actor, "import.begun", body, id_=_id(file, 0, "begun"))


def _id(file: str, number: int, what: str) -> str:
    """Of an event or thing of one row: whoever writes it again writes the same."""
    return b64u(hashlib.sha256(f"sotto import\n{file}\n{number}\n{what}".encode()).digest()[:16])


def in_background(desk: Desk, file: str) -> threading.Thread | None:
    """Work on it in a thread of its own, if none of this process does already."""
    with _lock:
        if file in _running:
            return None
        _running.add(file)
    thread = threading.Thread(target=_work, args=(desk, file), name="import", daemon=True)
    thread.start()
    return thread


def go_on(desk: Desk) -> list[threading.Thread]:
    """After a start: what was running when the desk ended."""
    waiting = ImportFile.select().where(ImportFile.state.in_(("running", "returning")))
    return [thread for row in waiting if (thread := in_background(desk, row.id))]


def is_running(file: str) -> bool:
    with _lock:
        return file in _running


def _work(desk: Desk, file: str) -> None:
    try:
        work(desk, file)
    except Exception as error:  # noqa: BLE001 - told on the page, and a person goes on or takes it back
        fault_lines.note(log, "an import stopped", error)
    finally:
        with _lock:
            _running.discard(file)


def work(desk: Desk, file: str, portions: int | None = None) -> None:
    """Write, or take back, portion after portion until it is done. `portions`: no more than so many."""
    row = ImportFile.get_or_none(ImportFile.id == file)
    reading = Reading(row) if row and row.state == "running" else None
    while row and row.state in ("running", "returning") and portions != 0:
        with desk.write():
            row = file_row(file)
            actor = Staff.get_by_id(row.staff)
            if row.state == "running" and reading is not None:
                _take(desk, actor, row, reading)
            elif row.state == "returning":
                _give_back(desk, actor, row)
        row = ImportFile.get_or_none(ImportFile.id == file)
        portions = None if portions is None else portions - 1
        time.sleep(PAUSE)


def _take(desk: Desk, actor: Any, row: Any, reading: Reading) -> None:
    began, looked = time.monotonic(), 0
    portion = list(reading.rows(row.done, PORTION))
    there = _already(row.id, [number for number, _ in portion])
    reading.look_again()
    apart, left, rows = set(row.apart), list(row.left), []
    with acts(desk, actor) as write:
        for number, cells in portion:
            if looked and time.monotonic() - began > LONGEST:
                break
            looked += 1
            if not any(cells) or number in apart or number in there.rows:
                continue
            values, faults = reading.read(cells, number)
            if faults and not there.is_own(faults, row.id, number):
                left.append([number, faults[0][1]])
                continue
            rows.append(_write_row(desk, write, reading, there, number, values))
        if rows:
            write("import.rows_taken", {"import": row.id, "rows": rows}, None, new_id())
    reading.wrote()
    done = row.done + looked
    over = done >= len(reading.lines)
    ImportFile.update(done=done, left=left, state="done" if over else "running").where(
        ImportFile.id == row.id
    ).execute()
    if over:
        ImportLines.delete().where(ImportLines.file == row.id).execute()


@dataclass(frozen=True)
class Already:
    """What of a portion a journal brought back: rows as a whole, or events of some."""

    rows: set[int]
    events: set[str]

    def is_own(self, faults: list[tuple[int, str]], file: str, number: int) -> bool:
        """The number is taken by this very row."""
        return faults[0][1] == "number_taken" and _id(file, number, "case.opened") in self.events


def _already(file: str, numbers: list[int]) -> Already:
    taken = ImportedRow.select(ImportedRow.number).where(
        (ImportedRow.batch == file) & among(ImportedRow.number, numbers)
    )
    ids = [_id(file, number, type_) for number in numbers for type_ in WRITTEN]
    events = LogEntry.select(LogEntry.id).where(among(LogEntry.id, ids))
    return Already({row.number for row in taken}, {row.id for row in events})


def _write_row(
    desk: Desk, write: Write, reading: Reading, there: Already, number: int, values: dict[str, Any]
) -> dict[str, Any]:
    file = reading.row.id

    def put(type_: str, body: dict[str, Any], case: str) -> None:
        if (id_ := _id(file, number, type_)) not in there.events:
            write(type_, body, case, id_)

    if reading.kind == "contacts":
        put("visit.logged", reading.visit(values), values["case"])
        return {"n": number, "case": values["case"], "visit": _id(file, number, "visit.logged")}
    case = _id(file, number, "case")
    member = f"{case} person"
    put("case.opened", _opening(values, member, file, desk), case)
    fields = {name: values[name] for name in OF_A_PERSON if values.get(name)}
    if fields:
        put("member.set", {"member": member, "changes": fields}, case)
    staff = reading.holder(values.get("worker"))
    if staff and why_not("assign", case, desk.today(), to=staff) is None:
        begun = values.get("receivedOn") or _today(desk)
        put("case.assigned", {"staff": staff, "from": begun}, case)
    return {"n": number, "case": case, "visit": None}


def _today(desk: Desk) -> str:
    return str(desk.clock().astimezone(JAPAN).date().isoformat())


def _opening(values: dict[str, Any], member: str, file: str, desk: Desk) -> dict[str, Any]:
    """`case.opened` as a row tells it. Names and addresses are not in it."""
    return {
        "no": values["no"],
        "title": values.get("title") or values["no"],
        "kana": "",
        "sample": False,
        "intake": {"receivedOn": values.get("receivedOn") or _today(desk), "import": file},
        "referral": {"agency": values.get("sourceOrg", ""), "domain": ""},
        "consent": {"status": "unknown"},
        "household": {
            "summary": values.get("summary", ""),
            "members": [
                {
                    "id": member,
                    "label": "A",
                    "role": "self",
                    "roleCertainty": "stated",
                    "sex": values.get("sex", "unknown"),
                    "ageBand": values.get("ageBand", "unknown"),
                    "labels": [],
                    "index": True,
                    "inHousehold": True,
                }
            ],
            "unions": [],
            "parentage": [],
        },
        "issues": [{"no": n, "text": opening} for n, opening in enumerate(values.get("issues", []), 1)],
    }


def take_back(desk: Desk, actor: Actor, batch: str) -> None:
    """All of an import goes again, but for rows somebody has worked on since: those are named and stay."""
    demand(actor, "change", "imports")
    batch_row = Import.get_or_none(Import.id == batch)
    if batch_row is None:
        raise DeskError("not_found", batch)
    with desk.write():
        row = ImportFile.get_or_none(ImportFile.id == batch)
        if row is None:  # a backup from before the file was handed in, and the journal behind it
            ImportFile.put(
                id=batch,
                staff=actor.id,
                kind=batch_row.kind,
                name="",
                encoding="",
                at=batch_row.at,
                state="returning",
                head=[],
                first=1,
                matched={},
                usual={},
                apart=[],
                done=0,
                left=[],
            )
        else:
            ImportFile.update(state="returning", staff=actor.id, done=0, left=[]).where(
                ImportFile.id == batch
            ).execute()
            ImportLines.delete().where(ImportLines.file == batch).execute()


def _give_back(desk: Desk, actor: Any, row: Any) -> None:
    """`done` is the last row number that was looked at."""
    rows = list(
        ImportedRow.select()
        .where((ImportedRow.batch == row.id) & (ImportedRow.number > row.done) & ImportedRow.back.is_null())
        .order_by(ImportedRow.number)
        .limit(PORTION)
    )
    worked = worked_on(rows)
    gone = [one for one in rows if one.id not in worked]
    again = _withdrawn(gone)
    with acts(desk, actor) as write:
        for one in gone:
            id_ = _id(row.id, one.number, "withdrawn")
            if one.visit is not None and id_ not in again:
                fields = {"visit": one.visit, "reason": texts.t("ja", "desk.import.withdrawn")}
                write("visit.withdrawn", fields, one.opened, id_)
        if gone:
            numbers = [one.number for one in gone]
            write("import.rows_taken_back", {"import": row.id, "rows": numbers}, None, new_id())
    left = [*row.left, *([one.number, "worked_on"] for one in rows if one.id in worked)]
    ImportFile.update(
        done=rows[-1].number if rows else row.done, left=left, state="returning" if rows else "returned"
    ).where(ImportFile.id == row.id).execute()


def _withdrawn(rows: list[Any]) -> set[str]:
    """Of these rows' contacts, the events that withdrew them before: a journal brought those back."""
    ids = [_id(one.batch, one.number, "withdrawn") for one in rows if one.visit is not None]
    return {row.id for row in LogEntry.select(LogEntry.id).where(among(LogEntry.id, ids))}


def worked_on(rows: list[Any]) -> set[str]:
    """Of these rows, those whose case or contact somebody has done something with since."""
    found = set()
    visits = [one.visit for one in rows if one.visit]
    touched = {
        row.visit
        for table in (Review, Comment, VisitFlag)
        for row in table.select(table.visit).where(among(table.visit, visits))
    }
    corrected = VisitVersion.select(VisitVersion.visit).where(
        among(VisitVersion.visit, visits) & VisitVersion.replaces.is_null(False)
    )
    touched |= {row.visit for row in corrected}
    there = {row.id for row in Visit.select(Visit.id).where(among(Visit.id, visits))}
    gone = _withdrawn(rows)
    there |= {one.visit for one in rows if one.visit and _id(one.batch, one.number, "withdrawn") in gone}
    found |= {one.id for one in rows if one.visit and (one.visit in touched or one.visit not in there)}
    cases = [one.opened for one in rows if one.visit is None]
    if cases:
        busy = _busy_cases(rows, cases)
        found |= {one.id for one in rows if one.visit is None and one.opened in busy}
    return found


def _busy_cases(rows: list[Any], cases: list[str]) -> set[str]:
    own = {
        _id(one.batch, one.number, type_)
        for one in rows
        for type_ in ("case.opened", "member.set", "case.assigned")
    }
    gone = ImportedRow.select().where(
        among(ImportedRow.opened, cases) & ImportedRow.visit.is_null(False) & ImportedRow.back.is_null(False)
    )
    for one in gone:  # contacts that came with another import and went again
        own |= {str(one.visit), _id(one.batch, one.number, "withdrawn")}
    entries = LogEntry.select(LogEntry.id, LogEntry.case, LogEntry.type).where(among(LogEntry.case, cases))
    busy = {str(row.case) for row in entries if row.id not in own and row.type not in READS}
    busy |= {str(row.into) for row in Consultation.select().where(among(Consultation.into, cases))}
    return busy | {row.target for row in CaseMerge.select().where(among(CaseMerge.target, cases))}
