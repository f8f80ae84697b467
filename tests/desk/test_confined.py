"""What strangers made is read in a process of its own, with so much time and memory and nothing else."""

import ast
import io
import os
import resource
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import openpyxl
import pytest
from PIL import Image

from pwa_server.desk.core import confined, pictures, spreadsheets
from pwa_server.desk.core.errors import DeskError

ROOT = Path(__file__).parents[2]
# libraries and modules that take apart what somebody else put together
# They pack and write what is the office's own, and open nothing.
WRITERS = {"pwa_server/desk/pages/office/leaving.py"}
PARSERS = {
    "PIL",
    "pi_heif",
    "pyxform",
    "openpyxl",
    "zipfile",
    "tarfile",
    "xml",
    "lxml",
    "defusedxml",
    "xlrd",
    "lzma",
    "bz2",
    "csv",
    "pickle",
    "marshal",
    "shelve",
    "plistlib",
    "pillow_heif",
    "fitz",
    "pypdf",
}


def costly_workbook() -> bytes:
    """Some kilobytes: each of its short rows is as long as the first, so a reader makes three hundred million cells."""
    made, out = openpyxl.Workbook(), io.BytesIO()
    made.active.title = "survey"
    made.active.append(["type", "name", "label", *(f"c{n}" for n in range(16_000))])
    for _ in range(20_000):
        made.active.append(["text"])
    made.save(out)
    return out.getvalue()


NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
FIRST = '<row r="1"><c r="A1" t="inlineStr"><is><t>type</t></is></c><c r="B1" t="inlineStr"><is><t>n</t></is></c></row>'
SHEET, STYLES, BOOK = "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml"


def rows(more: str, before: str = "") -> str:
    return f"{before}<worksheet {NAMESPACE}><sheetData>{FIRST}{more}</sheetData></worksheet>"


def row(number: object, cells: str) -> str:
    return f'<row r="{number}">{cells}</row>'


def nested(tag: str) -> str:
    return f"<{tag}>" * 200_000 + f"</{tag}>" * 200_000


# What a few kilobytes can ask of a reader: name → (part of the workbook, what stands there, code or None where it is
# read as it stands, because an honest workbook may be so: a colour alone in the last row of all).
VALUE = "<is><t>x</t></is>"
BOMBS = {
    "a far cell": (
        SHEET,
        rows(row(1_048_576, f'<c r="A1048576" t="inlineStr">{VALUE}</c>')),
        "too_many_rows",
    ),
    "a far column": (SHEET, rows(row(2, f'<c r="XFD2" t="inlineStr">{VALUE}</c>')), "too_many_columns"),
    "a far colour": (SHEET, rows(row(1_048_576, '<c r="A1048576" s="0"/>')), None),
    "rows there and back": (SHEET, rows((row(1_048_576, "") + row(1, "")) * 5_000), None),
    "a row Excel has not": (SHEET, rows(row(999_999_999, '<c r="A999999999"/>')), "file_unreadable"),
    "a row of floats": (SHEET, rows(row("9e99", "")), "file_unreadable"),
    "a wide row": (SHEET, rows(row(2, '<c r="A2"/>' * 20_000)), "file_unreadable"),
    "deep cells": (SHEET, rows(nested("a")), "file_unreadable"),
    "deep styles": (STYLES, f"<styleSheet {NAMESPACE}>{nested('fonts')}</styleSheet>", "file_unreadable"),
    "deep book": (BOOK, f"<workbook {NAMESPACE}>{nested('sheets')}</workbook>", "file_unreadable"),
    "many styles": (STYLES, f"<styleSheet {NAMESPACE}>{'<xf/>' * 200_000}</styleSheet>", "file_too_big"),
    "a style as a sheet": (STYLES, f"<worksheet {NAMESPACE}>{'<xf/>' * 200_000}</worksheet>", "file_too_big"),
    "many attributes": (SHEET, rows("<row " + 'a1="1" ' * 300_000 + "/>"), "file_too_big"),
    "entities": (SHEET, rows("", '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]>'), "file_unreadable"),
}


def bomb(part: str, text: str) -> bytes:
    made, plain, out = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    made.active.title = "survey"
    made.active.append(["type", "name"])
    made.save(plain)
    with zipfile.ZipFile(plain) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as changed:
        for name in parts.namelist():
            changed.writestr(name, text if name == part else parts.read(name))
    return out.getvalue()


def processor(task: str, content: bytes) -> tuple[str | None, float]:
    """(code of the refusal, seconds of processor in the process that read it)."""
    before, code = resource.getrusage(resource.RUSAGE_CHILDREN), None
    try:
        confined.run(task, content)
    except DeskError as refused:
        code = refused.code
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return code, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def picture(size, kind="JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (90, 120, 90)).save(out, kind)
    return out.getvalue()


def children() -> list[int]:
    return [
        int(pid)
        for task in Path("/proc/self/task").iterdir()
        for pid in (task / "children").read_text().split()
    ]


def test_a_workbook_that_asks_for_gigabytes_is_refused_by_a_process_without_settings(monkeypatch):
    monkeypatch.setenv("SOTTO_DESK_KEY_FILE", "/secret/place")
    told: list[DeskError] = []

    def ask() -> None:
        with pytest.raises(DeskError) as refused:
            confined.run("workbook", costly_workbook())
        told.append(refused.value)

    before, thread = set(children()), threading.Thread(target=ask)
    thread.start()
    seen, limits = b"", ""
    while thread.is_alive():
        for pid in set(children()) - before:
            try:
                place = Path(f"/proc/{pid}")
                line = (place / "cmdline").read_bytes()
                now = (place / "limits").read_text()
            except OSError:
                continue
            if line.endswith(b"confined.py\0workbook\0") and "Max file size             0 " in now:
                seen, limits = (place / "environ").read_bytes(), now
        thread.join(0.02)
    assert told[0].code == "file_too_big"
    assert b"LANG" in seen
    assert b"SOTTO" not in seen
    asked = confined.TASKS["workbook"]
    wanted = {
        "Max cpu time": asked.seconds,
        "Max address space": asked.memory * confined.MIB,
        "Max core file size": 0,
    }
    for name, most in wanted.items():
        line = next(line for line in limits.splitlines() if line.startswith(name))
        assert line.removeprefix(name).split()[:2] == [str(most)] * 2
    assert set(children()) <= before  # nothing is left running


@pytest.mark.parametrize("task", confined.TASKS)
@pytest.mark.parametrize(
    "content", [b"", b"\0" * 40_000, b"PK\x03\x04" + os.urandom(3000), b"\xff\xd8\xff" + os.urandom(3000)]
)
def test_what_is_none_of_its_kind_is_refused_by_name(task, content):
    with pytest.raises(DeskError) as refused:
        confined.run(task, content)
    assert refused.value.code in ("bad_picture", "file_unreadable", "file_too_big")


def test_an_archive_in_a_workbook_that_unpacks_to_too_much_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", b" " * 30_000_000)
    with pytest.raises(DeskError, match="file_too_big"):
        confined.run("workbook", out.getvalue())


def test_no_workbook_of_a_few_kilobytes_takes_longer_than_an_honest_ledger():
    """Beside a ledger that is a sixth of what we take; before, each of these took up to a minute."""
    ledger, out = openpyxl.Workbook(write_only=True), io.BytesIO()
    sheet = ledger.create_sheet()
    for _ in range(3_000):
        sheet.append(["言葉"] * 30)
    ledger.save(out)
    code, honest = processor("table", out.getvalue())
    assert code is None
    for name, (part, text, wanted) in BOMBS.items():
        content = bomb(part, text)
        assert len(content) < 64 * 1024, name
        code, took = processor("table", content)
        assert code == wanted, name
        assert took < 3 * honest, (name, took, honest)
    with pytest.raises(DeskError, match="file_too_big"):
        spreadsheets.check_workbook(bomb(SHEET, rows("<row/>" * 2_000)), 20, 10**6, 1_000)
    for name in ("a far cell", "deep cells", "many styles"):  # the same look beforehand serves the checklists
        code, took = processor("workbook", bomb(*BOMBS[name][:2]))
        assert code in (None, "file_unreadable", "file_too_big"), name
        assert took < 3 * honest, (name, took, honest)


def test_the_largest_picture_we_take_fits_the_bounds_and_a_larger_one_is_refused():
    most = (8000, pictures.MOST_PIXELS // 8000)
    jpeg, thumb = confined.run("photo", picture(most))
    assert Image.open(io.BytesIO(jpeg)).size == most
    assert max(Image.open(io.BytesIO(thumb)).size) == 320
    with pytest.raises(DeskError, match="too_large"):
        confined.run("picture", picture((most[0], most[1] + 1), "PNG"))
    jpeg, _ = confined.run("photo", picture((most[0], most[1] + 1)))
    assert Image.open(io.BytesIO(jpeg)).width == most[0] // 2  # a larger JPEG is read at half its size


def test_no_module_takes_strangers_files_apart_but_those_that_run_confined():
    """By imports in the text, and by what a desk with all its modules has loaded."""
    confined_files = {f"{task.place.split(':')[0].replace('.', '/')}.py" for task in confined.TASKS.values()}
    found = set()
    for file in sorted([*(ROOT / "pwa_server").rglob("*.py"), *(ROOT / "sync").rglob("*.py")]):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            if any(name.split(".")[0] in PARSERS for name in names):
                found.add(str(file.relative_to(ROOT)))
    assert found - WRITERS == confined_files
    assert found >= WRITERS
    modules = [
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for file in (ROOT / "pwa_server" / "desk").rglob("*.py")
        if str(file.relative_to(ROOT)) not in confined_files
    ]
    script = (
        f"import importlib, sys\nfor name in {modules!r}: importlib.import_module(name)\nprint(*sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    loaded = {name.split(".")[0] for name in ran.stdout.split()}
    assert loaded & {"PIL", "pyxform", "openpyxl", "lxml"} == set()
