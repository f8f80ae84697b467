"""A photo as a phone's camera writes it: with the place, the camera and a caption inside."""

from io import BytesIO
from pathlib import Path

from PIL import Image

MAKE, CAPTION, GPS = 0x010F, 0x010E, 0x8825


def take_photo(file: Path, caption: str = "caption", camera: str = "camera") -> Path:
    """A JPEG of 1600×1200 with EXIF."""
    picture = Image.linear_gradient("L").resize((1600, 1200)).convert("RGB")
    exif = Image.Exif()
    exif[MAKE], exif[CAPTION] = camera, caption
    exif.get_ifd(GPS).update({1: "N", 2: (35.0, 1.0, 2.0), 3: "E", 4: (135.0, 57.0, 6.0)})
    out = BytesIO()
    picture.save(out, "JPEG", quality=90, exif=exif)
    file.write_bytes(out.getvalue())
    assert camera.encode() in file.read_bytes()
    return file
