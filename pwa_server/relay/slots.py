"""Where a new phone and the desk meet (SPEC 8). The relay sees a slot and two sealed-by-MAC notes, never the code."""

import json
from typing import Any

from sync.encoding import name_of, unb64u
from sync.errors import SyncError
from sync.strict_json import Json, read_json

from . import limits
from .store import Store

NO_CODE = SyncError("not_found", "no such code; look at the letters again")


def open_slot(store: Store, office: str, slot: object, now: float) -> None:
    """Inside `write`. Opening the same slot again is welcome while nobody has answered it (the answer was lost)."""
    unb64u(slot, 16)
    S = store.Slot  # noqa: N806
    new = S.insert(slot=slot, office=office, opened=int(now), closed=False, p1=None, p2=None)
    if new.on_conflict_ignore().as_rowcount().execute():
        return
    row = S.get_by_id(slot)
    if row.office != office or row.closed or row.p1 is not None:
        raise SyncError("code_used", "this code was used before; make a new one")


def post_p1(store: Store, slot: str, p1: Json, now: float) -> None:
    """Inside `write`: keep the first answer of a phone. The same again is welcome, another is `code_used`."""
    row = _row(store, slot, locked=True)
    _check_note(p1, ("bytes", "sig", "mac"))
    text = json.dumps({key: p1[key] for key in ("bytes", "sig", "mac")})
    if row.p1 == text:
        return
    if row.p1 is not None or row.closed:
        raise SyncError("code_used", "another phone answered this code")
    if now - row.opened > limits.SLOT_SECONDS:
        raise SyncError("code_expired", "a code is good for ten minutes; ask for a new one")
    store.Slot.update(p1=text).where(store.Slot.slot == slot).execute()


def read_p2(store: Store, slot: str, now: float) -> Json | None:
    """The desk's answer, or None while it has not answered."""
    row = _row(store, slot)
    if row.closed:
        raise SyncError("code_used", "the office has closed this code")
    if row.p1 is None and now - row.opened > limits.SLOT_SECONDS:
        raise SyncError("code_expired", "a code is good for ten minutes; ask for a new one")
    _check_talk(row, now)
    return json.loads(row.p2) if row.p2 is not None else None


def taken_in(store: Store, slot: str) -> bool:
    """Whether the office's roster names the device that answered: until then a phone has nothing to pull."""
    row = _row(store, slot)
    D = store.Device  # noqa: N806
    try:
        device = name_of(unb64u(read_json(unb64u(json.loads(row.p1)["bytes"]))["sign"]))
    except (SyncError, KeyError, TypeError):  # no answer yet, or one of a form that no roster will name
        return False
    return bool(D.select().where((D.office == row.office) & (D.device == device)).exists())


def read_p1(store: Store, office: str, slot: object) -> Json | None:
    """What a phone has posted, or None so far. Only the office that opened the slot may ask."""
    row = _own(store, office, slot)
    return json.loads(row.p1) if row.p1 is not None else None


def answer(store: Store, office: str, slot: object, p2: Any, now: float) -> None:
    """Inside `write`: the desk's answer. The same again is welcome."""
    row = _own(store, office, slot)
    if not isinstance(p2, dict):
        raise SyncError("malformed", "p2")
    _check_note(p2, ("bytes", "mac"))
    text = json.dumps({key: p2[key] for key in ("bytes", "mac")})
    if row.p2 == text:
        return
    if row.closed or row.p2 is not None:
        raise SyncError("code_used", "this code has its answer already")
    if row.p1 is None:
        raise SyncError("not_ready", "no phone has answered this code yet")
    _check_talk(row, now)
    store.Slot.update(p2=text).where(store.Slot.slot == slot).execute()


def close(store: Store, office: str, slot: object) -> None:
    """Inside `write`: nobody may use this code any more."""
    _own(store, office, slot)
    store.Slot.update(closed=True).where(store.Slot.slot == slot).execute()


def sweep(store: Store, now: float) -> None:
    store.Slot.delete().where(store.Slot.opened < int(now) - limits.SLOT_KEPT_SECONDS).execute()


def _row(store: Store, slot: object, *, locked: bool = False) -> Any:
    query = store.Slot.select().where(store.Slot.slot == slot)
    row = (store.locked(query) if locked else query).get_or_none()
    if row is None:
        raise NO_CODE
    return row


def _own(store: Store, office: str, slot: object) -> Any:
    """Of this office: of another's code nothing is said that is not said of one nobody has."""
    unb64u(slot, 16)
    row = _row(store, slot)
    if row.office != office:
        raise NO_CODE
    return row


def _check_note(note: Json, members: tuple[str, ...]) -> None:
    for member in members:
        unb64u(note.get(member))
        if len(note[member]) > limits.P_BYTES:
            raise SyncError("too_big", member)


def _check_talk(row: Any, now: float) -> None:
    if now - row.opened > limits.SLOT_TALK_SECONDS:
        raise SyncError("code_expired", "this took too long; ask for a new code")
