"""Photos: fetched sealed from the relay, opened, re-encoded (confined) so that nothing but the picture is left.

Bytes that are not the ones the photo's id names are thrown away and named: the photo stays wanted, and the phone
keeps it. The right bytes that do not open, are no JPEG, or would grow beyond all measure when opened are held
sealed with their reason and shown to a person; they are never opened again unasked, and never called safe.
"""

import logging
from datetime import timedelta
from typing import Any

from sync.blob_sealing import open_blob
from sync.encoding import blob_id, unb64u
from sync.errors import SyncError

from ..backup.checksums import digest_of
from ..backup.wrong_photos import want_again
from ..core import confined
from ..core.clock import read_stamp, stamp
from ..core.desk import Desk
from ..core.errors import DeskError
from ..models.key_values import bump
from ..models.office_and_cases import BlobFile, Held, Photo, PhotoDigest, Visit
from .relay_client import RelayClient, RelayError

log = logging.getLogger("sotto.desk")

SOON_TRIES, PAUSE = 20, timedelta(minutes=10)


def fetch_wanted(desk: Desk, relay: RelayClient) -> int:
    """Fetch what visits name and is not here. A photo may follow days after its text. Returns how many came."""
    _want_what_was_never_theirs(desk)
    count = 0
    named = Photo.select(Photo.blob)
    wanted = BlobFile.select().where((BlobFile.state == "wanted") & BlobFile.id.in_(named))
    for row in list(wanted.order_by(BlobFile.at)):
        if row.tries > SOON_TRIES and desk.clock() - read_stamp(row.at) < PAUSE:
            continue
        try:
            sealed = relay.blob(row.id)
        except RelayError as error:
            if error.code in ("relay_unreachable", "unavailable"):
                raise
            if error.code != "not_found":
                log.warning("a photo was not given by the relay: %s", error.code)
            _note_try(desk, row.id, row.reason)
            continue
        keep(desk, row.id, sealed)
        count += 1
    return count


def _note_try(desk: Desk, blob: str, reason: str) -> None:
    with desk.write():
        BlobFile.update(tries=BlobFile.tries + 1, at=stamp(desk.clock()), reason=reason).where(
            BlobFile.id == blob
        ).execute()


def keep(desk: Desk, blob: str, sealed: bytes) -> bool:
    """Open, re-encode and keep one photo; hold it when that cannot be done. True when it is a picture now.

    Other bytes than the photo's are not kept at all, whoever gave them: it stays wanted.
    """
    photos = list(Photo.select().where(Photo.blob == blob).order_by(Photo.id))
    if not photos:
        return False
    if blob_id(sealed) != blob:
        log.warning("the relay gave other bytes than those of photo %s", blob)
        _note_try(desk, blob, "wrong_bytes")
        return False
    try:
        jpeg, thumb = confined.run("photo", _opened(photos, sealed), wait=-1)
    except (SyncError, DeskError) as error:
        _hold(desk, photos[0], sealed, error)
        return False
    with desk.write():
        BlobFile.update(state="here", reason="", jpeg=jpeg, thumb=thumb, sealed=None, at=desk.now()).where(
            BlobFile.id == blob
        ).execute()
        PhotoDigest.put(id=blob, digest=digest_of(jpeg))
        bump()
    return True


def _opened(photos: list[Any], sealed: bytes) -> bytes:
    """By the key of any record that names it: one that names a wrong key spoils nothing for another."""
    fault = SyncError("unreadable", "no key")
    for photo in photos:
        try:
            return open_blob(unb64u(photo.key), sealed)
        except SyncError as error:
            fault = error
    raise fault


def _want_what_was_never_theirs(desk: Desk) -> None:
    """An earlier release kept whatever the relay gave and held it; the phone may still have the photo."""
    other = (Held.kind == "blob") & (Held.state == "held") & (Held.detail == "not the bytes its id names")
    blobs = [row.id for row in Held.select(Held.id).where(other)]
    if blobs:
        with desk.write():
            want_again(desk, blobs)


def look_again(desk: Desk, blob: str) -> bool:
    """Try a held photo once more."""
    row = BlobFile.get_or_none(BlobFile.id == blob)
    if row is None or row.sealed is None:
        return bool(row is not None and row.state == "here")
    return keep(desk, blob, bytes(row.sealed))


def _hold(desk: Desk, photo: Any, sealed: bytes, error: SyncError | DeskError) -> None:
    visit = Visit.get_or_none(Visit.id == photo.visit)
    with desk.write():
        BlobFile.update(state="held", reason=error.code, sealed=sealed, at=desk.now()).where(
            BlobFile.id == photo.blob
        ).execute()
        if not Held.select().where(Held.id == photo.blob).exists():
            Held.create(
                id=photo.blob,
                digest=photo.blob,
                kind="blob",
                envelope=photo.blob,
                device=None if visit is None else visit.device,
                by="" if visit is None else visit.staff,
                case=photo.case,
                type="photo",
                visit=photo.visit,
                reason=error.code,
                detail=error.detail,
                event=None,
                at=desk.now(),
                tries=0,
                state="held",
            )
        bump()
