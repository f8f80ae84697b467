"""How far a long piece of work has come, told from one process to the one that waits for it: two numbers in a file."""

import time
from collections.abc import Callable
from pathlib import Path

STEP = 10  # percent
NAME = "progress"
FRESH = 60.0  # seconds; the work tells more often than this, or it is not going on


def tell_progress(folder: Path, done: int, of: int) -> None:
    (folder / NAME).write_text(f"{done} {of}\n", "ascii")


def clear_progress(folder: Path) -> None:
    (folder / NAME).unlink(missing_ok=True)


def read_progress(folder: Path) -> tuple[int, int] | None:
    """(done, of how many), or None when nothing is going on."""
    file = folder / NAME
    try:
        if time.time() - file.stat().st_mtime > FRESH:
            return None
        done, _, of = file.read_text("ascii").partition(" ")
        return int(done), int(of)
    except (OSError, ValueError):
        return None


class Steps:
    """Says a line at the start and then at every tenth; in between it keeps silent."""

    def __init__(self, say: Callable[[int], None]) -> None:
        self._say, self._next = say, 0

    def __call__(self, done: int, of: int) -> None:
        percent = 100 * done // max(of, 1)
        if percent >= self._next:
            self._next = percent - percent % STEP + STEP
            self._say(percent)
