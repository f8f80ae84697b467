"""Pictures of the gallery keep every fill as it is on the screen."""

from PIL import Image, ImageDraw

from tools.gallery.pictures import COLOURS, plain


def test_pale_fills_stay_apart_and_rare_signs_keep_their_colour():
    picture = Image.new("RGB", (400, 100), "#ffffff")
    pen = ImageDraw.Draw(picture)
    fills = [(255, 255, 254), (254, 255, 255), (250, 250, 251), (251, 250, 250), (190, 0, 20)]
    for n, fill in enumerate(fills):
        pen.rectangle((n * 12, 0, n * 12 + 9, 4), fill=fill)
    for n in range(3 * COLOURS):  # edges of letters: each mixture once
        picture.putpixel((n % 400, 50 + n // 400), (n % 251, (3 * n) % 241, (7 * n) % 239))
    few = plain(picture)
    assert [few.getpixel((n * 12 + 4, 2)) for n in range(len(fills))] == fills
    assert len(few.getcolors()) <= COLOURS
