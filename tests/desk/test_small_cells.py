"""What leaves the office gives no small group away, and no spreadsheet runs anything."""

import io
import zipfile
from itertools import product

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pwa_server.desk.queries.excel import Sheet, file_name, workbook
from pwa_server.desk.queries.small_cells import hide_small, with_sums


def test_the_seeds_small_numbers_do_not_leave_with_their_totals():
    shown = hide_small([[2, 14, 0], [1, 7, 0], [0, 0, 33]])
    assert shown[0][0] is None
    assert shown[1][0] is None
    assert shown[3][3] == 57
    assert {1, 2, 3} <= possible(shown, (0, 0), most=16)


def possible(shown, cell, most=8):
    """Every value a reader with a pencil could give this cell: all tables of whole numbers that fit what is shown."""
    rows, columns = len(shown) - 1, len(shown[0]) - 1
    free = [(r, c) for r in range(rows) for c in range(columns) if shown[r][c] is None]
    found = set()
    for guess in product(range(most + 1), repeat=len(free)):
        table = [
            [shown[r][c] if shown[r][c] is not None else guess[free.index((r, c))] for c in range(columns)]
            for r in range(rows)
        ]
        full = with_sums(table)
        if all(shown[r][c] in (None, full[r][c]) for r in range(rows + 1) for c in range(columns + 1)):
            found.add(full[cell[0]][cell[1]])
    return found


@given(st.lists(st.lists(st.integers(0, 7), min_size=2, max_size=2), min_size=2, max_size=2))
@settings(max_examples=40, deadline=None)
def test_no_hidden_group_follows_from_what_is_shown(cells):
    shown = hide_small(cells)
    full = with_sums(cells)
    for r, row in enumerate(full):
        for c, value in enumerate(row):
            assert shown[r][c] in (None, value)
            if 0 < value < 5:
                assert shown[r][c] is None
            if shown[r][c] is None and 0 < value < 5:
                assert len(possible(shown, (r, c))) > 1, (cells, shown)


NASTY = [
    "=1+1",
    "+81-77",
    "-1+1",
    "@SUM(A1)",
    "\t=cmd|' /C calc'!A0",
    ' =HYPERLINK("http://x")',
    "＝1+1",
    "http://evil.example/",
    "<b>太字</b>",
    "a\x00b\x0bc",
    "0012",
    "x" * 40_000,
]


def test_no_formula_and_no_link_comes_into_an_excel_file():
    made = workbook([Sheet("月報[/*]:?", ["指標", "=SUM(A1:A9)"], [[text, 3] for text in NASTY], note="=1")])
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "hyperlink" not in sheet
        assert not [name for name in parts.namelist() if "externalLink" in name or "vba" in name]
    page = openpyxl.load_workbook(io.BytesIO(made)).active
    for line, text in enumerate(NASTY, start=2):
        cell = page.cell(line, 1)
        assert cell.data_type == "s", text
        assert page.cell(line, 2).value == 3
        if text.strip()[0] in "=+-@＝":
            assert cell.quotePrefix, text
    assert page.cell(2, 1).value == "=1+1"


@pytest.mark.parametrize(
    ("given_", "safe"),
    [
        ("../../etc/passwd", "etc-passwd.xlsx"),
        ("月報 R6", "R6.xlsx"),
        ("", "sotto.xlsx"),
        ("a\r\nSet-Cookie: x", "a--Set-Cookie--x.xlsx"),
    ],
)
def test_a_files_name_is_the_same_everywhere(given_, safe):
    assert file_name(given_) == safe
