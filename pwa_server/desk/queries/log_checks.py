"""Once a day the desk walks its own chains and looks at its journal, and keeps what does not fit for the morning page.

What an operator does with `sotto verify-log`, for offices where nobody does. A fault stops nothing: it is told to
whoever reads the logs of everybody, and stays told until a later look finds all whole.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from ..core.clock import read_stamp
from ..core.desk import Desk
from ..core.errors import DeskError
from ..log import journal_watch
from ..log.event_log import verify_chain
from ..models.key_values import get_state, set_state
from . import access_log_head

STATE = "log_checks"
EVERY = timedelta(days=1)
CHAINS: tuple[tuple[str, Callable[[], int]], ...] = (
    ("events", verify_chain),
    ("views", access_log_head.verify),
    ("security", access_log_head.verify_security),
)


def check_if_due(desk: Desk) -> None:
    last = get_state(STATE, {"at": None})["at"]
    if last is None or not timedelta() <= desk.clock() - read_stamp(last) < EVERY:
        check(desk)


def check(desk: Desk) -> list[dict[str, Any]]:
    """Walk everything. Keeps and returns [{kind, place, since}]; `since` is when it was first found."""
    before = {(one["kind"], one["place"]): one["since"] for one in found()}
    now = [*_broken_chains(), *journal_watch.faults(desk)]
    faults = [
        {"kind": kind, "place": place, "since": before.get((kind, place), desk.now())} for kind, place in now
    ]
    with desk.write():
        set_state(STATE, {"at": desk.now(), "faults": faults})
    return faults


def found() -> list[dict[str, Any]]:
    """What the last look found: [{kind, place, since}]."""
    return list(get_state(STATE, {"faults": []})["faults"])


def last_look() -> str | None:
    """When, or None before the first."""
    at: str | None = get_state(STATE, {"at": None})["at"]
    return at


def _broken_chains() -> list[tuple[str, str]]:
    broken = []
    for name, walk in CHAINS:
        try:
            walk()
        except DeskError as error:
            broken.append((name, error.detail))
    return broken
