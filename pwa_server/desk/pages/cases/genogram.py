"""The genogram as geometry (domain 4): generations in rows, letters instead of names, words beneath their figure.

Where somebody stands and where lines may run is worked out in `genogram_grid`. Sex unknown is △ (or what the office
draws for it) until somebody states it, the person is outlined twice, an inferred line is grey and dashed, a parent
nobody knows of is not drawn. The list beneath says the same in words.
"""

from dataclasses import dataclass, field
from typing import Any

from ...models.consultations import SEXES
from ...models.office_and_cases import Member, Parentage, Union
from ..layout.words import Words
from .genogram_grid import Grid, Line

LETTERS = 10  # full-width ones in a line beneath a figure
CLOSING = "）」』、。"
FIRST_LINE, LINE = 62.0, 18.0  # of the words beneath, from the middle of their figure
# What differs from region to region (domain 4.1) is the office's choice.
CHOICES = {"unknownSex": ("triangle", "diamond", "question"), "deceased": ("cross", "filled")}
USUAL = {"unknownSex": "triangle", "deceased": "cross"}


@dataclass(frozen=True)
class Figure:
    x: float
    y: float
    shape: str  # path of the outline
    inner: str  # second outline of the person, or ""
    label: str
    age: str
    texts: list[tuple[float, float, str, str]]  # x, y, text, class
    member: str
    style: str  # class of the outline
    over: str  # a path over it: the cross of somebody deceased


@dataclass
class Genogram:
    width: float
    height: float
    home: tuple[float, float, float, float] | None = None  # x, y, width, height
    home_label: str = ""
    home_label_width: float = 0
    home_label_x: float = 0
    figures: list[Figure] = field(default_factory=list)
    lines: list[tuple[str, str]] = field(default_factory=list)  # path, class
    in_words: list[tuple[str, str]] = field(default_factory=list)
    desc: str = ""
    legend: list[str] = field(default_factory=list)


def draw(
    members: list[Member],
    parentage: list[Parentage],
    words: Words,
    unions: list[Union] | None = None,
    options: dict[str, Any] | None = None,
) -> Genogram | None:
    """The drawing, or None when nobody is known. Entries that are one person are drawn once."""
    options = USUAL | (options or {})
    same = {one.id: one.merged_into for one in members if one.merged_into}
    members = sorted((one for one in members if not one.merged_into), key=lambda one: one.label)
    if not members:
        return None
    known = {one.id for one in members}
    links = [
        Parentage(
            child=same.get(one.child, one.child),
            parent=same.get(one.parent, one.parent),
            certainty=one.certainty,
            kind=one.kind or "birth",
        )
        for one in parentage
    ]
    pairs = [
        one for one in unions or [] if same.get(one.a, one.a) in known and same.get(one.b, one.b) in known
    ]
    couples = [(same.get(one.a, one.a), same.get(one.b, one.b)) for one in pairs]
    notes = {one.id: _notes(one, words) for one in members}
    grid = Grid(
        members, links, couples, {one: FIRST_LINE + LINE * len(lines) for one, lines in notes.items()}
    )
    drawing = Genogram(width=grid.width, height=grid.height)
    _home(drawing, grid, members, words)
    drawing.lines = [(line.path, _style(line)) for line in grid.lines]
    for couple, one in zip(couples, pairs, strict=True):
        _couple(drawing, grid, couple, one)
    for member in members:
        drawing.figures.append(_figure(member, *grid.place[member.id], notes[member.id], words, options))
        drawing.in_words.append((member.label, _in_words(member, members, links, pairs, words)))
    drawing.desc = words.t(
        "desk.genogram.desc", count=len(members), list="。".join(f"{a} {b}" for a, b in drawing.in_words)
    )
    drawing.legend = _legend(members, pairs, options)
    return drawing


def _legend(members: list[Member], unions: list[Any], options: dict[str, Any]) -> list[str]:
    """What this drawing needs explained besides the usual."""
    found = [sex for sex in (*SEXES[1:], SEXES[0]) if any(one.sex == sex for one in members)]
    if any(one.deceased for one in members):
        found.append(f"deceased_{options['deceased']}")
    if any(one.key_person for one in members):
        found.append("key_person")
    return found + [
        kind
        for kind in ("married", "common_law", "separated", "divorced")
        if any(one.kind == kind for one in unions)
    ]


def _home(drawing: Genogram, grid: Grid, members: list[Member], words: Words) -> None:
    """The line around those who live together, and its words where no other line passes."""
    inside = [one.id for one in members if one.in_household]
    if not inside:
        return
    drawing.home = grid.around(inside)
    label = words.t("desk.genogram.home", count=len(inside))
    width = 14 + sum(7.4 if char.isascii() else 14 for char in label)
    place = grid.free_of_lines(drawing.home, width)
    if place is not None:  # else the legend alone says what this line is
        drawing.home_label, drawing.home_label_width, drawing.home_label_x = label, width, place


def _style(line: Line) -> str:
    style = "rel" if line.sure else "rel-guess"
    return style + (" rel-adopted" if line.adopted else "")


def _couple(drawing: Genogram, grid: Grid, pair: tuple[str, str], union: Any) -> None:
    """The line of a couple: dotted when not married, one slash apart, two divorced; grey when only thought."""
    style = "rel" if union.certainty == "stated" else "rel-guess"
    if union.kind == "common_law":
        style += " rel-common"
    path, (x, y) = grid.couple(pair)
    drawing.lines.append((path, style))
    for n in range({"separated": 1, "divorced": 2}.get(union.kind, 0)):
        drawing.lines.append((f"M{x + 8 + n * 7:g} {y + 9:g}l8 -18", "rel"))


def _figure(
    member: Member, x: float, y: float, notes: list[str], words: Words, options: dict[str, Any]
) -> Figure:
    outer, inner = _shape(member.sex, x, y, 48 if member.is_index else 42, options), ""
    if member.is_index:
        middle = y + (1 if member.sex in ("male", "female") else 2)
        inner = _shape(member.sex, x, middle, 37, options)
    band = member.age_band or "unknown"
    age = words.t("desk.genogram.age_unknown") if band == "unknown" else words.term("member.age", band)
    if member.sex == "unknown" and options["unknownSex"] == "question":
        age = f"? {age}"
    gone = bool(member.deceased)
    over = f"M{x - 30:g} {y - 30:g}l60 60m0 -60l-60 60" if gone and options["deceased"] == "cross" else ""
    style = "fig fig-gone" if gone and options["deceased"] == "filled" else "fig"
    texts = [
        (x, y + FIRST_LINE + LINE * n, line, "mid b" if n == 0 else "soft s13 mid")
        for n, line in enumerate(notes)
    ]
    return Figure(x, y, outer, inner, notes[0], age, texts, member.id, style, over)


def _notes(member: Member, words: Words) -> list[str]:
    """What stands beneath a figure: its letter, what they are to the household, and what is known of them."""
    letter = f"{member.label} ★" if member.key_person else member.label
    notes = [_role(member, words), *[str(label) for label in member.labels]]
    return [letter, *[line for note in notes for line in _broken(note, LETTERS)][:4]]


def _broken(text: str, width: int) -> list[str]:
    """Lines of at most `width` full-width characters (a half-width one counts half), broken before an opening bracket;
    a closing one hangs over the end and never stands alone."""
    lines, line, filled = [], "", 0.0
    for char in text:
        size = 0.5 if char.isascii() else 1.0
        is_full = filled + size > width and char not in CLOSING
        if line and (is_full or (char == "（" and filled + 3 > width)):
            lines.append(line)
            line, filled = "", 0.0
        line, filled = line + char, filled + size
    return [*lines, line] if line else lines


def _shape(sex: str, x: float, y: float, r: float, options: dict[str, Any]) -> str:
    if sex == "male":
        return f"M{x - r * 0.85:g} {y - r * 0.85:g}h{r * 1.7:g}v{r * 1.7:g}h{-r * 1.7:g}Z"
    if sex == "female":
        return f"M{x - r:g} {y:g}a{r:g} {r:g} 0 1 0 {2 * r:g} 0a{r:g} {r:g} 0 1 0 {-2 * r:g} 0Z"
    if sex == "other" or options["unknownSex"] != "triangle":
        return f"M{x:g} {y - r:g}L{x + r:g} {y:g}L{x:g} {y + r:g}L{x - r:g} {y:g}Z"
    return f"M{x:g} {y - r:g}L{x + r:g} {y + r * 0.76:g}H{x - r:g}Z"


def _role(member: Member, words: Words) -> str:
    role = words.t("member.index") if member.is_index else words.term("member.role", member.role or "unknown")
    return f"{role}（{words.t('certainty.inferred')}）" if _guessed(member) else role


def _guessed(member: Member) -> bool:
    return member.role_certainty.startswith("inferred") and member.role != "unknown" and not member.is_index


def _in_words(
    member: Member, members: list[Member], parentage: list[Parentage], unions: list[Any], words: Words
) -> str:
    label = {one.id: one.label for one in members}
    parts = [
        _role(member, words),
        words.term("member.age", member.age_band or "unknown"),
        words.term("member.sex", member.sex),
    ]
    parts += [words.t("desk.household.field.deceased")] if member.deceased else []
    parts += [words.t("desk.household.field.keyPerson")] if member.key_person else []
    parts += [str(text) for text in member.labels]
    for link in parentage:
        if link.child == member.id and link.parent in label:
            key = "desk.genogram.child_of" if link.certainty == "stated" else "desk.genogram.child_of_guess"
            parts.append(words.t(key, label=label[link.parent]))
    for one in unions:
        other = one.b if one.a == member.id else one.a if one.b == member.id else None
        if other in label:
            sentence = words.t(
                "desk.genogram.with", label=label[other], kind=words.t(f"desk.union.{one.kind}")
            )
            guess = "" if one.certainty == "stated" else f"（{words.t('certainty.inferred')}）"
            parts.append(sentence + guess)
    if not member.in_household:
        parts.append(words.t("desk.genogram.away"))
    return words.t("desk.comma").join(part for part in parts if part)
