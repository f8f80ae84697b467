"""The index's side of searching: texts folded to one spelling (`sync.folding`), and the terms an index is made of.

Japanese has no spaces between words, and half of its words are two letters long: so every two neighbouring letters
are a term. A term is written in the letters' numbers, which every tokenizer leaves alone, of whatever script they are.
"""

from sync import folding

VERSION = "4"


def fingerprint() -> str:
    """Another one means that the index is to be made anew."""
    return f"{VERSION} {folding.fingerprint()}"


def grams(text: str) -> str:
    """The terms of a text: of each run of letters its pairs, and its last letter alone."""
    runs = folding.fold(text).split(" ")
    return " | ".join(" ".join(_term(run[i : i + 2]) for i in range(len(run))) for run in runs if run)


def asked(query: str) -> str:
    """The same for what was typed, in the index's language: every word must be there, letters side by side."""
    parts = []
    for word in folding.words_of(query):
        if len(word) == 1:
            parts.append(f'"{_term(word)}" *')
        else:
            parts.append('"' + " ".join(_term(word[i : i + 2]) for i in range(len(word) - 1)) + '"')
    return " AND ".join(parts)


def around(text: str, query: str, width: int = 36) -> list[tuple[bool, str]]:
    """The place in a text where the first word asked for stands, as (found, piece) for a page to mark."""
    folded = folding.fold(text)
    for word in folding.words_of(query):
        found = folded.find(word)
        if found >= 0:
            begin = folding.place_of(text, found)
            end = folding.place_of(text, found + len(word) - 1) + 1
            left, right = max(0, begin - width), min(len(text), end + width)
            return [
                (False, ("…" if left else "") + text[left:begin]),
                (True, text[begin:end]),
                (False, text[end:right] + ("…" if right < len(text) else "")),
            ]
    return [(False, text[: 2 * width] + ("…" if len(text) > 2 * width else ""))]


def _term(letters: str) -> str:
    return "".join(f"{ord(letter):05x}" for letter in letters)
