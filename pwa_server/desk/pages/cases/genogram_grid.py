"""Where the people of a genogram stand, and where its lines may run so that none crosses anybody's words.

Everybody has a cell of a grid: a generation is a row; who lives together stands in the first columns, others beyond
them; couples and co-parents stand side by side. Figures and the words beneath fill a cell but for a gap at its right,
so lines run upright in gaps alone, and across only between rows, or beside figures of one row, above their words.
"""

from dataclasses import dataclass
from typing import Any

COLUMN = 168.0
EDGE = 14.0  # around everything
TOP_OF_FIGURE = 52.0  # above its middle
SIDE_LINE = 10.0  # beneath the middle: at this height a line leaves a figure
LANE = 7.0  # between lines that run beside each other
LANES = (0, 1, -1, 2, -2)  # of a gap, from its middle
CHANNEL = 18.0  # free above and beneath the lines between two rows
HOME = 10.0  # of the line around a household, inside a channel's free edge
DEEPEST = 6

Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """From parents to a child. `sure`: somebody told of it; else it is thought."""

    path: str
    points: tuple[Point, ...]
    sure: bool
    adopted: bool


class Grid:
    """`couples`: ids of two; `depth`: how far the words beneath a figure reach."""

    def __init__(
        self, members: list[Any], links: list[Any], couples: list[tuple[str, str]], depth: dict[str, float]
    ) -> None:
        here = {one.id for one in members}
        self.links = [one for one in links if {one.child, one.parent} <= here and one.child != one.parent]
        self.families = _families(self.links)
        self.couples = [(a, b) for a, b in couples if a != b and {a, b} <= here]
        rows = _generations(members, self.families, self.couples)
        self.row = {one.id: n for n, row in enumerate(rows) for one in row}
        self.column = _columns(rows, self.families, self.couples)
        self._gaps: dict[tuple[int, str], int] = {}
        self._channels: dict[int, int] = {}
        roads = self._plan()
        self._apart = {pair: self._around(pair) for pair in self.couples if not self._beside(pair)}
        self._settle(len(rows), depth)
        self.place = {one: self._middle(one) for one in self.row}
        self.width = 2 * EDGE + (max(self.column.values()) + 1) * COLUMN + COLUMN / 6
        self.lines = [self._line(*road) for road in roads]

    # Which road a line takes: decided before heights are known, because each needs room between rows.

    def _plan(self) -> list[tuple[Any, ...]]:
        roads: list[tuple[Any, ...]] = []
        for parents, children in self.families.items():
            beside = self._beside(parents)
            trunks = [parents[0]] if beside or len(parents) == 1 else list(parents)
            below = max(self.row[one] for one in parents)
            bus = (below, self._lane(below))
            lanes = {
                one: self._gap(min(parents, key=self.column.__getitem__) if beside else one, f"{parents}")
                for one in trunks
            }
            own: dict[
                str, Any
            ] = {}  # of a parent who was told of, beside one who is only thought: for all their children
            for child in children:
                roads.append((parents, [] if beside else trunks, lanes, bus, child, None))
                for one in self._told_beside_thought(parents, child):
                    if one not in own:
                        own[one] = {one: self._gap(one, f"{one} of {parents}")}, (below, self._lane(below))
                    roads.append((parents, [one], *own[one], child, one))
        return [(*road, self._detour(road[3][0], road[4])) for road in roads]

    def _told_beside_thought(self, parents: tuple[str, ...], child: str) -> list[str]:
        """Parents who were told of, where another one is only thought: they have a line of their own."""
        sure = {one.parent for one in self.links if one.child == child and one.certainty == "stated"}
        return [one for one in parents if one in sure] if not set(parents) <= sure else []

    def _detour(self, above: int, child: str) -> Any:
        """(gap, channel above the child) for a child who does not stand in the next row."""
        row = self.row[child]
        return None if row == above + 1 else (self._gap(child, f"to {child}"), (row - 1, self._lane(row - 1)))

    def _beside(self, parents: tuple[str, ...]) -> bool:
        """Whether nobody stands between them in their row."""
        if len(parents) < 2 or len({self.row[one] for one in parents}) > 1:
            return False
        columns = sorted(self.column[one] for one in parents)
        between = {
            self.column[one]
            for one in self.row
            if self.row[one] == self.row[parents[0]] and columns[0] < self.column[one] < columns[-1]
        }
        return between <= set(columns)

    def _gap(self, beside: str, whose: str) -> tuple[int, float]:
        """(column, offset) of a lane in the gap at the right of somebody."""
        column = self.column[beside]
        key = (column, whose)
        if key not in self._gaps:
            self._gaps[key] = sum(1 for one, _ in self._gaps if one == column)
        return column, LANES[self._gaps[key] % len(LANES)] * LANE

    def _lane(self, row: int) -> int:
        """A lane in the channel beneath a row (-1: above the first)."""
        self._channels[row] = self._channels.get(row, -1) + 1
        return self._channels[row]

    def _settle(self, rows: int, depth: dict[str, float]) -> None:
        """Heights: of a row's middle, and of the first lane beneath it."""
        self.first_lane: dict[int, float] = {-1: EDGE + CHANNEL}
        self.y: list[float] = []
        y = EDGE + CHANNEL + self._thick(-1)
        for row in range(rows):
            self.y.append(y + CHANNEL + TOP_OF_FIGURE)
            words = max(depth[one] for one, at in self.row.items() if at == row)
            self.first_lane[row] = self.y[row] + words + CHANNEL
            y = self.first_lane[row] + self._thick(row)
        self.height = (
            self.y[-1] + max(depth[one] for one, at in self.row.items() if at == rows - 1) + EDGE + HOME
        )
        self.height = max(self.height, self.first_lane[rows - 1] + self._thick(rows - 1))

    def _thick(self, row: int) -> float:
        return LANE * (self._channels.get(row, -1) + 1)

    # Points

    def _middle(self, member: str) -> Point:
        return EDGE + (self.column[member] + 0.5) * COLUMN, self.y[self.row[member]]

    def _x_of(self, gap: tuple[int, float]) -> float:
        return EDGE + (gap[0] + 1) * COLUMN + gap[1]

    def _y_of(self, lane: tuple[int, int]) -> float:
        return self.first_lane[lane[0]] + LANE * lane[1]

    def _line(
        self,
        parents: tuple[str, ...],
        trunks: list[str],
        lanes: dict[str, tuple[int, float]],
        bus: tuple[int, int],
        child: str,
        alone: str | None,
        detour: Any,
    ) -> Line:
        x, y = self.place[child]
        x += 6 if alone else -6 if len(parents) > 1 else 0
        across = self._y_of(bus)
        down: list[Point] = [(x, across), (x, y - TOP_OF_FIGURE)]
        if detour:
            side, before = self._x_of(detour[0]), self._y_of(detour[1])
            down = [(side, across), (side, before), (x, before), (x, y - TOP_OF_FIGURE)]
        starts = []
        for one in trunks or list(lanes):
            px, py = self.place[one]
            turn = self._x_of(lanes[one])
            starts.append([(px, py + SIDE_LINE), (turn, py + SIDE_LINE), (turn, across)])
        if not trunks:  # from the line between parents who stand side by side
            px, py = min(self.place[one] for one in parents)
            far = max(self.place[one] for one in parents)[0]
            turn = self._x_of(next(iter(lanes.values())))
            starts = [[(px, py + SIDE_LINE), (far, py + SIDE_LINE)], [(turn, py + SIDE_LINE), (turn, across)]]
        ways = [*starts[:-1], [*starts[-1], *down]]
        links = [
            one for one in self.links if one.child == child and one.parent in ((alone,) if alone else parents)
        ]
        sure = bool(alone) or all(one.certainty == "stated" for one in links)
        adopted = any(one.kind in ("adopted", "step") for one in links)
        path = "".join("M" + "L".join(f"{a:g} {b:g}" for a, b in way) for way in ways)
        return Line(path, tuple(point for way in ways for point in way), sure, adopted)

    def _around(self, pair: tuple[str, str]) -> tuple[Any, Any, Any]:
        """The way of a couple who do not stand side by side: a gap, a channel, a gap."""
        low = max(self.row[one] for one in pair)
        return self._gap(pair[0], f"with {pair}"), (low, self._lane(low)), self._gap(pair[1], f"with {pair}")

    def couple(self, pair: tuple[str, str]) -> tuple[str, Point]:
        """The line between two people, and where it can be struck through."""
        if pair in self._apart:
            first, channel, last = self._apart[pair]
            (ax, ay), (bx, by) = (self.place[one] for one in pair)
            across, turn = self._y_of(channel), self._x_of(first)
            path = f"M{ax:g} {ay + SIDE_LINE:g}H{turn:g}V{across:g}H{self._x_of(last):g}V{by + SIDE_LINE:g}H{bx:g}"
            return path, (turn - 4 * LANE, ay + SIDE_LINE)
        (ax, y), (bx, _) = sorted(self.place[one] for one in pair)
        return f"M{ax:g} {y + SIDE_LINE:g}H{bx:g}", (ax + COLUMN / 2 - LANE, y + SIDE_LINE)

    def around(self, inside: list[str]) -> tuple[float, float, float, float]:
        """x, y, width and height of the line around these people."""
        left = EDGE + min(self.column[one] for one in inside) * COLUMN
        right = EDGE + (max(self.column[one] for one in inside) + 1) * COLUMN - 2 * LANE
        rows = sorted(self.row[one] for one in inside)
        top = self.y[rows[0]] - TOP_OF_FIGURE - HOME
        bottom = self.first_lane[rows[-1]] - CHANNEL + HOME / 2
        return left, top, right - left + 3.5 * LANE, bottom - top

    def free_of_lines(self, home: tuple[float, float, float, float], width: float) -> float | None:
        """Where on its upper edge words of this width cross no line, if there is such a place."""
        crossing = [
            a
            for line in self.lines
            for (a, b), (c, d) in zip(line.points, line.points[1:], strict=False)
            if a == c and min(b, d) <= home[1] + 12 and max(b, d) >= home[1] - 12
        ]
        starts = range(int(home[0] + 12), int(home[0] + home[2] - width - 12))
        return next((x for x in starts if not any(x - 2 <= one <= x + width + 2 for one in crossing)), None)


def _families(links: list[Any]) -> dict[tuple[str, ...], list[str]]:
    """Parents → their children."""
    found: dict[tuple[str, ...], list[str]] = {}
    for child in dict.fromkeys(one.child for one in links):
        parents = tuple(sorted({one.parent for one in links if one.child == child}))
        found.setdefault(parents, []).append(child)
    return found


def _generations(
    members: list[Any], families: dict[tuple[str, ...], list[str]], couples: list[tuple[str, str]]
) -> list[list[Any]]:
    """Parents above children, couples and co-parents in one row. Who has no line stands where the role says."""
    level = {one.id: 0 for one in members}
    together = [*couples, *families]
    for _ in members:  # a circle in the data ends here too
        for parents, children in families.items():
            above = max(level[one] for one in parents)
            for child in children:
                level[child] = min(max(level[child], above + 1), DEEPEST)
        for some in together:
            for one in some:
                level[one] = max(level[other] for other in some)
    linked = {one for some in together for one in some} | {one for some in families.values() for one in some}
    deepest = max(level.values())
    for one in members:
        if one.id not in linked and one.role not in ("parent", "grandparent"):
            level[one.id] = deepest
    used = sorted(set(level.values()))
    return [[one for one in members if level[one.id] == at] for at in used]


def _columns(
    rows: list[list[Any]], families: dict[tuple[str, ...], list[str]], couples: list[tuple[str, str]]
) -> dict[str, int]:
    """Who lives together first, from the same column in every row; others beyond the widest of these rows."""
    beside: dict[str, list[str]] = {}
    for some in (*couples, *families):
        for one in some:
            beside.setdefault(one, []).extend(other for other in some if other != one)
    parents_of = {child: parents for parents, children in families.items() for child in children}
    home = max(sum(one.in_household for one in row) for row in rows)
    column: dict[str, int] = {}
    for row in rows:
        for zone, first, width in ((True, 0, home), (False, home, 0)):
            here = [one for one in row if bool(one.in_household) == zone]
            ordered = _side_by_side(here, beside, parents_of, column)
            start = first + max(0, (width - len(ordered)) // 2)
            column |= {one: start + n for n, one in enumerate(ordered)}
    return column


def _side_by_side(
    here: list[Any],
    beside: dict[str, list[str]],
    parents_of: dict[str, tuple[str, ...]],
    column: dict[str, int],
) -> list[str]:
    """Children beneath their parents, partners next to each other; whoever has two stands between them."""

    def under(one: Any) -> tuple[float, str]:
        above = [column[parent] for parent in parents_of.get(one.id, ()) if parent in column]
        return (sum(above) / len(above) if above else -1.0, one.label)

    ordered: list[str] = []
    names = {one.id for one in here}
    for one in sorted(here, key=under):
        if one.id in ordered:
            continue
        partners = [
            other
            for other in dict.fromkeys(beside.get(one.id, ()))
            if other in names and other not in ordered
        ]
        ordered += [*partners[1:2], one.id, *partners[:1], *partners[2:]]
    return ordered
