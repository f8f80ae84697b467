"""Files as phones get them: without the comments, which are a good part of what goes over a weak line.

Only comments that have their lines to themselves go, and their lines stay, empty: a line keeps its number,
and nothing else of a file changes. `tests/phone/test_lean.py` lets a true parser compare each file with what
is made of it.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

COMMENT_OF_CSS = re.compile(r"(?m)^[ \t]*/\*[^*]*\*+(?:[^/*][^*]*\*+)*/[ \t]*$")

STYLE_IMPORT = re.compile(r'(?m)^@import url\("([^"]+)"\)(?: layer\((\w+)\))?;$')

# One token of JavaScript, as far as comments are concerned. A slash after a value divides; elsewhere it
# begins a regular expression, and so does one after these words.
TOKEN = re.compile(
    r"""(?P<line>//[^\n]*)
      | (?P<block>/\*.*?\*/)
      | (?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
      | (?P<tick>`)
      | (?P<word>[\w$]+)
      | (?P<space>\s+)
      | (?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
REGEX = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/\w*")
TEXT_OF_TEMPLATE = re.compile(r"(?:\\.|[^`\\$]|\$(?!\{))*", re.DOTALL)
WORDS = frozenset(
    [
        "return",
        "typeof",
        "case",
        "in",
        "of",
        "do",
        "else",
        "void",
        "delete",
        "throw",
        "new",
        "await",
        "yield",
        "instanceof",
    ]
)


@lru_cache(maxsize=1024)  # a process that makes many apps, as tests do, reads each file once
def lean(path: str, data: bytes) -> bytes:
    """The bytes to serve for a file of ours. Vendored files keep their licences, and what is no script its bytes."""
    if path.startswith("static/vendor/"):
        return data
    if path.endswith(".js"):
        return _lean_script(data.decode()).encode()
    if path.endswith(".css"):
        return COMMENT_OF_CSS.sub(lambda found: "\n" * found[0].count("\n"), data.decode()).encode()
    return data


def one_style(url: str, files: Mapping[str, bytes]) -> tuple[bytes, set[str]]:
    """(a stylesheet with what it imports in the imports' places, URLs of these): one request instead of a dozen."""
    folder = url.rpartition("/")[0]
    taken = set()

    def put(found: re.Match[str]) -> str:
        taken.add(f"{folder}/{found[1]}")
        text = files[f"{folder}/{found[1]}"].decode()
        return f"@layer {found[2]} {{\n{text}}}" if found[2] else text

    return STYLE_IMPORT.sub(put, files[url].decode()).encode(), taken


def _lean_script(text: str) -> str:
    kept: list[str] = []
    last = 0
    for begin, end in _comments(text):
        line_begin = text.rfind("\n", 0, begin) + 1
        line_end = text.find("\n", end)
        line_end = len(text) if line_end < 0 else line_end
        if line_begin < last or text[line_begin:begin].strip() or text[end:line_end].strip():
            continue  # something else stands on its line
        kept += [text[last:line_begin], "\n" * text.count("\n", begin, end)]
        last = line_end
    return "".join([*kept, text[last:]])


def _comments(text: str) -> list[tuple[int, int]]:
    """Where comments begin and end. Strings, templates and regular expressions may look like them and are not."""
    found = []
    depths: list[int] = []  # open braces within each template's ${…} we are in
    value = False  # does what came last end a value?
    at = 0
    while at < len(text):
        if text[at] == "/" and text[at + 1 : at + 2] not in ("/", "*") and not value:
            regex = REGEX.match(text, at)
            if regex:
                at, value = regex.end(), True
                continue
        token = TOKEN.match(text, at)
        assert token is not None  # noqa: S101 - the last alternative takes any character
        kind, at = token.lastgroup, token.end()
        if kind in ("line", "block"):
            found.append(token.span())
        elif kind == "tick" or (token[0] == "}" and depths and depths[-1] == 0):
            if kind != "tick":
                depths.pop()
            at = _end_of_template_text(text, at, depths)
            value = text[at - 1] == "`"
        elif kind != "space":
            if depths and token[0] in "{}":
                depths[-1] += 1 if token[0] == "{" else -1
            value = token[0] not in WORDS if kind == "word" else kind == "string" or token[0] in ")]}"
    return found


def _end_of_template_text(text: str, at: int, depths: list[int]) -> int:
    """Past the text of a template: behind its closing tick, or behind a `${`, which is noted in `depths`."""
    text_part = TEXT_OF_TEMPLATE.match(text, at)
    assert text_part is not None  # noqa: S101 - it may be empty
    end = text_part.end()
    if text.startswith("${", end):
        depths.append(0)
        return end + 2
    return end + 1
