"""A correction shown word by word. Japanese has no spaces: runs of one script are the words."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

# kanji with the kana that ends it, katakana, hiragana, latin and digits, anything else one by one
WORD = re.compile(r"[一-龯々〆ヶ]+|[ァ-ヴー]+|[ぁ-ん]{1,3}|[A-Za-z0-9０-９]+|\s+|.", re.DOTALL)
CLOSE = 0.25  # less alike than this, and two whole texts read better than a mosaic


@dataclass(frozen=True)
class Piece:
    kind: str  # same | del | ins
    text: str


def pieces(old: str, new: str) -> list[Piece]:
    """The new text with what went and what came, in reading order."""
    if old == new:
        return [Piece("same", new)] if new else []
    before, after = WORD.findall(old), WORD.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < CLOSE:
        return [piece for piece in (Piece("del", old), Piece("ins", new)) if piece.text]
    found: list[Piece] = []
    for op, i, j, k, m in matcher.get_opcodes():
        if op == "equal":
            found.append(Piece("same", "".join(after[k:m])))
            continue
        if j > i:
            found.append(Piece("del", "".join(before[i:j])))
        if m > k:
            found.append(Piece("ins", "".join(after[k:m])))
    return found
