"""The page for whoever answers for security says the numbers the program goes by, and names every class of data."""

import importlib
import re
from datetime import timedelta
from pathlib import Path

from pwa_server.desk.accounts.passwords import CONTEXT
from pwa_server.desk.queries.access import DATA_CLASSES

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs/protection.md").read_text("utf-8")
MIB = 1024 * 1024


def in_words(value):
    if isinstance(value, timedelta):
        minutes = value.total_seconds() / 60
        return {f"{minutes:g} minutes", f"{minutes / 60:g} hours"}
    return {str(value), f"{value / MIB:g} MiB", f"{value / MIB:.2f} MiB"}


def test_every_number_is_the_programs():
    cells = re.findall(r"^\|.*`[\w.]+:\w+` \|$", PAGE, re.MULTILINE)
    assert len(cells) >= 15
    for line in cells:
        module, name = re.search(r"`([\w.]+):(\w+)`", line).groups()
        value = getattr(importlib.import_module(module), name)
        assert in_words(value) & {cell.strip() for cell in line.split("|")}, line


# Page of the desk that takes a file → its row of the table.
UPLOADS = {
    "consents.py": "a paper of a case",
    "checklists.py": "a checklist",
    "imports.py": "a ledger that is moved in",
}


def test_every_page_that_takes_a_file_has_its_row():
    pages = (ROOT / "pwa_server/desk/pages").rglob("*.py")
    assert {file.name for file in pages if "request.files.get(" in file.read_text("utf-8")} == set(UPLOADS)
    for row in UPLOADS.values():
        assert re.search(rf"^\| {row} \| .+ \| [\d.]+ MiB \| `.+` \|$", PAGE, re.MULTILINE), row


def test_every_class_of_data_says_how_long_it_is_kept():
    kept = PAGE.partition("## How long what is kept")[2]
    assert re.findall(r"^\| `(\w+)` \|", kept, re.MULTILINE) == list(DATA_CLASSES)


def test_the_words_that_are_refused_in_passwords_are_all_told():
    assert [word for word in CONTEXT if word not in PAGE] == []
