"""How long the access log is, and its last hash, written where cutting off its tail does not reach.

A hash chain shows a line that was changed or taken from the middle, not a tail that is gone. So with each backup, and
every hundred views, its length and last hash go into the log of events, which has a chain of its own, lies in every
backup and in the journal, the staff's second place. What was
seen since the last of these is all that could be cut unseen.
"""

from ..core.desk import Desk
from ..core.errors import DeskError
from ..log import journal
from ..log.event_log import read_entry
from ..models.key_values import get_state, set_state
from ..models.office_and_cases import AccessView, LogEntry
from ..projections.append_and_apply import make_event, record
from . import access_log

TYPE = "access_log.headed"
NAME = "access_head"
OFFICE = "office"  # nobody's act: the desk's own
EVERY = 100


def keep(desk: Desk, least: int = 1) -> None:
    """Write the head down when at least so many views came since the last time."""
    count, known = access_log.length(), newest()[0]
    if count - known < least:
        return
    last = AccessView.get_by_id(count)
    event = make_event(TYPE, None, {"views": count, "chain": bytes(last.chain).hex()}, desk.now())
    with desk.write():
        record(desk, event, OFFICE, OFFICE)
        set_state(NAME, event["id"])
        journal.keep(desk, event, OFFICE, OFFICE)


def newest() -> tuple[int, str]:
    """What was written down last: length and hash; 0 when nothing was."""
    return _told(get_state(NAME))


def verify() -> int:
    """The whole chain, and that it reaches as far as it ever did. Returns the views; DeskError access_log_broken."""
    count = access_log.verify()
    for row in LogEntry.select(LogEntry.id).where(LogEntry.type == TYPE):
        check_reach(*_told(row.id))
    return count


def _told(event: str | None) -> tuple[int, str]:
    entry = read_entry(event) if event else None
    return (
        (0, "")
        if entry is None or entry.body is None
        else (int(entry.body["views"]), str(entry.body["chain"]))
    )


def check_reach(views: int, chain: str) -> None:
    """Raises access_log_broken when the tail is gone, or is another than was written down."""
    row = AccessView.get_or_none(AccessView.position == views) if views else None
    if views and (row is None or bytes(row.chain).hex() != chain):
        raise DeskError("access_log_broken", f"{views}")
