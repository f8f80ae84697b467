"""The append-only log: what phones sent and what staff did. Everything else is built from it.

Bodies lie under a key per case. Nothing here ever updates or deletes an entry; what two people decided to destroy
`destroying` empties, and the hash chain (`log_chain`) still proves the log complete afterwards.
"""

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..core.clock import stamp
from ..core.desk import Desk
from ..core.errors import DeskError
from ..core.tables import Spelled, among, canonical, execute_many
from ..models.office_and_cases import CaseKey, LogEntry
from ..models.years import DisposedCase
from .log_chain import START, bound_to, is_destroyed, link, walk

PAGE = 1000  # entries read at once


@dataclass(frozen=True)
class Logged:
    """An event as it stands in the log. `body` is None when it was destroyed with its case."""

    position: int
    id: str
    type: str
    v: int
    at: str
    received_at: str
    source: str
    by: str
    case: str | None
    saw: int
    body: dict[str, Any] | None

    @property
    def device(self) -> str | None:
        """The phone it came from, or None for work at the desk."""
        return None if self.source == self.by else self.source


class _Entry(NamedTuple):
    """A row of the log as a long replay reads it."""

    position: int
    id: str
    type: str
    v: int
    at: str
    received_at: str
    source: str
    by: str
    case: str | None
    saw: int
    sealed: bytes


class _Linked(NamedTuple):
    """A row of the log as its chain counts it."""

    position: int
    id: str
    type: str
    v: int
    at: str
    received_at: str
    source: str
    by: str
    case: str | None
    saw: int
    sealed: bytes
    digest: bytes


def append(desk: Desk, event: dict[str, Any], source: str, by: str) -> Logged:
    """Add one checked event (SPEC 3.6). `source` is a device id, or `by` itself for work at the desk.

    Raises DeskError: already_known (same id, same content), conflict (same id, other content), disposed (its case
    was destroyed). Call inside `desk.write()`.
    """
    if (known := knows(event)) is not None:
        raise DeskError("already_known" if known == "known" else "conflict", event["id"])
    batch = Batch(desk)
    logged = batch.append(event, source, by)
    batch.flush()
    return logged


class Batch:
    """Checked events for the end of the log, chained one after another and written at once by `flush`.

    Nobody else may append meanwhile: used inside one `desk.write()`. The ids must be new.
    """

    def __init__(self, desk: Desk) -> None:
        last = LogEntry.select(LogEntry.position, LogEntry.chain).order_by(LogEntry.position.desc()).first()
        self._position = 0 if last is None else int(last.position)
        self._chain = START if last is None else bytes(last.chain)
        self._desk = desk
        self._keys: dict[str, bytes] = {}
        self._new_keys: list[tuple[str, bytes]] = []
        self._rows: list[list[Any]] = []

    def append(self, event: dict[str, Any], source: str, by: str) -> Logged:
        """`source`: a device id, or `by` itself for work at the desk. Raises DeskError disposed."""
        key = self._key(event["case"] or "")
        self._position += 1
        nonce = secrets.token_bytes(12)
        plain = canonical(event["body"]).encode()
        values = {name: event[name] for name in ("id", "type", "v", "at", "case", "saw")}
        values |= {"received_at": stamp(self._desk.clock()), "source": source, "by": by}
        sealed = nonce + AESGCM(key).encrypt(nonce, plain, bound_to(event["id"]))
        entry = _Linked(position=self._position, sealed=sealed, digest=digest_of(event), **values)
        self._chain = link(self._chain, entry)
        self._rows.append([*entry, self._chain])
        return Logged(position=self._position, body=event["body"], **values)

    def _key(self, case: str) -> bytes:
        if case not in self._keys:
            disposed, key = _told_of(case)
            if disposed:
                raise DeskError("disposed", case)
            self._keys[case] = key or secrets.token_bytes(32)
            if key is None:
                self._new_keys.append((case, self._keys[case]))
        return self._keys[case]

    def flush(self) -> None:
        database = LogEntry._meta.database
        execute_many(database, 'insert into "casekey" ("case", "key") values (?,?)', self._new_keys)
        names = ",".join(f'"{name}"' for name in (*_Linked._fields, "chain"))
        marks = ",".join("?" * (len(_Linked._fields) + 1))
        execute_many(database, f"insert into logentry ({names}) values ({marks})", self._rows)  # noqa: S608
        self._new_keys, self._rows = [], []


def knows(event: dict[str, Any]) -> str | None:
    """None when the id is new, "known" for the same event again, "conflict" for other content under its id."""
    entry = LogEntry.get_or_none(LogEntry.id == event["id"])
    if entry is None:
        return None
    same = is_destroyed(entry) or bytes(entry.digest) == digest_of(event)
    return "known" if same else "conflict"


def known_ids(ids: Sequence[str]) -> set[str]:
    """Those of the ids the log has."""
    return {row.id for row in LogEntry.select(LogEntry.id).where(among(LogEntry.id, ids))}


def _told_of(case: str) -> tuple[bool, bytes | None]:
    """(whether its records were destroyed, its key if it has one). Asked plainly, for each case of a long import."""
    asked = 'select (select 1 from disposedcase where id = ?), (select "key" from casekey where "case" = ?)'
    disposed, key = LogEntry._meta.database.execute_sql(asked, (case, case)).fetchone()
    # "" is the office's own key, which never goes.
    return bool(case and disposed), None if key is None else bytes(key)


def is_disposed(case: str | None) -> bool:
    """Whether the records of this case were destroyed by an act of two people."""
    return bool(case) and DisposedCase.get_or_none(DisposedCase.id == case) is not None


def digest_of(event: dict[str, Any]) -> bytes:
    """The hash that tells a repeat from a conflict."""
    members = {name: event[name] for name in ("id", "type", "v", "at", "case", "saw", "body")}
    return hashlib.sha256(canonical(members).encode()).digest()


def head() -> int:
    """The position of the last entry, 0 for an empty log."""
    last = LogEntry.select(LogEntry.position).order_by(LogEntry.position.desc()).first()
    return 0 if last is None else int(last.position)


def replay(after: int = 0) -> Iterator[Logged]:
    """Every event in order, opened.

    Read a page at a time: a statement left open would end with the first savepoint that whoever applies rolls back.
    """
    keys = {row.case: AESGCM(bytes(row.key)) for row in CaseKey.select()}
    names = ",".join(f'"{name}"' for name in _Entry._fields)
    page = f"select {names} from logentry where position > ? order by position limit {PAGE}"  # noqa: S608
    while rows := LogEntry._meta.database.execute_sql(page, (after,)).fetchall():
        for row in rows:
            entry = _Entry(*row)
            after = entry.position
            yield _open(entry, keys.get(entry.case or ""))


def of_cases(cases: list[str], before: int) -> list[Logged]:
    """Every event of these cases below a position, in order, opened."""
    rows = LogEntry.select().where(LogEntry.case.in_(cases) & (LogEntry.position < before))
    return _opened(list(rows.order_by(LogEntry.position)))


def in_the_office(begins: str) -> list[Logged]:
    """Every event of no case whose type begins so and that was not destroyed, in order, opened."""
    rows = LogEntry.select().where(LogEntry.case.is_null() & LogEntry.type.startswith(begins))
    return [one for one in _opened(list(rows.order_by(LogEntry.position))) if one.body is not None]


def of_types(types: tuple[str, ...], by: str, before: int) -> list[Logged]:
    """Every event of these types by one person below a position, in order, opened."""
    rows = LogEntry.select().where(
        LogEntry.type.in_(types) & (LogEntry.by == by) & (LogEntry.position < before)
    )
    return _opened(list(rows.order_by(LogEntry.position)))


def since(position: int) -> list[Logged]:
    """The few events above a position, in order, opened; many are for `replay`."""
    return _opened(list(LogEntry.select().where(LogEntry.position > position).order_by(LogEntry.position)))


def _opened(entries: list[Any]) -> list[Logged]:
    named = {entry.case or "" for entry in entries}
    keys = {row.case: AESGCM(bytes(row.key)) for row in CaseKey.select().where(CaseKey.case.in_(named))}
    return [_open(entry, keys.get(entry.case or "")) for entry in entries]


def read_entry(event_id: str) -> Logged | None:
    """One event by its id."""
    entry = LogEntry.get_or_none(LogEntry.id == event_id)
    if entry is None:
        return None
    row = CaseKey.get_or_none(CaseKey.case == (entry.case or ""))
    return _open(entry, None if row is None else AESGCM(bytes(row.key)))


def verify_chain() -> int:
    """Walk the hash chain. Returns how many entries it holds; raises DeskError log_broken at the first fault."""
    return walk(LogEntry.select().order_by(LogEntry.position).iterator(), _office_key())


def _office_key() -> bytes | None:
    row = CaseKey.get_or_none(CaseKey.case == "")
    return None if row is None else bytes(row.key)


def _open(entry: Any, key: AESGCM | None) -> Logged:
    body = None
    if key is not None and not is_destroyed(entry):
        sealed = bytes(entry.sealed)
        body = Spelled(key.decrypt(sealed[:12], sealed[12:], bound_to(entry.id)).decode())
    return Logged(
        entry.position,
        entry.id,
        entry.type,
        entry.v,
        entry.at,
        entry.received_at,
        entry.source,
        entry.by,
        entry.case,
        entry.saw,
        body,
    )
