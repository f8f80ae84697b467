"""Wake-ups: which phone to wake when, claimed under a lease, so that one of many processes sends each (SPEC 7, 11).

At least once: a process that dies between sending and settling leaves a lease that ends, and the wake is sent
again. The push service and the phone collapse the repeat by its topic.
"""

from dataclasses import dataclass
from typing import Any, Literal

from peewee import fn

from sync.encoding import b64u, is_int, sha256
from sync.errors import SyncError
from sync.strict_json import Json

from . import limits
from .store import Store
from .times import read_time

NOW = "now"
FIRST_PAUSE = 30
LONGEST_PAUSE = 3_600


@dataclass(frozen=True)
class Outcome:
    """What became of one push. `problem`: a word or status for the desk; `after`: seconds we were asked to wait."""

    kind: Literal["delivered", "gone", "retry", "refused"]
    problem: str | None = None
    after: int | None = None


@dataclass(frozen=True)
class Claimed:
    """A wake that is ours until its lease ends. `to`: the subscription's row."""

    office: str
    device: str
    source: str
    tag: str
    attempts: int
    to: Any

    @property
    def topic(self) -> str:
        """What the push service and the phone collapse by. Says nothing, not even which tags are alike elsewhere."""
        return b64u(sha256(b"sotto relay topic\n", f"{self.office} {self.device} {self.tag}".encode()))[:32]


def replace(store: Store, office: str, device: str, said: Json, now: float) -> None:
    """Inside `write`: the desk's whole list for a device. What was woken already stays woken."""
    serial, wanted = said.get("serial"), _read(said.get("wakes"), now)
    if not is_int(serial):
        raise SyncError("malformed", "serial")
    L, W = store.WakeList, store.Wake  # noqa: N806
    L.insert(office=office, device=device, serial=0).on_conflict_ignore().execute()
    row = store.locked(L.select().where((L.office == office) & (L.device == device))).get()
    if serial <= row.serial:
        return
    L.update(serial=serial).where((L.office == office) & (L.device == device)).execute()
    mine = (W.office == office) & (W.device == device) & (W.source == "desk")
    held = {wake.tag: wake for wake in W.select().where(mine)}
    for tag in set(held) - set(wanted):
        W.delete().where(mine & (W.tag == tag)).execute()
    for tag, (text, due) in wanted.items():
        if tag not in held or held[tag].said != text:
            _put(store, office, device, "desk", tag, text, due)


def wake_now(store: Store, office: str, device: str, tag: str, now: float) -> None:
    """Inside `write`: the relay's own wish, beside the desk's list."""
    _put(store, office, device, "relay", tag, NOW, int(now))


def claim(store: Store, now: float, most: int) -> list[Claimed]:
    """Up to `most` wakes that are due and whose phone has a subscription, leased to the caller."""
    W, S = store.Wake, store.Subscription  # noqa: N806
    moment = int(now)

    def lease() -> list[Claimed]:
        reachable = S.select().where((S.office == W.office) & (S.device == W.device) & (S.endpoint != ""))
        due = (
            ~W.done
            & (W.next_try <= moment)
            & (W.lease <= moment)
            & (W.due > moment - limits.WAKE_KEPT_SECONDS)
        )
        query = W.select().where(due & fn.EXISTS(reachable)).order_by(W.next_try).limit(most)
        claimed = []
        for wake in store.locked(query, skip=True):
            leased = {"lease": moment + limits.WAKE_LEASE_SECONDS, "attempts": wake.attempts + 1}
            W.update(**leased).where(_same(W, wake)).execute()
            to = S.get((S.office == wake.office) & (S.device == wake.device))
            claimed.append(Claimed(wake.office, wake.device, wake.source, wake.tag, wake.attempts + 1, to))
        return claimed

    return store.transact(lease)


def settle(store: Store, wake: Claimed, outcome: Outcome, now: float) -> None:
    """Note how it went. A subscription that is gone is dropped; the wake waits for a new one until it is too old."""
    S = store.Subscription  # noqa: N806
    # Only the subscription we called: the phone may have sent a new one meanwhile.
    called = (S.office == wake.office) & (S.device == wake.device) & (S.endpoint == wake.to.endpoint)

    def note() -> None:
        if outcome.kind == "delivered":
            _update(store, wake, {"done": True})
            S.update(delivered=int(now), failures=0, problem=None).where(called).execute()
        else:
            _update(store, wake, {"lease": 0, "next_try": int(now) + _pause(wake.attempts, outcome)})
            S.update(failures=S.failures + 1, problem=outcome.problem).where(called).execute()
            if outcome.kind == "gone":
                S.update(endpoint="", p256dh="", auth="").where(called).execute()
                _update(store, wake, {"next_try": int(now)})

    store.transact(note)


def next_due(store: Store) -> int | None:
    """When the next wake wants to go out, for whoever waits."""
    W = store.Wake  # noqa: N806
    with store.connected():
        moment: int | None = W.select(fn.MIN(W.next_try)).where(~W.done & (W.lease == 0)).scalar()
        return moment


def sweep(store: Store, now: float) -> None:
    """Inside `write`: forget wakes that nobody could be woken by any more."""
    W = store.Wake  # noqa: N806
    W.delete().where((W.source == "relay") & (W.due < int(now) - limits.WAKE_KEPT_SECONDS)).execute()
    W.update(done=True).where(~W.done & (W.due < int(now) - limits.WAKE_KEPT_SECONDS)).execute()


def _read(value: Any, now: float) -> dict[str, tuple[str, int]]:
    """tag -> (time as written, seconds)."""
    if not isinstance(value, list) or len(value) > limits.WAKES_PER_DEVICE:
        raise SyncError("malformed", "wakes")
    wanted = {}
    for entry in value:
        tag = entry.get("tag") if isinstance(entry, dict) else None
        if not isinstance(tag, str) or not 0 < len(tag) <= limits.TAG_LENGTH:
            raise SyncError("malformed", "wake tag")
        text = entry.get("at")
        wanted[tag] = (NOW, int(now)) if text == NOW else (str(text), read_time(text))
    if len(wanted) != len(value):
        raise SyncError("malformed", "a wake tag twice")
    return wanted


def _put(store: Store, office: str, device: str, source: str, tag: str, said: str, due: int) -> None:
    key = {"office": office, "device": device, "source": source, "tag": tag}
    values = {"said": said, "due": due, "done": False, "lease": 0, "next_try": due, "attempts": 0}
    store.put(store.Wake, key, values)


def _update(store: Store, wake: Claimed, values: dict[str, Any]) -> None:
    """Unless the desk has replaced the wake while it was being sent: `attempts` tells."""
    W = store.Wake  # noqa: N806
    W.update(**values).where(_same(W, wake) & (W.attempts == wake.attempts)).execute()


def _same(table: Any, wake: Any) -> Any:
    return (
        (table.office == wake.office)
        & (table.device == wake.device)
        & (table.source == wake.source)
        & (table.tag == wake.tag)
    )


def _pause(attempts: int, outcome: Outcome) -> int:
    """Seconds until the next try: doubled each time, at least what the push service asked for."""
    grown = min(FIRST_PAUSE * 2 ** min(attempts - 1, 10), LONGEST_PAUSE)
    return max(grown, outcome.after or 0) if outcome.kind == "retry" else LONGEST_PAUSE
