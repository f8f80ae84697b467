"""A list of codes is written once in each program: a second definition would forget what is added to the first."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

from pwa_server.desk.queries.cases import CLASSES

ROOT = Path(__file__).parent.parent
CODE = re.compile(r"[A-Za-z_0-9]+")
JS_LIST = re.compile(r'\[\s*((?:"[A-Za-z0-9_]+"\s*,?\s*){3,})\]')
# Written again with a reason. By program: the codes, and why.
AGAIN = {
    "python": {
        (
            "already_stored",
            "covered",
            "stored",
        ): "relay and desk, which never import each other: answers of SPEC 7",
        ("away", "contended", "full"): "a type and, beside it, the order of its members",
        ("bytes", "mac", "sig"): "members of one note, checked and written",
        ("district", "kind", "state"): "members of an event, and what a list is narrowed by",
        ("gazeWords", "noiseWords", "peopleWords", "talkWords"): "members of an event, and the invented ones",
        ("at", "body", "case", "id", "saw", "type", "v"): "members of an event, of two classes",
    },
    "javascript": {
        ("documents", "drafts", "settings", "wraps"): "stores of the vault: made, and emptied together",
        ("blobs", "chain", "envelopes", "events"): "stores of the outbox, in one transaction",
        ("later", "no", "yes"): "a first screen, which does not load the events",
    },
}


def python_lists():
    for path in [*(ROOT / "pwa_server").rglob("*.py"), *(ROOT / "sync").glob("*.py")]:
        for one in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(one, ast.Tuple | ast.List | ast.Set) and all(
                isinstance(part, ast.Constant) and isinstance(part.value, str) for part in one.elts
            ):
                yield path, one.lineno, [part.value for part in one.elts]


def javascript_lists():
    for path in [*(ROOT / "static/js").rglob("*.js"), *(ROOT / "sync").glob("*.js")]:
        text = path.read_text("utf-8")
        for found in JS_LIST.finditer(text):
            yield path, text.count("\n", 0, found.start()) + 1, re.findall(r'"([^"]+)"', found[1])


@pytest.mark.parametrize(("program", "lists"), [("python", python_lists), ("javascript", javascript_lists)])
def test_a_list_of_codes_is_written_once(program, lists):
    places = defaultdict(list)
    for path, line, codes in lists():
        if len(codes) >= 3 and all(CODE.fullmatch(code) for code in codes):
            places[tuple(sorted(set(codes)))].append(f"{path.relative_to(ROOT)}:{line}")
    again = {codes: where for codes, where in places.items() if len(where) > 1}
    assert {codes: where for codes, where in again.items() if codes not in AGAIN[program]} == {}
    assert AGAIN[program].keys() - again.keys() == set(), "no longer written again"


def test_the_letters_of_the_classes_stand_in_one_place():
    """`queries/cases.py`; labels of a household's people are letters too, and are made one by one."""
    letters = set(CLASSES)
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path, line, codes in python_lists()
        if len(set(codes) & letters) > 1
    ]
    for path in (ROOT / "templates").rglob("*.html"):
        found += [str(path.relative_to(ROOT)) for _ in re.finditer(r'"A",\s*"B"', path.read_text("utf-8"))]
    assert found == []
