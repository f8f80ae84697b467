"""The genogram of families of many shapes: generations right, nothing on top of anything, no line through words."""

import re
from datetime import UTC, datetime
from itertools import combinations
from types import SimpleNamespace

import pytest

from pwa_server.desk.models.office_and_cases import Parentage
from pwa_server.desk.pages.cases import ecomap, genogram
from pwa_server.desk.pages.layout.words import Words

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
LONG = "精神障害者保健福祉手帳2級"
# name → (who lives together, who does not, couples, {child: parents})
FAMILIES: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "nobody linked": ("ABC", "", "", {}),
    "alone": ("A", "", "", {}),
    "one parent": ("ABC", "", "", {"B": "A", "C": "A"}),
    "two parents": ("ABCD", "", "", {"C": "AB", "D": "AB"}),
    "one of two is a guess": ("ABCD", "", "", {"C": "AB", "D": "B"}),
    "a couple and their child": ("ABC", "", "AB", {"C": "AB"}),
    "a co-parent without parents": ("GABD", "", "", {"A": "G", "D": "AB"}),
    "a co-parent far off in the letters": ("ACBZ", "", "", {"A": "B", "C": "AZ"}),
    "three generations, two couples": ("ABCDEF", "", "AB CD", {"C": "AB", "E": "CD", "F": "CD"}),
    "both have parents": ("EF", "ABCDG", "AB CD EF", {"E": "AB", "F": "CD", "G": "EF"}),
    "children of two partners": ("BDE", "AC", "AB BC", {"D": "AB", "E": "BC"}),
    "three partners": ("ADEF", "BCG", "AB AC AG", {"D": "AB", "E": "AC", "F": "AG"}),
    "a parent away": ("BC", "A", "", {"C": "AB"}),
    "parents away, children at home": ("CD", "AB", "AB", {"C": "AB", "D": "AB"}),
    "children away": ("AB", "CDE", "AB", {"C": "AB", "D": "AB", "E": "AB"}),
    "a grandparent raises": ("GC", "A", "", {"A": "G", "C": "G"}),
    "a child skips a row": ("GAC", "B", "", {"A": "G", "B": "A", "C": "GB"}),
    "half siblings, one parent shared": ("ADE", "BC", "", {"D": "AB", "E": "AC"}),
    "many children": ("ABCDEFGH", "", "AB", dict.fromkeys("CDEFGH", "AB")),
    "three parents are noted": ("ABCD", "", "", {"D": "ABC"}),
    "a circle": ("ABC", "", "", {"A": "B", "B": "C", "C": "A"}),
    "an own parent": ("AB", "", "", {"A": "A", "B": "A"}),
    "a couple of two generations": ("ABC", "", "AC", {"B": "A", "C": "B"}),
    "many, unlinked and away": ("ABCDE", "FGHIJ", "", {}),
}


def drawn(name, lang="ja"):
    home, away, couples, parents = FAMILIES[name]
    members = [
        SimpleNamespace(
            id=one,
            label=one,
            role="unknown",
            role_certainty="inferred",
            sex=("unknown", "male", "female", "other")[n % 4],
            age_band="elderly",
            labels=[LONG] if n % 2 else ["体調不良が続く", LONG],
            is_index=n == 0,
            in_household=one in home,
            merged_into=None,
            deceased=n == 3,
            key_person=n == 1,
        )
        for n, one in enumerate(home + away)
    ]
    links = [
        Parentage(child=child, parent=parent, certainty=("stated", "inferred")[n % 2], kind="birth")
        for child, some in parents.items()
        for n, parent in enumerate(some)
    ]
    kinds = ("married", "common_law", "separated", "divorced")
    pairs = [
        SimpleNamespace(id=pair, a=pair[0], b=pair[1], kind=kinds[n % 4], certainty="stated")
        for n, pair in enumerate(couples.split())
    ]
    return genogram.draw(members, links, Words(lang, NOW), pairs)


def width_of(text, size):
    return sum(0.56 if char.isascii() else 1.0 for char in text) * size


def words_of(drawing):
    """(left, top, right, bottom) of every piece of text."""
    for one in drawing.figures:
        for x, y, text, style in one.texts:
            wide, size = width_of(text, 14 if "s13" not in style else 13), 13
            assert "mid" in style
            yield text, (x - wide / 2, y - size + 1, x + wide / 2, y + 4)
    if drawing.home_label:
        x, y = drawing.home_label_x, drawing.home[1]
        yield drawing.home_label, (x, y - 11, x + drawing.home_label_width, y + 11)


def figures_of(drawing):
    return [(one.member, (one.x - 48, one.y - 50, one.x + 48, one.y + 48)) for one in drawing.figures]


def segments(path):
    """Upright and level pieces of a path; strokes across a couple's line are none."""
    at = None
    for letter, told in re.findall(r"([MLHVl])([^MLHVl]*)", path):
        numbers = [float(one) for one in told.split()]
        if letter == "l":
            return
        to = (
            (numbers[0], at[1]) if letter == "H" else (at[0], numbers[0]) if letter == "V" else tuple(numbers)
        )
        if letter != "M":
            yield at, to
        at = to


def crosses(segment, box, room=1.0):
    (ax, ay), (bx, by) = segment
    left, top, right, bottom = box
    across = max(ax, bx) > left - room and min(ax, bx) < right + room
    return across and max(ay, by) > top - room and min(ay, by) < bottom + room


def overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("name", FAMILIES)
def test_nothing_lies_on_anything(name, lang):
    drawing = drawn(name, lang)
    words = list(words_of(drawing))
    for path, _ in drawing.lines:
        for segment in segments(path):
            crossed = [text for text, box in words if crosses(segment, box)]
            assert crossed == [], f"{path} runs through {crossed}"
    everything = [*words, *figures_of(drawing)]
    for (a, one), (b, other) in combinations(everything, 2):
        if a != drawing.home_label and b != drawing.home_label:
            assert not overlap(one, other), f"{a} lies on {b}"
    for _, box in everything:
        assert box[0] >= 0
        assert box[1] >= 0
        assert box[2] <= drawing.width
        assert box[3] <= drawing.height


@pytest.mark.parametrize("name", FAMILIES)
def test_a_line_passes_nobody_but_those_it_is_about(name):
    drawing, (_, _, couples, parents) = drawn(name), FAMILIES[name]
    of_kin = {frozenset(some) for some in (*couples.split(), *parents.values())}
    for path, _ in drawing.lines:
        passed = {
            member
            for member, box in figures_of(drawing)
            if any(crosses(segment, box, room=-2) for segment in segments(path))
        }
        assert any(passed <= kin for kin in of_kin), f"{path} passes {passed}"


@pytest.mark.parametrize("name", [one for one in FAMILIES if "circle" not in one and "own" not in one])
def test_generations_are_right_and_co_parents_stand_in_one_row(name):
    _, _, couples, parents = FAMILIES[name]
    y = {one.member: one.y for one in drawn(name).figures}
    skips = name in ("a couple of two generations", "a grandparent raises", "a child skips a row")
    for child, some in parents.items():
        assert skips or all(y[parent] < y[child] for parent in some)
        assert skips or len({y[parent] for parent in some}) == 1
    for pair in couples.split():
        assert skips or y[pair[0]] == y[pair[1]]


@pytest.mark.parametrize("name", FAMILIES)
def test_who_lives_elsewhere_stands_outside_the_line_around_the_household(name):
    drawing, (home, away, _, _) = drawn(name), FAMILIES[name]
    x, y, wide, high = drawing.home
    for member, box in figures_of(drawing):
        inside = overlap(box, (x, y, x + wide, y + high))
        assert inside == (member in home)
        assert inside != (member in away)
    for text, box in words_of(drawing):
        within = x <= box[0] and box[2] <= x + wide and y <= box[1] and box[3] <= y + high
        assert text == drawing.home_label or within or not overlap(box, (x, y, x + wide, y + high))


def test_every_relation_is_drawn():
    for name, (_, _, couples, parents) in FAMILIES.items():
        children = {child for child, some in parents.items() if set(some) - {child}}
        assert len(drawn(name).lines) >= len(couples.split()) + len(children), name


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("count", [*range(1, 16), 30])
def test_the_ecomap_draws_every_tie_with_nothing_on_anything(count, lang):
    long = "地域包括支援センター中央" if lang == "ja" else "Community general support centre"
    kinds = ("strong", "normal", "weak", "stress", "broken")
    ties = [
        SimpleNamespace(
            label=f"{n} {long}",
            member="",
            kind=kinds[n % 5],
            direction="both",
            note=long,
            certainty="stated",
        )
        for n in range(count)
    ]
    drawing = ecomap.draw(ties, [], Words(lang, NOW))
    assert len(drawing.boxes) == len(drawing.in_words) == count
    boxes = [(one.x, one.y, one.x + one.width, one.y + one.height) for one in drawing.boxes]
    (mx, my), (rx, ry) = drawing.middle, drawing.house
    house = (mx - rx, my - ry, mx + rx, my + ry)
    for one, other in combinations([*boxes, house], 2):
        assert not overlap(one, other)
    for one in drawing.boxes:
        assert width_of(one.label, 14) <= one.width - 8
        assert width_of(one.note, 13) <= one.width - 8
        assert 0 <= one.x <= one.x + one.width <= drawing.width
        assert 0 <= one.y <= one.y + one.height <= drawing.height
    for start, end in drawing.ways:
        for step in range(1, 40):
            x, y = (a + (b - a) * step / 40 for a, b in zip(start, end, strict=True))
            assert not any(left < x < right and top < y < bottom for left, top, right, bottom in boxes)
