"""One line of JSON per event. No ids, no addresses, no bodies: a log is read by people who may see none of them.

An exception is told by its type and the places it passed, never by its text (fault_lines.py).
"""

import logging

from pwa_server.fault_lines import line, told

LINE = {"is_line": True}
logger = logging.getLogger("sotto.relay")


def set_up() -> None:
    """Lines go to stderr, once. The web server's own access log stays off: it would write addresses with ids."""
    if not any(type(handler.formatter) is logging.Formatter for handler in logger.handlers):
        logger.handlers.clear()  # what the process set up for faults would wrap a line in a second one
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(message)s"))
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False


def note(event: str, **facts: str | int | float | None) -> None:
    """`facts`: only names and numbers of our own making."""
    logger.info(line(event, dict(facts)), extra=LINE)


def note_fault(event: str, error: BaseException) -> None:
    logger.error(line(event, told(error)), extra=LINE)
