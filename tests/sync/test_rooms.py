"""The protocol's own room: every module has a twin, both know the same numbers, and what opens stays out of reach."""

import ast
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from sync import events, limits

ROOT = Path(__file__).parents[2]
OPENS = {"sync.sealing", "sync.plaintext", "sync.blob_sealing"}
needs_node = pytest.mark.skipif(
    shutil.which("node") is None and "CI" not in os.environ, reason="no node here"
)


def imported(module):
    """Every module of ours it names, functions' own imports too."""
    path = ROOT / (module.replace(".", "/") + ".py")
    path = path if path.exists() else ROOT / module.replace(".", "/") / "__init__.py"
    if not path.exists():
        return set()
    package = (module if path.name == "__init__.py" else module.rpartition(".")[0]).split(".")
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            near = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*near, *([node.module] if node.module else [])])
            found |= {source} | {f"{source}.{name.name}" for name in node.names}
    return {name for name in found if name.split(".")[0] in ("sync", "pwa_server")}


def reach(start):
    seen, new = set(), set(start)
    while new:
        seen |= new
        new = {name for module in new for name in imported(module)} - seen
    return seen


def test_nothing_the_relay_can_ever_import_opens_an_envelope():
    """Not even through an import that waits inside a function, which no loaded module would show."""
    relay = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in (ROOT / "pwa_server" / "relay").rglob("*.py")
    }
    found = reach(relay)
    assert "sync.envelope" in found
    assert found & OPENS == set()


def test_the_desk_would_be_caught():
    assert OPENS & reach({"pwa_server.desk.exchange.inbox"})


def test_every_module_has_its_twin():
    python = {path.stem for path in (ROOT / "sync").glob("*.py")} - {"__init__"}
    javascript = {path.stem for path in (ROOT / "sync").glob("*.js")}
    # `alike` is a table that both twins of `folding` read; `read_stream` bounds
    # what a browser unpacks, as zlib does by itself.
    assert python == javascript - {"alike", "read_stream"}


@needs_node
@pytest.mark.parametrize("module", [limits, events], ids=["limits", "events"])
def test_both_twins_know_the_same_numbers_and_words(module):
    name = module.__name__.split(".")[1]
    script = f"""
        const all = await import({json.dumps((ROOT / "sync" / f"{name}.js").as_uri())})
        console.log(JSON.stringify(Object.fromEntries(Object.entries(all).filter(([name]) => /^[A-Z]/.test(name)))))
    """
    ran = subprocess.run(["node", "--input-type=module", "-e", script], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    there = json.loads(ran.stdout)
    here = {
        key: _plain(value)
        for key, value in vars(module).items()
        if key.isupper() and not key.startswith("_") and _is_told(value)
        if not isinstance(value, Mapping) or key in there  # a table that JavaScript keeps to itself
    }
    assert there == {key: here[key] for key in here if not _is_borrowed(module, key)}


def _is_told(value):
    """A number, a word, or a list or table of them: what JSON can say."""
    if isinstance(value, Mapping):
        return all(map(_is_told, value.values()))
    return isinstance(value, int | str) or (isinstance(value, tuple) and all(map(_is_told, value)))


def _plain(value):
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _is_borrowed(module, name):
    """Imported from a neighbour: its own test compares it."""
    tree = ast.parse(Path(module.__file__).read_text("utf-8"))
    return any(
        isinstance(node, ast.ImportFrom) and name in {alias.name for alias in node.names}
        for node in ast.walk(tree)
    )
