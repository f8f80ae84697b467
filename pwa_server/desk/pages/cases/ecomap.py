"""The ecomap as geometry (domain 4): the household in the middle, who it is in touch with around it.

Thick is strong, plain is usual, dotted is weak, saw-toothed is strained, a gap between bars is broken; an arrow is the
direction of effort. The list beneath says the same in words.
"""

from dataclasses import dataclass, field
from math import cos, hypot, pi, sin
from typing import Any

from ..layout.words import Words

WIDTH, HEIGHT = 640.0, 392.0
MIDDLE = (WIDTH / 2, HEIGHT / 2)
HOUSE = (104.0, 62.0)  # half axes of the household's ellipse
BOX = (168.0, 54.0)
MOST_LETTERS = 10


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float
    label: str
    note: str


@dataclass
class Ecomap:
    width: float = WIDTH
    height: float = HEIGHT
    middle: tuple[float, float] = MIDDLE
    house: tuple[float, float] = HOUSE
    letters: str = ""
    people: str = ""
    boxes: list[Box] = field(default_factory=list)
    lines: list[tuple[str, str]] = field(default_factory=list)  # path, class
    heads: list[str] = field(default_factory=list)  # arrow heads
    in_words: list[tuple[str, str]] = field(default_factory=list)
    desc: str = ""


def draw(ties: list[Any], members: list[Any], words: Words) -> Ecomap | None:
    """The drawing, or None without any tie."""
    if not ties:
        return None
    at_home = [one for one in members if one.in_household and not one.merged_into]
    drawing = Ecomap(letters="　".join(one.label for one in at_home))
    drawing.people = words.t("desk.ecomap.people", count=len(at_home))
    labels = {one.id: one.label for one in members}
    for place, tie in enumerate(ties[:14]):
        angle = -pi / 2 + 2 * pi * (place + 0.5) / min(len(ties), 14)
        x = MIDDLE[0] + (WIDTH / 2 - BOX[0] / 2 - 4) * _square(cos(angle))
        y = MIDDLE[1] + (HEIGHT / 2 - BOX[1] / 2 - 4) * sin(angle)
        drawing.boxes.append(
            Box(x - BOX[0] / 2, y - BOX[1] / 2, *BOX, _short(tie.label), _short(tie.note, MOST_LETTERS + 2))
        )
        _line(drawing, x, y, tie)
        drawing.in_words.append((tie.label, _in_words(tie, labels, words)))
    drawing.desc = words.t(
        "desk.ecomap.desc", count=len(ties), list="。".join(f"{a} {b}" for a, b in drawing.in_words)
    )
    return drawing


def _square(value: float) -> float:
    """Boxes keep to the sides, where a wide page has room."""
    return max(-1.0, min(1.0, value * 1.25))


def _line(drawing: Ecomap, x: float, y: float, tie: Any) -> None:
    dx, dy = x - MIDDLE[0], y - MIDDLE[1]
    length = hypot(dx / HOUSE[0], dy / HOUSE[1]) or 1
    start = (MIDDLE[0] + dx / length, MIDDLE[1] + dy / length)
    reach = min(BOX[0] / 2 / abs(dx) if dx else 9, BOX[1] / 2 / abs(dy) if dy else 9, 0.9)
    end = (x - dx * reach, y - dy * reach)
    style = {"strong": "tie tie-strong", "weak": "tie tie-weak"}.get(tie.kind, "tie")
    if tie.certainty == "inferred":
        style += " tie-guess"
    if tie.kind == "stress":
        drawing.lines.append((_saw(start, end), style))
    elif tie.kind == "broken":
        drawing.lines += [
            (_part(start, end, 0, 0.42), style),
            (_part(start, end, 0.58, 1), style),
            (_bar(start, end, 0.42), style),
            (_bar(start, end, 0.58), style),
        ]
    else:
        drawing.lines.append((_part(start, end, 0, 1), style))
    if tie.direction in ("out", "both"):
        drawing.heads.append(_head(start, end))
    if tie.direction in ("in", "both"):
        drawing.heads.append(_head(end, start))


def _between(a: tuple[float, float], b: tuple[float, float], share: float) -> tuple[float, float]:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def _across(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    length = hypot(b[0] - a[0], b[1] - a[1]) or 1
    return -(b[1] - a[1]) / length, (b[0] - a[0]) / length


def _part(a: tuple[float, float], b: tuple[float, float], begin: float, end: float) -> str:
    (x, y), (u, v) = _between(a, b, begin), _between(a, b, end)
    return f"M{x:.1f} {y:.1f}L{u:.1f} {v:.1f}"


def _bar(a: tuple[float, float], b: tuple[float, float], share: float) -> str:
    (x, y), (ux, uy) = _between(a, b, share), _across(a, b)
    return f"M{x + ux * 9:.1f} {y + uy * 9:.1f}L{x - ux * 9:.1f} {y - uy * 9:.1f}"


def _saw(a: tuple[float, float], b: tuple[float, float]) -> str:
    ux, uy = _across(a, b)
    teeth = max(4, int(hypot(b[0] - a[0], b[1] - a[1]) / 9))
    points = []
    for n in range(teeth + 1):
        x, y = _between(a, b, n / teeth)
        swing = 0 if n in (0, teeth) else 6 if n % 2 else -6
        points.append(f"{x + ux * swing:.1f} {y + uy * swing:.1f}")
    return "M" + "L".join(points)


def _head(a: tuple[float, float], b: tuple[float, float]) -> str:
    length = hypot(b[0] - a[0], b[1] - a[1]) or 1
    back, (ux, uy) = _between(a, b, max(0.0, 1 - 13 / length)), _across(a, b)
    return (
        f"M{b[0]:.1f} {b[1]:.1f}L{back[0] + ux * 6:.1f} {back[1] + uy * 6:.1f}"
        f"L{back[0] - ux * 6:.1f} {back[1] - uy * 6:.1f}Z"
    )


def _short(text: str, letters: int = MOST_LETTERS) -> str:
    return text if len(text) <= letters else text[: letters - 1] + "…"


def _in_words(tie: Any, labels: dict[str, str], words: Words) -> str:
    whose = labels.get(tie.member)
    parts = [
        words.t("desk.ecomap.of", label=whose) if whose else words.t("desk.ecomap.of_house"),
        words.term("desk.tie", tie.kind),
        words.term("desk.tie.direction", tie.direction),
        tie.note,
        words.t("certainty.inferred") if tie.certainty == "inferred" else "",
    ]
    return words.t("desk.comma").join(part for part in parts if part)
