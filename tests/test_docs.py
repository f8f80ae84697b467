"""What the documents say is there: cited sections, named files, links, event types, words."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from pwa_server.desk.projections.registry import APPLIERS
from sync.events import BODIES, VISIT_MEMBERS
from sync.visit_fields import ADDED

ROOT = Path(__file__).parent.parent
LISTED = subprocess.run(
    ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
)
TRACKED = [name for name in LISTED.stdout.split("\n") if (ROOT / name).is_file()]
DOCS = [name for name in TRACKED if name.endswith(".md")]
CODE = [name for name in TRACKED if name.endswith((".py", ".js", ".html", ".css", ".ts"))]
CITED_DOMAIN = re.compile(r"\bdomain(?:\.md`?)?,? §?(\d+(?:\.\d+)?)(?:, (\d+\.\d+))?")
CITED_SPEC = re.compile(r"\bSPEC §?(\d+(?:\.\d+)?)")
# A path in code marks, from the root: `sync/events.py`, `tests/sync`, `static/js/visit/day.js`.
PATH = re.compile(
    r"`((?:sync|pwa_server|static|service_worker|templates|tests|tools|bench|docs)/[\w./-]*\w/?)`"
)
LINK = re.compile(r"\]\(([^)#\s:]+)(?:#[\w-]+)?\)")
# What the history tells of was true on its day, and pages may name files that only a run makes.
OF_THEIR_DAY = {"CHANGELOG.md"}
MADE_BY_A_RUN = {"bench/.cache"}


def _text(name):
    return (ROOT / name).read_text("utf-8")


def _cited(pattern, names):
    """(section, file) of every citation."""
    return {
        (section, name) for name in names for hit in pattern.findall(_text(name)) for section in _all(hit)
    }


def _all(hit):
    return [section for section in ([hit] if isinstance(hit, str) else hit) if section]


def test_every_cited_section_of_the_domain_is_there():
    there = set(re.findall(r"(?m)^#{2,3} (\d+(?:\.\d+)?)", _text("docs/domain.md")))
    cited = _cited(CITED_DOMAIN, [*CODE, *DOCS])
    assert len(cited) > 25
    assert sorted(hit for hit in cited if hit[0] not in there) == []


def test_every_cited_section_of_the_protocol_is_there():
    spec = _text("sync/SPEC.md")
    there = {*re.findall(r"(?m)^## (\d+)", spec), *re.findall(r"(?m)^(?:#+ |\*\*)?(\d+\.\d+)\b", spec)}
    cited = _cited(CITED_SPEC, [*CODE, *DOCS])
    assert len(cited) > 100
    assert sorted(hit for hit in cited if hit[0] not in there) == []


def test_no_code_cites_a_paper_that_is_not_in_the_repository():
    """The design, the look and the pains it began with are not here: a reason stands where it is needed."""
    lost = re.compile(r"\b(?:design|pains|platform|style)(?:\.md)? §?\d")
    assert sorted(f"{name}: {hit}" for name in CODE for hit in lost.findall(_text(name))) == []


@pytest.mark.parametrize("name", sorted(set(DOCS) - OF_THEIR_DAY))
def test_what_a_page_names_is_there(name):
    text = _text(name)
    links = [target for target in LINK.findall(text) if not (ROOT / name).parent.joinpath(target).exists()]
    assert links == []
    assert sorted({path for path in PATH.findall(text) if not _is_there(path)}) == []


def _is_there(path):
    """A file or folder; both twins of a module of `sync`, named without their ending; what only a run makes."""
    return (ROOT / path).exists() or (ROOT / f"{path}.py").exists() or path in MADE_BY_A_RUN


def test_the_page_of_events_has_one_row_for_every_type_and_no_other():
    phones, staff = {type_ for type_, _ in BODIES}, {type_ for type_, *_ in APPLIERS}
    page = _text("sync/EVENTS.md")
    written_by_phones = page.partition("## Events from phones")[2].partition("\n## ")[0]
    written_by_staff = page.partition("## Events of staff")[2].partition("\n## ")[0]
    row = re.compile(r"(?m)^\| `([a-z_]+\.[a-z_]+)` \|")
    rows = sorted(row.findall(written_by_phones))
    assert rows == sorted(phones - {"visit.logged"})  # its fields fill a page of their own, above the table
    assert "`visit.logged` 1" in written_by_phones
    rows = sorted(row.findall(written_by_staff))
    assert rows == sorted((staff - phones) | NOT_APPLIED | BOTH)


def test_a_field_of_a_visit_is_told_where_protocol_and_phone_tell_all_of_them():
    """What no other test misses when it is forgotten: the page of events, the shape, the name and the form on
    a phone.
    """
    members = {name for part in VISIT_MEMBERS for name in part} - {one.path for one in ADDED}
    told = _text("sync/EVENTS.md").partition("`visit.logged` 1")[2].split("```")[1]
    assert sorted(name for name in members - {"byHand"} if f'"{name}"' not in told) == []
    shape = _text("static/js/shapes.d.ts").partition("interface VisitBody {")[2].partition("\n}")[0]
    assert sorted(name for name in members - {"byHand"} if not re.search(rf"\b{name}\??:", shape)) == []
    form = "".join(
        _text(name)
        for name in CODE
        if name.startswith(("static/js/screens/log/", "static/js/screens/urgent/"))
    )
    asked = {name for name in members if re.search(rf"\brecord\.{name}\b", form)}
    assert sorted(members - asked - {"byHand", "endedAt", "occurredAt", "staff"}) == []


BOTH = {"notice.given"}  # written down at the desk as often as on a phone
NOT_APPLIED = {"page.viewed"}  # the access log: a table of its own


def _rows(page):
    """The tables of a page, row by row, without their heads."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in _text(page).splitlines()
        if line[:1] == "|"
    ]
    return [
        row for place, row in enumerate(rows) if not row[0].startswith("---") and not _is_head(rows, place)
    ]


def _is_head(rows, place):
    return place + 1 < len(rows) and rows[place + 1][0].startswith("---")


def _used_words():
    return {word for name in CODE if "vendor" not in name for word in re.findall(r"\w+", _text(name))}


def test_every_name_of_the_glossary_is_one_in_the_code():
    rows, used = _rows("docs/glossary.md"), _used_words()
    assert len(rows) > 60
    names = {name: row[0] for row in rows for name in re.findall(r"`([\w.]+)`", row[2])}
    assert {name: word for name, word in names.items() if not set(name.split(".")) <= used} == {}


def test_a_word_stands_in_the_glossary_once():
    words = [row[0] for row in _rows("docs/glossary.md")]
    assert sorted({word for word in words if words.count(word) > 1}) == []


def test_the_screens_use_the_glossarys_japanese():
    catalogues = [json.loads(file.read_text("utf-8")) for file in (ROOT / "static/texts/ja").glob("*.json")]
    said = json.dumps(catalogues, ensure_ascii=False)
    rows = _rows("docs/glossary.md")
    japanese = [row[0] for row in rows if not row[0].isascii()] + [row[1] for row in rows if row[0].isascii()]
    assert [word for word in japanese if word and word not in said] == []
