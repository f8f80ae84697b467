"""Those who use the relay in these tests: phones and desks that speak the protocol over HTTP.

Amina and Ben are workers of the north office, Joel leads it. Zoe works for the south.
"""

import os
from dataclasses import dataclass, field

from sync.blob_sealing import seal_blob
from sync.chain import START, Position
from sync.encoding import b64u, name_of
from sync.envelope import Envelope, make_batch, parse_batch
from sync.header import Header
from sync.plaintext import pack
from sync.roster import Device, make_roster
from sync.sealing import SealKey, seal
from sync.signing import SignKey
from sync.wipe import make_order
from sync.wire import Cursor, Statement, desk_tag, parse_answer, sign_request

TIME = "2026-04-01T09:00:00Z"


class Clock:
    """The relay's clock, moved by hand."""

    def __init__(self, now=1_775_000_000.0):
        self.now = now

    def __call__(self):
        return self.now


@dataclass
class Caller:
    """Whoever holds a sign key and can reach the relay."""

    http: object
    sign: SignKey = field(default_factory=SignKey.generate)
    seal: SealKey = field(default_factory=SealKey.generate)

    @property
    def name(self):
        return name_of(self.sign.public)

    def nonce(self):
        return self.http.post("/v1/nonce").get_json()["nonce"]

    def signed(self, path, tag, body):
        data, signature = sign_request(self.sign, tag, body)
        return self.http.post(path, data=data, headers={"Sotto-Signature": signature})

    def push(self, *envelopes):
        """The answers' codes, one an envelope."""
        return [entry["answer"] for entry in self.push_all(*envelopes)["answers"]]

    def push_all(self, *envelopes):
        answer = self.http.post("/v1/push", data=make_batch(envelopes))
        assert answer.status_code == 200, answer.data
        said = answer.get_json()
        assert [entry["id"] for entry in said["answers"]] == [envelope.id for envelope in envelopes]
        return said

    def envelope(self, to, run, n, prev="-", text="visit", blobs=(), key=None):
        header = Header(self.name, to, name_of(key or self.seal.public), run, n, prev, blobs=tuple(blobs))
        body = {"v": 1, "events": [{"text": text}]}
        return Envelope.make(header, seal(key or self.seal.public, header.to_bytes(), pack(body)), self.sign)


@dataclass
class Phone(Caller):
    desk: "Desk" = None
    run: int = 1
    n: int = 0
    head: str = "-"
    cursor: Cursor = field(default_factory=Cursor)
    follow: Position = START

    def write(self, text="visit", blobs=()):
        """The next envelope of this phone's chain."""
        self.n += 1
        key = self.desk.seal.public
        envelope = self.envelope(self.desk.name, self.run, self.n, self.head, text, blobs, key)
        self.head = envelope.id
        return envelope

    def begin_run(self, run):
        self.run, self.n, self.head = run, 0, "-"

    def statement(self, nonce=None, **said):
        known = {"cursor": self.cursor, "follow": self.follow, "app": "test"} | said
        return Statement(self.desk.name, self.name, nonce or self.nonce(), **known).to_json()

    def ask_pull(self, **said):
        return self.signed("/v1/pull", "pull", self.statement(**said))

    def pull(self, **said):
        """(JSON, envelopes) of one page; the cursor moves."""
        answer = self.ask_pull(**said)
        assert answer.status_code == 200, answer.data
        body, batch = parse_answer(answer.data)
        self.cursor = Cursor(body["incarnation"], body["cursor"])
        return body, parse_batch(batch)

    def subscribe(self, endpoint, p256dh="", auth="", lang="ja"):
        said = {"endpoint": endpoint, "p256dh": p256dh, "auth": auth, "lang": lang}
        body = {"office": self.desk.name, "device": self.name, "nonce": self.nonce(), **said}
        return self.signed("/v1/subscription", "subscription", body)

    def orders(self):
        return self.http.get(f"/v1/orders/{self.desk.name}/{self.name}").get_json()["wipe"]

    def send_blob(self, sealed, id_, piece=65_536, at=0):
        """Upload from `at` on; the last answer."""
        answer = None
        for start in range(at, len(sealed), piece):
            part = sealed[start : start + piece]
            answer = self.http.patch(f"/v1/blobs/{id_}", data=part, headers={"Upload-Offset": str(start)})
            if answer.status_code != 200:
                return answer
        return answer


@dataclass
class Desk(Caller):
    serial: int = 0
    phones: dict = field(default_factory=dict)
    cursor: Cursor = field(default_factory=Cursor)

    def enrol(self, *phones, status="active", up=START):
        for phone in phones:
            phone.desk = self
            self.phones[phone.name] = Device(phone.name, phone.sign.public, phone.seal.public, status, up)
        return self

    def covers(self, phone, envelope, status="active"):
        """Note how far this phone is held."""
        head = envelope.header
        return self.enrol(phone, status=status, up=Position(head.run, head.n, envelope.id))

    def roster(self):
        self.serial += 1
        return make_roster(self.sign, self.serial, TIME, [self.seal.public], list(self.phones.values()))

    def send_roster(self):
        data, sig = self.roster()
        answer = self.ask("roster", bytes=b64u(data), sig=b64u(sig), sign=b64u(self.sign.public))
        assert answer.status_code == 200, answer.data
        return answer.get_json()

    def ask(self, verb, nonce=None, **body):
        said = {"office": self.name, "nonce": nonce or self.nonce(), **body}
        return self.signed(f"/v1/desk/{verb}", desk_tag(verb), said)

    def told(self, verb, **body):
        """The JSON of an answer that must be 200."""
        answer = self.ask(verb, **body)
        assert answer.status_code == 200, answer.data
        return answer.get_json()

    def pull(self, cursor=None):
        """(JSON, envelopes) of one page; the cursor moves."""
        cursor = cursor or self.cursor
        answer = self.ask("pull", cursor={"incarnation": cursor.incarnation, "number": cursor.number})
        assert answer.status_code == 200, answer.data
        body, batch = parse_answer(answer.data)
        self.cursor = Cursor(body["incarnation"], body["cursor"])
        return body, parse_batch(batch)

    def pull_all(self):
        """Ids of everything after the cursor."""
        ids = []
        while True:
            body, envelopes = self.pull()
            ids += [envelope.id for envelope in envelopes]
            if not body["more"]:
                return ids

    def order(self, phone, serial=1):
        data, sig = make_order(self.sign, phone.name, serial, TIME)
        return {"bytes": b64u(data), "sig": b64u(sig)}


def photo(size=200_000):
    """(id, sealed) of a photo nobody has seen before."""
    id_, _, sealed = seal_blob(os.urandom(size))
    return id_, sealed
