"""One look at the relay after another: take in, answer, send. The relay being down is told, never fatal.

Work at the desk goes on without it: everything to send lies in the database until it can go.
"""

import logging
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from peewee import PeeweeException

from pwa_server import fault_lines
from sync.errors import SyncError

from ..backup import ageing, backup
from ..core.clock import read_stamp
from ..core.desk import Desk
from ..core.errors import DeskError
from ..models.key_values import get_state, set_state
from ..models.office_and_cases import BlobFile, Held, Received
from ..queries import access_log_head, log_checks, search
from . import inbox, outbox, photos, push_delivery, retry_held, roster
from .changed_documents import Looks, look
from .going_on import begin_round, end_round, going_on
from .relay_client import RelayClient, RelayError, relay_of
from .wake_list import forget_wakes_told, send_wakes
from .watch_list import forget_watches_told, send_watches

log = logging.getLogger("sotto.desk")

LONGEST_PAUSE = 300
INDEXED_AT_ONCE = 2000
SOON = 2
TRIAL_BACKUP = timedelta(seconds=3)
BACKUP = timedelta(minutes=15)
BACKUP_LOOK = 2.0
LOW = 10  # niceness
WHOLE_BOX = timedelta(hours=20)
BEGINNING: dict[str, Any] = {"incarnation": "", "number": 0}


@dataclass
class Summary:
    """What one look at the relay did."""

    envelopes: int = 0
    events: int = 0
    held: int = 0
    photos: int = 0
    sent: int = 0
    problem: str = ""


def sync_once(desk: Desk, keep_safe: bool = True, looks: Looks = look) -> Summary:
    """Everything once, in an order that makes records safe early. Raises RelayError, DeskError.

    `keep_safe`: backups too, where no thread of their own makes them. `looks`: what a phone should hold.
    """
    with desk.syncing:
        summary = Summary()
        begin_round(desk)
        relay = relay_of(desk)
        held_there = _take_in(desk, relay, summary)
        if keep_safe:
            _keep_safe(desk)
            _check_logs(desk)
        roster.publish_roster(desk, relay, held_there)
        roster.send_wipes(desk, relay)
        outbox.write_documents(desk, looks)
        summary.sent = outbox.push(desk, relay)
        send_wakes(desk, relay)
        send_watches(desk, relay)
        push_delivery.look(desk, relay)
        _let_forget(desk, relay)
        summary.photos = photos.fetch_wanted(desk, relay)
        if summary.photos:
            if keep_safe:
                _keep_safe(desk)
            outbox.write_documents(desk, looks)
            summary.sent += outbox.push(desk, relay)
            _let_forget(desk, relay)
        with desk.write():
            set_state("sync", {"at": desk.now(), "problem": "", "since": None})
            end_round(desk)
        return summary


def _take_in(desk: Desk, relay: RelayClient, summary: Summary) -> int:
    """Read the office's box to its end. Returns the serial of the roster the relay holds."""
    whole = _whole_box_due(desk)
    while True:
        cursor = BEGINNING if whole else get_state("cursor", BEGINNING)
        try:
            answer, parsed = relay.pull(cursor["incarnation"], cursor["number"])
        except RelayError as error:
            if error.code != "not_ready":
                raise
            # A relay that holds no roster of ours: new, or it lost everything.
            roster.publish_roster(desk, relay, 0)
            continue
        serial = int(answer.get("serial", 0))
        if _relay_is_another(desk, relay, serial):
            continue
        if roster.is_of_another_life(serial, str(answer.get("roster", ""))):
            roster.adopt_roster(desk, relay)
        whole = False
        touched = inbox.store(desk, parsed, set(answer.get("review", [])), _cursor(relay, answer))
        outbox.hear(desk, answer.get("statements", []))
        for device in touched:
            with going_on(desk, "arrivals", device):
                taken = inbox.settle(desk, device)
                summary.envelopes += taken.envelopes
                summary.events += taken.events
                summary.held += taken.held
        if not answer.get("more"):
            return serial


def _whole_box_due(desk: Desk) -> bool:
    """A cursor believes the relay: what was passed over is found when the box is read from its beginning (SPEC 4.2).

    What is covered by the roster lies there no more, so there is little to read again.
    """
    at = get_state("box_read_whole_at")
    due = at is None or not timedelta() <= desk.clock() - read_stamp(at) < WHOLE_BOX
    if due:
        with desk.write():
            set_state("box_read_whole_at", desk.now())
    return due or Received.select().where(Received.status == "waiting").exists()


def _cursor(relay: RelayClient, answer: dict[str, Any]) -> dict[str, Any]:
    return {"incarnation": relay.incarnation, "number": int(answer["cursor"])}


def _relay_is_another(desk: Desk, relay: RelayClient, serial: int) -> bool:
    """Whether the relay lost or rolled back its contents since last time: then everything is told again.

    A cursor of an older state would skip what was numbered anew, so reading begins at 0 (SPEC 6.1, 13).
    """
    before = get_state("incarnation")
    rolled_back = 0 < serial < int(get_state("roster_confirmed", 0))
    if before == relay.incarnation and not rolled_back:
        return False
    with desk.write():
        set_state("incarnation", relay.incarnation)
        set_state("roster_confirmed", 0)
        set_state("roster_told", None)
        set_state("cursor", {"incarnation": relay.incarnation, "number": 0})
    outbox.send_all_again(desk)
    roster.tell_wipes_again(desk)
    forget_wakes_told(desk)
    forget_watches_told(desk)
    return True


def _keep_safe(desk: Desk) -> None:
    """In a trial a backup is made at once, beside the data, so that phones see their records become safe.

    A backup that fails is told and takes nothing else along.
    """
    _finish_disposals(desk)  # first: a backup holds nothing of what a power cut left
    try:
        access_log_head.keep(desk, access_log_head.EVERY)
        if desk.config.backup_dir is not None:
            backup.backup_if_due(desk, TRIAL_BACKUP if desk.config.trial else BACKUP)
            backup.read_newest_again(desk)
    except (DeskError, OSError, PeeweeException) as error:
        code = error.code if isinstance(error, DeskError) else "backup_failed"
        log.warning("backup failed: %s", code)
        with suppress(DeskError, PeeweeException), desk.write():  # on a full disk the log has to do
            set_state("backup_problem", {"code": code, "detail": str(error), "at": desk.now()})


def _finish_disposals(desk: Desk) -> None:
    """After a power cut. What fails is tried again at the next look."""
    try:
        ageing.finish_disposals(desk)
    except (DeskError, OSError, PeeweeException) as error:
        fault_lines.note(log, "a disposal was not finished", error)


def _check_logs(desk: Desk) -> None:
    """Once a day. What is found stands on the morning page; a look that fails stops nothing."""
    try:
        log_checks.check_if_due(desk)
    except (DeskError, OSError, PeeweeException) as error:
        fault_lines.note(log, "the logs were not walked", error)


def _let_forget(desk: Desk, relay: RelayClient) -> None:
    """Tell the relay which photos and review-box envelopes it need not keep any longer."""
    closed = Held.select(Held.id).where((Held.kind == "blob") & (Held.state == "dismissed"))
    done = ~BlobFile.dropped & ((BlobFile.safe & (BlobFile.state == "here")) | BlobFile.id.in_(closed))
    safe = [row.id for row in BlobFile.select(BlobFile.id).where(done).limit(100)]
    if safe:
        relay.ask("drop_blobs", ids=safe)
        with desk.write():
            BlobFile.update(dropped=True).where(BlobFile.id.in_(safe)).execute()
    drops = get_state("drops", [])
    if drops:
        relay.ask("drop", ids=drops)
        with desk.write():
            set_state("drops", [one for one in get_state("drops", []) if one not in drops])


def status(desk: Desk) -> dict[str, Any]:
    """How the desk stands with the relay, for the pages: at (last good look), problem (code), since."""
    return dict(get_state("sync", {"at": None, "problem": "", "since": None}))


def nudge(desk: Desk) -> None:
    """Look at the relay now rather than at the end of the pause."""
    desk.stirred.set()


def start_thread(desk: Desk, backup_look: float = BACKUP_LOOK) -> Callable[[], None]:
    """Look at the relay in the background until the returned function is called.

    `backup_look`: seconds between two looks whether a backup is due.
    """
    stop = threading.Event()
    threads = [
        threading.Thread(target=_run, args=(desk, stop), name="office-sync", daemon=True),
        threading.Thread(target=_run_backups, args=(desk, stop, backup_look), name="backups", daemon=True),
    ]
    for thread in threads:
        thread.start()

    def end() -> None:
        stop.set()
        desk.stirred.set()
        for thread in threads:
            thread.join(timeout=30)

    return end


def _run(desk: Desk, stop: threading.Event) -> None:
    failures = 0
    try:
        try:
            retry_held.retry_all(desk)
        except Exception as error:  # noqa: BLE001 - told in one line, and the look goes on
            # Tried again at the next start, or by a person; nothing held is a reason not to fetch.
            fault_lines.note(log, "held records were not tried again", error)
        while not stop.is_set():
            desk.stirred.clear()
            _index(desk)
            with fault_lines.request():
                trouble = _look(desk)
            failures = failures + 1 if trouble else 0
            after = trouble.after if isinstance(trouble, RelayError) else 0
            desk.stirred.wait(_pause(desk.config.sync_seconds, failures, after))
    finally:
        desk.close()


def _run_backups(desk: Desk, stop: threading.Event, backup_look: float) -> None:
    """Years of records take minutes: nothing that phones wait for waits for them, and pages go first."""
    if sys.platform == "linux":  # there a thread has a priority of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOW)
    try:
        while not stop.wait(backup_look):
            try:
                _keep_safe(desk)
                _check_logs(desk)
            except Exception:
                # A fault of ours: the trace goes to the log, and the next look may do better.
                log.exception("backup failed")
    finally:
        desk.close()


def _pause(seconds: int, failures: int, after: int = 0) -> int:
    """The first failure is tried again soon: a relay beside us may be starting. Then less and less often.

    `after`: not before that many seconds, as the relay asked.
    """
    pause = min(seconds, SOON) if failures == 1 else seconds * 2 ** min(failures, 8)
    return min(max(pause, after), LONGEST_PAUSE)


def _index(desk: Desk) -> None:
    """Take a part of what is new into the search index; a long log after an update does not hold up the relay."""
    try:
        if search.catch_up(desk, INDEXED_AT_ONCE) >= INDEXED_AT_ONCE:
            desk.stirred.set()
    except Exception as error:  # noqa: BLE001 - told in one line, and the look goes on
        # A search that finds less is no reason to stop fetching records.
        fault_lines.note(log, "search index failed", error)


def _look(desk: Desk) -> Exception | None:
    """One look that cannot end the thread: what went wrong is noted for a person, and returned."""
    try:
        sync_once(desk, keep_safe=False)
    except (DeskError, SyncError) as error:
        _note_problem(desk, error.code)
        return error
    except Exception as error:  # noqa: BLE001 - told in one line, and the look goes on
        # A fault of ours: the trace goes to the log, contents never do.
        fault_lines.note(log, "office sync failed", error)
        _note_problem(desk, "fault")
        return error
    return None


def _note_problem(desk: Desk, code: str) -> None:
    """For the pages, if the database takes it: on a full disk, or one that fails altogether, the log has to do."""
    with suppress(DeskError, PeeweeException):
        known = status(desk)
        since = known["since"] if known["problem"] == code else desk.now()
        if known["problem"] == code:  # once is a hiccup
            log.warning("relay: %s", code)
        with desk.write():
            set_state("sync", {"at": known["at"], "problem": code, "since": since})
