"""How a fault is told: when, what kind, and the places it passed; never its text, which may hold what somebody wrote.

Database errors quote values, and a traceback's last line is the exception's text. So everything that would print a
traceback prints such a line instead: loggers, threads, the program's own end.
"""

import json
import logging
import re
import secrets
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType

MOST_PLACES = 8
REQUEST_HEADER = "X-Request-Id"
REQUEST_ID = re.compile("[0-9a-f]{16}")
_request: ContextVar[str] = ContextVar("request", default="")


@contextmanager
def request(given: str = "") -> Iterator[str]:
    """A request, or a round of the desk's: every line written within names it, at the relay and at the desk alike.

    `given`: the id it came with. Anything but sixteen hexadecimal digits is passed over, and a new one is made.
    """
    id_ = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
    before = _request.set(id_)
    try:
        yield id_
    finally:
        _request.reset(before)


def request_id() -> str:
    """Of what is under way on this thread; empty outside of any."""
    return _request.get()


def line(event: str, facts: dict[str, object]) -> str:
    """One line of JSON that begins with the time. `facts`: only names and numbers of our own making."""
    time = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    under_way = {"request": request_id()} if request_id() else {}
    return json.dumps({"time": time, "event": event, **under_way, **facts})


def told(error: BaseException | None, trace: TracebackType | None = None) -> dict[str, object]:
    """`fault` and `at` of an exception."""
    frames = traceback.extract_tb(trace or (error.__traceback__ if error else None))
    places = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]
    return {"fault": type(error).__name__, "at": places[-MOST_PLACES:]}


def note(log: logging.Logger, event: str, error: BaseException) -> None:
    """A fault as a record that holds its kind and places, and not the exception itself."""
    log.error("%s: %s", event, type(error).__name__, extra={"fault_told": told(error)})


class Lines(logging.Formatter):
    """Records as such lines. A record's own words are ours; what was raised is told by `told`."""

    def format(self, record: logging.LogRecord) -> str:
        if getattr(record, "is_line", False):
            return record.getMessage()  # made by `line` already
        fault = getattr(record, "fault_told", {})
        if record.exc_info:
            fault = told(record.exc_info[1], record.exc_info[2])
        return line(record.getMessage(), {"level": record.levelname.lower(), **fault})


def set_up(name: str) -> None:
    """Lines of the logger `name`, and of all that nobody else handles, go to stderr; hooks for what is not caught."""
    for which, level in ((name, logging.INFO), ("", logging.WARNING)):
        logger = logging.getLogger(which)
        if not any(isinstance(handler.formatter, Lines) for handler in logger.handlers):
            handler = logging.StreamHandler()
            handler.setFormatter(Lines())
            logger.addHandler(handler)
            logger.setLevel(level)
    logging.getLogger(name).propagate = False
    logging.raiseExceptions = False  # a handler that fails would print the record with a traceback
    sys.excepthook = _at_the_end
    threading.excepthook = _in_a_thread
    sys.unraisablehook = _unraisable


def say(event: str, error: BaseException | None, trace: TracebackType | None = None) -> None:
    """Such a line on stderr, without a logger."""
    sys.stderr.write(line(event, told(error, trace)) + "\n")
    sys.stderr.flush()


def _at_the_end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    say("program ended by a fault", error, trace)


def _in_a_thread(args: threading.ExceptHookArgs) -> None:
    say("thread ended by a fault", args.exc_value, args.exc_traceback)


def _unraisable(args: "sys.UnraisableHookArgs") -> None:
    say("fault while cleaning up", args.exc_value, args.exc_traceback)
