"""Small facts of the machine, by name: cursor, incarnation, roster serial, last contact."""

from typing import Any

from .office_and_cases import State


def get_state(name: str, default: Any = None) -> Any:
    """The value, or `default`."""
    row = State.get_or_none(State.name == name)
    return default if row is None else row.value


def set_state(name: str, value: Any) -> None:
    """Keep it. Call inside `desk.write()`."""
    State.put(name=name, value=value)


def bump() -> None:
    """Something outside the log changed that phones are told of (held, safe). Call inside `desk.write()`."""
    set_state("changes", get_state("changes", 0) + 1)
