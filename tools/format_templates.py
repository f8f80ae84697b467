"""Formats the templates: one element a line, nested by indentation, about 110 characters.

    python tools/format_templates.py [--check]

Only white space changes, and only where a page shows the same with it: beside tags that begin a line of their own,
inside a tag, inside `{{ … }}`, or where white space stood already. What must not change (text that keeps its line
breaks) is left as it is written. A line with no such place stays long.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 110
LONGEST = 120  # a line longer than this is broken inside a tag, `{{ … }}` or `{% … %}` too
STEP = "  "
# Tags beside which white space is nothing: they begin a line of their own on the page, or draw.
OWN_LINE = frozenset(
    re.findall(
        r"\S+",
        """
    !doctype html head body noscript title meta link script div nav header main footer section article
    aside h1 h2 h3 h4 h5 h6 p ul ol li dl dt dd table thead tbody tfoot tr td th caption colgroup col
    form fieldset legend details summary figure figcaption blockquote hr select option optgroup datalist
    template g path rect circle line polygon polyline ellipse defs use
        """,
    )
)
VOID = frozenset(
    re.findall(
        r"\S+", "!doctype meta link col hr input br img path rect circle line polygon polyline ellipse use"
    )
)
VERBATIM = frozenset({"textarea", "pre", "script", "style", "text"})
# Elements whose text keeps its line breaks (`white-space: pre-line`): no new line may come into them.
KEEPS_BREAKS = re.compile(r'class="[^"]*\b(?:pre|note)\b')
OPENS = frozenset({"if", "for", "block", "macro", "call", "filter", "with"})
MIDDLE = frozenset({"else", "elif"})
TOKEN = re.compile(
    r"""(?P<comment>\{\#.*?\#\})
      | (?P<block>\{%.*?%\})
      | (?P<expr>\{\{.*?\}\})
      | (?P<remark><!--.*?-->)
      | (?P<tag></?[a-zA-Z!](?:\{\{.*?\}\}|\{%.*?%\}|"(?:\{\{.*?\}\}|\{%.*?%\}|[^"])*"|[^>"])*>)
      | (?P<text>(?:(?!\{\#|\{%|\{\{|</?[a-zA-Z!]|<!--).)+)""",
    re.VERBOSE | re.DOTALL,
)
WORDS = re.compile(r"""'[^']*'|"[^"]*"|\s+|[^\s'"]+""")
SHORT = 48  # an expression no longer than this is not broken
INNER = re.compile(r"""\{\{.*?\}\}|\{%.*?%\}|"(?:\{\{.*?\}\}|\{%.*?%\}|[^"])*"|'[^']*'|\s+|.""", re.DOTALL)


JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)


@dataclass
class Piece:
    """A token, the white space before it kept apart."""

    kind: str  # comment block expr tag text
    text: str
    space: bool  # white space stood before it
    name: str = ""
    outermost: bool = False  # a block's tag that stands in no other
    beside: bool = False  # a label that stands above its field: a line of its own, too

    @property
    def closes(self) -> bool:
        return self.kind == "tag" and self.text.startswith("</")

    @property
    def own_line(self) -> bool:
        return self.kind == "tag" and (self.name in OWN_LINE or self.beside)


def read(source: str) -> list[Piece]:
    """The pieces of a template, in order. White space at the end of one belongs to the next."""
    pieces: list[Piece] = []
    at, space, verbatim = 0, False, ""
    labels: list[bool] = []
    depth = 0
    while at < len(source):
        if verbatim:
            end = re.compile(rf"</{verbatim}\s*>", re.IGNORECASE).search(source, at)
            stop = end.start() if end else len(source)
            if stop > at:
                pieces.append(Piece("raw", source[at:stop], False))
            at, verbatim, space = stop, "", False
            continue
        found = TOKEN.match(source, at)
        if found is None:
            raise ValueError(f"cannot read the template at {source[at : at + 40]!r}")
        kind, text = str(found.lastgroup), found[0]
        at = found.end()
        if kind == "text":
            for part in re.findall(r"[ \t\n\r]+|[^ \t\n\r]+", text):
                if part.isspace() and not part.strip(" \t\n\r"):
                    space = True
                else:
                    pieces.append(Piece("text", part, space))
                    space = False
            continue
        name = ""
        if kind == "tag":
            name = re.sub(r"[^a-z0-9!].*", "", text.lstrip("</").lower(), flags=re.DOTALL)
            text = tidy_tag(text)
            if name in VERBATIM and not text.startswith("</") and not text.endswith("/>"):
                verbatim = name
        elif kind in ("block", "expr"):
            text = single_spaced(text)
        if kind == "block":
            found_name = re.match(r"\{%[-+]?\s*(\w+)", text)
            name = found_name[1] if found_name else ""
        beside = False
        if name == "label" and kind == "tag":
            beside = labels.pop() if text.startswith("</") and labels else 'class="label"' in text
            if not text.startswith("</"):
                labels.append(beside)
        if kind == "block":
            depth -= name.startswith("end")
            outermost = depth == 0
            depth += name in OPENS or (name == "set" and "=" not in text)
        else:
            outermost = False
        pieces.append(Piece(kind, text, space, name, outermost, beside))
        space = False
    return pieces


def single_spaced(text: str) -> str:
    """An expression with its white space made single, but for what stands in quotes."""
    return "".join(" " if part.isspace() else part for part in WORDS.findall(text))


def in_jinja(found: re.Match[str]) -> str:
    return single_spaced(found[0])


def tidy_tag(text: str) -> str:
    """A tag with its white space between attributes made single."""
    parts = [" " if part.isspace() else JINJA.sub(in_jinja, part) for part in INNER.findall(text)]
    out = re.sub(r" +", " ", "".join(parts)) if not any("  " in part for part in parts) else "".join(parts)
    return re.sub(r" >$", ">", out)


def free(left: Piece | None, right: Piece, kept: bool) -> bool:
    """Whether a new line between the two shows nothing new on the page."""
    if left is None or beside_a_macro(left, right):
        return True
    if empty(left, right):
        return False
    if left.own_line or right.own_line:
        return "raw" not in (left.kind, right.kind)
    if left.kind == "comment" or right.kind == "comment":
        return right.space
    return right.space and not kept


def beside_a_macro(left: Piece, right: Piece) -> bool:
    """Between macros a page shows nothing."""
    ended = left.outermost and left.name == "endmacro"
    return ended or (right.outermost and right.name == "macro")


def empty(left: Piece, right: Piece) -> bool:
    """An element with nothing in it stays so: `:empty` asks."""
    return left.own_line and right.closes and not left.closes and left.name == right.name and not right.space


def blank(left: Piece, right: Piece) -> bool:
    """An element with nothing but white space in it."""
    return left.own_line and right.closes and not left.closes and left.name == right.name and right.space


class Printer:
    """Writes the pieces: a leaf on one line where it fits, else nested."""

    def __init__(self, pieces: list[Piece]) -> None:
        self.pieces = pieces
        self.lines: list[str] = []
        self.line = ""
        self.stack: list[tuple[str, bool]] = []  # what is open, and whether it indents
        self.keeps: list[str] = []

    def depth(self) -> int:
        return sum(1 for _, indents in self.stack if indents)

    def new_line(self) -> None:
        if self.line.strip():
            self.lines.append(self.line.rstrip())
        self.line = ""

    def put(self, text: str, space: bool) -> None:
        if not self.line:
            self.line = STEP * self.depth() + text
        else:
            self.line += (" " if space else "") + text

    def leaf(self, at: int) -> int:
        """Past the end of an element on its own line that holds no other such; -1 where it holds one."""
        name = self.pieces[at].name
        for end in range(at + 1, len(self.pieces)):
            piece = self.pieces[end]
            if piece.own_line:
                return end + 1 if piece.closes and piece.name == name else -1
        return -1

    def flat(self, start: int, end: int) -> str:
        out = ""
        for place in range(start, end):
            piece, before = self.pieces[place], self.pieces[place - 1] if place > start else None
            edge = before is not None and (before.own_line or piece.own_line) and not blank(before, piece)
            out += (" " if piece.space and before is not None and not edge else "") + piece.text
        return out

    def print(self) -> str:
        at = 0
        while at < len(self.pieces):
            at = self.step(at)
        self.new_line()
        return "\n".join(self.lines) + "\n"

    def step(self, at: int) -> int:
        piece = self.pieces[at]
        before = self.pieces[at - 1] if at else None
        kept = bool(self.keeps)
        may_break = free(before, piece, kept)
        if piece.own_line and not piece.closes:
            if may_break:
                self.new_line()
            end = self.leaf(at) if piece.name not in VOID else -1
            if end > 0:
                whole = self.flat(at, end)
                if "\n" not in whole and len(STEP * self.depth() + whole) <= WIDTH:
                    self.put(whole, False)
                    return end
            self.put_tag(piece, piece.space and not may_break)
            if piece.name not in VOID and not piece.text.endswith("/>"):
                self.stack.append((piece.name, True))
                if KEEPS_BREAKS.search(piece.text):
                    self.keeps.append(piece.name)
            return at + 1
        if piece.own_line:
            self.close(piece, may_break)
            return at + 1
        if piece.kind == "block":
            return self.block(at, may_break)
        if piece.kind == "raw":
            self.line += piece.text
            if "\n" in self.line:
                *done, self.line = self.line.split("\n")
                self.lines += done
            return at + 1
        if may_break and before is not None and self.line.strip():
            own = before.own_line or before.kind in ("comment",) or piece.kind == "comment"
            run = self.run(at)
            if own or self.ends_block(before) or len(self.line) + 1 + len(run) > WIDTH:
                self.new_line()
        if piece.name == "svg" and piece.closes:
            self.close(piece, False)
            return at + 1
        self.put_tag(piece, piece.space) if piece.kind in ("tag", "expr") else self.put(
            piece.text, piece.space
        )
        if piece.name == "svg":
            self.stack.append(("svg", True))
        return at + 1

    def ends_block(self, piece: Piece) -> bool:
        """Whether a block's tag stands alone on the line that is being written."""
        return piece.kind == "block" and self.line.strip() == piece.text

    def run(self, at: int) -> str:
        """What cannot be parted from this piece: up to the next white space."""
        out = self.pieces[at].text
        for piece in self.pieces[at + 1 :]:
            if piece.space or piece.own_line:
                break
            out += piece.text
        return out

    def close(self, piece: Piece, may_break: bool) -> None:
        if self.keeps and self.keeps[-1] == piece.name:
            opened = [name for name, _ in self.stack if name == piece.name]
            if len(opened) <= self.keeps.count(piece.name):
                self.keeps.pop()
        for place in range(len(self.stack) - 1, -1, -1):
            if self.stack[place][0] == piece.name:
                del self.stack[place]
                break
        if may_break or (piece.name == "svg" and not self.line):
            self.new_line()
        self.put(piece.text, piece.space and not may_break)

    def block(self, at: int, may_break: bool) -> int:
        piece, after = self.pieces[at], self.pieces[at + 1] if at + 1 < len(self.pieces) else None
        alone = may_break and (after is None or free(piece, after, bool(self.keeps)))
        name = piece.name
        if name.startswith("end"):
            opener = name.removeprefix("end")
            for place in range(len(self.stack) - 1, -1, -1):
                if self.stack[place][0] == "%" + opener:
                    indents = self.stack[place][1]
                    del self.stack[place]
                    if may_break and (indents or alone):
                        self.new_line()
                    break
            self.put(piece.text, piece.space)
            if alone:
                self.break_after(after)
            return at + 1
        if name in MIDDLE:
            inner = [place for place, (opened, _) in enumerate(self.stack) if opened in ("%if", "%for")]
            if inner and self.stack[inner[-1]][1] and may_break:
                kept = self.stack[inner[-1]]
                self.stack[inner[-1]] = (kept[0], False)
                self.new_line()
                self.put(piece.text, piece.space)
                self.stack[inner[-1]] = kept
                self.break_after(after)
            else:
                self.put(piece.text, piece.space)
            return at + 1
        if alone:
            self.new_line()
            self.put(piece.text, False)
        else:
            if may_break and (piece.outermost or len(self.line) + len(self.run(at)) > WIDTH):
                self.new_line()
            self.put(piece.text, piece.space)
        if name in OPENS or (name == "set" and "=" not in piece.text):
            self.stack.append(("%" + name, alone))
        if alone:
            self.break_after(after)
        return at + 1

    def break_after(self, after: Piece | None) -> None:
        if after is None or free(Piece("block", "", False), after, bool(self.keeps)):
            self.new_line()

    def put_tag(self, piece: Piece, space: bool) -> None:
        """A tag, or an expression, that is too long is broken where white space stands in it."""
        indent = STEP * self.depth()
        room = len(self.line) if self.line else len(indent)
        short = piece.kind == "expr" and len(piece.text) <= SHORT
        if short or room + len(piece.text) + space <= WIDTH or "\n" in piece.text:
            self.put(piece.text, space)
            return
        parts, word = [], ""
        for part in split_places(piece):
            word += part
            if part == " ":
                parts.append(word.rstrip(" "))
                word = ""
        parts.append(word)
        self.put(parts[0], space)
        for part in parts[1:]:
            if len(self.line) + 1 + len(part) > WIDTH:
                self.lines.append(self.line.rstrip())
                self.line = indent + STEP * 2 + part
            else:
                self.line += " " + part


def split_places(piece: Piece) -> list[str]:
    """The text of a tag or expression, with a lone " " where it may be broken."""
    if piece.kind == "expr":
        return WORDS.findall(piece.text)
    return INNER.findall(piece.text)


def format_template(source: str) -> str:
    """The template as this house writes it."""
    return break_long(Printer(read(source)).print())


def break_long(source: str) -> str:
    """Lines that are still too long, broken where white space shows nothing: inside a tag or an expression."""
    if all(len(line) <= LONGEST for line in source.split("\n")):
        return source
    places, start, out = breaking_places(source), 0, []
    for line in source.split("\n"):
        indent = " " * (len(line) - len(line.lstrip()) + 2 * len(STEP))
        rest, at = line, start
        while len(rest) > LONGEST:
            first = len(rest) - len(rest.lstrip()) + 1
            fitting = [place for place in range(first, WIDTH + 1) if at + place in places]
            if not fitting:
                break
            cut = fitting[-1]
            out.append(rest[:cut].rstrip())
            dropped = len(rest[cut:]) - len(rest[cut:].lstrip())
            at += cut + dropped - len(indent)
            rest = indent + rest[cut:].lstrip()
        out.append(rest)
        start += len(line) + 1
    return "\n".join(out)


def breaking_places(source: str) -> set[int]:
    """Where white space stands that may be a new line."""
    found: set[int] = set()
    at, verbatim = 0, ""
    while at < len(source):
        if verbatim:
            end = re.compile(rf"</{verbatim}\s*>", re.IGNORECASE).search(source, at)
            at, verbatim = (end.start() if end else len(source)), ""
            continue
        token = TOKEN.match(source, at)
        if token is None:
            raise ValueError(f"cannot read the template at {source[at : at + 40]!r}")
        kind, text = str(token.lastgroup), token[0]
        if kind in ("block", "expr"):
            found |= spaces(WORDS, text, at)
        elif kind == "tag":
            found |= spaces(INNER, text, at)
            for inner in JINJA.finditer(text):
                found |= spaces(WORDS, inner[0], at + inner.start())
            name = re.sub(r"[^a-z0-9!].*", "", text.lstrip("</").lower(), flags=re.DOTALL)
            if name in VERBATIM and not text.startswith("</") and not text.endswith("/>"):
                verbatim = name
        at = token.end()
    return found


def spaces(pattern: re.Pattern[str], text: str, start: int) -> set[int]:
    """Not beside the marks of a block, nor before the end of an expression: those stay with what they hold."""
    found = {one.start() for one in pattern.finditer(text) if one[0].isspace()}
    beside = {len(text) - len("%}") - 1} | ({len("{%")} if text.startswith("{%") else set())
    return {start + place for place in found - beside}


def essence(source: str) -> list[str]:
    """What a page shows of a template: its pieces, with white space only where it shows."""
    out: list[str] = []
    before: Piece | None = None
    for piece in read(source):
        if before is not None:
            if empty(before, piece) or blank(before, piece):
                out.append("blank" if piece.space else "empty")
            shown = not (before.own_line or piece.own_line or beside_a_macro(before, piece))
            if piece.space and shown:
                out.append(" ")
        out.append(piece.text if piece.kind == "raw" else re.sub(r"\s+", " ", piece.text))
        before = piece
    return out


def main() -> int:
    check = "--check" in sys.argv
    wrong = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        source = path.read_text("utf-8")
        made = format_template(source)
        if essence(made) != essence(source):
            raise SystemExit(f"{path.relative_to(ROOT)}: formatting would change what is shown")
        if made != source:
            wrong.append(str(path.relative_to(ROOT)))
            if not check:
                path.write_text(made, "utf-8")
    if check and wrong:
        print("Not formatted (python tools/format_templates.py):", *wrong, sep="\n  ")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
