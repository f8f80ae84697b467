"""Strings that exist nowhere else in the world: one for each field of a day, in the scripts people here write.

Each begins with the mark of its script in this run, so that a search for few marks finds them all.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

KANJI = "鑿鬯齲龕韭靉鰥鵺黴龠齟鸞驥髑靨颶饕馥鼇麤罅鬩籬躪"
HIRAGANA = "ゑゐぬほゎゆめよむれをろけゃゅひへねそ"
KATAKANA = "ヱヰヌホヮユメヨムレヲロケャュヴヂヅペ"
HALF_WIDTH = "ｦｧｨｩｪｫｬｭｮﾇﾈﾉﾊﾋﾌﾍﾎﾑﾕﾖﾛﾜﾝ"
ASCII = "bcdfghjkmnpqrtvwxz"
SCRIPTS = {
    "kanji": (KANJI, 5),
    "hiragana": (HIRAGANA, 7),
    "katakana": (KATAKANA, 7),
    "half_width": (HALF_WIDTH, 8),
    "ascii": (ASCII, 12),
}


@dataclass
class Needles:
    """`marks`: one a script. `given`: needle -> the field it went into."""

    marks: dict[str, str] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for script, (letters, length) in SCRIPTS.items():
            self.marks[script] = "".join(secrets.choice(letters) for _ in range(length))

    def for_field(self, name: str, script: str | None = None) -> str:
        """A new needle for this field; the scripts take turns."""
        script = script or list(SCRIPTS)[len(self.given) % len(SCRIPTS)]
        needle = f"{self.marks[script]}{len(self.given):03d}"
        self.given[needle] = name
        return needle

    def in_text(self, text: str) -> set[str]:
        """Which of them stand in this text."""
        return {needle for needle in self.given if needle in text}
