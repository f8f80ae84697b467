"""How a program says what it is like: a table of numbers, each with what it means.

Metrics and `sotto status` read it.
"""

from dataclasses import field, fields
from typing import Any


def gauge(help_: str, default: Any = None) -> Any:
    """A number of such a table. None: there is none to tell now."""
    return field(default=default, metadata={"help": help_})


def gauges_of(table: Any) -> dict[str, str]:
    """Name -> meaning, of a table or its class."""
    return {entry.name: entry.metadata["help"] for entry in fields(table)}
