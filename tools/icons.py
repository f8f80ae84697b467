"""Draws the app's icons into static/icons: two doorways, one inside the other, and no word.

Whoever sees the phone over a worker's shoulder must learn nothing from the icon.
Drawn large and scaled down, because Pillow's lines are not smooth by themselves.
"""

from pathlib import Path

from PIL import Image, ImageDraw

OUT = Path(__file__).resolve().parent.parent / "static/icons"
PAPER, INDIGO = "#fbfaf8", "#2b4a8b"
# Cubic curves of the mark on a 24 x 24 grid, the same as in favicon.svg: left foot, tip, right foot.
ARCHES = [
    [((4, 18.5), (4, 12.5), (7, 7), (12, 4.5)), ((12, 4.5), (17, 7), (20, 12.5), (20, 18.5))],
    [((9, 18.5), (9, 15.5), (10, 12.7), (12, 11)), ((12, 11), (14, 12.7), (15, 15.5), (15, 18.5))],
]
STROKE = 1.75
FINE = 4  # drawn so many times larger

Point = tuple[float, float]


def curve(a: Point, b: Point, c: Point, d: Point, steps: int = 160) -> list[Point]:
    points = []
    for step in range(steps + 1):
        t = step / steps
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        x, y = (sum(w * p[axis] for w, p in zip(weights, (a, b, c, d), strict=True)) for axis in (0, 1))
        points.append((x, y))
    return points


def mark(size: int, share: float, ink: str, ground: str | None) -> Image.Image:
    """A square of `size` pixels whose mark takes `share` of the width."""
    full = size * FINE
    image = Image.new("RGBA", (full, full), ground or (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    unit = full * share / (16 + STROKE)
    across = unit * STROKE / 2
    for arch in ARCHES:
        for part in arch:
            for x, y in curve(*part):
                centre = (full / 2 + (x - 12) * unit, full / 2 + (y - 11.5) * unit)
                draw.ellipse(
                    (centre[0] - across, centre[1] - across, centre[0] + across, centre[1] + across), fill=ink
                )
    return image.resize((size, size), Image.Resampling.LANCZOS)


def save(name: str, image: Image.Image) -> None:
    """Icons without transparency shrink to a palette; the badge keeps its alpha."""
    if image.getextrema()[3] == (255, 255):
        image = image.convert("RGB").quantize(32)
    image.save(OUT / name, optimize=True)


def path(arch: list[tuple[Point, Point, Point, Point]]) -> str:
    start = arch[0][0]
    curves = "".join("C" + " ".join(f"{x:g} {y:g}" for x, y in part[1:]) for part in arch)
    return f"M{start[0]:g} {start[1]:g}{curves}"


def favicon() -> str:
    lines = "".join(f'<path d="{path(arch)}"/>' for arch in ARCHES)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">'
        f'<rect width="24" height="24" rx="5" fill="{PAPER}"/>'
        f'<g fill="none" stroke="{INDIGO}" stroke-width="{STROKE}" stroke-linecap="round" '
        f'stroke-linejoin="round">{lines}</g></svg>\n'
    )


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    save("icon-192.png", mark(192, 0.60, INDIGO, PAPER))
    save("icon-512.png", mark(512, 0.60, INDIGO, PAPER))
    # Android crops to a circle of 80 %: the mark's corners must lie inside it.
    save("maskable-512.png", mark(512, 0.46, INDIGO, PAPER))
    save("apple-touch-180.png", mark(180, 0.58, INDIGO, PAPER))
    save("badge-96.png", mark(96, 0.86, "#ffffff", None))  # Android uses its alpha alone
    (OUT / "favicon.svg").write_text(favicon(), "utf-8")
    for file in sorted(OUT.iterdir()):
        print(file.name, file.stat().st_size)


if __name__ == "__main__":
    main()
