"""Headers, envelopes, batches, signatures, and sealed bytes that were tampered with (SPEC 1.3-1.4, 2, 3.1-3.3)."""

from sync.encoding import MAX_INT, b64u, name_of, unb64u
from sync.envelope import Envelope, envelope_hash, make_batch
from sync.limits import MAX_BLOB_BYTES, MAX_RUN
from sync.sealing import SealKey
from sync.signing import SignKey
from tools.vector_cases.ground import (
    OFFICE,
    OFFICE_SEAL,
    OTHER_OFFICE,
    OTHER_PHONE,
    OTHER_SEAL,
    PHONE,
    Case,
    Cases,
    case,
    envelope,
    flipped,
    framed,
    header,
    high_s,
    hpke_seal,
    plain,
    seeded,
)

ID = b64u(seeded("an id"))
BODY = {"v": 1, "events": []}


def cases() -> Cases:
    yield from _headers()
    yield from _signatures()
    yield from _envelopes()
    yield from _opening()
    yield from _batches()


def _headers() -> Cases:
    blobs = tuple((b64u(seeded(f"blob {at}")), at + 1) for at in range(16))
    good = {
        "first of a run": header(),
        "next, something seen, two blobs": header(
            n=2, prev=ID, seen=(3, 4, ID), blobs=((ID, MAX_BLOB_BYTES), blobs[0])
        ),
        "sixteen blobs": header(blobs=blobs),
        "the highest numbers": header(run=MAX_RUN, n=999_999_999_999_999, prev=ID),
    }
    for name, head in good.items():
        fields = {
            "from": head.from_,
            "to": head.to,
            "key": head.key,
            "run": head.run,
            "n": head.n,
            "prev": head.prev,
        }
        fields |= {"seen": list(head.seen), "blobs": [list(blob) for blob in head.blobs]}
        yield case("header", name, text=head.to_bytes().decode(), header=fields)

    text = header().to_bytes().decode()
    second = header(n=2, prev=ID).to_bytes().decode()
    yield case("header", "a newer version", "unknown_version", text=text.replace("sotto/1", "sotto/2"))
    yield case("header", "a newer version, all else strange", "unknown_version", text="sotto/10\n\x00\xff")
    yield case("header", "a newer version, longer than any", "unknown_version", text="sotto/2\n" + "a" * 5000)
    bad = {
        "noise": "hello\n" + text,
        "nothing": "",
        "no line end": text[:-1],
        "a version and no line end": "sotto/2",
        "too long": text + "x" * 4096,
        "an empty line at the end": text + "\n",
        "carriage returns": text.replace("\n", "\r\n"),
        "two spaces": text.replace("n 1", "n  1"),
        "a space at a line's end": text.replace("n 1\n", "n 1 \n"),
        "lines changed about": text.replace("run ", "RUN "),
        "a line missing": text.replace("prev -\n", ""),
        "leading zero": text.replace("n 1\n", "n 01\n"),
        "n is nought": text.replace("n 1\n", "n 0\n"),
        "run of twelve digits": text.replace("run 1790000000", f"run {MAX_RUN + 1}"),
        "run is nought": text.replace("run 1790000000", "run 0"),
        "prev without need": text.replace("prev -", f"prev {ID}"),
        "prev missing": second.replace(f"prev {ID}", "prev -"),
        "prev too short": second.replace(f"prev {ID}", f"prev {ID[:-1]}"),
        "prev with trailing bits": second.replace(f"prev {ID}", f"prev {ID[:-1]}_"),
        "from is not a name": text.replace("from ", "from A"),
        "seen half": text.replace("seen 0 0 -", f"seen 0 0 {ID}"),
        "seen without id": text.replace("seen 0 0 -", "seen 1 1 -"),
        "seen with n nought": text.replace("seen 0 0 -", f"seen 1 0 {ID}"),
        "a blob of nought bytes": text + f"blob {ID} 0\n",
        "a blob too large": text + f"blob {ID} {MAX_BLOB_BYTES + 1}\n",
        "a blob twice": text + f"blob {ID} 1\nblob {ID} 2\n",
        "seventeen blobs": header(blobs=blobs).to_bytes().decode() + f"blob {ID} 1\n",
        "an unknown line": text + "colour blue\n",
        "a letter beyond ASCII": text.replace("prev -", "prev \u2212"),
        "a nul": text.replace("prev -", "prev -\0"),
    }
    for name, wrong in bad.items():
        yield case("header", name, "malformed", text=wrong)


def _signatures() -> Cases:
    digest = seeded("digest")
    sig = PHONE.sign("wipe", digest)

    def one(name: str, expect: str = "accept", **changed: bytes | str) -> Case:
        fields = {"public": PHONE.public, "tag": "wipe", "digest": digest, "sig": sig} | changed
        written = {key: value if isinstance(value, str) else b64u(value) for key, value in fields.items()}
        return case("signature", name, expect, **written)

    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    yield one("good")
    yield one("with the other s", sig=high_s(sig))
    yield one("for another use", "bad_signature", tag="pull")
    yield one("of another hash", "bad_signature", digest=flipped(digest, 0))
    yield one("a bit flipped", "bad_signature", sig=flipped(sig, 63))
    yield one("by another key", "bad_signature", public=OTHER_PHONE.public)
    yield one("cut short", "bad_signature", sig=sig[:-1])
    yield one("with a byte more", "bad_signature", sig=sig + b"\0")
    yield one("r is nought", "bad_signature", sig=bytes(32) + sig[32:])
    yield one("s is the group's order", "bad_signature", sig=sig[:32] + order.to_bytes(32, "big"))
    yield one("all noughts", "bad_signature", sig=bytes(64))
    yield one("key compressed", "malformed", public=bytes([2]) + PHONE.public[1:33])
    yield one("key off the curve", "malformed", public=flipped(PHONE.public, 64))
    yield one("key too short", "malformed", public=PHONE.public[:-1])
    yield one("key at infinity", "malformed", public=b"\0")
    yield one("key all noughts", "malformed", public=b"\4" + bytes(64))
    yield one("hash too short", "malformed", digest=digest[:-1])


def _envelopes() -> Cases:
    good = envelope(plain(BODY))
    head, sealed, sig = good.header_bytes, good.sealed, good.sig

    def one(name: str, expect: str, frame: str, public: bytes = PHONE.public) -> Case:
        return case("envelope", name, expect, frame=frame, public=b64u(public))

    yield one("good", "accept", framed(head, sealed, sig)) | {"id": good.id}
    yield one("with the other s, the same id", "accept", framed(head, sealed, high_s(sig))) | {"id": good.id}
    yield one("a bit of the sealed part", "bad_signature", framed(head, flipped(sealed, 100), sig))
    yield one("a bit of the signature", "bad_signature", framed(head, sealed, flipped(sig, 0)))
    other_run = header(run=1_790_000_001).to_bytes()
    yield one("another run written in", "bad_signature", framed(other_run, sealed, sig))
    yield one(
        "the header's last line moved behind it", "malformed", framed(head[:-1], head[-1:] + sealed, sig)
    )
    line = b"blob " + ID.encode() + b" 1\n"
    yield one("a line moved out of the sealed part", "bad_signature", _moved(line))
    yield one("key of somebody else", "bad_signature", framed(head, sealed, sig), OTHER_PHONE.public)
    forged = Envelope.make(good.header, sealed, OTHER_PHONE)
    yield one("signed by another, from kept", "bad_signature", b64u(forged.to_frame()))
    yield one(
        "signed by another, and that key shown", "bad_signature", b64u(forged.to_frame()), OTHER_PHONE.public
    )
    roster_sig = PHONE.sign("roster", envelope_hash(head, sealed))
    yield one("a signature made for a roster", "bad_signature", framed(head, sealed, roster_sig))
    yield one("a newer version", "unknown_version", framed(head.replace(b"sotto/1", b"sotto/2"), sealed, sig))


def _moved(line: bytes) -> str:
    """Sealed bytes that begin with a header line, and the line moved up: only the length in the id tells."""
    head = header().to_bytes()
    sealed = line + bytes(600)
    made = Envelope.make(header(), sealed, PHONE)
    return framed(head + line, sealed[len(line) :], made.sig)


def _opening() -> Cases:
    good = envelope(plain(BODY))

    def one(
        name: str,
        expect: str,
        made: Envelope,
        signer: SignKey = PHONE,
        key: SealKey = OFFICE_SEAL,
        **more: object,
    ) -> Case:
        keys = {
            "public": b64u(signer.public),
            "seal_private": b64u(key.to_bytes()),
            "seal_public": b64u(key.public),
        }
        return case("opening", name, expect, frame=b64u(made.to_frame()), **keys, **more)

    yield one("good", "accept", good, body=BODY)
    body = {"v": 1, "events": [], "\u8a18\u9332": "\u5f85\u3064\u3053\u3068\U0001f338" * 300}
    yield one("long, in Japanese", "accept", envelope(plain(body)), body=body)
    blobs = tuple((b64u(seeded(f"blob {at}")), at + 1) for at in range(16))
    yield one("under the longest header", "accept", envelope(plain(BODY), header(blobs=blobs)), body=BODY)
    yield one("with another seal key", "unreadable", good, key=OTHER_SEAL)
    swapped = Envelope.make(header(key=OTHER_SEAL.name), good.sealed, PHONE)
    yield one("seal key's name swapped and signed again", "unreadable", swapped)
    for name, head in {
        "moved to the next run and signed again": header(run=1_790_000_001),
        "moved to the next place and signed again": header(n=2, prev=good.id),
        "said to have seen something, signed again": header(seen=(1, 1, ID)),
        "a blob added and signed again": header(blobs=((ID, 1),)),
    }.items():
        yield one(name, "unreadable", Envelope.make(head, good.sealed, PHONE))
    taken = Envelope.make(header(from_=name_of(OTHER_PHONE.public)), good.sealed, OTHER_PHONE)
    yield one("taken over by another phone, under its own name", "unreadable", taken, signer=OTHER_PHONE)
    replayed = Envelope.make(header(to=name_of(OTHER_OFFICE.public)), good.sealed, PHONE)
    yield one("replayed to another office", "unreadable", replayed)
    foreign = envelope(plain(BODY), header(to=name_of(OFFICE.public)), to=OTHER_SEAL)
    yield one("sealed to a key the relay substituted", "unreadable", foreign)
    for name, sealed in {
        "a bit of enc": flipped(good.sealed, 40),
        "enc compressed": b"\2" + good.sealed[1:],
        "a bit of the ciphertext": flipped(good.sealed, 70),
        "a bit of the tag": flipped(good.sealed, len(good.sealed) - 1),
        "cut short": good.sealed[:-1],
        "shorter than enc and tag": good.sealed[:80],
        "nothing": b"",
    }.items():
        yield one(f"{name}, signed again", "unreadable", Envelope.make(good.header, sealed, PHONE))
    no_info = Envelope.make(header(), hpke_seal(OFFICE_SEAL.public, b"", plain(BODY)), PHONE)
    yield one("sealed without the header as info", "unreadable", no_info)


def _batches() -> Cases:
    first = envelope(plain(BODY))
    second = envelope(plain(BODY), header(n=2, prev=first.id))
    batch = make_batch([first, second])
    yield case("batch", "two", batch=b64u(batch), ids=[first.id, second.id])
    yield case("batch", "none", batch="", ids=[])
    newer = first.to_frame().replace(b"sotto/1\n", b"sotto/2\n")
    mixed = newer + second.to_frame()
    yield case(
        "batch", "a newer one stops no neighbour", batch=b64u(mixed), ids=["unknown_version", second.id]
    )
    bad = first.to_frame().replace(b"prev -\n", b"prev +\n") + second.to_frame()
    yield case("batch", "a malformed one stops no neighbour", batch=b64u(bad), ids=["malformed", second.id])
    yield case("batch", "cut off in a signature", "malformed", batch=b64u(batch[:-1]))
    yield case("batch", "a byte after the last", "malformed", batch=b64u(batch + b"\0"))
    yield case("batch", "a length beyond the end", "malformed", batch=b64u(b"\xff\xff" + batch))
    tiny = framed(b"", b"", bytes(64))
    yield case("batch", "as many as may be", batch=b64u(unb64u(tiny) * 1_024), ids=["malformed"] * 1_024)
    yield case("batch", "one more than may be", "too_many", batch=b64u(unb64u(tiny) * 1_025))
    yield from _short_frames(first, second)


def _short_frames(first: Envelope, second: Envelope) -> Cases:
    """A frame without a header has the one that follows on the frame before."""

    def short(envelope: Envelope) -> bytes:
        return unb64u(framed(b"", envelope.sealed, envelope.sig))

    third = envelope(plain(BODY), header(n=3, prev=second.id))
    with_blob = envelope(plain(BODY), header(blobs=((name_of(OFFICE.public), 17),)))
    after_blob = envelope(plain(BODY), header(n=2, prev=with_blob.id))
    many = first.to_frame() + short(second) + short(third)
    yield case("batch", "short frames", batch=b64u(many), ids=[first.id, second.id, third.id])
    yield case(
        "batch",
        "a short frame has no photos",
        batch=b64u(with_blob.to_frame() + short(after_blob)),
        ids=[with_blob.id, after_blob.id],
    )
    apart = first.to_frame() + short(third)
    yield case(
        "batch",
        "a short frame is the next or another",
        batch=b64u(apart),
        ids=[first.id, Envelope.read(header(n=2, prev=first.id).to_bytes(), third.sealed, third.sig).id],
    )
    yield case(
        "batch",
        "nothing before a short frame",
        batch=b64u(short(first) + second.to_frame()),
        ids=["malformed", second.id],
    )
    bad = first.to_frame().replace(b"prev -\n", b"prev +\n") + short(second)
    yield case(
        "batch", "a short frame after a malformed one", batch=b64u(bad), ids=["malformed", "malformed"]
    )
    last = envelope(plain(BODY), header(n=MAX_INT, prev=first.id))
    yield case(
        "batch",
        "no number after the last",
        batch=b64u(last.to_frame() + short(second)),
        ids=[last.id, "malformed"],
    )
