"""What in a free text may tell who is meant: asked of whatever is written for readers who may see no case.

A question, not a proof: words can always tell more than a pattern knows. So a person who is told of it changes the text
or says that nobody can be known by it, and a second person reads what everybody will read.
"""

import re
import unicodedata

from sync.folding import fold

from ..models.office_and_cases import CaseFile, Member
from .access import Actor, sees_all

SHORTEST_NAME = 2  # letters; a household known by one letter is found by the title that follows it
# In the order of how surely they tell.
PATTERNS: dict[str, re.Pattern[str]] = {
    "number": re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2,8}[-ー‐]?\d{2,6}(?![A-Za-z0-9])"),
    "telephone": re.compile(r"(?<!\d)0\d{1,4}[-(\s]?\d{1,4}[-)\s]?\d{3,4}(?!\d)"),
    "address": re.compile(r"\d+\s?(?:丁目|番地|番\d|号室|号棟)|[一-龠ぁ-んァ-ヶ々]{1,8}[町村]\d"),
    "title": re.compile(
        r"(?P<who>[A-ZＡ-Ｚ一-龠々ァ-ヶー]{1,6})(?:さん|様|氏|くん|君|ちゃん)"
        r"|\b(?:Mr|Mrs|Ms|Miss)\.?\s[A-Z][a-z]*"
    ),
    "date": re.compile(
        r"(?:令和|平成|昭和|[RＲHＨ])\s?(?:\d{1,2}|元)年?[.年/]?|(?:19|20)\d\d\s?[年/.-]|\d{1,2}月\d{1,2}日|\b\d{1,2}/\d{1,2}\b"
    ),
    "age": re.compile(r"(?<!\d)\d{1,3}\s?(?:歳|才)|\b\d{1,3}[- ]years?[- ]old\b"),
    "town": re.compile(r"[一-龠ァ-ヶ々]{1,6}(?:町|団地|マンション|アパート)の"),
}
# Whom a title follows without telling who: kin and callings.
_KIN = "母 父 兄 姉 弟 妹 祖母 祖父 嫁 婿 奥 旦那 子 息子 娘 孫 親御"
_CALLINGS = "皆 客 医者 看護師 保健師 民生委員 支援員 相談員 職員 担当 大家 店 隣 神 王 同"
NOBODY = frozenset(f"{_KIN} {_CALLINGS}".split())


def told(actor: Actor, *texts: str) -> list[tuple[str, str]]:
    """(kind, passage) of what may tell who is meant, each once.

    Names of households are compared only for whoever may see them all: to anybody else the answer would tell whether
    somebody is known here.
    """
    found: dict[tuple[str, str], None] = {}
    for text in texts:
        plain = unicodedata.normalize("NFKC", text)
        for kind, pattern in PATTERNS.items():
            for match in pattern.finditer(plain):
                if kind == "title" and (match.groupdict().get("who") or "") in NOBODY:
                    continue
                found[kind, match.group()] = None
    if sees_all(actor, "contact"):
        found |= dict.fromkeys(("name", name) for name in _known_names("\n".join(texts)))
    return list(found)


def _known_names(text: str) -> list[str]:
    """Names and readings of people in households that stand in the text, in any spelling."""
    folded = fold(text)
    names: dict[str, None] = {}
    for table, columns in ((Member, (Member.name, Member.reading)), (CaseFile, (CaseFile.kana,))):
        for row in table.select(*columns).tuples().iterator():
            for name in row:
                if name and len(name) >= SHORTEST_NAME and (short := fold(name)) and short in folded:
                    names[name] = None
    return list(names)


SURE = ("number", "name")


def refused(found: list[tuple[str, str]], confirmed: bool) -> bool:
    """Whether a text may not stand: a case number or a household's name never, the rest until a person says so."""
    return bool(found) and (not confirmed or any(kind in SURE for kind, _ in found))
