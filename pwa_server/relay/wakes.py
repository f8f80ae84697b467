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
# `next_try` of a wake whose phone has no subscription; migrations.py writes it too
ASLEEP = 9_007_199_254_740_992
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
    if gone := set(held) - set(wanted):
        W.delete().where(mine & W.tag.in_(gone)).execute()
    new = {tag: at for tag, at in wanted.items() if tag not in held or held[tag].said != at[0]}
    asleep = bool(new) and sleeps(store, office, device)
    for tag, (text, due) in new.items():
        _put(store, office, device, "desk", tag, text, due, asleep)


def wake_now(store: Store, office: str, device: str, tag: str, now: float) -> None:
    """Inside `write`: the relay's own wish, beside the desk's list."""
    _put(store, office, device, "relay", tag, NOW, int(now), sleeps(store, office, device))


def sleeps(store: Store, office: str, device: str) -> bool:
    """Inside `write`: whether wakes of this device wait for a subscription. It stays so until the transaction ends."""
    store.lock_name(office, device)
    return not _reachable(store, office, device)


def rouse(store: Store, office: str, device: str) -> None:
    """Inside `write`, under `lock_name`: a subscription has come; what slept is due when it was."""
    W = store.Wake  # noqa: N806
    sleeping = _waiting(W, office, device) & (W.next_try == ASLEEP)
    W.update(next_try=W.due).where(sleeping).execute()


def put_to_sleep(store: Store, office: str, device: str) -> None:
    """Inside `write`, under `lock_name`: nobody can be reached there until a subscription comes."""
    W = store.Wake  # noqa: N806
    W.update(next_try=ASLEEP, lease=0).where(_waiting(W, office, device)).execute()


def rouse_overlooked(store: Store) -> None:
    """Inside `write`: a program of before wakes slept rouses nobody when a subscription comes; this makes up for it."""
    W, S = store.Wake, store.Subscription  # noqa: N806
    reachable = S.select().where((S.office == W.office) & (S.device == W.device) & (S.endpoint != ""))
    sleeping = (W.done == False) & (W.next_try == ASLEEP)  # noqa: E712 - SQL
    W.update(next_try=W.due).where(sleeping & fn.EXISTS(reachable)).execute()


def claim(store: Store, now: float, most: int) -> list[Claimed]:
    """Up to `most` wakes that are due and whose phone has a subscription, leased to the caller."""
    W, S = store.Wake, store.Subscription  # noqa: N806
    moment = int(now)
    waiting = (W.done == False) & (W.next_try <= moment) & (W.lease <= moment)  # noqa: E712 - SQL; an index holds it
    with store.connected():
        if not W.select().where(waiting).exists():
            return []  # nothing is written, nobody who writes is waited for

    def lease() -> list[Claimed]:
        reachable = S.select().where((S.office == W.office) & (S.device == W.device) & (S.endpoint != ""))
        due = waiting & (W.due > moment - limits.WAKE_KEPT_SECONDS)
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
            store.lock_name(wake.office, wake.device)
            S.update(failures=S.failures + 1, problem=outcome.problem).where(called).execute()
            if outcome.kind == "gone" and S.update(endpoint="", p256dh="", auth="").where(called).execute():
                put_to_sleep(store, wake.office, wake.device)
            again = int(now) + (0 if outcome.kind == "gone" else _pause(wake.attempts, outcome))
            reachable = _reachable(store, wake.office, wake.device)
            _update(store, wake, {"lease": 0, "next_try": again if reachable else ASLEEP})

    store.transact(note)


def next_due(store: Store) -> int | None:
    """When the next wake wants to go out, for whoever waits."""
    W = store.Wake  # noqa: N806
    with store.connected():
        moment: int | None = (
            W.select(W.next_try)
            .where((W.done == False) & (W.lease == 0) & (W.next_try < ASLEEP))  # noqa: E712 - SQL
            .order_by(W.next_try)
            .limit(1)
            .scalar()
        )
        return moment


def sweep(store: Store, now: float) -> None:
    """Inside `write`: forget wakes that nobody could be woken by any more."""
    W = store.Wake  # noqa: N806
    W.delete().where((W.source == "relay") & (W.due < int(now) - limits.WAKE_KEPT_SECONDS)).execute()
    late = W.due < int(now) - limits.WAKE_KEPT_SECONDS
    W.update(done=True).where((W.done == False) & late).execute()  # noqa: E712 - SQL


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


def _put(
    store: Store, office: str, device: str, source: str, tag: str, said: str, due: int, asleep: bool
) -> None:
    key = {"office": office, "device": device, "source": source, "tag": tag}
    values = {"said": said, "due": due, "done": False, "lease": 0, "attempts": 0}
    values["next_try"] = ASLEEP if asleep else due
    store.put(store.Wake, key, values)


def _update(store: Store, wake: Claimed, values: dict[str, Any]) -> None:
    """Unless the desk has replaced the wake while it was being sent: `attempts` tells."""
    W = store.Wake  # noqa: N806
    W.update(**values).where(_same(W, wake) & (W.attempts == wake.attempts)).execute()


def _reachable(store: Store, office: str, device: str) -> bool:
    S = store.Subscription  # noqa: N806
    mine = (S.office == office) & (S.device == device) & (S.endpoint != "")
    return bool(S.select().where(mine).exists())


def _waiting(table: Any, office: str, device: str) -> Any:
    return (table.office == office) & (table.device == device) & (table.done == False)  # noqa: E712 - SQL


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
