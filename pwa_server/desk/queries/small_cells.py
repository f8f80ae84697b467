"""Hides small groups in a table that leaves the office, so that no total gives them away.

A cell from 1 to 4 is hidden. Then, in every row and column, what is hidden must not follow from what is shown: never
one hidden cell alone beside its total, never hidden cells whose sum is itself small. More is hidden until that holds.
"""

SMALLEST_GROUP = 5
Table = list[list[int]]  # last row and last column are the sums
Shown = list[list[int | None]]


def with_sums(cells: Table) -> Table:
    rows = [[*row, sum(row)] for row in cells]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def hide_small(cells: Table, smallest: int = SMALLEST_GROUP) -> Shown:
    """The table with its sums; None is hidden."""
    table = with_sums(cells)
    hidden = {
        (row, column)
        for row, values in enumerate(table)
        for column, value in enumerate(values)
        if 0 < value < smallest
    }
    lines = _lines(len(table), len(table[0]))
    while sum(_close(table, hidden, line, smallest) for line in lines):
        pass
    return [
        [None if (row, column) in hidden else value for column, value in enumerate(values)]
        for row, values in enumerate(table)
    ]


def _lines(rows: int, columns: int) -> list[list[tuple[int, int]]]:
    """Each row and each column, its sum last."""
    return [[(row, column) for column in range(columns)] for row in range(rows)] + [
        [(row, column) for row in range(rows)] for column in range(columns)
    ]


def _close(table: Table, hidden: set[tuple[int, int]], line: list[tuple[int, int]], smallest: int) -> bool:
    """Hide one more in this line if what is hidden there would follow. True when something was hidden."""
    parts, total = line[:-1], line[-1]
    out = [cell for cell in parts if cell in hidden]
    if total in hidden:
        # With the sum hidden too, one hidden part leaves both open; a hidden sum of shown parts does not.
        if out:
            return False
    elif not out or (len(out) > 1 and sum(table[row][column] for row, column in out) >= smallest + len(out)):
        return False
    rest = [cell for cell in parts if cell not in hidden]
    # The smallest that is not nothing first: it costs the reader least.
    choice = min(
        rest, key=lambda cell: (table[cell[0]][cell[1]] == 0, table[cell[0]][cell[1]], cell), default=total
    )
    if choice in hidden:
        return False
    hidden.add(choice)
    return True
