"""The codes of a consent that was written in words alone: by older programs, and on phones.

Read once, when the line is applied. What cannot be read opens nothing: a person notes the line again with its codes.
"""

from typing import Any

from ..models.households import AGENCIES, ALL, GIVERS, STAFF
from ..models.office_and_cases import Member, Staff
from . import bulk

EVERYBODY = ("関係機関", "agencies", "organisations")
NAMED = {
    "conference": ("会議", "conference", "meeting"),
    "source": ("つなぎ元",),
    "host": ("受入先",),
}
BOUNDED = ("のみ", "だけ", "に限", "only", "以外", "除", "言わない", "伝えない", "except")
ADDRESS = ("住所", "address")
BY = {
    "person": ("本人", "person"),
    "guardian": ("後見人", "guardian"),
    "representative": ("代理人", "representative"),
    "family": (
        "母",
        "父",
        "妻",
        "夫",
        "兄",
        "姉",
        "弟",
        "妹",
        "祖",
        "家族",
        "親",
        "mother",
        "father",
        "family",
    ),
}


def codes_of(body: dict[str, Any], case: str) -> dict[str, Any]:
    """`to`, `scopes`, `giver` and `until` of a line: as it says them, or as its words do."""
    words = {name: str(body.get(name) or "") for name in ("recipient", "scope", "givenBy")}
    return {
        "to": _codes(body, "to", recipients_in(words["recipient"])),
        "scopes": _codes(body, "scopes", scopes_in(words["scope"])),
        "giver": _giver(body, words["givenBy"], case),
        "until": body.get("until") or None,
    }


def _codes(body: dict[str, Any], name: str, read: list[str]) -> list[str]:
    codes = body.get(name)
    return sorted(str(one) for one in codes) if isinstance(codes, list) else read


def recipients_in(words: str) -> list[str]:
    """Nobody named is everybody concerned; else whom the words name, colleagues of other bodies among them."""
    text = words.casefold()
    if not text.strip() or any(word in text for word in EVERYBODY):
        return [AGENCIES]
    found = [code for code, names in NAMED.items() if any(name in text for name in names)]
    people = Staff.select(Staff.id, Staff.name).order_by(Staff.id)
    found += [f"{STAFF}{row.id}" for row in people if row.name and row.name.casefold() in text]
    return sorted(found)


def scopes_in(words: str) -> list[str]:
    text = words.casefold()
    if not any(word in text for word in BOUNDED):
        return [ALL]
    return ["address"] if any(word in text for word in ADDRESS) else []


def _giver(body: dict[str, Any], words: str, case: str) -> str:
    if body.get("method") == "by_family":  # whoever is named: the person was not asked
        return "family"
    return str(body["by"]) if body.get("by") in GIVERS else giver_in(words, case)


def giver_in(words: str, case: str) -> str:
    """Whether the person said it: nobody is named, or they, or who stands for them by law."""
    text = words.casefold().strip()
    if not text:
        return "person"
    for of_them in ("本人の", "person's "):
        text = text.removeprefix(of_them)  # 本人の母 is the mother
    for code, names in BY.items():
        if any(name in text for name in names):
            return code
    bulk.catch_up()
    person = Member.get_or_none((Member.case == case) & Member.is_index)
    return "person" if person is not None and text == person.label.casefold() else "other"
