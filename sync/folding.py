"""One spelling of a name or a word, for comparing alone: what is stored stays as it was written (SPEC 1.8)."""

import json
import re
import unicodedata
from pathlib import Path

from .encoding import b64u, sha256

_FILE = Path(__file__).with_name("alike.js")
_ALIKE = json.loads(_FILE.read_text("utf-8").partition("export const ALIKE =")[2])
GROUPS: tuple[str, ...] = tuple(
    group for name in ("kanji", "kana", "latin") for group in " ".join(_ALIKE[name]).split(" ")
)
_STANDS_FOR = str.maketrans(_ALIKE["two"] | {other: group[0] for group in GROUPS for other in group[1:]})

# What is written and not seen: soft hyphens, zero-width characters, directions, variation selectors, tags.
_UNSEEN = re.compile(
    "[\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U0001bca0-\U0001bca3\U000e0000-\U000e0fff]"
)
_KATAKANA = {code: code - 0x60 for code in (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)}
_REPEATED = re.compile("[々〻ゝゞ]")
_JOINER = re.compile("[・'’‘`´=゠·]")
_LETTERS = ("L", "N", "M", "Sc", "Sm", "So", "Cn")
# Scripts written without spaces: one beside such a letter says nothing.
_UNSPACED = (
    "[\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff\U00016fe0-\U00018dff\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)
_SPACE_AFTER = re.compile(f"({_UNSPACED})[ \t]+")
_SPACE_BEFORE = re.compile(f"[ \t]+(?={_UNSPACED})")
_DASH_IN_NUMBER = re.compile("([0-9])ー(?=[0-9])")
_NOT_A_LETTER = re.compile(r"[^\w \t]")
_SPACES = re.compile("[\n\t ]+")


def fold(text: str) -> str:
    """The folded text.

    Width, case, accents, katakana or hiragana, small and old kana, and the variants of a kanji make no difference;
    nor do spaces and dots inside a name. A line's end or a sentence's is one space.
    """
    plain = unicodedata.normalize("NFKD", text.replace("\u309b", "\u3099").replace("\u309c", "\u309a"))
    plain = unicodedata.normalize("NFC", _UNSEEN.sub("", plain).lower())
    plain = _JOINER.sub("", plain).translate(_KATAKANA)
    letters = (_repeat(plain) if _REPEATED.search(plain) else plain).translate(_STANDS_FOR)
    letters = _NOT_A_LETTER.sub(_gap, letters).replace("_", "\n")
    letters = _SPACE_BEFORE.sub("", _SPACE_AFTER.sub(r"\1", letters))
    return _SPACES.sub(" ", _DASH_IN_NUMBER.sub(r"\1", letters)).strip(" ")


def words_of(question: str) -> list[str]:
    """The words of a question, folded: a text in which each is found is an answer."""
    words = re.split("[\\s\u200b\ufeff]+", question)
    return [part for word in words for part in fold(word).split(" ") if part]


def place_of(letters: str, n: int) -> int:
    """Where in a text the letter stands that is the n-th of its folded form."""
    low, high = 0, len(letters)
    while low < high:
        middle = (low + high) // 2
        if len(fold(letters[: middle + 1])) > n:
            high = middle
        else:
            low = middle + 1
    return low


def fingerprint() -> str:
    """Another one means that an index of folded texts is to be made anew."""
    return b64u(sha256(_FILE.read_bytes(), Path(__file__).read_bytes()))


def _gap(found: re.Match[str]) -> str:
    """Marks of a script, signs like ○ and letters newer than this Python stay; what ends a sentence is a gap."""
    category = unicodedata.category(found[0])
    return found[0] if category.startswith("M") or category in _LETTERS else "\n"


def _repeat(text: str) -> str:
    """佐々木 is 佐佐木, みすゞ is みすず."""
    written = []
    before = ""
    for letter in text:
        if before.strip() and _REPEATED.match(letter):
            before = unicodedata.normalize("NFC", before + "\u3099") if letter == "ゞ" else before
        else:
            before = letter
        written.append(before)
    return "".join(written)
