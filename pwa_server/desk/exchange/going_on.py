"""One phone, event or document that fails stops no other: it is left, and the morning page names it.

What concerns all of them alike goes up: a relay that is away, a full disk.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sync.errors import SyncError

from ..core.desk import Desk
from ..core.errors import DeskError
from ..models.key_values import get_state, set_state
from .relay_client import RelayError

log = logging.getLogger("sotto.desk")
NAME = "left_of_round"
# Refusals of one list or envelope; whatever else the relay answers concerns every phone.
OF_ONE = ("malformed", "too_big", "not_found", "unknown_device", "revoked")


@contextmanager
def going_on(desk: Desk, what: str, device: str, of: str = "") -> Iterator[None]:
    """`what`: arrivals | documents | document | sending | roster | reminders | watch | statement.

    `of`: which one of them.
    """
    try:
        yield
    except RelayError as error:
        if error.code not in OF_ONE:
            raise
        leave(desk, what, device, of, error.code)
    except DeskError as error:
        if error.code == "full":
            raise
        leave(desk, what, device, of, error.code)
    except SyncError as error:
        leave(desk, what, device, of, error.code)
    except Exception as error:
        # A fault of ours: the trace goes to the log without what stood in the record.
        log.exception("left out of this round: %s", what)
        leave(desk, what, device, of, type(error).__name__)


def leave(desk: Desk, what: str, device: str, of: str, code: str) -> None:
    desk.left_out[what, device, of] = code


def begin_round(desk: Desk) -> None:
    desk.left_out.clear()


def end_round(desk: Desk) -> None:
    """Keep what was left, for the morning page. Call inside `desk.write()`."""
    before = {_key(one): one["since"] for one in left()}
    troubles = [
        {
            "what": what,
            "device": device,
            "of": of,
            "code": code,
            "since": before.get((what, device, of), desk.now()),
        }
        for (what, device, of), code in sorted(desk.left_out.items())
    ]
    if troubles != left():
        set_state(NAME, troubles)


def left() -> list[dict[str, Any]]:
    """What the last round left, with since when."""
    return list(get_state(NAME, []))


def _key(one: dict[str, Any]) -> tuple[str, str, str]:
    return one["what"], one["device"], one["of"]
