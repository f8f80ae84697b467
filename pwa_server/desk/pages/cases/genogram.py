"""The genogram as geometry (domain 4): generations in rows, letters instead of names.

Sex unknown is △ (or what the office draws for it) until somebody states it, the person is outlined twice, an inferred
line is grey and dashed, a parent nobody knows of is not drawn. The list beneath says the same in words.
"""

from dataclasses import dataclass, field
from typing import Any

from ...models.office_and_cases import Member, Parentage, Union
from ..layout.words import Words

COLUMN, ROW, TOP = 220.0, 172.0, 96.0
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
    rows = _rows(members, links, pairs)
    widest = max(len(row) for row in rows)
    drawing = Genogram(width=max(widest, 2) * COLUMN + 90, height=TOP + (len(rows) - 1) * ROW + 118)
    place: dict[str, tuple[float, float]] = {}
    for r, row in enumerate(rows):
        start = (drawing.width - 60 - len(row) * COLUMN) / 2 + COLUMN / 2
        for c, member in enumerate(row):
            place[member.id] = (round(start + c * COLUMN, 1), TOP + r * ROW)
    last = {row[-1].id for row in rows}
    _home(drawing, members, place, words)
    _lines(drawing, links, place, {_pair(one): one for one in pairs})
    for member in members:
        drawing.figures.append(_figure(member, *place[member.id], words, member.id in last, options))
        drawing.in_words.append((member.label, _in_words(member, members, links, pairs, words)))
    drawing.desc = words.t(
        "desk.genogram.desc", count=len(members), list="。".join(f"{a} {b}" for a, b in drawing.in_words)
    )
    drawing.legend = _legend(members, pairs, options)
    return drawing


def _pair(union: Any) -> tuple[str, str]:
    return (min(union.a, union.b), max(union.a, union.b))


def _legend(members: list[Member], unions: list[Any], options: dict[str, Any]) -> list[str]:
    """What this drawing needs explained besides the usual."""
    found = [sex for sex in ("male", "female", "other", "unknown") if any(one.sex == sex for one in members)]
    if any(one.deceased for one in members):
        found.append(f"deceased_{options['deceased']}")
    if any(one.key_person for one in members):
        found.append("key_person")
    return found + [
        kind
        for kind in ("married", "common_law", "separated", "divorced")
        if any(one.kind == kind for one in unions)
    ]


def _rows(members: list[Member], parentage: list[Parentage], unions: list[Any]) -> list[list[Member]]:
    """Generations, parents above children, couples side by side. Who has no line stands where the role says."""
    level = {member.id: 0 for member in members}
    for _ in members:  # a cycle in the data ends here too
        for link in parentage:
            if link.child in level and link.parent in level:
                level[link.child] = min(max(level[link.child], level[link.parent] + 1), 4)
        for one in unions:
            if one.a in level and one.b in level:
                level[one.a] = level[one.b] = max(level[one.a], level[one.b])
    linked = {link.child for link in parentage} | {link.parent for link in parentage}
    linked |= {one.a for one in unions} | {one.b for one in unions}
    deepest = max(level.values())
    for member in members:
        if member.id not in linked and member.role not in ("parent", "grandparent"):
            level[member.id] = deepest
    used = sorted(set(level.values()))
    return [[member for member in members if level[member.id] == one] for one in used]


def _home(
    drawing: Genogram, members: list[Member], place: dict[str, tuple[float, float]], words: Words
) -> None:
    inside = [place[member.id] for member in members if member.in_household]
    if not inside:
        return
    left, right = min(x for x, _ in inside) - 96, max(x for x, _ in inside) + 178
    top, bottom = min(y for _, y in inside) - 66, max(y for _, y in inside) + 104
    drawing.home = (max(left, 6), top, min(right, drawing.width - 6) - max(left, 6), bottom - top)
    drawing.home_label = words.t("desk.genogram.home", count=len(inside))
    drawing.home_label_width = 16 + sum(7.5 if char.isascii() else 14 for char in drawing.home_label)


def _lines(
    drawing: Genogram,
    parentage: list[Parentage],
    place: dict[str, tuple[float, float]],
    unions: dict[tuple[str, str], Any],
) -> None:
    known = [link for link in parentage if link.child in place and link.parent in place]
    couples: dict[tuple[str, ...], list[str]] = {}
    for child in dict.fromkeys(link.child for link in known):
        parents = tuple(sorted({link.parent for link in known if link.child == child}))
        couples.setdefault(parents, []).append(child)
    sure = {(link.child, link.parent) for link in known if link.certainty == "stated"}
    adopted = {link.child for link in known if link.kind in ("adopted", "step")}
    for pair in unions:
        _couple(drawing, [place[one] for one in pair], unions[pair])
    for parents, children in couples.items():
        spots = [place[parent] for parent in parents]
        middle = sum(x for x, _ in spots) / len(spots)
        low = max(y for _, y in spots)
        if len(spots) > 1 and tuple(parents) not in unions:
            left, right = min(spots), max(spots)
            drawing.lines.append((f"M{left[0] + 24:g} {low + 10:g}H{right[0] - 24:g}", "rel-guess"))
        start = low + (10 if len(spots) > 1 else 36)
        bus = low + 92
        all_sure = {child: all((child, parent) in sure for parent in parents) for child in children}
        for child in children:
            x, y = place[child]
            style = ("rel" if all_sure[child] else "rel-guess") + (" rel-adopted" if child in adopted else "")
            drawing.lines.append(
                (f"M{middle:g} {start:g}V{bus:g}H{x - (6 if len(spots) > 1 else 0):g}V{y - 52:g}", style)
            )
            for parent in parents:  # a parent who was told of, beside one who is only thought
                if (child, parent) in sure and not all_sure[child]:
                    px, py = place[parent]
                    drawing.lines.append(
                        (f"M{px + 8:g} {py + 36:g}V{bus - 18:g}H{x + 8:g}V{y - 52:g}", "rel")
                    )


def _couple(drawing: Genogram, spots: list[tuple[float, float]], union: Any) -> None:
    """The line of a couple: dotted when not married, one slash apart, two divorced; grey when only thought."""
    (ax, ay), (bx, by) = sorted(spots)
    y = max(ay, by) + 10
    style = "rel" if union.certainty == "stated" else "rel-guess"
    if union.kind == "common_law":
        style += " rel-common"
    drawing.lines.append((f"M{ax + 24:g} {y:g}H{bx - 24:g}", style))
    middle = (ax + bx) / 2 + 30
    for n in range({"separated": 1, "divorced": 2}.get(union.kind, 0)):
        drawing.lines.append((f"M{middle + n * 9 - 6:g} {y + 11:g}l12 -22", "rel"))


def _figure(member: Member, x: float, y: float, words: Words, last: bool, options: dict[str, Any]) -> Figure:
    outer, inner = _shape(member.sex, x, y, 48 if member.is_index else 42, options), ""
    if member.is_index:
        middle = y + (1 if member.sex in ("male", "female") else 2)
        inner = _shape(member.sex, x, middle, 37, options)
    notes = [_role(member, words), *[str(label) for label in member.labels]]
    band = member.age_band or "unknown"
    age = words.t("desk.genogram.age_unknown") if band == "unknown" else words.term("member.age", band)
    if member.sex == "unknown" and options["unknownSex"] == "question":
        age = f"? {age}"
    gone = bool(member.deceased)
    over = f"M{x - 30:g} {y - 30:g}l60 60m0 -60l-60 60" if gone and options["deceased"] == "cross" else ""
    style = "fig fig-gone" if gone and options["deceased"] == "filled" else "fig"
    label = f"{member.label} ★" if member.key_person else member.label
    return Figure(
        x, y, outer, inner, member.label, age, _texts(label, notes, x, y, last), member.id, style, over
    )


def _texts(
    label: str, notes: list[str], x: float, y: float, last: bool
) -> list[tuple[float, float, str, str]]:
    """The last of a row has room at its right. Beside the others lines pass: their words stand left and below."""
    if last:
        lines = [line for note in notes for line in _broken(note, 9)][:4]
        return [
            (x + 56, y - 6, label, "b"),
            *[(x + 56, y + 13 + i * 18, line, "soft s13") for i, line in enumerate(lines)],
        ]
    lines = [line for note in notes for line in _broken(note, 13)][:3]
    return [
        (x - 56, y + 6, label, "b end"),
        *[(x, y + 56 + i * 18, line, "soft s13 mid") for i, line in enumerate(lines)],
    ]


def _broken(text: str, width: int) -> list[str]:
    """Lines of at most `width` full-width characters (a half-width one counts half), broken before brackets."""
    lines, line, filled = [], "", 0.0
    for char in text:
        size = 0.5 if char.isascii() else 1.0
        if line and (filled + size > width or (char == "（" and filled + 3 > width)):
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
            told = words.t("desk.genogram.with", label=label[other], kind=words.t(f"desk.union.{one.kind}"))
            guess = "" if one.certainty == "stated" else f"（{words.t('certainty.inferred')}）"
            parts.append(told + guess)
    if not member.in_household:
        parts.append(words.t("desk.genogram.away"))
    return words.t("desk.comma").join(part for part in parts if part)
