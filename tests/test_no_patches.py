"""A test asks our code as it is: nothing of our own is patched or mocked. What the system answers may be
stood in for.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OWN = ("pwa_server", "sync", "tools", "bench", "tests")
PATCHES = {"setattr", "delattr", "setitem", "delitem", "patch", "object"}
PYTHON = sorted(
    path
    for folder in ("tests", "bench")
    for path in (ROOT / folder).rglob("*.py")
    if "__pycache__" not in path.parts
)
SCRIPTS = sorted(path for path in (ROOT / "tests/js").rglob("*.*js") if "node_modules" not in path.parts)


def patched(source):
    """Line and text of each place where something of ours is replaced."""
    tree = ast.parse(source)
    foreign, ours = imported(tree)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            by = root(node.func)
            if node.func.attr in PATCHES and by in ("monkeypatch", "mock", "mocker", "patch"):
                what = node.args[0]
                if isinstance(what, ast.Constant):
                    is_foreign = str(what.value).split(".")[0] not in OWN
                else:
                    is_foreign = root(what) in foreign
                if not is_foreign:
                    found.append((node.lineno, ast.unparse(node)[:80]))
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            if isinstance(node.value, ast.Name) and node.value.id in ours:
                found.append((node.lineno, ast.unparse(node)))
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = [name.name for name in node.names] + [getattr(node, "module", None) or ""]
            if any("mock" in name.split(".") for name in names):
                found.append((node.lineno, "mock"))
    return found


def imported(tree):
    """(names of other people's modules and their parts, names of our modules and classes)"""
    foreign, ours = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                place = ours if name.name.split(".")[0] in OWN else foreign
                place.add((name.asname or name.name).split(".")[0])
        elif isinstance(node, ast.ImportFrom):
            place = ours if node.level or (node.module or "").split(".")[0] in OWN else foreign
            place |= {name.asname or name.name for name in node.names}
    given = {arg.arg for node in ast.walk(tree) if isinstance(node, ast.arguments) for arg in node.args}
    return foreign - given, ours - given  # a fixture of the same name is no module


def root(node):
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def test_no_test_patches_our_own_code():
    found = {
        str(path.relative_to(ROOT)): places for path in PYTHON if (places := patched(path.read_text("utf-8")))
    }
    assert found == {}
    of_scripts = ("mock.method", "mock.module", "mock.getter", "mock.setter")
    assert [path.name for path in SCRIPTS if any(way in path.read_text("utf-8") for way in of_scripts)] == []


@pytest.mark.parametrize(
    "source",
    [
        "monkeypatch.setattr('sync.chain.judge', None)",
        "from pwa_server import cli\nmonkeypatch.setattr(cli, 'main', None)",
        "from pwa_server import cli\nmonkeypatch.setitem(cli.TABLE, 'main', None)",
        "def test(desk, monkeypatch):\n    monkeypatch.setattr(desk, 'write', None)",
        "from pwa_server.relay import limits\nlimits.MOST = 3",
        "from unittest import mock",
        "from unittest.mock import patch",
    ],
)
def test_a_patch_of_our_own_code_is_seen(source):
    assert patched(source)


def test_a_stand_in_for_the_system_is_none():
    assert not patched("import shutil\nmonkeypatch.setattr(shutil, 'disk_usage', None)\nperson.id = 3")
