"""A relay that lies: an honest one, and somebody who rewrites what goes in and out of it.

liar = DishonestRelay(honest_app)
liar.lie = "forgets"      # a name in LIES; None: honest

It holds no key of anybody. What it saw it keeps, to tell it again later.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sync.encoding import MAX_INT, b64u, name_of, unb64u
from sync.enrolment import make_p2
from sync.envelope import Envelope, make_batch, parse_batch
from sync.header import Header
from sync.plaintext import pack
from sync.sealing import SealKey, seal
from sync.signing import SignKey
from sync.strict_json import read_json, write_json
from sync.wire import frame_answer, parse_answer

PULLS = ("/v1/pull", "/v1/desk/pull")


@dataclass
class Asked:
    path: str
    method: str
    body: bytes
    environ: dict[str, Any]

    @property
    def who(self) -> str:
        """What makes two requests the same one to somebody who replays answers."""
        told = read_json(self.body) if self.path in PULLS else {}
        return f"{self.path} {told.get('device', '')}"


@dataclass
class Answer:
    status: str
    headers: list[tuple[str, str]]
    body: bytes

    def saying(self, body: bytes) -> Answer:
        return Answer(self.status, self.headers, body)

    @property
    def good(self) -> bool:
        return self.status.startswith("200")


@dataclass
class DishonestRelay:
    honest: Callable[..., Iterable[bytes]]
    lie: str | None = None
    told: int = 0  # how often it lied
    first: dict[str, Answer] = field(default_factory=dict)  # what everybody was first answered
    carried: list[Envelope] = field(default_factory=list)  # every envelope that ever passed
    order: dict[str, str] | None = None  # a wipe order it once carried
    photos: list[bytes] = field(default_factory=list)  # as it gave them to the desk
    spared: str = ""  # the photo it is honest about

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        asked = Asked(environ["PATH_INFO"], environ["REQUEST_METHOD"], body, environ)
        answer = (
            (LIES | WRONG_BYTES)[self.lie](self, asked)
            if self.lie and asked.path.startswith("/v1/")
            else None
        )
        self.told += answer is not None
        answer = answer or self.ask(asked)
        headers = [one for one in answer.headers if one[0].lower() != "content-length"]
        start(answer.status, [*headers, ("Content-Length", str(len(answer.body)))])
        return [] if asked.method == "HEAD" else [answer.body]

    def ask(self, asked: Asked) -> Answer:
        """What the honest relay says."""
        environ = asked.environ | {
            "wsgi.input": io.BytesIO(asked.body),
            "CONTENT_LENGTH": str(len(asked.body)),
        }
        got: list[Any] = []
        parts = self.honest(environ, lambda status, headers, *_: got.extend((status, headers)))
        answer = Answer(got[0], list(got[1]), b"".join(parts))
        if close := getattr(parts, "close", None):
            close()
        if answer.good and asked.method == "POST" and asked.path in PULLS:
            self.first.setdefault(asked.who, answer)
            self.carried += envelopes(parse_answer(answer.body)[1])
        return answer


def envelopes(batch: bytes) -> list[Envelope]:
    return [one for one in parse_batch(batch) if isinstance(one, Envelope)]


Lie = Callable[[DishonestRelay, Asked], Answer | None]


def forgets(relay: DishonestRelay, asked: Asked) -> Answer | None:
    """`stored`, it says, and has kept nothing."""
    if asked.path != "/v1/push":
        return None
    nothing = relay.ask(Asked(asked.path, asked.method, b"", asked.environ))
    told = read_json(nothing.body) if nothing.good else {"incarnation": _incarnation(relay, asked)}
    answers = [{"id": one.id, "answer": "stored"} for one in envelopes(asked.body)]
    return Answer(
        "200 OK", [("Content-Type", "application/json")], write_json(told | {"answers": answers, "blobs": []})
    )


def _incarnation(relay: DishonestRelay, asked: Asked) -> str:
    environ = asked.environ | {"REQUEST_METHOD": "GET", "PATH_INFO": "/v1/config"}
    told = read_json(relay.ask(Asked("/v1/config", "GET", b"", environ)).body)
    return str(told["incarnation"])


def says_nothing(relay: DishonestRelay, asked: Asked) -> Answer | None:
    """200, and an empty body."""
    return relay.ask(asked).saying(b"") if asked.method == "POST" else None


def truncates(relay: DishonestRelay, asked: Asked) -> Answer | None:
    answer = relay.ask(asked)
    return answer.saying(answer.body[: len(answer.body) // 2]) if asked.method == "POST" else answer


def _rewriting(change: Callable[[DishonestRelay, Asked, dict[str, Any], list[Envelope]], Any]) -> Lie:
    """A lie about what lies in a box. `change` is given the JSON and the envelopes, and returns the envelopes."""

    def lie(relay: DishonestRelay, asked: Asked) -> Answer | None:
        if asked.path not in PULLS:
            return None
        answer = relay.ask(asked)
        if not answer.good:
            return answer
        told, batch = parse_answer(answer.body)
        changed = change(relay, asked, told, envelopes(batch))
        return answer.saying(frame_answer(told, make_batch(changed)))

    return lie


def _swapped(found: list[Envelope], relay: DishonestRelay) -> list[Envelope]:
    """Every header with another's ciphertext."""
    others = [*found, *relay.carried][1:] or found
    return [
        Envelope(a.header, a.header_bytes, b.sealed, a.sig, a.id) for a, b in zip(found, others, strict=False)
    ]


def _to_others(relay: DishonestRelay, asked: Asked, told: Any, found: list[Envelope]) -> list[Envelope]:
    """What belongs to somebody else, beside one's own."""
    return [*relay.carried[-20:], *found]


def _from_strangers(relay: DishonestRelay, asked: Asked, told: Any, found: list[Envelope]) -> list[Envelope]:
    """Mail of another office: to that office, to whoever asks here, and in the name of somebody here."""
    sign, key = SignKey.generate(), SealKey.generate()
    here = {name for one in relay.carried for name in (one.header.from_, one.header.to)}
    names = [(name_of(sign.public), name_of(sign.public)), *((name_of(sign.public), name) for name in here)]
    names += [(from_, to) for from_ in here for to in here if from_ != to]
    return [*(_letter(sign, key, *pair) for pair in names), *found]


def _letter(sign: SignKey, key: SealKey, from_: str, to: str) -> Envelope:
    header = Header(from_, to, name_of(key.public), 2_000_000_000, 1, "-")
    return Envelope.make(header, seal(key.public, header.to_bytes(), pack({"v": 1, "events": []})), sign)


def _lists_all(
    relay: DishonestRelay, asked: Asked, told: dict[str, Any], found: list[Envelope]
) -> list[Envelope]:
    """Withheld, and said to lie here safely: the phone has no reason to send again, and the cursor has moved."""
    if "box" in told:
        told["box"] = [[one.header.run, 1, 999] for one in relay.carried[-1:]]
    return []


def rolls_back(relay: DishonestRelay, asked: Asked) -> Answer | None:
    """Everybody is answered as at the beginning."""
    return relay.first.get(asked.who) if asked.path in PULLS else None


def forks(relay: DishonestRelay, asked: Asked) -> Answer | None:
    """Phones are shown the beginning, the office the present."""
    return relay.first.get(asked.who) if asked.path == "/v1/pull" else None


def old_roster(relay: DishonestRelay, asked: Asked) -> Answer | None:
    """Takes no new roster, says it did, and shows an old one."""
    if asked.path == "/v1/desk/pull":
        return _rewriting(lambda _relay, _asked, told, found: (told.update(serial=1), found)[1])(relay, asked)
    if asked.path != "/v1/desk/roster":
        return None
    told = {"incarnation": _incarnation(relay, asked)}
    return Answer("200 OK", [("Content-Type", "application/json")], write_json(told))


def boundless_serial(relay: DishonestRelay, asked: Asked) -> Answer | None:
    """Says that a roster lies here with a serial nobody could go above."""
    if asked.path != "/v1/desk/pull":
        return None
    return _rewriting(lambda _relay, _asked, told, found: (told.update(serial=MAX_INT - 1), found)[1])(
        relay, asked
    )


def wipes(relay: DishonestRelay, asked: Asked) -> Answer | None:
    """An order that was for another phone, brought again to each."""
    if asked.path.startswith("/v1/orders/"):
        answer = relay.ask(asked)
        return answer.saying(write_json(read_json(answer.body) | {"wipe": relay.order}))
    if asked.path == "/v1/pull":
        return _rewriting(lambda _relay, _asked, told, found: (told.update(wipe=relay.order), found)[1])(
            relay, asked
        )
    return None


def invents_answers(relay: DishonestRelay, asked: Asked) -> Answer | None:
    """Keeps nothing and answers with words of its own."""
    answer = forgets(relay, asked)
    return answer and answer.saying(answer.body.replace(b'"stored"', b'"excellent"'))


def has_all_photos(relay: DishonestRelay, asked: Asked) -> Answer | None:
    """Says of every photo that all its bytes, and more, are here."""
    if not asked.path.startswith("/v1/blobs/"):
        return None
    headers = [("Upload-Offset", "99999999"), ("Content-Type", "application/json")]
    return Answer("200 OK", headers, b"" if asked.method == "HEAD" else b'{"offset":99999999}')


def _photo(change: Callable[[bytes, DishonestRelay], bytes]) -> Lie:
    """A lie about a photo's bytes, told to the desk."""

    def lie(relay: DishonestRelay, asked: Asked) -> Answer | None:
        if asked.path != "/v1/desk/blob":
            return None
        answer = relay.ask(asked)
        if not answer.good:
            return answer
        relay.photos.append(answer.body)
        return answer.saying(change(answer.body, relay))

    return lie


def _flipped(sealed: bytes, at: int) -> bytes:
    return sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]


def _anothers(sealed: bytes, relay: DishonestRelay) -> bytes:
    """Bytes that are a true photo's, of another name."""
    return next((one for one in relay.photos if one != sealed), b"none yet")


def fails_for_a_photo(relay: DishonestRelay, asked: Asked) -> Answer | None:
    """A fault of its own for every photo but one."""
    if asked.path != "/v1/desk/blob" or read_json(asked.body)["id"] == relay.spared:
        return None
    return Answer("500 Internal Server Error", [("Content-Type", "application/json")], b'{"error":"fault"}')


def other_office(relay: DishonestRelay, asked: Asked) -> Answer | None:
    """Answers a new phone itself, with keys of its own making."""
    if not asked.path.endswith("/p2"):
        return None
    sign, seal = SignKey.generate(), SealKey.generate()
    answer = relay.ask(asked)
    told = read_json(answer.body)
    if told.get("p2") is None:
        return answer
    device = read_json(unb64u(told["p2"]["bytes"]))["device"]
    forged = make_p2(bytes(32), sign.public, seal.public, device, "2026-01-01T00:00:00.000Z", b"p1")
    assert name_of(sign.public) != device
    return answer.saying(write_json(told | {"p2": forged}))


def other_phone(relay: DishonestRelay, asked: Asked) -> Answer | None:
    """Answers the office's code with a phone of its own."""
    if asked.path != "/v1/desk/enrol_read":
        return None
    answer = relay.ask(asked)
    told = read_json(answer.body)
    if "p1" in told:
        told["p1"] = told["p1"] | {"mac": b64u(bytes(32))}
    return answer.saying(write_json(told))


# What it can hand the desk in place of a photo; one of them stands for all among LIES.
WRONG_BYTES: dict[str, Lie] = {
    "a photo's first bit": _photo(lambda sealed, _relay: _flipped(sealed, 0)),
    "a photo's middle": _photo(lambda sealed, _relay: _flipped(sealed, len(sealed) // 2)),
    "a photo's last bit": _photo(lambda sealed, _relay: _flipped(sealed, len(sealed) - 1)),
    "half a photo": _photo(lambda sealed, _relay: sealed[: len(sealed) // 2]),
    "a photo and more": _photo(lambda sealed, _relay: sealed + b"\x00"),
    "an empty photo": _photo(lambda _sealed, _relay: b""),
    "another's photo": _photo(_anothers),
    "zeros for a photo": _photo(lambda sealed, _relay: bytes(len(sealed))),
    "a page for a photo": _photo(lambda _sealed, _relay: b"<html><body>Sign in to the network</body></html>"),
}
LIES: dict[str, Lie] = {
    "another's photo": WRONG_BYTES["another's photo"],
    "fails for a photo": fails_for_a_photo,
    "forgets": forgets,
    "says nothing": says_nothing,
    "truncates": truncates,
    "drops": _rewriting(lambda _relay, _asked, _told, found: found[1:]),
    "withholds": _rewriting(_lists_all),
    "repeats": _rewriting(lambda _relay, _asked, _told, found: [*found, *found]),
    "reorders": _rewriting(lambda _relay, _asked, _told, found: found[::-1]),
    "swaps": _rewriting(lambda relay, _asked, _told, found: _swapped(found, relay)),
    "mixes boxes": _rewriting(_to_others),
    "other office's mail": _rewriting(_from_strangers),
    "rolls back": rolls_back,
    "forks": forks,
    "old roster": old_roster,
    "boundless serial": boundless_serial,
    "wipes": wipes,
    "invents answers": invents_answers,
    "has all photos": has_all_photos,
    "other office": other_office,
    "other phone": other_phone,
}
