"""The ecomap as geometry (domain 4): the household in the middle, who it is in touch with around it.

Thick is strong, plain is usual, dotted is weak, saw-toothed is strained, a gap between bars is broken; an arrow is the
direction of effort. The list beneath says the same in words.
"""

from dataclasses import dataclass, field
from math import hypot
from typing import Any

from ..layout.words import Words

WIDTH, LOWEST = 640.0, 240.0
HOUSE = (104.0, 62.0)  # half axes of the household's ellipse
BOX = (168.0, 54.0)
EDGE, STEP = 4.0, 68.0  # around everything; from one box to the next beneath it
ROOM = BOX[0] - 12  # for words in a box
LABEL, NOTE = 14.0, 13.0  # size of its words, as in figures.css


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
    height: float = LOWEST
    middle: tuple[float, float] = (WIDTH / 2, LOWEST / 2)
    house: tuple[float, float] = HOUSE
    letters: str = ""
    people: str = ""
    boxes: list[Box] = field(default_factory=list)
    lines: list[tuple[str, str]] = field(default_factory=list)  # path, class
    ways: list[tuple[tuple[float, float], tuple[float, float]]] = field(default_factory=list)  # of the lines
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
    rows = (len(ties) + 1) // 2
    drawing.height = max(LOWEST, 2 * EDGE + rows * STEP)
    drawing.middle = (WIDTH / 2, drawing.height / 2)
    labels = {one.id: one.label for one in members}
    for place, tie in enumerate(ties):
        right, row = place % 2, place // 2
        beside = rows if not right else len(ties) - rows
        y = drawing.height / 2 + (row - (beside - 1) / 2) * STEP
        x = WIDTH - EDGE - BOX[0] if right else EDGE
        drawing.boxes.append(Box(x, y - BOX[1] / 2, *BOX, _short(tie.label, LABEL), _short(tie.note, NOTE)))
        _line(drawing, (x if right else x + BOX[0], y), tie)
        drawing.in_words.append((tie.label, _in_words(tie, labels, words)))
    drawing.desc = words.t(
        "desk.ecomap.desc", count=len(ties), list="。".join(f"{a} {b}" for a, b in drawing.in_words)
    )
    return drawing


def _line(drawing: Ecomap, end: tuple[float, float], tie: Any) -> None:
    """From the household's edge to the near side of the box: boxes stand in two columns, so no other lies between."""
    dx, dy = end[0] - drawing.middle[0], end[1] - drawing.middle[1]
    length = hypot(dx / HOUSE[0], dy / HOUSE[1])
    start = (drawing.middle[0] + dx / length, drawing.middle[1] + dy / length)
    drawing.ways.append((start, end))
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


def _short(text: str, size: float) -> str:
    """As much as has room in a box; a half-width letter takes about half."""
    room = ROOM / size
    for n, char in enumerate(text):
        room -= 0.56 if char.isascii() else 1.0
        if room < (1.0 if n + 1 < len(text) else 0.0):
            return f"{text[:n]}…"
    return text


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
