"""A name that nothing names is taken out: what a module declares is used somewhere in the repository."""

import ast
import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOMS = ("pwa_server", "sync", "tools", "bench", "tests")
WORDS = re.compile(r"[A-Za-z_]\w*")
# Asked for by name elsewhere: by Python and its logging, pytest, Flask, peewee.
BY_OTHERS = re.compile(r"^(__\w+__|test_\w+|Test\w+|handleError|pytest_\w+|Meta|pytestmark|pages)$")


def modules():
    return [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def declared(tree):
    """Names at the top of a module, and of functions in its classes, that no decorator hands on."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            if not node.decorator_list or isinstance(node, ast.ClassDef):
                yield node.name
            if isinstance(node, ast.ClassDef) and not node.bases:
                yield from (
                    part.name
                    for part in node.body
                    if isinstance(part, ast.FunctionDef) and not part.decorator_list
                )
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    yield target.id


def test_every_name_a_module_declares_is_named_again():
    texts = {path: path.read_text("utf-8") for path in modules()}
    said = Counter(word for text in texts.values() for word in WORDS.findall(text))
    for path in (ROOT / "templates").rglob("*.html"):
        said.update(WORDS.findall(path.read_text("utf-8")))
    lonely = {
        str(path.relative_to(ROOT)): names
        for path, text in texts.items()
        if (names := [one for one in declared(ast.parse(text)) if said[one] < 2 and not BY_OTHERS.match(one)])
    }
    assert lonely == {}
