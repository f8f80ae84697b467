"""Excel files that leave the office. No cell is ever a formula or a link, whatever somebody wrote in a field.

Every text is written as text, one that begins like a formula with the mark that keeps it text when it is edited.
"""

import unicodedata
from dataclasses import dataclass
from io import BytesIO

Cell = str | int | float | None
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
LONGEST_CELL = 32_000
WIDEST = 60


@dataclass(frozen=True)
class Sheet:
    title: str
    head: list[str]
    rows: list[list[Cell]]
    note: str = ""


def workbook(sheets: list[Sheet]) -> bytes:
    """One file. Titles are cut to what Excel takes."""
    import xlsxwriter

    out = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": "", "author": "", "company": ""})
        forms = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            "text": book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
            "kept": book.add_format(
                {"num_format": "@", "quote_prefix": True, "text_wrap": True, "valign": "top"}
            ),
            "number": book.add_format({"num_format": "#,##0", "valign": "top"}),
        }
        for place, sheet in enumerate(sheets):
            _write(book.add_worksheet(_title(sheet.title, place)), sheet, forms)
    return out.getvalue()


def _write(page: object, sheet: Sheet, forms: dict[str, object]) -> None:
    write_text, write_number = page.write_string, page.write_number  # type: ignore[attr-defined]
    for column, text in enumerate(sheet.head):
        write_text(0, column, clean(text), forms["head"])
    for line, row in enumerate(sheet.rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, int | float) and not isinstance(value, bool):
                write_number(line, column, value, forms["number"])
            elif value is not None:
                text = clean(str(value))
                write_text(line, column, text, forms["kept" if is_formula_like(text) else "text"])
    if sheet.note:
        write_text(len(sheet.rows) + 2, 0, clean(sheet.note), forms["text"])
    for column in range(len(sheet.head)):
        texts = [sheet.head[column], *(str(row[column]) for row in sheet.rows if column < len(row))]
        page.set_column(column, column, min(WIDEST, 2 + max(map(_width, texts), default=8)))  # type: ignore[attr-defined]
    page.freeze_panes(1, 0)  # type: ignore[attr-defined]


def is_formula_like(text: str) -> bool:
    """Whether a spreadsheet could take this text for a formula, spaces before it or not."""
    return text.startswith(STARTS_A_FORMULA) or text.lstrip(" 　\u00a0\u200b\ufeff").startswith(
        STARTS_A_FORMULA
    )


def clean(text: str) -> str:
    """Without what no file may hold: control characters other than a new line and a tab."""
    kept = "".join(one for one in text if one in "\n\t" or unicodedata.category(one) not in ("Cc", "Cs"))
    return kept[:LONGEST_CELL]


def file_name(name: str) -> str:
    """A name that is the same on every machine: no path, nothing but letters, digits, `-` and `_`."""
    kept = "".join(one if one.isascii() and (one.isalnum() or one in "-_") else "-" for one in name)
    return (kept.strip("-")[:60] or "sotto") + ".xlsx"


def _title(text: str, place: int) -> str:
    kept = "".join(one for one in clean(text) if one not in "[]:*?/\\'").strip()
    return kept[:28] or f"{place + 1}"


def _width(text: str) -> int:
    lines = (
        sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in line)
        for line in text.split("\n")
    )
    return max(lines, default=0)
