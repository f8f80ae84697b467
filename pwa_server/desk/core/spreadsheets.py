"""A table out of a file that a stranger made: CSV in whatever spelling offices keep, or an Excel workbook (.xlsx).

Runs in the confined process (`confined.py`) alone. Every cell comes back as a text; nothing is guessed about what it
means. Days of Excel come as YYYY-MM-DD, times of day as HH:MM, whole numbers without a point.
"""

import csv
import io
import zipfile
import zlib
from datetime import date, datetime, time
from typing import Any
from xml.parsers import expat

from .errors import DeskError

LARGEST_FILE = 5_500_000  # bytes; the desk takes no larger form
MOST_UNPACKED, MOST_MEMBERS = 200_000_000, 500
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 20_000, 200, 20_000
DELIMITERS = ",\t;"
MOST_ELEMENTS = 2_000_000  # of all parts together; 20,000 rows of 30 filled columns have 1,620,000
# What Excel itself writes at most, and far more than it nests. A reader's time grows with the square of the last two.
EXCELS_ROWS, EXCELS_COLUMNS, DEEPEST, LONGEST_TAG = 1_048_576, 16_384, 64, 1_000_000
# Of parts that are neither rows nor their words (styles, names): the reader makes an object of each.
_LONG_PARTS, _STYLES, MOST_ELSEWHERE = ("worksheet", "sst"), "xl/styles.xml", 100_000
_PIECE = 64 * 1024
HEAD_ROWS = 10  # a title, a date of printing, blank lines: the names of the columns stand within so many rows
_ZIP = b"PK\x03\x04"


def read_table(content: bytes) -> dict[str, Any]:
    """{"encoding", "head": names of the columns, "first": row number of the first row, "rows": [[cell]]}.

    Rows are as long as the head; `first` counts as the office's program does, from 1. Raises DeskError file_too_big,
    file_unreadable, no_columns, too_many_rows, too_many_columns.
    """
    if len(content) > LARGEST_FILE:
        raise DeskError("file_too_big")
    encoding, rows = _workbook(content) if content.startswith(_ZIP) else _text(content)
    place = _place_of_head(rows)
    if place is None:
        raise DeskError("no_columns" if any(any(row) for row in rows) else "file_unreadable")
    head, used = _head(rows, place)
    rows = rows[place + used :]
    # A row may be wider than the names: what stands there is a column without a name, and not left out unseen.
    width = max([len(head), *(len(_trimmed(row)) for row in rows)])
    head += [f"#{at + 1}" for at in range(len(head), width)]
    body = [(row + [""] * width)[:width] for row in rows]
    while body and not any(body[-1]):
        body.pop()
    if len(body) > MOST_ROWS:
        raise DeskError("too_many_rows")
    return {"encoding": encoding, "head": head, "first": place + used + 1, "rows": body}


def _place_of_head(rows: list[list[str]]) -> int | None:
    """The first row that is filled as widely as any of the first rows, or nearly: what stands above is a title."""
    filled = [sum(1 for cell in row if cell) for row in rows[:HEAD_ROWS]]
    most = max(filled, default=0)
    return next(
        (place for place, n in enumerate(filled) if n and n * 2 > most and (n > 1 or most == 1)), None
    )


def _head(rows: list[list[str]], place: int) -> tuple[list[str], int]:
    """(the names, how many rows they take). Names merged over two rows become one: 連絡先 over 電話 is 連絡先 電話."""
    upper = _trimmed(rows[place])
    lower = rows[place + 1][: len(upper)] if place + 1 < len(rows) else []
    lower += [""] * (len(upper) - len(lower))
    gaps = [at for at, name in enumerate(upper) if not name]
    two = bool(gaps) and all(lower[at] for at in gaps) and any(not lower[at] for at in range(len(upper)))
    names, group = [], ""
    for at, name in enumerate(upper):
        group = name or group
        names.append(f"{group} {lower[at]}".strip() if two and lower[at] else name)
    seen: dict[str, int] = {}
    for at, name in enumerate(names):
        names[at] = name or f"#{at + 1}"
        seen[names[at]] = seen.get(names[at], 0) + 1
        names[at] += f" ({seen[names[at]]})" if seen[names[at]] > 1 else ""
    return names, 2 if two else 1


def _trimmed(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row = row[:-1]
    return row


def _text(content: bytes) -> tuple[str, list[list[str]]]:
    text, encoding = _decoded(content)
    if "\0" in text:
        raise DeskError("file_unreadable", "no text")
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    csv.field_size_limit(LARGEST_FILE)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if any(cell.strip() for cell in row[MOST_COLUMNS:]):
                raise DeskError("too_many_columns")
            rows.append([_clean(cell) for cell in row[:MOST_COLUMNS]])
            if len(rows) > MOST_ROWS + HEAD_ROWS + 1:
                raise DeskError("too_many_rows")
    except csv.Error as error:
        raise DeskError("file_unreadable", type(error).__name__) from None
    return encoding, rows


def _decoded(content: bytes) -> tuple[str, str]:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            try:
                return content.decode(encoding), encoding
            except UnicodeDecodeError:
                raise DeskError("file_unreadable", encoding) from None
    for encoding in ("utf-8", "cp932"):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise DeskError("file_unreadable", "encoding")


def check_workbook(
    content: bytes, members: int, unpacked: int, elements: int, columns: int = EXCELS_COLUMNS
) -> None:
    """Refuse what would keep a reader of workbooks busy for minutes, before one reads it: at most so many parts, bytes
    in all and elements in all. Raises DeskError file_too_big, file_unreadable, or too_many_columns where something is
    written beyond so many."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            found = parts.infolist()
            if len(found) > members or sum(one.file_size for one in found) > unpacked:
                raise DeskError("file_too_big")
            for one in found:
                most = min(elements, MOST_ELSEWHERE) if one.filename == _STYLES else elements
                elements -= _Part(most, columns).read(parts, one)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError):
        raise DeskError("file_unreadable", "no workbook") from None


class _Part:
    """One part of a workbook, looked through for what Excel never writes. What is no XML ends where that shows."""

    def __init__(self, most: int, columns: int) -> None:
        self.most, self.elements, self.depth, self.cells = most, 0, 0, 0
        self.columns, self.cell = columns, ""
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._declare

    def read(self, parts: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
        """How many elements it has."""
        given = 0
        with parts.open(member) as part:
            try:
                while piece := part.read(_PIECE):
                    self.parser.Parse(piece)
                    given += len(piece)
                    if given - self.parser.CurrentByteIndex > LONGEST_TAG:
                        raise DeskError("file_too_big", "a tag")
            except expat.ExpatError:  # a picture, say
                return self.elements
        return self.elements

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        self.depth += 1
        plain = name.rpartition(":")[2]
        if self.depth == 1 and plain not in _LONG_PARTS:
            self.most = min(self.most, MOST_ELSEWHERE)
        if self.elements > self.most:
            raise DeskError("file_too_big", "elements")
        if self.depth > DEEPEST:
            raise DeskError("file_unreadable", "nested too deep")
        if plain == "row":
            self.cells = 0
            if _number(attributes.get("r", "")) > EXCELS_ROWS:
                raise DeskError("file_unreadable", "row")
        elif plain == "c":
            self.cells += 1
            if self.cells > EXCELS_COLUMNS:
                raise DeskError("file_unreadable", "cells in a row")
            self.cell = attributes.get("r", "")
        elif plain in ("v", "is") and max(self.cells, _column(self.cell)) > self.columns:
            raise DeskError("too_many_columns")

    def _end(self, _name: str) -> None:
        self.depth -= 1

    def _declare(self, *_declared: object) -> None:
        raise DeskError("file_unreadable", "a document type")


def _column(cell: str) -> int:
    """Of a cell by Excel's name for it: A1 stands in 1, GR7 in 200."""
    place = 0
    for letter in cell[:8].rstrip("0123456789"):
        place = place * 26 + ord(letter.upper()) - 64
    return place


def _number(text: str) -> float:
    """As the reader takes it; what it cannot take is no number."""
    try:
        return float(text)
    except ValueError:
        return 0


def _workbook(content: bytes) -> tuple[str, list[list[str]]]:
    check_workbook(content, MOST_MEMBERS, MOST_UNPACKED, MOST_ELEMENTS, MOST_COLUMNS)
    import openpyxl

    rows: list[list[str]] = []
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = next(one for one in book.worksheets if one.sheet_state == "visible")
        sheet.reset_dimensions()
        for row in sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True):
            # A cell that has a colour alone may stand in the last row of all: what is blank on the way costs nothing.
            cells = [] if row.count(None) == len(row) else [_cell(cell) for cell in row]
            if len(rows) <= MOST_ROWS + HEAD_ROWS + 1:
                rows.append(cells)
            elif any(cells):
                raise DeskError("too_many_rows")
    except (DeskError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - a crafted workbook may break the reader anywhere
        raise DeskError("file_unreadable", type(error).__name__) from None
    return "xlsx", rows


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _clean(str(value))


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
