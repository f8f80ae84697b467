"""How far a long piece of work has come, told from one process to the one that waits for it: two numbers in a file."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

STEP = 10  # percent
NAME = "progress"


def tell_progress(folder: Path, done: int, of: int) -> None:
    """A folder that takes no such file must not undo the work that is told of."""
    with suppress(OSError):
        (folder / NAME).write_text(f"{done} {of}\n", "ascii")


def clear_progress(folder: Path) -> None:
    with suppress(OSError):
        (folder / NAME).unlink(missing_ok=True)


def read_progress(folder: Path) -> tuple[int, int] | None:
    """(done, of how many), or None when nothing is told."""
    try:
        done, _, of = (folder / NAME).read_text("ascii").partition(" ")
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


class Watched:
    """Whether the work came further than ever before: one that dies and begins again is not waited for without end."""

    def __init__(self, folder: Path, steps: Steps) -> None:
        self._folder, self._steps, self._furthest = folder, steps, -1.0
        clear_progress(folder)  # of a work that died

    def __call__(self) -> bool:
        done, of = read_progress(self._folder) or (-1, 1)
        if done / max(of, 1) <= self._furthest or done < 0:
            return False
        self._furthest = done / max(of, 1)
        self._steps(done, of)
        return True
