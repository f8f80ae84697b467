"""Both twins answer every vector alike: here the Python one, in tests/js/vectors.test.js the other."""

import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from sync.errors import CODES
from tests.sync.vector_runner import AREAS, answer

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "sync" / "vectors").glob("*.json"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_vector(file):
    case = json.loads(file.read_text("utf-8"))

    assert answer(case) == case["expect"]


def test_every_area_is_asked_for_good_and_for_bad():
    cases = [json.loads(file.read_text("utf-8")) for file in FILES]

    assert len(cases) >= 80
    assert {case["area"] for case in cases} == set(AREAS)
    assert {case["expect"] for case in cases} <= CODES | {"accept"}
    accepted = Counter(case["area"] for case in cases if case["expect"] == "accept")
    assert all(accepted[area] for area in AREAS)


def test_the_vectors_are_what_the_script_makes():
    made = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "make_vectors.py"), "--check"], capture_output=True, text=True
    )

    assert made.returncode == 0, made.stderr


def test_the_page_of_the_vectors_names_every_area_with_what_its_files_hold():
    page = (ROOT / "sync" / "VECTORS.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \|(.*)\|$", page, re.M))
    given, answered = defaultdict(set), defaultdict(set)
    for file in FILES:
        case = json.loads(file.read_text("utf-8"))
        given[case["area"]] |= case.keys() - {"name", "area", "expect"}
        if case["expect"] == "accept":
            answered[case["area"]] |= case.keys() - {"name", "area", "expect"}

    assert rows.keys() == given.keys()
    for area, row in rows.items():
        _about, asked, answer = (set(re.findall(r"`(\w+)`", cell)) for cell in row.split("|"))
        assert given[area] <= asked | answer, area
        assert asked <= given[area], area
        assert answer - {"n"} <= answered[area], area
