"""Photos: fetched sealed from the relay, opened, re-encoded (confined) so that nothing but the picture is left.

A file that is no JPEG, or would grow beyond all measure when opened, is held sealed with its reason and shown
to a person; it is never opened again unasked.
"""

from datetime import timedelta
from typing import Any

from sync.blob_sealing import open_blob
from sync.encoding import blob_id, unb64u
from sync.errors import SyncError

from ..core import confined
from ..core.clock import moment, stamp
from ..core.desk import Desk
from ..core.errors import DeskError
from ..models.key_values import bump
from ..models.office_and_cases import BlobFile, Held, Photo, Visit
from .relay_client import RelayClient, RelayError

SOON_TRIES, PAUSE = 20, timedelta(minutes=10)


def fetch_wanted(desk: Desk, relay: RelayClient) -> int:
    """Fetch what visits name and is not here. A photo may follow days after its text. Returns how many came."""
    count = 0
    for row in list(BlobFile.select().where(BlobFile.state == "wanted").order_by(BlobFile.at)):
        if row.tries > SOON_TRIES and desk.clock() - moment(row.at) < PAUSE:
            continue
        try:
            sealed = relay.blob(row.id)
        except RelayError as error:
            if error.code != "not_found":
                raise
            with desk.write():
                BlobFile.update(tries=BlobFile.tries + 1, at=stamp(desk.clock())).where(
                    BlobFile.id == row.id
                ).execute()
            continue
        keep(desk, row.id, sealed)
        count += 1
    return count


def keep(desk: Desk, blob: str, sealed: bytes) -> bool:
    """Open, re-encode and keep one photo; hold it when that cannot be done. True when it is a picture now."""
    photo = Photo.get_or_none(Photo.blob == blob)
    if photo is None:
        return False
    try:
        if blob_id(sealed) != blob:
            raise SyncError("unreadable", "not the bytes its id names")
        jpeg, thumb = confined.run("photo", open_blob(unb64u(photo.key), sealed), wait=-1)
    except (SyncError, DeskError) as error:
        _hold(desk, photo, sealed, error)
        return False
    with desk.write():
        BlobFile.update(state="here", reason="", jpeg=jpeg, thumb=thumb, sealed=None, at=desk.now()).where(
            BlobFile.id == blob
        ).execute()
        bump()
    return True


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
