"""Photos: fetched sealed from the relay, opened, re-encoded so that nothing but the picture is left.

A file that is no JPEG, or would grow beyond all measure when opened, is held sealed with its reason and shown
to a person; it is never opened again unasked.
"""

import io
import warnings
from datetime import timedelta
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from sync.blob_sealing import open_blob
from sync.encoding import blob_id, unb64u
from sync.errors import SyncError

from ..core.clock import moment, stamp
from ..core.desk import Desk
from ..core.errors import DeskError
from ..models.key_values import bump
from ..models.office_and_cases import BlobFile, Held, Photo, Visit
from .relay_client import RelayClient, RelayError

MOST_PIXELS = 40_000_000
THUMB = (320, 320)
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
        jpeg, thumb = re_encode(open_blob(unb64u(photo.key), sealed))
    except SyncError as error:
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


def clean_picture(content: bytes) -> bytes:
    """A JPEG or PNG somebody uploaded, as plain JPEG of its pixels alone. Raises DeskError bad_picture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            picture = Image.open(io.BytesIO(content), formats=["JPEG", "PNG"])
            if picture.width * picture.height > MOST_PIXELS:
                raise DeskError("bad_picture")
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (
        OSError,
        ValueError,
        SyntaxError,
        Warning,
        UnidentifiedImageError,
        Image.DecompressionBombError,
    ) as error:
        raise DeskError("bad_picture") from error
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    return _jpeg(clean, 88)


def re_encode(jpeg: bytes) -> tuple[bytes, bytes]:
    """(picture, thumbnail) as plain JPEG without metadata, turned upright. SyncError bad_picture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a "decompression bomb" warns before it explodes
            picture = Image.open(io.BytesIO(jpeg), formats=["JPEG"])
            if picture.width * picture.height > MOST_PIXELS:
                raise SyncError("bad_picture", "too many pixels")
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (
        OSError,
        ValueError,
        SyntaxError,
        Warning,
        UnidentifiedImageError,
        Image.DecompressionBombError,
    ) as error:
        raise SyncError("bad_picture", type(error).__name__) from error
    # A fresh image takes the pixels and nothing else: no EXIF, no colour profile, no comment.
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    thumb = clean.copy()
    thumb.thumbnail(THUMB)
    return _jpeg(clean, 88), _jpeg(thumb, 80)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _hold(desk: Desk, photo: Any, sealed: bytes, error: SyncError) -> None:
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
