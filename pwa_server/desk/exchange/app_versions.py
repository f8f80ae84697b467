"""Which version of the app phones run. A version is a hash: what counts is when each was first heard of."""

from ..core.desk import Desk
from ..models.key_values import get_state, set_state


def note_app(desk: Desk, app: str) -> None:
    """A phone says what it runs."""
    known = get_state("apps", {})
    if app and app not in known:
        with desk.write():
            set_state("apps", known | {app: desk.now()})


def newest_app() -> str:
    """The version that was first heard of last; empty before any phone spoke."""
    known: dict[str, str] = get_state("apps", {})
    return max(known, key=lambda app: (known[app], app), default="")
