"""A text somebody types into a declared form: its name, its length, whether the form needs it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FreeText:
    """`longest`: letters."""

    name: str
    longest: int
    needed: bool = False
