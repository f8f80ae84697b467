"""Timers of people who go somewhere alone, and whom to wake when one runs out (SPEC 6.7).

Everything that will have to happen lies in the table of wakes the moment the timer is armed: it needs no phone with
signal, no desk and no process that lives until then. The relay learns a time, a random tag and which devices belong
together; not who goes where.
"""

import json
from typing import Any

from sync.encoding import is_int, is_name, unb64u
from sync.errors import SyncError
from sync.strict_json import Json

from . import limits, rosters, wakes
from .store import Store
from .times import written

SOURCE = "timer "  # and the device whose timer it is
TAG_BYTES = 16


def set_timer(store: Store, office: str, device: str, said: Json, now: float) -> Json:
    """Inside `write`: arm the device's one timer, move it, or end it with 0 seconds. Answers when it runs out."""
    if rosters.device(store, office, device).status != "active":
        raise SyncError("revoked", "this phone may send, and no longer go out under a timer")
    seconds, tag = _seconds(said, "seconds"), said.get("tag")
    unb64u(tag, TAG_BYTES)
    T = store.Timer  # noqa: N806
    held = T.get_or_none((T.office == office) & (T.device == device))
    _put_away(store, office, device)
    if seconds == 0:
        T.delete().where((T.office == office) & (T.device == device)).execute()
        return {"due": None, "was": None if held is None else written(held.due)}
    due = int(now) + seconds
    store.put(T, {"office": office, "device": device}, {"tag": tag, "due": due})
    _lay(store, office, device, str(tag), due)
    return {"due": written(due)}


def keep_watch(store: Store, office: str, device: str, said: Json) -> None:
    """Inside `write`: the desk's whole list of whom to wake for this device. A running timer goes on with it."""
    serial, steps = said.get("serial"), _read(said.get("steps"))
    if not is_int(serial):
        raise SyncError("malformed", "serial")
    L, T = store.WatchList, store.Timer  # noqa: N806
    key = {"office": office, "device": device}
    L.insert(**key, serial=0, steps="[]").on_conflict_ignore().execute()
    row = store.locked(L.select().where((L.office == office) & (L.device == device))).get()
    if serial <= row.serial:
        return
    store.put(L, key, {"serial": serial, "steps": json.dumps(steps)})
    running = T.get_or_none((T.office == office) & (T.device == device))
    if running is not None:
        _put_away(store, office, device, done=False)
        _lay(store, office, device, running.tag, running.due)


def alarms(store: Store, office: str, device: str, now: float) -> list[Json]:
    """Timers that ran out and were not ended, as far as this device is to be woken for them."""
    T, W = store.Timer, store.Wake  # noqa: N806
    mine = (W.office == office) & (W.device == device) & W.source.startswith(SOURCE) & (W.due <= int(now))
    of = sorted({wake.source[len(SOURCE) :] for wake in W.select().where(mine)})
    late = (T.office == office) & T.device.in_(of) & (T.due > int(now) - limits.WAKE_KEPT_SECONDS)
    return [
        {"device": row.device, "tag": row.tag, "at": written(row.due)}
        for row in T.select().where(late).order_by(T.device)
    ]


def _read(value: Any) -> list[Json]:
    if not isinstance(value, list) or len(value) > limits.WATCH_STEPS:
        raise SyncError("malformed", "steps")
    steps = []
    for step in value:
        if not isinstance(step, dict):
            raise SyncError("malformed", "steps")
        after, devices = _seconds(step, "after"), step.get("devices")
        if (
            not isinstance(devices, list)
            or len(devices) > limits.WATCHERS
            or not all(is_name(one) for one in devices)
        ):
            raise SyncError("malformed", "devices")
        steps.append({"after": after, "devices": devices})
    return steps


def _seconds(said: Json, name: str) -> int:
    value = said.get(name)
    if not is_int(value) or int(value or 0) > limits.TIMER_SECONDS:
        raise SyncError("malformed", name)
    return int(value or 0)


def _lay(store: Store, office: str, device: str, tag: str, due: int) -> None:
    """One wake a watcher and step; what was woken for this timer already is not woken again."""
    L, W = store.WatchList, store.Wake  # noqa: N806
    row = L.get_or_none((L.office == office) & (L.device == device))
    steps = [] if row is None else json.loads(row.steps)
    watchers = sorted(
        {watcher for step in steps for watcher in step["devices"]}
    )  # one order: none wait in a ring
    asleep = {watcher: wakes.sleeps(store, office, watcher) for watcher in watchers}
    for place, step in enumerate(steps):
        for watcher in step["devices"]:
            at = due + step["after"]
            W.insert(
                office=office,
                device=watcher,
                source=SOURCE + device,
                tag=f"{tag} {place}",
                said=written(at),
                due=at,
                done=False,
                lease=0,
                next_try=wakes.ASLEEP if asleep[watcher] else at,
                attempts=0,
            ).on_conflict_ignore().execute()


def _put_away(store: Store, office: str, device: str, *, done: bool = True) -> None:
    W = store.Wake  # noqa: N806
    mine = (W.office == office) & (W.source == SOURCE + device)
    W.delete().where(mine if done else mine & ~W.done).execute()
