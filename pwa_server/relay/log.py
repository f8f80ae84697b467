"""One line of JSON per event. No ids, no addresses, no bodies: a log is read by people who may see none of them.

An exception is told by its type and the places it passed, never by its text: database errors quote values.
"""

import json
import logging
import traceback
from datetime import UTC, datetime

logger = logging.getLogger("sotto.relay")


def set_up() -> None:
    """Lines go to stderr, once. The web server's own access log stays off: it would write addresses with ids."""
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(message)s"))
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False


def note(event: str, **facts: str | int | float | None) -> None:
    """`facts`: only names and numbers of our own making."""
    logger.info(_line(event, facts))


def note_fault(event: str, error: BaseException) -> None:
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]
    logger.error(_line(event, {"fault": type(error).__name__, "at": places[-8:]}))


def _line(event: str, facts: object) -> str:
    time = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return json.dumps({"time": time, "event": event, **(facts if isinstance(facts, dict) else {})})
