"""A picture made anew from what a person sees of it: upright, on white paper, in plain colours, and nothing else.

No metadata of any kind goes over, because only pixels do. Runs in a process of its own (confined.py), never in the
desk's: files come from strangers' phones and are opened by large libraries.
"""

import io
import warnings
from dataclasses import dataclass
from typing import Any

import pi_heif
from PIL import Image, ImageCms, ImageFile, ImageMath, ImageOps, UnidentifiedImageError

from .errors import DeskError

pi_heif.register_heif_opener()

# What a browser opens, and what scanners and phones make besides.
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "ICO", "TIFF", "HEIF", "JPEG2000")
MOST_PIXELS = 40_000_000  # of a picture in memory; a larger JPEG is read at half its size, or a quarter
THUMB = (320, 320)
MOST_BYTES = 5 * 1024 * 1024
QUALITIES = (88, 75)
WHITE = (255, 255, 255, 255)
FAULTS = (
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    KeyError,
    IndexError,
    OverflowError,
    EOFError,
    AttributeError,
    MemoryError,
    RuntimeError,
    Warning,
    UnidentifiedImageError,
    Image.DecompressionBombError,
    ArithmeticError,
)

_ORIENTATION = 0x0112
_RAW_PICTURE = (0x014A, 0xC612)  # inner pictures, a camera's raw data: the first one is only a small preview
_UPRIGHT_WHEN_OPENED = ("TIFF", "HEIF")


@dataclass(frozen=True)
class Plain:
    """`jpeg`: the picture. `moving`: the file held several, and the first was taken."""

    jpeg: bytes
    width: int
    height: int
    moving: bool


def clean_picture(content: bytes) -> dict[str, Any]:
    """What somebody uploaded: {"jpeg", "moving"}. Raises DeskError as `plain_picture`."""
    plain = plain_picture(content)
    return {"jpeg": plain.jpeg, "moving": plain.moving}


def re_encode(jpeg: bytes) -> tuple[bytes, bytes]:
    """(picture, thumbnail) as plain JPEG without metadata, turned upright. Raises DeskError bad_picture."""
    try:
        plain = plain_picture(jpeg, formats=("JPEG",), whole=True).jpeg
    except DeskError as error:
        raise DeskError("bad_picture", error.code) from error
    return plain, small_picture(plain, THUMB)


def plain_picture(
    content: bytes, most_bytes: int = MOST_BYTES, formats: tuple[str, ...] = FORMATS, *, whole: bool = False
) -> Plain:
    """The picture as JPEG of its pixels alone; `whole`: one whose end is missing is none.

    Raises DeskError bad_picture, too_large, many_pages, raw_picture.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # a broken index or a clumsy header is no reason: a browser shows it too
            picture, moving = _opened(content, formats, whole)
            seen = _on_white(_in_plain_colours(_upright(picture)))
        return _written(seen, most_bytes, moving)
    except DeskError:
        raise
    except FAULTS as error:
        raise DeskError("bad_picture") from error


def small_picture(jpeg: bytes, size: tuple[int, int]) -> bytes:
    """A thumbnail of one of ours."""
    picture = Image.open(io.BytesIO(jpeg), formats=["JPEG"]).convert("RGB")
    picture.thumbnail(size)
    return _jpeg(picture, 80)


def _opened(content: bytes, formats: tuple[str, ...], whole: bool) -> tuple[Any, bool]:
    picture: Any = Image.open(io.BytesIO(content), formats=list(formats))
    if picture.format == "JPEG" or picture.format == "MPO":
        while picture.width * picture.height > MOST_PIXELS:
            before = picture.size
            picture.draft(None, (picture.width // 2, picture.height // 2))
            if picture.size == before:
                break
    if picture.width * picture.height > MOST_PIXELS:
        raise DeskError("too_large")
    frames = 1 if picture.format in ("MPO", "JPEG") else getattr(picture, "n_frames", 1)
    if picture.format == "TIFF":
        _demand_one_whole_page(picture, frames)
    try:
        picture.load()
    except OSError:
        if whole:
            raise
        picture = _cut_short(content, formats)
    return picture, frames > 1 and picture.format != "HEIF"


def _demand_one_whole_page(picture: Any, frames: int) -> None:
    """Of several pages, or of a camera's raw file, only a part would be kept."""
    if any(tag in picture.tag_v2 for tag in _RAW_PICTURE):
        raise DeskError("raw_picture")
    if frames > 1:
        raise DeskError("many_pages")


def _cut_short(content: bytes, formats: tuple[str, ...]) -> Any:
    """A file whose end is missing, as far as it goes: a browser shows as much."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        picture = Image.open(io.BytesIO(content), formats=list(formats))
        picture.load()
        return picture
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _upright(picture: Any) -> Any:
    """Turned as its EXIF says; of an unreadable EXIF, and of other places that tell a turn, browsers take no notice."""
    if picture.format == "AVIF":
        return ImageOps.exif_transpose(picture)  # Pillow tells the file's own turn this way
    if picture.format in _UPRIGHT_WHEN_OPENED:
        return picture
    exif = Image.Exif()
    try:
        exif.load(picture.info.get("exif") or b"")
        turn = _TURNS.get(exif.get(_ORIENTATION, 1))
    except FAULTS:
        turn = None
    if turn is None:
        return picture
    turned = picture.transpose(turn)
    turned.info = dict(picture.info)
    return turned


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _in_plain_colours(picture: Any) -> Any:
    """RGB or RGBA of sRGB, eight bits deep."""
    if picture.mode.startswith("I;16") or picture.mode in ("I", "F"):
        return _eight_bits(picture)
    profile = picture.info.get("icc_profile")
    clear = picture.has_transparency_data
    if picture.mode in ("P", "PA", "1", "LA", "La", "RGBa") or (picture.mode == "L" and clear):
        picture = picture.convert("RGBA" if clear else "RGB")
        if profile and _colours_of(profile) != "RGB ":
            profile = None
    elif clear and picture.mode == "RGB":
        picture = picture.convert("RGBA")
    wanted = "RGBA" if clear else "RGB"
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            changed = ImageCms.profileToProfile(picture, source, target, outputMode=wanted)
            return changed if changed is not None else picture.convert(wanted)
        except (ImageCms.PyCMSError, *FAULTS):
            pass  # a profile that fits nothing: a browser takes the colours as they stand
    return picture.convert(wanted)


def _colours_of(profile: bytes) -> str:
    return profile[16:20].decode("latin-1")


def _eight_bits(picture: Any) -> Any:
    """Sixteen bits of grey. A TIFF of another range is stretched to what is in it, as viewers do."""
    if picture.mode == "F" or (picture.mode == "I" and picture.format != "PNG"):
        low, high = picture.getextrema()
        scale = 255 / (high - low) if high > low else 0
        return picture.point(lambda value: value * scale - low * scale).convert("L").convert("RGB")
    deep = picture.convert("I")
    clear = picture.info.get("transparency")
    grey = deep.point(lambda value: value * (1 / 257)).convert("L")
    if not isinstance(clear, int):
        return grey.convert("RGB")
    seen = ImageMath.lambda_eval(
        lambda known: known["convert"]((known["deep"] != clear) * 255, "L"), deep=deep
    )
    return Image.merge("RGBA", (grey, grey, grey, seen))


def _on_white(picture: Any) -> Any:
    """A transparent picture as paper shows it. A fresh image takes the pixels and nothing else."""
    if picture.mode == "RGBA":
        paper = Image.new("RGBA", picture.size, WHITE)
        paper.alpha_composite(picture)
        return paper.convert("RGB")
    clean = Image.new("RGB", picture.size)
    clean.paste(picture)
    return clean


def _written(picture: Any, most_bytes: int, moving: bool) -> Plain:
    while True:
        for quality in QUALITIES:
            jpeg = _jpeg(picture, quality)
            if len(jpeg) <= most_bytes:
                return Plain(jpeg, picture.width, picture.height, moving)
        picture = picture.resize((max(1, picture.width * 3 // 4), max(1, picture.height * 3 // 4)))


def _jpeg(picture: Any, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()
