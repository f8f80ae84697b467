"""Who looked at which record, at the desk and on phones. Chained by hashes, so a missing line shows."""

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from ..core.clock import stamp
from ..core.desk import Desk
from ..core.errors import DeskError
from ..core.tables import canonical
from ..models.office_and_cases import AccessView
from .access import Actor

START = bytes(32)
SAME_LOOK = timedelta(hours=1)


def note_view(
    desk: Desk,
    actor: Actor,
    what: str,
    case: str | None = None,
    *,
    where: str = "desk",
    at: str | None = None,
) -> None:
    """Write down one view. `what` is the page or record, never its contents."""
    write_view(desk, actor.id, what, case, where, at or desk.now())


def note_views(desk: Desk, actor: Actor, what: str, cases: Iterable[str], *, each: bool = False) -> None:
    """A line for each case a list showed content of.

    A list looked at again within the hour is the same look, unless `each` is to be told.
    """
    since = stamp(desk.clock() - SAME_LOOK)
    rows = AccessView.select(AccessView.case).where(
        (AccessView.staff == actor.id) & (AccessView.what == what) & (AccessView.at >= since)
    )
    wanted = sorted({case for case in cases if case})
    if not wanted:
        return
    known = set() if each else {row.case for row in rows}
    with desk.write():
        for case in wanted:
            if case not in known:
                note_view(desk, actor, what, case)


def write_view(desk: Desk, staff: str, what: str, case: str | None, where: str, at: str) -> None:
    """The same by the person's id (a phone's `case.viewed`)."""
    with desk.write():
        last = AccessView.select().order_by(AccessView.position.desc()).first()
        position = 1 if last is None else last.position + 1
        row = AccessView(position=position, at=at, staff=staff, what=what, case=case, where=where, chain=b"")
        row.chain = _link(START if last is None else bytes(last.chain), row)
        row.save(force_insert=True)


def verify() -> int:
    """Walk the chain. Returns the number of views; raises DeskError access_log_broken at the first fault."""
    chain, count = START, 0
    for row in AccessView.select().order_by(AccessView.position).iterator():
        chain, count = _link(chain, row), count + 1
        if row.position != count or bytes(row.chain) != chain:
            raise DeskError("access_log_broken", str(row.position))
    return count


def verify_lines(rows: list[Any]) -> None:
    """Check these lines against the ones before them; all of the chain is `verify`. Raises access_log_broken."""
    before = {
        row.position + 1: bytes(row.chain)
        for row in AccessView.select().where(AccessView.position.in_([row.position - 1 for row in rows]))
    }
    for row in rows:
        start = START if row.position == 1 else before.get(row.position)
        if start is None or bytes(row.chain) != _link(start, row):
            raise DeskError("access_log_broken", str(row.position))


def length() -> int:
    """How many views are kept."""
    last = AccessView.select(AccessView.position).order_by(AccessView.position.desc()).first()
    return 0 if last is None else int(last.position)


def views(staff: str | None = None, case: str | None = None, limit: int = 200, before: int = 0) -> list[Any]:
    """The latest views, newest first, of one person or one case."""
    query = AccessView.select().order_by(AccessView.position.desc()).limit(limit)
    if staff is not None:
        query = query.where(AccessView.staff == staff)
    if case is not None:
        query = query.where(AccessView.case == case)
    if before:
        query = query.where(AccessView.position < before)
    return list(query)


def _link(before: bytes, row: Any) -> bytes:
    link = [row.position, row.at, row.staff, row.what, row.case, row.where]
    return hashlib.sha256(b"sotto/1 access log\n" + before + canonical(link).encode()).digest()
