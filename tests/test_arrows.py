"""Arrows between the rooms point one way (docs/architecture.md), in Python and in JavaScript."""

import ast
import os.path
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools.module_list import LIST, module_list, modules, purpose

ROOT = Path(__file__).parent.parent
OPENS = {"sync.sealing", "sync.plaintext", "sync.blob_sealing"}
WEB = {"flask", "peewee", "playhouse", "httpx", "granian", "flask_login", "psycopg", "sqlcipher3"}
# room: what it may not import. relay/app.py and relay/__init__.py alone mount the phone's pages.
FORBIDDEN = {
    "sync": {"pwa_server", *WEB},
    "pwa_server/relay": {"pwa_server.desk", *OPENS},
    "pwa_server/phone": {"pwa_server.desk", "pwa_server.relay", *OPENS},
    "pwa_server/desk": {"pwa_server.relay", "pwa_server.phone"},
}
MOUNTS_PHONE = {"pwa_server/relay/__init__.py", "pwa_server/relay/app.py"}
COMMENTS_JS = re.compile(r"/\*.*?\*/|(?m:^\s*//[^\n]*$)", re.DOTALL)
FROM_JS = re.compile(r"""(?:^|[^.\w])(?:import|export)\b[^;'"()]*?from\s*["']([^"']+)["']""")
BARE_JS = re.compile(r"""\bimport\s*\(?\s*["']([^"']+)["']""")
MARKUP_JS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function\(|Math\.random"
)


def _python(room):
    return sorted((ROOT / room).rglob("*.py"))


def _imports(file):
    here = file.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            up = here[: len(here) - node.level] if node.level else ()
            base = ".".join([*up, *(node.module or "").split(".")]).strip(".")
            yield base
            yield from (f"{base}.{name.name}" for name in node.names)


def _breaks(name, forbidden):
    return any(name == bad or name.startswith(bad + ".") for bad in forbidden)


@pytest.mark.parametrize("room", FORBIDDEN)
def test_no_room_imports_what_it_may_not(room):
    wrong = []
    for file in _python(room):
        path = str(file.relative_to(ROOT))
        phone = {"pwa_server.phone"} if room.endswith("relay") and path not in MOUNTS_PHONE else set()
        forbidden = FORBIDDEN[room] | phone
        wrong += [f"{path} imports {name}" for name in _imports(file) if _breaks(name, forbidden)]
    assert wrong == []


def test_a_running_relay_has_nothing_loaded_that_opens_an_envelope():
    """The rule by import lines would miss a detour through another module; this looks at the process."""
    rooms = [
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for room in ("pwa_server/relay", "pwa_server/phone")
        for file in _python(room)
    ]
    script = (
        f"import importlib, sys\nfor name in {rooms!r}: importlib.import_module(name)\nprint(*sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    loaded = set(ran.stdout.split())
    assert "pwa_server.relay.mailbox" in loaded
    assert loaded & OPENS == set()
    assert [name for name in loaded if name.startswith("pwa_server.desk")] == []


def _javascript():
    rooms = ("sync", "static/js", "service_worker")
    return [file for room in rooms for file in sorted((ROOT / room).rglob("*.js"))]


def _code(file):
    return COMMENTS_JS.sub("", file.read_text("utf-8"))


@pytest.mark.parametrize("file", _javascript(), ids=lambda file: str(file.relative_to(ROOT)))
def test_a_module_imports_by_its_true_address_and_in_the_right_direction(file):
    """Relative, ending in .js, and there: the one form that page, worker, node and tsc resolve alike."""
    home = file.relative_to(ROOT)
    allowed = {
        "sync": ("sync/", "static/vendor/"),
        "static": ("sync/", "static/vendor/", "static/js/"),
        "service_worker": ("sync/", "static/vendor/", "static/js/", "service_worker/"),
    }[home.parts[0]]
    text = _code(file)
    for name in FROM_JS.findall(text) + BARE_JS.findall(text):
        assert name.startswith("."), f"{home} imports {name}"
        target = os.path.normpath(home.parent / name)
        assert target.startswith(allowed), f"{home} imports {target}"
        assert (ROOT / target).is_file(), f"{home} imports {target}, which is not there"


def test_what_a_module_fetches_by_its_own_place_is_there():
    """A file that moved takes its addresses along: `new URL("../x", import.meta.url)`."""
    missing = [
        f"{file.relative_to(ROOT)} fetches {name}"
        for file in _javascript()
        for name in re.findall(r"""new URL\(\s*["']([^"']+)["'],\s*import\.meta\.url""", _code(file))
        if not (file.parent / name).exists()
    ]
    assert missing == []


# From the ground up; a tuple is one floor of several rooms that do not know each other.
FLOORS = {
    "pwa_server/desk": (
        "core",
        "models",
        "log",
        "projections",
        ("queries", "accounts"),
        "open_desk.py",
        "erasing.py",
        "backup",
        "exchange",
        "health.py",
        "actions",
        "pages/layout",
        "pages/cases",
        "pages/visits",
        "pages/work",
        "pages/office",
        "app.py",
    ),
    "static/js": (
        "words",
        ("store", "visit"),
        ("transport", "shell"),
        "session",
        "components",
        "figures",
        "screens",
        "app",
    ),
}
BESIDE = ("static/js/desk/",)  # the desk's few scripts stand on no floor of the phone


def _floor(house, path):
    """(number, room) of a file, by its path inside the house; None where it stands on no floor."""
    for number, rooms in enumerate(FLOORS[house]):
        for room in (rooms,) if isinstance(rooms, str) else rooms:
            if path == room or path.startswith(f"{room}/"):
                return number, room
    return None


def _arrows_of_python(house):
    """(file, imported file), both inside the house. An import inside a function counts like any other."""
    for file in _python(house):
        for name in _imports(file):
            target = Path(*name.split("."))
            for candidate in (target.with_suffix(".py"), target / "__init__.py"):
                if (ROOT / candidate).is_file() and candidate.is_relative_to(house):
                    yield file.relative_to(ROOT), candidate


def _arrows_of_javascript(house):
    """The same; types named in comments are no arrows, `import()` is one."""
    for file in sorted((ROOT / house).rglob("*.js")):
        home = file.relative_to(ROOT)
        if not str(home).startswith(BESIDE):
            text = _code(file)
            for name in FROM_JS.findall(text) + BARE_JS.findall(text):
                target = Path(os.path.normpath(home.parent / name))
                if target.is_relative_to(house):
                    yield home, target


@pytest.mark.parametrize("house", FLOORS)
def test_every_file_stands_on_a_floor(house):
    files = [*_python(house), *sorted((ROOT / house).rglob("*.js"))]
    inside = [
        str(file.relative_to(ROOT))
        for file in files
        if file.name != "__init__.py" or file.parent.parent.name == house
    ]
    homeless = [
        path
        for path in inside
        if not path.startswith(BESIDE) and _floor(house, path.removeprefix(f"{house}/")) is None
    ]
    assert homeless == []


@pytest.mark.parametrize(
    ("house", "arrows"), [("pwa_server/desk", _arrows_of_python), ("static/js", _arrows_of_javascript)]
)
def test_every_import_points_down(house, arrows):
    """A room knows what stands below it and nothing above; a function-level import is no way around."""
    up = []
    for file, target in arrows(house):
        here = _floor(house, str(file.relative_to(house)))
        there = _floor(house, str(target.relative_to(house)))
        if here and there and here[1] != there[1] and there[0] >= here[0]:
            up.append(f"{file} imports {target}")
    assert up == []


@pytest.mark.parametrize("file", _javascript(), ids=lambda file: str(file.relative_to(ROOT)))
def test_no_screen_writes_markup_from_text(file):
    assert MARKUP_JS.findall(_code(file)) == []


def test_the_locks_name_no_registry_but_the_plain_one():
    """A lock that names a mirror works in one house only, and tells which."""
    hosts = set(re.findall(r"https?://([^/\"\s]+)", (ROOT / "uv.lock").read_text("utf-8")))
    assert hosts == {"pypi.org", "files.pythonhosted.org"}
    for lock in ("tests/js/package-lock.json", "tools/vendor/package-lock.json"):
        assert '"resolved"' not in (ROOT / lock).read_text("utf-8"), lock


def test_every_module_says_in_its_first_sentence_what_it_is_for():
    assert [str(module) for module in modules() if len(purpose(module)) < 12] == []


def test_the_list_of_modules_names_each_once_with_its_purpose():
    assert LIST.read_text("utf-8") == module_list(), "run: python -m tools.module_list"


@pytest.mark.parametrize("house", FLOORS)
def test_the_drawing_shows_the_floors_in_their_order(house):
    """From roof to ground, as the page draws them."""
    drawing = (ROOT / "docs/architecture.md").read_text("utf-8").split("```")[1].partition("---")[0]
    left = [line[2:32].strip() for line in drawing.splitlines()]
    right = [line[58:].strip() for line in drawing.splitlines()]
    floors = [" | ".join([rooms] if isinstance(rooms, str) else rooms) for rooms in FLOORS[house]]
    lines = right if house == "pwa_server/desk" else left
    start = lines.index(house) + 2
    assert lines[start : start + len(floors)] == floors[::-1]
