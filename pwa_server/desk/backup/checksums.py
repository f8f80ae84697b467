"""What a backup answers for, checked byte by byte in the copy that was read back: photos and envelopes by their hashes.

What does not match is left out of what becomes *safe* and named; the rest of the backup stays good.
"""

import hashlib
from typing import Any

from sync.encoding import blob_id
from sync.envelope import Envelope, parse_batch
from sync.errors import SyncError

JPEG_BEGINS, JPEG_ENDS = b"\xff\xd8", b"\xff\xd9"


def digest_of(jpeg: bytes) -> bytes:
    return hashlib.sha256(jpeg).digest()


def photos_in(db: Any) -> tuple[list[str], list[str]]:
    """(ids of pictures whose bytes are right, ids of photos whose bytes are not).

    A photo nobody could open is neither: its sealed bytes are kept, and only if they are right, but the office has
    no picture of it and answers for none (SPEC 4.4).
    """
    known = _digests(db)
    good, wrong = [], []
    rows = db.execute_sql("select id, state, jpeg, sealed from blobfile where state <> 'wanted' order by id")
    for id_, state, jpeg, sealed in rows:
        if state == "here" and _is_picture(bytes(jpeg or b""), known.get(id_)):
            good.append(id_)
        elif state == "here" or blob_id(bytes(sealed or b"")) != id_:
            wrong.append(id_)
    return good, wrong


def envelopes_in(db: Any) -> list[list[Any]]:
    """[device, run, n, id] of every stored envelope whose bytes are not the ones its id names."""
    rows = db.execute_sql(
        "select id, device, run, n, frame from received where frame is not null order by rowid"
    )
    return [[device, run, n, id_] for id_, device, run, n, frame in rows if _named_by(bytes(frame)) != id_]


def _digests(db: Any) -> dict[str, bytes]:
    """Of the pictures as they were written; a copy made by an earlier release has none."""
    if "photodigest" not in db.get_tables():
        return {}
    return {
        id_: bytes(digest) for id_, digest in db.execute_sql("select id, digest from photodigest").fetchall()
    }


def _is_picture(jpeg: bytes, digest: bytes | None) -> bool:
    """By its digest; one kept by an earlier release has none, and has to be whole at least."""
    if digest is not None:
        return digest_of(jpeg) == digest
    return jpeg.startswith(JPEG_BEGINS) and jpeg.endswith(JPEG_ENDS)


def _named_by(frame: bytes) -> str:
    try:
        found = parse_batch(frame)
    except SyncError:
        return ""
    return found[0].id if len(found) == 1 and isinstance(found[0], Envelope) else ""
