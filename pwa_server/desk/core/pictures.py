"""Pictures made anew, so that nothing but their pixels is left.

Runs in a process of its own (confined.py), never in the desk's.
"""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from .errors import DeskError

MOST_PIXELS = 40_000_000
THUMB = (320, 320)


def clean_picture(content: bytes) -> bytes:
    """A JPEG or PNG somebody uploaded, as plain JPEG of its pixels alone. Raises DeskError bad_picture."""
    return _jpeg(_pixels(content, ["JPEG", "PNG"]), 88)


def re_encode(jpeg: bytes) -> tuple[bytes, bytes]:
    """(picture, thumbnail) as plain JPEG without metadata, turned upright. Raises DeskError bad_picture."""
    clean = _pixels(jpeg, ["JPEG"])
    picture = _jpeg(clean, 88)
    clean.thumbnail(THUMB)
    return picture, _jpeg(clean, 80)


def _pixels(content: bytes, formats: list[str]) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a "decompression bomb" warns before it explodes
            picture = Image.open(io.BytesIO(content), formats=formats)
            if picture.width * picture.height > MOST_PIXELS:
                raise DeskError("bad_picture", "too many pixels")
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (
        OSError,
        ValueError,
        SyntaxError,
        Warning,
        UnidentifiedImageError,
        Image.DecompressionBombError,
    ) as error:
        raise DeskError("bad_picture", type(error).__name__) from error
    # A fresh image takes the pixels and nothing else: no EXIF, no colour profile, no comment.
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    return clean


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()
