"""Japanese texts brought to one spelling for searching, and the bigrams an index of them is made of.

Width, case, katakana or hiragana and the common variants of a name's kanji make no difference. Japanese has no
spaces between words, and half of its words are two letters long: so every two neighbouring letters are a term.
"""

import re
import unicodedata

# the spelling searched for ← the others (names in family registers keep the old forms)
VARIANTS = {
    "高": "髙",
    "崎": "﨑碕",
    "浜": "濱濵",
    "辺": "邊邉",
    "斉": "齊斎齋",
    "広": "廣",
    "国": "國",
    "沢": "澤",
    "島": "嶋嶌",
    "桜": "櫻",
    "真": "眞",
    "徳": "德",
    "恵": "惠",
    "礼": "禮",
    "曽": "曾",
    "瀬": "瀨",
    "条": "條",
    "竜": "龍",
    "槙": "槇",
    "桧": "檜",
    "塩": "鹽",
    "関": "關",
    "鉄": "鐵",
    "万": "萬",
    "与": "與",
    "寿": "壽",
    "栄": "榮",
    "豊": "豐",
    "実": "實",
}
_FOLD = {ord(other): plain for plain, others in VARIANTS.items() for other in others}
# katakana to hiragana, letter by letter; the long mark stays
_FOLD |= {code: chr(code - 0x60) for code in range(0x30A1, 0x30F7)}
_GAPS = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """One spelling, length and order of letters mostly kept."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_FOLD)


def grams(text: str) -> str:
    """The terms of a text: of each run of letters its pairs, and its last letter alone."""
    runs = _GAPS.split(plain(text))
    return " | ".join(" ".join(run[i : i + 2] for i in range(len(run))) for run in runs if run)


def asked(query: str) -> str:
    """The same for what was typed, in the index's language: every word must be there, letters side by side."""
    parts = []
    for run in _GAPS.split(plain(query)):
        if len(run) == 1:
            parts.append(f'"{run}" *')
        elif run:
            parts.append('"' + " ".join(run[i : i + 2] for i in range(len(run) - 1)) + '"')
    return " AND ".join(parts)


def around(text: str, query: str, width: int = 36) -> list[tuple[bool, str]]:
    """The place in a text where the first word asked for stands, as (found, piece) for a page to mark."""
    letters: list[int] = []  # for each plain letter, where it comes from
    folded = ""
    for place, letter in enumerate(text):
        told = plain(letter)
        folded += told
        letters += [place] * len(told)
    for run in (run for run in _GAPS.split(plain(query)) if run):
        found = folded.find(run)
        if found >= 0:
            begin, end = letters[found], letters[found + len(run) - 1] + 1
            left, right = max(0, begin - width), min(len(text), end + width)
            return [
                (False, ("…" if left else "") + text[left:begin]),
                (True, text[begin:end]),
                (False, text[end:right] + ("…" if right < len(text) else "")),
            ]
    return [(False, text[: 2 * width] + ("…" if len(text) > 2 * width else ""))]
