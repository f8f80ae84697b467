"""Taking comments out changes nothing a browser would notice: a true parser sees the same in both."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from pwa_server.phone.lean import lean, one_style
from pwa_server.phone.release import STYLE, build_release

ROOT = Path(__file__).parent.parent.parent
FILES = [*ROOT.glob("static/js/**/*.js"), *ROOT.glob("sync/*.js"), *ROOT.glob("service_worker/*.js")]
# Node carries a parser of its own (acorn). Each token with its text, comments left out.
TOKENS = """
const acorn = require("internal/deps/acorn/acorn/dist/acorn")
const texts = JSON.parse(require("fs").readFileSync(0, "utf8"))
const tokens = (text) => {
  const found = []
  const onToken = (token) => found.push(token.type.label + " " + text.slice(token.start, token.end))
  acorn.parse(text, { ecmaVersion: "latest", sourceType: "module", onToken })
  return found
}
console.log(JSON.stringify(texts.map(tokens)))
"""


def parsed(texts):
    """The tokens of each text, as a true parser sees them; a text that is no JavaScript fails."""
    if shutil.which("node") is None:
        assert os.environ.get("CI") != "true", "node is needed here"
        pytest.skip("needs node")
    command = ["node", "--expose-internals", "-e", TOKENS]
    done = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_script_of_ours_means_what_it_meant():
    whole = [file.read_text("utf-8") for file in FILES]
    leaned = [
        lean(str(file.relative_to(ROOT)), text.encode()).decode()
        for file, text in zip(FILES, whole, strict=True)
    ]
    for file, before, after in zip(FILES, parsed(whole), parsed(leaned), strict=True):
        assert after == before, file
    assert sum(map(len, leaned)) < 0.85 * sum(map(len, whole))


def test_lines_keep_their_numbers():
    for file in FILES:
        text = file.read_bytes()
        assert lean(str(file.relative_to(ROOT)), text).count(b"\n") == text.count(b"\n")


TRICKY = r"""
// gone
const a = 1 // stays: something else is on its line
/* gone
   too */
const url = "https://example.com/*" /* stays */
const b = a / 2 // 3
const re = /\/\*[/*]\/\//g.test("//")
const c = (a) / 2 /* x */ / 3
/** gone */
const t = `
// not a comment
/* neither */ ${a /* stays */} ${`
// nor here ${{ b }.b}
`}
`
const f = () => { return /['"`]/ }
  // gone
const s = '\'// still text'
/*! gone */ const d = 4
const g = a ? /x/ : /* stays */ /y\
z/
""".replace("/y\\\nz/", "/y/")


def test_what_only_looks_like_a_comment_stays():
    leaned = lean("static/js/x.js", TRICKY.encode()).decode()
    before, after = parsed([TRICKY, leaned])
    assert after == before
    assert "gone\n" not in leaned.replace("/*! gone */", "")
    assert leaned.count("stays") == TRICKY.count("stays")
    for kept in ("// not a comment", "// nor here", "https://example.com/*", "// still text"):
        assert kept in leaned


def test_styles_lose_only_comments_with_lines_of_their_own():
    css = b'/* gone */\na { content: "/* stays */" }\n  /* gone\n  **/\nb { color: red } /* stays */\n'
    assert (
        lean("static/css/x.css", css) == b'\na { content: "/* stays */" }\n\n\nb { color: red } /* stays */\n'
    )


def test_what_others_wrote_keeps_its_licence():
    for file in ROOT.glob("static/vendor/*.js"):
        assert lean(str(file.relative_to(ROOT)), file.read_bytes()) == file.read_bytes()


def test_the_stylesheet_comes_in_one_piece_in_the_order_of_its_imports():
    files = {
        "/c/phone.css": b'@layer a, b;\n@import url("one.css");\n@import url("in/two.css") layer(b);\n',
        "/c/one.css": b"@layer a { p { color: red } }\n",
        "/c/in/two.css": b"q { color: blue }\n",
    }
    style, within = one_style("/c/phone.css", files)
    assert style == b"@layer a, b;\n@layer a { p { color: red } }\n\n@layer b {\nq { color: blue }\n}\n"
    assert within == {"/c/one.css", "/c/in/two.css"}
    assert b"@import" not in build_release().files[STYLE]
