"""What a question can be tied to: a field of the record, or one sentence of a note."""

import re
from typing import Any

from .record import FIELDS, NOTES

SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]*[」』）)]*")


def sentences(text: str) -> list[str]:
    """The sentences of a note, as they stand there."""
    return [one.strip() for one in SENTENCE.findall(text) if one.strip()]


def choices(body: dict[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """(field path, [(value, sentence)]) for the form: the field as a whole, then its sentences."""
    choices = []
    for path in FIELDS:
        outer, _, name = path.partition(".")
        text = body.get("notes", {}).get(name) if outer == "notes" and name in NOTES else None
        if outer == "notes" and text is None:
            continue  # this person does not see it
        found = sentences(text) if text else []
        choices.append(
            (path, [(f"{path}#{n}", one) for n, one in enumerate(found)] if len(found) > 1 else [])
        )
    return choices


def read_choice(value: str, body: dict[str, Any]) -> tuple[str, str | None] | None:
    """(field path, sentence or None) of what the form sent; None when it names nothing there is."""
    path, _, number = value.partition("#")
    if path not in FIELDS:
        return None
    if not number:
        return path, None
    found = sentences(body.get("notes", {}).get(path.partition(".")[2]) or "")
    if not (number.isascii() and number.isdigit()) or int(number[:6]) >= len(found):
        return path, None
    return path, found[int(number)]


def marked(text: str, passage: str | None) -> list[tuple[bool, str]]:
    """The text with the sentence a question is about, as (asked, piece)."""
    if not passage or passage not in text:
        return [(False, text)]
    before, _, after = text.partition(passage)
    return [(False, before), (True, passage), (False, after)]
