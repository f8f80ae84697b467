"""What is imported is declared in pyproject.toml, what is declared is imported."""

import ast
import collections
import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = {"pwa_server", "sync", "tests", "tools", "bench"}
# Loaded without a line of import: by a command, or by another package that takes it when it is there.
LOADED_BY = {
    "granian": '"-m", "granian"',  # pwa_server/processes.py starts it
    "pydantic": "WebPushSubscription(",  # webpush's subscriptions are its models
    "psycopg": "prefer_psycopg3=True",  # peewee's way to PostgreSQL
    "sqlcipher3-wheels": "playhouse.sqlcipher_ext",  # peewee's way to SQLCipher
}
PART_OF = {"pydantic-core": "pydantic"}  # comes with it, and its errors are raised as the library's own
# Programs of ./test, and what a program or another package asks for.
TOOLS = {
    "hatchling",  # builds the wheel (tests/test_wheel.py)
    "mypy",
    "pytest-timeout",
    "pytest-xdist",
    "ruff",
    "types-zxcvbn",  # mypy reads it
}


def _plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def _declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    names = {
        "run": project["project"]["dependencies"],
        **project["dependency-groups"],
    }
    return {
        group: {_plain(re.match(r"[\w.-]+", line)[0]) for line in lines} for group, lines in names.items()
    }


DECLARED = _declared()


def _imported(rooms):
    """Distribution → the files that import it, for everything that is neither ours nor Python's."""
    found = {}
    distributions = importlib.metadata.packages_distributions()
    files = [file for room in rooms for file in sorted((ROOT / room).rglob("*.py"))]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            for name in {name.partition(".")[0] for name in names} - OURS - sys.stdlib_module_names:
                for distribution in distributions.get(name, [name]):
                    whole = PART_OF.get(_plain(distribution), _plain(distribution))
                    found.setdefault(whole, []).append(str(file.relative_to(ROOT)))
    return found


IMPORTED = {"run": _imported(("pwa_server", "sync")), "dev": _imported(("tests", "tools", "bench"))}


def test_what_the_product_imports_is_declared():
    assert {name: files for name, files in IMPORTED["run"].items() if name not in DECLARED["run"]} == {}


def test_what_the_tests_and_tools_import_is_declared():
    declared = set().union(*DECLARED.values())
    assert {name: files for name, files in IMPORTED["dev"].items() if name not in declared} == {}


@pytest.mark.parametrize("name", sorted(DECLARED["run"]))
def test_what_is_declared_is_imported(name):
    if name in LOADED_BY and name not in IMPORTED["run"]:
        code = "".join(file.read_text("utf-8") for file in (ROOT / "pwa_server").rglob("*.py"))
        assert LOADED_BY[name] in code
    else:
        assert name in IMPORTED["run"]


@pytest.mark.parametrize("name", sorted(DECLARED["dev"] - TOOLS))
def test_what_the_tests_declare_is_imported(name):
    assert name in IMPORTED["dev"]


def test_a_name_that_nothing_uses_fails_the_build():
    """ruff's F rules: imports, names and arguments of a format that stand there for nothing."""
    chosen = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]
    assert "F" in chosen["select"]
    assert [rule for rule in chosen["ignore"] if rule.startswith("F")] == []
    assert "ruff check" in (ROOT / "test").read_text("utf-8")


def _written():
    """How often each word stands in the program, its tests, its pages."""
    words = collections.Counter()
    for room in ("pwa_server", "sync", "tests", "tools", "bench", "templates", "static/js", "service_worker"):
        for file in (ROOT / room).rglob("*"):
            if file.suffix in {".py", ".js", ".html"} and "node_modules" not in file.parts:
                words.update(re.findall(r"\w+", file.read_text("utf-8")))
    return words


def _names(statement):
    """What a statement at the top of a module gives a name to. What is decorated is called by its decorator."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return [] if statement.decorator_list else [statement.name]
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def test_every_name_of_a_module_is_used_somewhere():
    written = _written()
    unused = [
        f"{file.relative_to(ROOT)} {name}"
        for room in ("pwa_server", "sync")
        for file in sorted((ROOT / room).rglob("*.py"))
        for statement in ast.parse(file.read_text("utf-8")).body
        for name in _names(statement)
        if written[name] == 1 and not name.startswith("__")
    ]
    assert unused == []
