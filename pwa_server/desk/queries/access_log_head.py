"""How long access log and security log are, and their last hashes, written where cutting off a tail does not reach.

A hash chain shows a line that was changed or taken from the middle, not a tail that is gone. So with each backup, and
every hundred views or lines, number and last hash go into the log of events, which has a chain of its own, lies in
every backup and in the journal, the staff's second place. What came since is all that could be cut unseen.
"""

from typing import Any

from ..core.desk import Desk
from ..core.errors import DeskError
from ..log import journal, security_log
from ..log.event_log import read_entry
from ..models.key_values import get_state, set_state
from ..models.office_and_cases import AccessView, LogEntry
from ..models.system import SecurityLine
from ..projections.append_and_apply import make_event, record
from . import access_log

TYPE = "access_log.headed"
NAME = "access_head"
RESTORED = "heads_after"  # position of the log when this desk was restored
OFFICE = "office"  # nobody's act: the desk's own
EVERY = 100


def keep(desk: Desk, least: int = 1) -> None:
    """Write the heads down when at least so many views, or lines of the security log, came since the last time."""
    views, lines = access_log.length(), security_log.length()
    if views - newest()[0] < least and lines - _told_lines(get_state(NAME))[0] < least:
        return
    body: dict[str, Any] = {"views": views, "chain": ""}
    if views:
        body["chain"] = bytes(AccessView.get_by_id(views).chain).hex()
    if lines:
        body |= {"lines": lines, "lines_chain": bytes(SecurityLine.get_by_id(lines).chain).hex()}
    event = make_event(TYPE, None, body, desk.now())
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


def verify_security() -> int:
    """The security log's chain, and that it reaches as far as it ever did. Returns its lines; security_log_broken.

    What was told before a restore is not asked: lines since that backup went with the machine.
    """
    count = security_log.verify()
    heads = LogEntry.select(LogEntry.id).where(LogEntry.type == TYPE)
    for row in heads.where(LogEntry.position > int(get_state(RESTORED, 0))):
        lines, chain = _told_lines(row.id)
        found = SecurityLine.get_or_none(SecurityLine.position == lines) if lines else None
        if lines > security_log.let_go() and (found is None or bytes(found.chain).hex() != chain):
            raise DeskError("security_log_broken", f"{lines}")
    return count


def _told_lines(event: str | None) -> tuple[int, str]:
    """Of the security log; nothing in an event from before it was told."""
    entry = read_entry(event) if event else None
    if entry is None or entry.body is None:
        return 0, ""
    return int(entry.body.get("lines", 0)), str(entry.body.get("lines_chain", ""))
