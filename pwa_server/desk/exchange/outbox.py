"""The way down: what changed for each phone, sealed to it, signed, chained (SPEC 3.5-3.8, 4.6).

What a phone should hold is compared with what it was sent; the difference goes out, with a receipt when a
position moved. Envelopes are committed here before they leave, and kept until the phone's own signed
statement covers them. Trouble on the way down is answered by a new run: everything anew.
"""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sync.chain import START, Position, believed, covers, needs_new_run, next_run
from sync.encoding import b64u, name_of, unb64u
from sync.envelope import Envelope, parse_batch
from sync.errors import SyncError
from sync.header import Header
from sync.limits import MAX_BATCH_BYTES, MAX_VALUES, PLAIN_BATCH_ENVELOPES
from sync.plaintext import pack
from sync.sealing import seal
from sync.wire import PULL_TAG, Statement, read_request, read_statement

from ..core.clock import read_stamp
from ..core.desk import Desk
from ..core.tables import canonical
from ..models.key_values import set_state
from ..models.office_and_cases import DeviceRow, DownChain, DownEnvelope, PhoneStatement, Sent, UpPosition
from .app_versions import note_app
from .changed_documents import Look, Looks, Touched, look
from .documents.all import VOLATILE, documents_for
from .documents.visit import UNCHANGED, Documents
from .going_on import going_on, leave
from .inbox import position_of
from .relay_client import RelayClient

# Well below what one envelope may be, so that a lost part costs little to send again.
MOST_TEXT = 900 * 1024
MOST_VALUES = MAX_VALUES - 1_000  # a long line of contacts is short in bytes and many in numbers
SIGN_OF_LIFE = timedelta(hours=20)


def hear(desk: Desk, statements: Any) -> None:
    """Take in what phones said when they pulled: signed by them, so the relay need not be believed.

    `statements`: [{"device", "body", "sig"}] from a relay that keeps to SPEC 7; whatever else is passed over.
    """
    for entry in statements if isinstance(statements, list) else []:
        name = entry.get("device") if isinstance(entry, dict) else None
        device = DeviceRow.get_or_none(DeviceRow.id == name) if isinstance(name, str) else None
        if device is None:
            continue
        try:
            body = read_request(unb64u(entry["body"]), entry["sig"], PULL_TAG, unb64u(device.sign))
            statement = read_statement(body)
        except (SyncError, KeyError):
            continue
        if statement.device == device.id and statement.office == desk.keys.office:
            with going_on(desk, "statement", device.id):
                _hear_one(desk, device, statement, body)


def _hear_one(desk: Desk, device: Any, statement: Statement, body: dict[str, Any]) -> None:
    digest = hashlib.sha256(canonical(body).encode()).hexdigest()
    known = PhoneStatement.get_or_none(PhoneStatement.device == device.id)
    if known is not None and known.digest == digest:
        return
    with desk.write():
        PhoneStatement.put(device=device.id, digest=digest, body=body, at=desk.now())
        note_app(desk, statement.app)
        chain = chain_of(device.id)
        if _wants_snapshot(chain, statement):
            DownChain.update(snapshot_wanted=True).where(DownChain.device == device.id).execute()
        for row in DownEnvelope.select().where(DownEnvelope.device == device.id):
            if row.frame is not None and covers(statement.follow, row.run, row.n):
                DownEnvelope.update(frame=None, pushed=True).where(DownEnvelope.id == row.id).execute()


def _wants_snapshot(chain: Any, statement: Statement) -> bool:
    confirmed = (
        DownEnvelope.select()
        .where((DownEnvelope.device == chain.device) & DownEnvelope.frame.is_null())
        .order_by(DownEnvelope.n.desc())
        .first()
    )
    if confirmed is not None and not covers(statement.follow, confirmed.run, confirmed.n):
        return True  # the phone was put back, or cloned: what it misses is kept nowhere any more
    known = {
        row.id for row in DownEnvelope.select(DownEnvelope.id).where(DownEnvelope.device == chain.device)
    }
    sent = Position(chain.run, chain.n, chain.id)
    if statement.gap and statement.highest < chain.run and statement.follow.run < chain.run:
        return False  # a newer run is on its way already, which the phone has not seen yet
    return needs_new_run(sent, known, statement.follow, statement.highest, statement.gap)


def chain_of(device: str) -> Any:
    """The chain towards a phone; a new one wants a snapshot first."""
    row = DownChain.get_or_none(DownChain.device == device)
    if row is None:
        row = DownChain.create(
            device=device,
            run=0,
            n=0,
            id=START.id,
            seen=[0, 0, START.id],
            receipt=None,
            snapshot_wanted=True,
            last_sent_at=None,
            seal_told="",
            built_for="",
        )
    return row


def write_documents(desk: Desk, looks: Looks = look) -> int:
    """Sign what each active phone is missing. Returns the number of envelopes made; they are in the database.

    `looks`: says what a phone should hold (`changed_documents.look`).
    """
    made, known = 0, dict[tuple[int, int], Touched]()
    for device in list(DeviceRow.select().where(DeviceRow.status == "active")):
        with going_on(desk, "documents", device.id):
            looked = looks(desk, device, known)
            with desk.write():
                made += _write_for(desk, device, looked)
            if looked.whole:
                desk.looked_over.add(device.id)
    return made


def _write_for(desk: Desk, device: Any, looked: Look) -> int:
    chain = chain_of(device.id)
    receipt = receipt_of(device.id)
    if chain.snapshot_wanted:
        return _snapshot(desk, device, chain, receipt, looked)
    docs = [] if looked.documents is None else _difference(desk, device.id, looked.documents, looked.position)
    since = None if chain.last_sent_at is None else desk.clock() - read_stamp(chain.last_sent_at)
    silent = since is None or not timedelta() <= since < SIGN_OF_LIFE  # below zero: the clock was wrong then
    new_key = chain.seal_told != desk.keys.seal_id
    parts: list[list[dict[str, Any]]] = []
    if docs or silent or new_key or chain.receipt != receipt:
        parts = list(_parts(docs)) or [[]]
    for part in parts:
        _send(desk, device, part, receipt)
    _note_sent(device.id, docs)
    if chain.built_for != looked.built_for and not _left_some(desk, device.id):
        DownChain.update(built_for=looked.built_for).where(DownChain.device == device.id).execute()
    return len(parts)


def _left_some(desk: Desk, device: str) -> bool:
    """Whether a document of this phone could not be made: then all is looked over again next time."""
    return any(what == "document" and whose == device for what, whose, _ in desk.left_out)


def _snapshot(desk: Desk, device: Any, chain: Any, receipt: dict[str, Any], looked: Look) -> int:
    statement = PhoneStatement.get_or_none(PhoneStatement.device == device.id)
    promised = 0 if statement is None else int(statement.body["highest"])
    highest = max(chain.run, believed(promised, chain.run))
    run = next_run(int(desk.clock().timestamp()), highest)
    DownEnvelope.delete().where(DownEnvelope.device == device.id).execute()
    Sent.delete().where(Sent.device == device.id).execute()
    DownChain.update(run=run, n=0, id=START.id, snapshot_wanted=False, built_for=looked.built_for).where(
        DownChain.device == device.id
    ).execute()
    documents = (
        looked.documents if looked.whole and looked.documents is not None else documents_for(desk, device)
    )
    docs = _difference(desk, device.id, documents, looked.position)
    parts = list(_parts(docs)) or [[]]
    for place, part in enumerate(parts, 1):
        _send(desk, device, part, receipt, {"part": place, "of": len(parts)})
    _note_sent(device.id, docs)
    return len(parts)


def _fits(desk: Desk, device: str, path: str, body: dict[str, Any]) -> bool:
    """Whether one envelope can carry this document alone; one that is too long stops no other."""
    if len(canonical(body).encode()) <= MOST_TEXT and _values_in(body) <= MOST_VALUES:
        return True
    try:
        pack({"v": 1, "docs": [{"path": path, "rev": 0, "body": body}], "room": "x" * 1024})
    except SyncError as error:
        leave(desk, "document", device, path, error.code)
        return False
    return True


def _difference(desk: Desk, device: str, wanted: Documents, position: int) -> list[dict[str, Any]]:
    """Documents that changed or are to be forgotten, each with a `rev` above the one sent before.

    `position`: of the log's end when they were read.
    """
    had = {row.path: row for row in Sent.select().where(Sent.device == device)}
    docs: list[dict[str, Any]] = []
    for path in sorted(wanted):
        if wanted[path] is UNCHANGED or not _fits(desk, device, path, wanted[path]):
            continue
        if path not in had or had[path].hash != _hash(wanted[path]):
            docs.append({"path": path, "rev": _above(had.get(path), position), "body": wanted[path]})
    # A path stays in `Sent` after it was forgotten, so that its next `rev` is above this one.
    for path in sorted(had.keys() - wanted.keys()):
        if had[path].hash:
            docs.append({"path": path, "rev": _above(had[path], position), "body": None})
    return docs


def _above(had: Any, rev: int) -> int:
    return rev if had is None else max(rev, int(had.rev) + 1)


def _hash(body: dict[str, Any]) -> str:
    lasting = {name: value for name, value in body.items() if name not in VOLATILE}
    return hashlib.sha256(canonical(lasting).encode()).hexdigest()


def _note_sent(device: str, docs: list[dict[str, Any]]) -> None:
    for doc in docs:
        hash_ = "" if doc["body"] is None else _hash(doc["body"])
        Sent.put(device=device, path=doc["path"], rev=doc["rev"], hash=hash_)


def _parts(docs: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Documents in portions that fit one envelope each."""
    part: list[dict[str, Any]] = []
    size = values = 0
    for doc in docs:
        length, count = len(canonical(doc).encode()), _values_in(doc)
        if part and (size + length > MOST_TEXT or values + count > MOST_VALUES):
            yield part
            part, size, values = [], 0, 0
        part.append(doc)
        size += length
        values += count
    if part:
        yield part


def _values_in(value: Any) -> int:
    """As SPEC 1.7 counts them."""
    within = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(_values_in(one) for one in within)


def _send(
    desk: Desk,
    device: Any,
    docs: list[dict[str, Any]],
    receipt: dict[str, Any],
    snapshot: dict[str, int] | None = None,
) -> None:
    """Seal and sign one envelope and keep it. Call inside `desk.write()`: nothing signed leaves before the commit."""
    chain = DownChain.get_by_id(device.id)
    up = position_of(device.id)
    body: dict[str, Any] = {"v": 1, "time": desk.now(), "receipt": receipt, "docs": docs}
    if snapshot is not None:
        body["snapshot"] = snapshot
    if chain.seal_told != desk.keys.seal_id or (snapshot is not None and snapshot["part"] == 1):
        # All of them: what a phone sealed to a key that is not among them it packs again (SPEC 4.5 c).
        body["keys"] = [{"id": name, "seal": b64u(key.public)} for name, key in desk.keys.seals.items()]
    seal_public = unb64u(device.seal)
    header = Header(
        from_=desk.keys.office,
        to=device.id,
        key=name_of(seal_public),
        run=chain.run,
        n=chain.n + 1,
        prev=chain.id,
        seen=(up.run, up.n, up.id),
    )
    sealed = seal(seal_public, header.to_bytes(), pack(body))
    envelope = Envelope.make(header, sealed, desk.keys.sign)
    DownEnvelope.create(
        id=envelope.id, device=device.id, run=header.run, n=header.n, frame=envelope.to_frame(), pushed=False
    )
    DownChain.update(
        n=header.n,
        id=envelope.id,
        seen=list(header.seen),
        receipt=receipt,
        last_sent_at=desk.now(),
        seal_told=desk.keys.seal_id,
    ).where(DownChain.device == device.id).execute()


def receipt_of(device: str) -> dict[str, Any]:
    """How far this phone's records are in the log, and in a backup."""
    row = UpPosition.get_or_none(UpPosition.device == device)
    if row is None:
        return {"held": {"run": 0, "n": 0, "id": START.id}, "safe": {"run": 0, "n": 0}}
    return {
        "held": {"run": row.run, "n": row.n, "id": row.id},
        "safe": {"run": row.safe_run, "n": row.safe_n},
    }


def push(desk: Desk, relay: RelayClient) -> int:
    """Hand to the relay what it does not have yet. Returns how many it took."""
    taken = 0
    for device in list(DeviceRow.select().where(DeviceRow.status == "active")):
        with going_on(desk, "sending", device.id):
            taken += _push_to(desk, relay, device)
    return taken


def _push_to(desk: Desk, relay: RelayClient, device: Any) -> int:
    taken = 0
    rows = DownEnvelope.select().where(
        (DownEnvelope.device == device.id) & ~DownEnvelope.pushed & DownEnvelope.frame.is_null(False)
    )
    for batch in _batches(list(rows.order_by(DownEnvelope.run, DownEnvelope.n))):
        answers = relay.push(batch)
        good = [id_ for id_, answer in answers.items() if answer in ("stored", "already_stored", "covered")]
        refused = {id_: answer for id_, answer in answers.items() if id_ not in good}
        with desk.write():
            DownEnvelope.update(pushed=True).where(DownEnvelope.id.in_(good)).execute()
            if refused:
                set_state("down_refused", {"device": device.id, "answers": sorted(set(refused.values()))})
        taken += len(good)
        if refused:
            break  # what follows in this chain waits with it
    return taken


def _batches(rows: list[Any]) -> Iterator[list[Envelope]]:
    batch: list[Envelope] = []
    size = 0
    for row in rows:
        frame = bytes(row.frame)
        if batch and (len(batch) == PLAIN_BATCH_ENVELOPES or size + len(frame) > MAX_BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch += [one for one in parse_batch(frame) if isinstance(one, Envelope)]
        size += len(frame)
    if batch:
        yield batch


def send_all_again(desk: Desk) -> None:
    """The relay lost its contents: everything phones have not confirmed goes out once more."""
    with desk.write():
        DownEnvelope.update(pushed=False).where(DownEnvelope.frame.is_null(False)).execute()
