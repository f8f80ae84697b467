"""A phone that speaks the whole protocol (SPEC) and has no screen: for tests of relay and desk.

It keeps what a true phone keeps (events, envelopes, photos, chain, documents), forgets only what is *safe*,
sends again and repacks by the same rules (`sync.chain`), and checks everything it is told.
`snapshot()` and `put_back()` are the faults a true phone suffers: a copy of it is taken and brought back.
"""

import copy
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from sync.blob_sealing import seal_blob
from sync.chain import START, Position, UpChain, after_receipt, judge, may_forget, next_run, to_send_again
from sync.encoding import b64u, name_of, unb64u
from sync.enrolment import Welcome, derive, make_p1, read_code, read_p2, two_words
from sync.envelope import Envelope, make_batch, parse_batch
from sync.errors import SyncError
from sync.header import Header
from sync.limits import MAX_BATCH_ENVELOPES
from sync.plaintext import pack, unpack
from sync.sealing import SealKey, open_sealed, seal
from sync.signing import SignKey
from sync.strict_json import read_json
from sync.wipe import read_order
from sync.wire import (
    BATCH_TYPE,
    JSON_TYPE,
    PULL_TAG,
    SIGNATURE_HEADER,
    Cursor,
    Statement,
    parse_answer,
    read_receipt,
    sign_request,
    write_position,
)

SENT = ("stored", "already_stored", "covered")


class Refused(Exception):
    """The relay said no; `code` is one of SPEC 7."""

    def __init__(self, code: str, told: dict[str, Any]) -> None:
        super().__init__(code)
        self.code, self.told = code, told


@dataclass
class Packed:
    """An envelope in the outbox and the events it holds."""

    envelope: Envelope
    events: list[dict[str, Any]]
    blobs: list[tuple[str, int]]
    sent: bool = False
    answer: str = ""


@dataclass
class Memory:
    """Everything on the disk of the phone."""

    sign: SignKey
    seal: SealKey
    welcome: Welcome | None = None
    head: Position = START
    floor: Position = START
    forgot: Position = START  # the last envelope ever forgotten, of whatever run
    held: Position = START
    safe: tuple[int, int] = (0, 0)
    outbox: list[Packed] = field(default_factory=list)
    blobs: dict[str, bytes] = field(default_factory=dict)  # sealed, until safe
    incarnation: str = ""
    cursor: int = 0
    down: Position = START
    highest: int = 0
    gap: bool = False
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    revs: dict[str, int] = field(default_factory=dict)
    staged: dict[str, Any] | None = None
    keys: dict[str, bytes] = field(default_factory=dict)
    seal_id: str = ""
    desk_time: str = ""
    wiped: bool = False


class Phone:
    """One worker's phone. `http` is any httpx client whose base_url is the relay."""

    def __init__(self, http: httpx.Client, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.http = http
        self.clock = clock
        self.m = Memory(SignKey.generate(), SealKey.generate())
        self._p1: dict[str, Any] = {}
        self._code: Any = None

    # --- enrolment (SPEC 8) ---

    @property
    def id(self) -> str:
        return name_of(self.m.sign.public)

    @property
    def office(self) -> str:
        assert self.m.welcome is not None, "not enrolled"
        return self.m.welcome.office

    def type_code(self, code: str) -> None:
        """Answer a code with new keys."""
        self._code = derive(read_code(code))
        self._p1 = make_p1(self._code.phone_key, self.m.sign, self.m.seal.public)
        self._json("POST", f"/v1/enrol/{self._code.slot}/p1", self._p1)

    def meet(self) -> list[tuple[str, str]] | None:
        """The two words, once the desk has answered; None before. Pins the office's keys."""
        told = self._json("GET", f"/v1/enrol/{self._code.slot}/p2")
        if told["p2"] is None:
            return None
        p1 = unb64u(self._p1["bytes"])
        self.m.welcome = read_p2(self._code.desk_key, told["p2"], p1, self.id)
        self.m.seal_id = name_of(self.m.welcome.seal)
        self.m.keys = {self.m.seal_id: self.m.welcome.seal}
        return two_words(p1, self.m.welcome.bytes)

    # --- writing (SPEC 3, 4.7) ---

    def now(self) -> str:
        moment = self.clock().astimezone(UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"

    def event(
        self,
        type_: str,
        case: str | None,
        body: dict[str, Any],
        *,
        id_: str | None = None,
        at: str = "",
        v: int = 1,
    ) -> dict[str, Any]:
        saw = self.m.revs.get(f"case/{case}", 0)
        return {
            "id": id_ or new_id(),
            "type": type_,
            "v": v,
            "at": at or self.now(),
            "case": case,
            "saw": saw,
            "body": body,
        }

    def visit(self, case: str, **told: Any) -> dict[str, Any]:
        """A `visit.logged` event; whatever is not told has a plain answer."""
        return self.event("visit.logged", case, visit_body(**{"occurredAt": self.now(), **told}))

    def write(self, *events: dict[str, Any]) -> Envelope:
        """Pack these events into one envelope, now."""
        blobs = [
            (photo["blob"], photo["size"]) for event in events for photo in _record(event).get("photos", [])
        ]
        return self._pack(list(events), list(dict.fromkeys(blobs)))

    def photo(self, jpeg: bytes, width: int = 64, height: int = 48, note: str = "") -> dict[str, Any]:
        """Seal a picture and keep it until it is safe; returns the entry for a visit's `photos`."""
        id_, key, sealed = seal_blob(jpeg)
        self.m.blobs[id_] = sealed
        return {
            "blob": id_,
            "key": b64u(key),
            "size": len(sealed),
            "type": "image/jpeg",
            "width": width,
            "height": height,
            "note": note,
        }

    def _pack(self, events: list[dict[str, Any]], blobs: list[tuple[str, int]], body: Any = None) -> Envelope:
        if self.m.head.run == 0:
            self.m.head = Position(next_run(int(self.clock().timestamp()), 0), 0, START.id)
            self.m.floor = self.m.head
        packed = self.seal_next(events, blobs, body)
        assert self.commit(packed)
        return packed.envelope

    def seal_next(
        self, events: list[dict[str, Any]], blobs: list[tuple[str, int]], body: Any = None
    ) -> Packed:
        """The first half of packing: sealed against the head as it is now, in nobody's store yet (4.7)."""
        m = self.m
        header = Header(
            self.id,
            self.office,
            m.seal_id,
            m.head.run,
            m.head.n + 1,
            m.head.id,
            (m.down.run, m.down.n, m.down.id),
            tuple(blobs),
        )
        plain = pack({"v": 1, "events": events} if body is None else body)
        envelope = Envelope.make(header, seal(m.keys[m.seal_id], header.to_bytes(), plain), m.sign)
        return Packed(envelope, events, blobs)

    def commit(self, packed: Packed) -> bool:
        """The second half. False: another packer was quicker, and this one seals again."""
        m, header = self.m, packed.envelope.header
        if (header.run, header.n, header.prev) != (m.head.run, m.head.n + 1, m.head.id):
            return False
        m.head = Position(header.run, header.n, packed.envelope.id)
        m.outbox.append(packed)
        return True

    # --- the road (SPEC 4, 6) ---

    def sync(self) -> None:
        """Push, pull to the end, obey the receipt, send photos: what a true phone does in one go."""
        self.push()
        while self.pull():
            pass
        self.push()
        self.push_blobs()

    def push(self) -> dict[str, str]:
        """Send what is unsent; returns the answers by envelope id."""
        answers: dict[str, str] = {}
        unsent = [one for one in self.m.outbox if not one.sent]
        for at in range(0, len(unsent), MAX_BATCH_ENVELOPES):
            part = unsent[at : at + MAX_BATCH_ENVELOPES]
            told = self.push_raw(make_batch(one.envelope for one in part))
            for one, answer in zip(part, told["answers"], strict=True):
                assert answer["id"] == one.envelope.id
                answers[answer["id"]] = one.answer = answer["answer"]
                one.sent = answer["answer"] in SENT
        return answers

    def push_raw(self, batch: bytes) -> dict[str, Any]:
        told = self._told(self.http.post("/v1/push", content=batch, headers={"Content-Type": BATCH_TYPE}))
        self._note_incarnation(told["incarnation"])
        return told

    def push_blobs(self) -> None:
        """Upload every photo still kept, from where the relay has it."""
        for id_, sealed in self.m.blobs.items():
            head = self.http.head(f"/v1/blobs/{id_}")
            if head.status_code != 200:
                continue
            at = int(head.headers["Upload-Offset"])
            if at < len(sealed):
                self._told(
                    self.http.patch(
                        f"/v1/blobs/{id_}", content=sealed[at:], headers={"Upload-Offset": str(at)}
                    )
                )

    def pull(self) -> bool:
        """One signed pull. True while there is more."""
        answer, batch = self._ask_pull()
        self._note_incarnation(answer["incarnation"])
        if answer.get("wipe"):
            self.obey(answer["wipe"])
            return False
        for envelope in parse_batch(batch):
            # Behind a gap may lie the new run that answers it: read on.
            if isinstance(envelope, SyncError) or not self._take(envelope):
                self.m.gap = True
        self.m.cursor = answer["cursor"]
        m = self.m
        sent = [(one.envelope.header.run, one.envelope.header.n) for one in m.outbox if one.sent]
        again = set(to_send_again(sent, m.held, [tuple(entry) for entry in answer["box"]]))
        for one in m.outbox:
            if (one.envelope.header.run, one.envelope.header.n) in again:
                one.sent = False
        return bool(answer["more"])

    def _ask_pull(self) -> tuple[dict[str, Any], bytes]:
        m = self.m
        nonce = self._json("POST", "/v1/nonce", {"office": self.office, "device": self.id})["nonce"]
        unsent = sum(1 for one in m.outbox if not one.sent)
        statement = Statement(
            self.office,
            self.id,
            nonce,
            Cursor(m.incarnation, m.cursor),
            m.down,
            m.highest,
            m.gap,
            unsent,
            "test",
        )
        data, signature = sign_request(m.sign, PULL_TAG, statement.to_json())
        answer = self.http.post(
            "/v1/pull", content=data, headers={"Content-Type": JSON_TYPE, SIGNATURE_HEADER: signature}
        )
        self._told(answer, parse=False)
        return parse_answer(answer.content)

    def _take(self, envelope: Envelope) -> bool:
        """Accept one from the office. False is a gap."""
        m = self.m
        if envelope.header.from_ != self.office or envelope.header.to != self.id:
            return True
        assert m.welcome is not None
        envelope.verify(m.welcome.sign)
        judged = judge(m.down, envelope)
        if judged in ("known", "old_run"):
            return True
        m.highest = max(m.highest, envelope.header.run)
        if judged not in ("next", "new_run"):
            return False
        body = unpack(open_sealed(m.seal, envelope.header_bytes, envelope.sealed))
        if judged == "new_run":
            m.staged = None
        m.down, m.gap = Position(envelope.header.run, envelope.header.n, envelope.id), False
        self._read(body)
        return True

    def _read(self, body: dict[str, Any]) -> None:
        m = self.m
        m.desk_time = max(m.desk_time, body["time"])
        if body.get("keys"):
            m.keys = {key["id"]: unb64u(key["seal"]) for key in body["keys"]}
            assert all(name_of(public) == id_ for id_, public in m.keys.items())
            m.seal_id = body["keys"][0]["id"]
        part = body.get("snapshot")
        if part is not None:
            m.staged = {} if part["part"] == 1 else m.staged
            assert m.staged is not None, "a snapshot began in its middle"
            m.staged.update({doc["path"]: doc for doc in body["docs"]})
            if part["part"] == part["of"]:
                m.documents = {path: doc["body"] for path, doc in m.staged.items()}
                m.revs = {path: doc["rev"] for path, doc in m.staged.items()}
                m.staged = None
        else:
            for doc in body["docs"]:
                self._keep_document(doc)
        self._obey_receipt(body["receipt"])

    def _keep_document(self, doc: dict[str, Any]) -> None:
        m = self.m
        if doc["rev"] <= m.revs.get(doc["path"], -1):
            return
        m.revs[doc["path"]] = doc["rev"]
        if doc["body"] is None:
            m.documents.pop(doc["path"], None)
        else:
            m.documents[doc["path"]] = doc["body"]

    def _obey_receipt(self, told: dict[str, Any]) -> None:
        m = self.m
        receipt = read_receipt(told)
        chain = self._chain()
        lost_key = any(one.envelope.header.key not in m.keys for one in m.outbox)
        todo = "repack" if lost_key else after_receipt(chain, receipt.held)
        if todo == "repack":
            self.repack(receipt.held.run)
        elif todo == "resend":
            for one in m.outbox:
                one.sent = False
        else:
            upto = may_forget(chain, receipt.held, receipt.safe_run, receipt.safe_n)
            self._forget(upto)
        m.held, m.safe = receipt.held, (receipt.safe_run, receipt.safe_n)

    def _chain(self) -> UpChain:
        m = self.m
        kept = {
            one.envelope.header.n: one.envelope.id
            for one in m.outbox
            if one.envelope.header.run == m.head.run
        }
        return UpChain(m.head, m.floor, kept, m.held)

    def _forget(self, upto: int) -> None:
        m = self.m
        for one in [one for one in m.outbox if one.envelope.header.run == m.head.run]:
            if one.envelope.header.n <= upto:
                m.outbox.remove(one)
                m.floor = m.forgot = Position(m.head.run, one.envelope.header.n, one.envelope.id)
        confirmed = {
            blob
            for path, body in m.documents.items()
            if path.startswith("record/")
            for blob in body["photos"]
        }
        for blob in confirmed & m.blobs.keys():
            if all(blob not in dict(one.blobs) for one in m.outbox):
                del m.blobs[blob]

    def repack(self, above: int = 0) -> None:
        """Begin a new run and pack everything kept again, oldest first, before anything is forgotten (4.5)."""
        m = self.m
        kept, m.outbox = m.outbox, []
        run = next_run(int(self.clock().timestamp()), max(above, m.head.run))
        m.head = m.floor = Position(run, 0, START.id)
        first: dict[str, Any] = {} if m.forgot == START else {"forgot": write_position(m.forgot)}
        for one in kept or [None]:  # the first envelope goes at once, with no events if none are kept
            events = one.events if one else []
            self._pack(events, one.blobs if one else [], {"v": 1, "events": events} | first)
            first = {}

    # --- the rest ---

    def obey(self, order: dict[str, str]) -> None:
        """Erase this phone, if the pinned office signed it for this device: keys first, outbox offered, then all."""
        assert self.m.welcome is not None
        read_order(unb64u(order["bytes"]), unb64u(order["sig"]), self.m.welcome.sign, self.office, self.id)
        self.push()
        welcome, sign, seal_key = self.m.welcome, self.m.sign, self.m.seal
        self.m = Memory(sign, seal_key, welcome=welcome, wiped=True)

    def ask_orders(self) -> dict[str, str] | None:
        """What a locked phone may ask."""
        order = self._json("GET", f"/v1/orders/{self.office}/{self.id}")["wipe"]
        if order is not None:
            self.obey(order)
        return order  # type: ignore[no-any-return]

    def copy(self) -> Memory:
        """A copy of the phone's disk."""
        sign, seal_key, welcome = self.m.sign, self.m.seal, self.m.welcome
        self.m.sign = self.m.seal = self.m.welcome = None  # type: ignore[assignment] # keys do not copy deeply
        taken = copy.deepcopy(self.m)
        for memory in (self.m, taken):
            memory.sign, memory.seal, memory.welcome = sign, seal_key, welcome
        return taken

    def put_back(self, taken: Memory) -> None:
        """The phone is restored from such a copy."""
        self.m = taken

    @property
    def docs(self) -> dict[str, dict[str, Any]]:
        return self.m.documents

    def unsent(self) -> int:
        return sum(1 for one in self.m.outbox if not one.sent)

    def _note_incarnation(self, incarnation: str) -> None:
        m = self.m
        if m.incarnation and m.incarnation != incarnation:
            m.cursor = 0
            for one in m.outbox:
                one.sent = False  # everything may be gone there; what the office holds it answers "covered"
        m.incarnation = incarnation

    def _json(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return self._told(self.http.request(method, path, json=body))

    def _told(self, answer: httpx.Response, *, parse: bool = True) -> dict[str, Any]:
        if answer.status_code >= 400:
            told = read_json(answer.content)
            raise Refused(told["error"], told)
        return read_json(answer.content) if parse else {}


def new_id() -> str:
    return b64u(os.urandom(16))


def _record(event: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = event["body"]
    return body.get("record", body) if event["type"].startswith("visit.") else {}


def visit_body(**told: Any) -> dict[str, Any]:
    """A whole `visit.logged` body (EVENTS.md) with plain answers where none is told."""
    notes = {"fact": "", "quote": "", "thirdParty": "", "view": ""} | told.pop("notes", {})
    return {
        "channel": "visit",
        "planned": "as_planned",
        "outcome": "met_person",
        "metWith": [],
        "alone": True,
        "staff": [],
        "topics": [],
        "interests": [],
        "reaction": 1,
        "stage": None,
        "stageEvent": "",
        "living": {},
        "risk": {},
        "riskCall": None,
        "left": {"what": "", "taken": ""},
        "hook": "",
        "reflection": "",
        "promises": [],
        "checklist": None,
        "photos": [],
        **told,
        "notes": notes,
    }
