"""What turns somebody's words into code, a command, a query or a page is called nowhere, or where it is known."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYTHON = sorted(one for folder in ("pwa_server", "sync") for one in (ROOT / folder).rglob("*.py"))
SCRIPTS = sorted(
    one for folder in ("static/js", "service_worker", "sync") for one in (ROOT / folder).rglob("*.js")
)
NEVER = {"eval", "exec", "compile", "__import__", "render_template_string", "from_string", "Markup", "system", "popen",
         "getstatusoutput", "load_module", "literal_eval"}  # fmt: skip
OF_MODULES = ("re", "platform")  # re.compile, platform.system: of these it is something else
NEVER_IMPORTED = {"pickle", "marshal", "shelve", "yaml", "dill", "code", "xml", "lxml", "importlib.util"}
# file → why it may all the same
READS_ALL_THE_SAME = {
    "pwa_server/desk/core/spreadsheets.py": {"xml.parsers"},  # expat, which ends at a document type; confined
}
# SQL put together of words: each of the program's own tables and columns; values are always bound.
SQL_OF_OUR_NAMES = {
    "pwa_server/relay/migrations.py": 1,
    "pwa_server/desk/projections/rebuild.py": 1,
    "pwa_server/desk/backup/backup.py": 1,
    "pwa_server/desk/backup/archive.py": 4,
    "pwa_server/desk/health.py": 1,
    "pwa_server/desk/queries/search.py": 1,  # conditions, each with `?`
}
NEVER_IN_SCRIPTS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function\b|setTimeout\(\"|javascript:"
    r"|createContextualFragment|srcdoc|dangerouslySetInnerHTML"
)
LISTENS = re.compile(r'(\w+(?:\.\w+)?)\??\.addEventListener\("message"')


def calls(file):
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            owner = node.func.value if isinstance(node.func, ast.Attribute) else None
            name = node.func.attr if owner is not None else getattr(node.func, "id", "")
            yield node, owner.id if isinstance(owner, ast.Name) else "", name


def test_nothing_runs_words_as_code_or_as_a_command():
    found = []
    for file in PYTHON:
        for node, owner, name in calls(file):
            shell = any(one.arg == "shell" for one in node.keywords)
            if shell or (name in NEVER and owner not in OF_MODULES):
                found.append((str(file.relative_to(ROOT)), node.lineno, name))
    assert found == []
    assert (
        sum(1 for file in PYTHON for _, owner, _ in calls(file) if owner == "subprocess") > 1
    )  # it does see them


def test_nothing_reads_objects_out_of_bytes():
    for file in PYTHON:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            bad = {one for one in names if one in NEVER_IMPORTED or one.partition(".")[0] in NEVER_IMPORTED}
            fits = READS_ALL_THE_SAME.get(str(file.relative_to(ROOT)), set())
            assert not bad - fits, (file, node.lineno, bad)


def test_a_query_is_put_together_of_our_own_names_alone():
    found = {}
    for file in PYTHON:
        for node, _, name in calls(file):
            if name in ("execute_sql", "execute", "SQL") and node.args and made_of_words(node.args[0]):
                place = str(file.relative_to(ROOT))
                found[place] = found.get(place, 0) + 1
    assert found == SQL_OF_OUR_NAMES


def made_of_words(node):
    """An f-string with a value in it, `+`, `%` or `.format`."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(one, ast.FormattedValue) for one in node.values)
    return isinstance(node, ast.BinOp) or (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"
    )


def test_no_template_takes_words_for_markup():
    for file in (ROOT / "templates").rglob("*.html"):
        text = file.read_text("utf-8")
        assert not re.search(r"\|\s*safe\b|autoescape\s+false|Markup\(", text), file


def test_no_script_takes_words_for_markup_or_code():
    ours = [file for file in SCRIPTS if "vendor" not in file.parts]
    assert len(ours) > 100
    for file in ours:
        text = file.read_text("utf-8")
        assert not NEVER_IN_SCRIPTS.search(text), file
        # Only what a service worker and its own pages say to one another is heard; no window of another origin.
        assert set(LISTENS.findall(text)) <= {"navigator.serviceWorker", "sw"}, file
