"""Every picture a browser opens is kept as a person sees it, and nothing but its pixels is kept.

Formats × carriers of metadata: each file here holds a canary where a camera, an editor or a hand can put one.
"""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from pwa_server.desk.core.errors import DeskError
from pwa_server.desk.core.file_kinds import is_picture
from pwa_server.desk.core.pictures import FORMATS, plain_picture

CANARY = "CANARY35.6895N"
HERE = Path(__file__).parent / "pictures"
RED, BLUE, WHITE = (200, 0, 0), (0, 0, 200), (255, 255, 255)


def two_halves(mode="RGB", size=(48, 32)):
    """Red on the left, blue on the right."""
    picture = Image.new("RGB", size, RED)
    picture.paste(BLUE, (size[0] // 2, 0, *size))
    return picture.convert(mode)


def saved(picture, form, **options):
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def exif(orientation=1):
    told = Image.Exif()
    told[0x010F], told[0x0112] = CANARY, orientation
    told.get_ifd(0x8825)[29] = CANARY
    return told.tobytes()


XMP = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{CANARY}</x:xmpmeta>".encode()


def profile():
    """sRGB, and a copyright with the canary."""
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return plain + CANARY.encode()


def jpeg_part(marker, payload):
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(payload) + 2) + payload


def in_jpeg(part):
    plain = saved(two_halves(), "JPEG", quality=95)
    return plain[:2] + part + plain[2:]


def in_png(name, payload):
    plain = saved(two_halves(), "PNG")
    part = struct.pack(">I", len(payload)) + name + payload + struct.pack(">I", zlib.crc32(name + payload))
    return plain[:33] + part + plain[33:]


def in_webp(name, payload):
    plain = saved(two_halves(), "WEBP", lossless=True, exif=exif())
    part = name + struct.pack("<I", len(payload)) + payload + b"\0" * (len(payload) % 2)
    return plain[:4] + struct.pack("<I", len(plain) - 8 + len(part)) + plain[8:] + part


def png_text():
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", CANARY)
    told.add_itxt("Location", CANARY)
    return told


SAYS = CANARY.encode()
CARRIERS = {
    "jpeg exif and gps": lambda: saved(two_halves(), "JPEG", exif=exif()),
    "jpeg xmp": lambda: in_jpeg(jpeg_part(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)),
    "jpeg icc": lambda: saved(two_halves(), "JPEG", icc_profile=profile()),
    "jpeg comment": lambda: saved(two_halves(), "JPEG", comment=CANARY),
    "jpeg iptc": lambda: in_jpeg(jpeg_part(0xED, b"Photoshop 3.0\0" + SAYS)),
    "jpeg own part": lambda: in_jpeg(jpeg_part(0xEB, SAYS)),
    "jpeg after its end": lambda: saved(two_halves(), "JPEG") + SAYS,
    "jpeg with a second picture": lambda: saved(
        two_halves(), "MPO", save_all=True, append_images=[two_halves()], exif=exif()
    ),
    "png exif": lambda: saved(two_halves(), "PNG", exif=exif()),
    "png texts": lambda: saved(two_halves(), "PNG", pnginfo=png_text()),
    "png icc": lambda: in_png(b"iCCP", SAYS + b"\0\0" + zlib.compress(profile())),
    "png own part": lambda: in_png(b"caNy", SAYS),
    "png after its end": lambda: saved(two_halves(), "PNG") + SAYS,
    "gif comment": lambda: saved(two_halves("P"), "GIF", comment=SAYS),
    "gif after its end": lambda: saved(two_halves("P"), "GIF") + SAYS,
    "webp exif": lambda: saved(two_halves(), "WEBP", lossless=True, exif=exif()),
    "webp xmp": lambda: saved(two_halves(), "WEBP", lossless=True, xmp=XMP),
    "webp icc": lambda: saved(two_halves(), "WEBP", lossless=True, icc_profile=profile()),
    "webp own part": lambda: in_webp(b"CANY", SAYS),
    "webp after its end": lambda: saved(two_halves(), "WEBP", lossless=True) + SAYS,
    "avif exif": lambda: saved(two_halves(), "AVIF", quality=95, exif=exif()),
    "avif xmp": lambda: saved(two_halves(), "AVIF", quality=95, xmp=XMP),
    "avif after its end": lambda: (
        saved(two_halves(), "AVIF", quality=95) + struct.pack(">I", 22) + b"free" + SAYS
    ),
    "bmp after its end": lambda: saved(two_halves(), "BMP") + SAYS,
    "ico after its end": lambda: saved(two_halves(), "ICO", sizes=[(48, 32)]) + SAYS,
    "tiff description": lambda: saved(two_halves(), "TIFF", description=CANARY),
    "tiff exif": lambda: saved(two_halves(), "TIFF", exif=exif()),
    "jpeg2000 after its end": lambda: saved(two_halves(), "JPEG2000", irreversible=False) + SAYS,
    "heic exif, gps and xmp": lambda: (HERE / "with_place.heic").read_bytes(),
}


@pytest.mark.parametrize("carrier", CARRIERS)
def test_nothing_but_pixels_is_kept(carrier):
    file = CARRIERS[carrier]()
    assert b"CANARY" in file
    assert is_picture(file)
    kept = plain_picture(file)
    assert b"CANARY" not in kept.jpeg
    again = Image.open(io.BytesIO(kept.jpeg))
    assert again.format == "JPEG"
    assert set(again.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not again.getexif()
    assert [name for name, _ in again.applist] == ["APP0"]
    if "heic" not in carrier:
        assert near(corner(kept), RED), corner(kept)


def test_every_format_that_is_opened_has_a_carrier():
    opened = {Image.open(io.BytesIO(make())).format for make in CARRIERS.values()}
    assert opened - {"MPO"} == set(FORMATS)


def corner(kept, place=(3, 3)):
    return Image.open(io.BytesIO(kept.jpeg)).convert("RGB").getpixel(place)


def near(seen, wanted, far=40):
    return all(abs(a - b) <= far for a, b in zip(seen, wanted, strict=True))


def clear_left(mode="RGBA"):
    """Nothing on the left, blue on the right; the hidden colour is black."""
    picture = Image.new("RGBA", (48, 32), (0, 0, 0, 0))
    picture.paste((*BLUE, 255), (24, 0, 48, 32))
    return picture.convert(mode)


def palette_alpha():
    picture = Image.new("P", (48, 32), 0)
    picture.putpalette([0, 0, 0, *BLUE])
    picture.paste(1, (24, 0, 48, 32))
    return saved(picture, "PNG", transparency=b"\x00\xff")


def clear_colour(mode, colour):
    picture = Image.new(mode, (48, 32), colour)
    picture.paste(255 if mode != "RGB" else BLUE, (24, 0, 48, 32))
    return saved(picture, "PNG", transparency=colour)


def deep_grey(clear=None):
    """A 16-bit PNG: dark grey left, half grey right; optionally the left one is clear."""
    rows = b"".join(
        b"\0" + struct.pack(">H", 0x1000) * 24 + struct.pack(">H", 0x8000) * 24 for _ in range(32)
    )
    parts = [(b"IHDR", struct.pack(">IIBBBBB", 48, 32, 16, 0, 0, 0, 0))]
    parts += [(b"tRNS", struct.pack(">H", clear))] if clear is not None else []
    parts += [(b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )


def adobe_cmyk():
    return saved(two_halves("CMYK"), "JPEG", quality=95)


def moving(form):
    frames = [Image.new("RGB", (48, 32), RED), Image.new("RGB", (48, 32), BLUE)]
    return saved(frames[0], form, save_all=True, append_images=frames[1:], duration=100)


SEEN = {
    # file → colour on the left, on the right
    "clear png": (lambda: saved(clear_left(), "PNG"), WHITE, BLUE),
    "clear palette": (palette_alpha, WHITE, BLUE),
    "clear grey": (lambda: clear_colour("L", 0), WHITE, WHITE),
    "clear colour": (lambda: clear_colour("RGB", (0, 0, 0)), WHITE, BLUE),
    "grey with alpha": (lambda: saved(clear_left("LA"), "PNG"), WHITE, (23, 23, 23)),
    "clear webp": (lambda: saved(clear_left(), "WEBP", lossless=True), WHITE, BLUE),
    "clear gif": (lambda: saved(clear_left(), "GIF"), WHITE, BLUE),
    "clear avif": (lambda: saved(clear_left(), "AVIF", quality=95), WHITE, BLUE),
    "clear icon": (lambda: saved(clear_left(), "ICO", sizes=[(48, 32)]), WHITE, BLUE),
    "clear tiff": (lambda: saved(clear_left(), "TIFF"), WHITE, BLUE),
    "sixteen bits": (deep_grey, (16, 16, 16), (128, 128, 128)),
    "sixteen bits, clear": (lambda: deep_grey(0x1000), WHITE, (128, 128, 128)),
    "one bit": (lambda: saved(two_halves("1"), "PNG"), None, None),
    "cmyk": (adobe_cmyk, RED, BLUE),
    "cmyk tiff": (lambda: saved(two_halves("CMYK"), "TIFF"), RED, BLUE),
    "moving gif": (lambda: moving("GIF"), RED, RED),
    "moving webp": (lambda: moving("WEBP"), RED, RED),
    "moving png": (lambda: moving("PNG"), RED, RED),
    "broken profile": (lambda: saved(two_halves(), "JPEG", icc_profile=b"no profile"), RED, BLUE),
    "cut short": (lambda: saved(two_halves(size=(480, 320)), "JPEG", quality=95)[:-40], RED, BLUE),
}


@pytest.mark.parametrize("name", SEEN)
def test_it_looks_as_a_person_sees_it_on_white_paper(name):
    make, left, right = SEEN[name]
    kept = plain_picture(make())
    assert kept.moving == name.startswith("moving")
    if left is not None:
        assert near(corner(kept), left), corner(kept)
        assert near(corner(kept, (kept.width - 4, 3)), right), corner(kept, (kept.width - 4, 3))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_it_stands_upright_whichever_way_the_camera_was_held(form, turn):
    options = {"lossless": True} if form == "WEBP" else {"quality": 95} if form == "JPEG" else {}
    file = saved(two_halves(), form, exif=exif(turn), **options)
    kept = plain_picture(file)
    assert (kept.width, kept.height) == ((48, 32) if turn < 5 else (32, 48))
    first_is_red = turn in (1, 4, 5, 6)  # EXIF 2.3: where row 0 and column 0 are seen
    assert near(corner(kept), RED if first_is_red else BLUE)


def test_a_wide_profile_is_turned_into_plain_colours_before_it_goes():
    swapped = ImageCms.createProfile("XYZ")
    file = saved(two_halves(), "JPEG", quality=95, icc_profile=ImageCms.ImageCmsProfile(swapped).tobytes())
    assert plain_picture(file).width == 48  # one that fits nothing is left aside
    wide = (HERE / "wide.icc").read_bytes()
    green = saved(Image.new("RGB", (32, 32), (100, 200, 100)), "PNG", icc_profile=wide)
    seen = corner(plain_picture(green))
    assert seen[0] < 60  # a stronger green than plain colours hold, by the same three numbers


def test_a_mobile_phone_s_two_pictures_with_a_broken_index_are_one():
    whole = saved(two_halves(), "MPO", save_all=True, append_images=[two_halves()])
    broken = whole.replace(b"MPF\0MM\0*", b"MPF\0XX\0*").replace(b"MPF\0II*\0", b"MPF\0XX*\0")
    assert broken != whole
    assert near(corner(plain_picture(broken)), RED)


def pages():
    return saved(two_halves(), "TIFF", save_all=True, append_images=[two_halves()])


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (pages(), "many_pages"),
        (b"\xff\xd8\xff\xe0 no picture at all", "bad_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "bad_picture"),
        (b'<?xml version="1.0"?>\n<!-- drawn -->\n<svg/>', "bad_picture"),
        (b"\xff\x0a jpeg xl", "bad_picture"),
        (b"8BPS\0\1 layers", "bad_picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "bad_picture"),
        (saved(Image.new("1", (9000, 9000)), "PNG"), "too_large"),
    ],
)
def test_what_cannot_be_made_anew_is_refused_and_never_kept_as_it_is(file, code):
    assert is_picture(file)
    with pytest.raises(DeskError) as refused:
        plain_picture(file)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "file", [b"%PDF-1.7", b"PK\x03\x04", b"\0\0\0\x18ftypisom", "手紙".encode(), b"", b"<html>"]
)
def test_other_papers_are_no_pictures(file):
    assert not is_picture(file)


def test_a_camera_s_hundred_million_pixels_are_kept_smaller():
    large = saved(Image.new("L", (11_000, 9_000), 200), "JPEG", quality=30)
    kept = plain_picture(large)
    assert kept.width * kept.height <= 40_000_000
    assert abs(kept.width / kept.height - 11 / 9) < 0.01
    assert len(kept.jpeg) <= 5 * 1024 * 1024
