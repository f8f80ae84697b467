"""What a checklist may be, so that every phone can show it: bounds, ids, and what is wrong said by item.

The shape is EVENTS.md's `checklist/ID`. Two minutes at most: sixty items are the limit, not the aim.
"""

import json
import re
from typing import Any

from sync import conditions
from sync.conditions import PARTS
from sync.encoding import is_date
from sync.errors import SyncError
from sync.events import YES_NO

PHASES = ("before", "during", "after")
MOST_ITEMS, MOST_CHOICES = 60, 20
LONGEST_TEXT, LONGEST_CHOICE, LONGEST_INTRO = 1000, 200, 2000
LARGEST = 300_000  # bytes of the whole, as a phone gets it
NUMBER = re.compile(r"-?[0-9]{1,9}")
IDS = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")

Fault = tuple[str, dict[str, Any]]  # key of its text, slots


def tidy(text: object, longest: int = LONGEST_TEXT) -> str:
    lines = (" ".join(line.split()) for line in str(text or "").splitlines())
    return "\n".join(line for line in lines if line)[:longest]


def both(ja: object, en: object, longest: int = LONGEST_TEXT) -> dict[str, str]:
    """A text in two languages; a missing one is the other."""
    texts = tidy(ja, longest), tidy(en, longest)
    return {"ja": texts[0] or texts[1], "en": texts[1] or texts[0]}


def faults_of(body: dict[str, Any]) -> list[Fault]:
    """What keeps this checklist from being published, by item. Empty: it may go out."""
    found: list[Fault] = []
    if not body["title"]["ja"]:
        found.append(("no_title", {}))
    items = body["items"]
    if not items:
        found.append(("no_items", {}))
    if len(items) > MOST_ITEMS:
        found.append(("many_items", {"most": MOST_ITEMS}))
    if len(json.dumps(body, ensure_ascii=False).encode()) > LARGEST:
        found.append(("large", {}))
    known = {item["id"] for item in items} | {
        f"{item['id']}_{part}" for item in items for part in item["parts"]
    }
    seen: set[str] = set()
    for place, item in enumerate(items, start=1):
        found += [(key, {"n": place, **slots}) for key, slots in _item_faults(item, seen, known)]
        seen.add(item["id"])
    return found


def condition_fault(text: str) -> str:
    """The piece of a condition that cannot be read; "" when all of it can."""
    try:
        conditions.parse(text)
    except SyncError as error:
        return error.detail or text[:30]
    return ""


def _start_faults(item: dict[str, Any]) -> list[Fault]:
    """What stands there at first is an answer of the item's own first part."""
    found: list[Fault] = []
    for part, value in item.get("start", {}).items():
        fits = {
            "n": isinstance(value, int),
            "d": is_date(value),
            "t": isinstance(value, str) and len(value) <= LONGEST_TEXT,
            "b": value in YES_NO,
            "c": value in [one["id"] for one in item.get("choices", [])],
        }
        if part not in item["parts"] or not fits.get(part):
            found.append(("start", {"text": str(value)[:40]}))
    return found


def _condition_faults(item: dict[str, Any], known: set[str]) -> list[Fault]:
    found: list[Fault] = []
    for name in ("when", "mustWhen"):
        text = item.get(name, "")
        if not text:
            continue
        if piece := condition_fault(text):
            found.append(("condition_piece", {"piece": piece}))
            continue
        found += [
            ("condition_unknown", {"name": one})
            for one in sorted(conditions.names_in(conditions.parse(text)) - known)
        ]
    return found


def _item_faults(item: dict[str, Any], seen: set[str], known: set[str]) -> list[Fault]:
    found: list[Fault] = []
    if not IDS.fullmatch(item["id"]):
        found.append(("odd_id", {"id": item["id"][:40]}))
    if item["id"] in seen:
        found.append(("twice", {"id": item["id"]}))
    if not item["text"]["ja"]:
        found.append(("no_text", {}))
    note = not item["parts"] and not item.get("must") and not item.get("mustWhen")
    if not (item["parts"] or note) or not set(item["parts"]) <= set(PARTS) or item["phase"] not in PHASES:
        found.append(("no_parts", {}))
    choices = item.get("choices", [])
    if "c" in item["parts"] and not 2 <= len(choices) <= MOST_CHOICES:
        found.append(("choices", {"most": MOST_CHOICES}))
    ids = [one["id"] for one in choices]
    if len(set(ids)) != len(ids) or not all(IDS.fullmatch(one) for one in ids):
        found.append(("choice_ids", {}))
    return found + _condition_faults(item, known) + _start_faults(item) + _bound_faults(item)


def _bound_faults(item: dict[str, Any]) -> list[Fault]:
    """The least and the most of a number."""
    bounds = [item[name] for name in ("least", "most") if name in item]
    if not all(isinstance(one, int) for one in bounds) or bounds != sorted(bounds):
        return [("bounds", {})]
    return []


def new_item_id(items: list[dict[str, Any]]) -> str:
    """The next free one, Q1, Q2 …"""
    used = {item["id"] for item in items}
    return next(name for n in range(1, MOST_ITEMS * 3) if (name := f"Q{n}") not in used)


def write_choices(choices: list[dict[str, Any]]) -> str:
    """As they stand in the form: `id: Japanese | English`, with ` !` where the answer is urgent."""
    return "\n".join(
        f"{one['id']}: {one['ja']} | {one['en']}{' !' if one.get('urgent') else ''}" for one in choices
    )


def read_choices(text: str) -> list[dict[str, Any]]:
    """The lines of the form. The id and the English may be left out."""
    found: list[dict[str, Any]] = []
    for line in text.splitlines()[: MOST_CHOICES + 1]:
        line, urgent = (line.rstrip()[:-1], True) if line.rstrip().endswith(("!", "！")) else (line, False)
        head, colon, rest = line.partition(":")
        named = bool(colon) and IDS.fullmatch(head.strip()) is not None
        ja, _, en = (rest if named else line).partition("|")
        texts = both(ja, en, LONGEST_CHOICE)
        if texts["ja"]:
            one: dict[str, Any] = {"id": head.strip() if named else f"c{len(found) + 1}", **texts}
            found.append(one | {"urgent": True} if urgent else one)
    return found
