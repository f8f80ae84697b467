"""A line fits the screen. What is longer today gets less, never more; a row is lowered when lines were broken."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDERS = ("bench", "pwa_server", "service_worker", "static", "sync", "templates", "tests", "tools")
FOREIGN = ("static/vendor", "tests/js/node_modules", "tests/releases")
LONGEST = 120  # letters; the formatters break at about 110
LONGEST_OF_PROSE = 300  # a row of a table may run over the screen, a paragraph may not
# No more lines than these are longer, by kind of file.
LONGER = {".py": 140, ".html": 1, ".js": 230, ".mjs": 8, ".css": 10, ".ts": 1}
LONGER_PROSE = {
    "README.md": 1,
    "docs/asvs.md": 2,
    "docs/domain.md": 5,
    "docs/modules.md": 2,
    "docs/proof.md": 3,
    "sync/EVENTS.md": 24,
    "sync/SPEC.md": 1,
}


def files():
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix in LONGER and not name.startswith(FOREIGN):
                yield path


def test_lines_that_are_too_long_get_fewer():
    found = dict.fromkeys(LONGER, 0)
    for path in files():
        found[path.suffix] += sum(len(line) > LONGEST for line in path.read_text("utf-8").splitlines())
    more = {kind: count for kind, count in found.items() if count > LONGER[kind]}
    assert more == {}, "break the line; where there are fewer now, lower the number"


def test_paragraphs_of_prose_are_broken():
    found = {}
    for path in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "sync").glob("*.md")]):
        lines = path.read_text("utf-8").splitlines()
        if longer := sum(len(line) > LONGEST_OF_PROSE for line in lines):
            found[path.relative_to(ROOT).as_posix()] = longer
    more = {name: count for name, count in found.items() if count > LONGER_PROSE.get(name, 0)}
    assert more == {}, "break the line"
