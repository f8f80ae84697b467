"""The page of ASVS verdicts: every requirement once, a reason where one is due, and everything it cites is there, tests by name."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs/asvs.md").read_text("utf-8")
ROW = re.compile(r"^\| (V\d+\.\d+\.\d+) \| ([12]) \| ([a-z ]+) \| (.*) \| (.*) \|$", re.MULTILINE)
VERDICTS = ("pass", "not applicable", "deviation", "fail", "not examined")
ROWS = ROW.findall(PAGE)


def test_every_requirement_of_both_levels_stands_once():
    assert len({row[0] for row in ROWS}) == len(ROWS) == 253
    assert sum(row[1] == "1" for row in ROWS) == 70
    assert {row[2] for row in ROWS} <= set(VERDICTS)


def test_the_sum_at_the_head_is_the_sum_of_the_rows():
    told = {verdict: sum(row[2] == verdict for row in ROWS) for verdict in VERDICTS}
    said = f"{told['pass']} pass, {told['not applicable']} not applicable, {told['deviation']} deviations"
    assert f"{said}, {told['fail']} fail, {told['not examined']} not examined" in PAGE


def test_what_is_cited_is_there():
    for requirement, _, verdict, _, shown in ROWS:
        cited = re.findall(r"`([^`]+)`", shown)
        assert cited or verdict == "not applicable", requirement
        for one in cited:
            path, _, test = one.partition("::")
            assert (ROOT / path).is_file(), (requirement, path)
            if path.endswith(".py") and Path(path).name.startswith("test_"):
                named = re.findall(r"^ *def (test_\w+)\(", (ROOT / path).read_text("utf-8"), re.MULTILINE)
                assert named, (requirement, path)
                assert not test or test in named, (requirement, one)


def test_every_pass_is_shown_by_a_test_or_says_what_the_file_shows():
    """A page alone shows nothing by itself: then the row says what stands there."""
    bare = [row[0] for row in ROWS if row[2] == "pass" and "tests/" not in row[4] and len(row[3]) < 8]
    assert bare == []


def test_whatever_is_no_pass_says_why():
    assert [row[0] for row in ROWS if row[2] != "pass" and len(row[3]) < 8] == []
