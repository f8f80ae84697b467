"""The operators' guide names only commands, options, settings and files that are there."""

import re
import shlex
from pathlib import Path

import pytest

from pwa_server import cli
from pwa_server.config import table, variable

ROOT = Path(__file__).parent.parent
PAGES = sorted((ROOT / "docs/operating").glob("*.md"))
SAID = [
    ROOT / "docs/operating.md",
    *PAGES,
    *sorted(path for path in (ROOT / "deploy").rglob("*") if path.is_file()),
]
BLOCK = re.compile(r"(?ms)^ *```\n(.*?)^ *```")
INLINE = re.compile(r"`(sotto [a-z-]+[^`]*)`")


def _commands(text):
    """Every line of a block that starts the program, and what stands in code marks."""
    blocks = [
        line.strip() for block in BLOCK.findall(text) for line in block.replace("\\\n", " ").split("\n")
    ]
    return [line for line in blocks if line.startswith("sotto ")], INLINE.findall(BLOCK.sub("", text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_of_a_page_is_taken_with_its_options(page, capsys):
    lines, mentions = _commands(page.read_text("utf-8"))
    for line in lines:
        words = shlex.split(line)[1:]
        if words == ["--version"]:
            continue
        asked = cli.make_parser("en").parse_args(words)
        assert asked.run
    names = {name for name, *_ in cli.COMMANDS}
    assert {one.split()[1] for one in mentions} <= names


@pytest.mark.parametrize("page", SAID, ids=lambda page: page.name)
def test_every_setting_that_is_named_is_one(page):
    known = {variable(name) for name, *_ in table()} | {"SOTTO_NAME"}  # the last stands for any
    assert set(re.findall(r"SOTTO_[A-Z_]*[A-Z]", page.read_text("utf-8"))) - known == set()


def test_every_page_is_in_the_list_and_what_they_name_is_there():
    index = (ROOT / "docs/operating/README.md").read_text("utf-8")
    listed = set(re.findall(r"\]\(([\w-]+\.md)\)", index))
    assert listed == {page.name for page in PAGES} - {"README.md"}
    for page in SAID:
        for name in re.findall(r"`((?:deploy|docs|bench)/[\w./-]+\w)`", page.read_text("utf-8")):
            assert (ROOT / name).exists(), f"{page.name} names {name}"


def test_each_command_of_an_operator_is_followed_somewhere():
    followed = {shlex.split(line)[1] for page in PAGES for line in _commands(page.read_text("utf-8"))[0]}
    assert {name for name, *_ in cli.COMMANDS} - followed <= {"serve", "demo"}  # the units, and ./run
