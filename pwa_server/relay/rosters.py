"""The office's signed list of devices, as it lies here (SPEC 5): who may push and pull, and what may be forgotten."""

from typing import Any

from sync.encoding import b64u
from sync.errors import SyncError
from sync.roster import Roster, read_roster

from .store import Store


def keep(store: Store, office: str, data: bytes, sig: bytes) -> Roster:
    """Inside `write`: take a roster above the one held, and forget what its positions cover (SPEC 6.4)."""
    roster = read_roster(data, sig, office)
    R = store.Roster  # noqa: N806 - a table
    # Every store of a roster passes this row's lock, so that two cannot both be "above the one held".
    R.insert(office=office, serial=0, bytes=b"", sig=b"", sign=b"").on_conflict_ignore().execute()
    held = store.locked(R.select(R.serial).where(R.office == office)).get().serial
    if roster.serial <= held:
        raise SyncError("old_roster", f"serial {roster.serial} is not above {held}")
    R.update(serial=roster.serial, bytes=data, sig=sig, sign=roster.sign).where(R.office == office).execute()
    _keep_devices(store, roster)
    return roster


def read(store: Store, office: str) -> Any:
    """The roster's row, or `not_ready`."""
    row = store.Roster.get_or_none(store.Roster.office == office)
    if row is None or row.serial == 0:
        raise SyncError("not_ready", "this office has sent no roster yet")
    return row


def device(store: Store, office: str, id_: str) -> Any:
    """The device's row; `not_ready` without a roster, `unknown_device` if it does not name it."""
    read(store, office)
    D = store.Device  # noqa: N806
    row = D.get_or_none((D.office == office) & (D.device == id_))
    if row is None:
        raise SyncError("unknown_device", "not a device of this office")
    return row


def written(store: Store, office: str) -> dict[str, str]:
    row = read(store, office)
    return {"bytes": b64u(bytes(row.bytes)), "sig": b64u(bytes(row.sig))}


def _keep_devices(store: Store, roster: Roster) -> None:
    D = store.Device  # noqa: N806
    held = {row.device: row for row in D.select().where(D.office == roster.office)}
    gone = set(held) - {device.id for device in roster.devices}
    for id_ in gone:
        D.delete().where((D.office == roster.office) & (D.device == id_)).execute()
    for device in roster.devices:
        before = held.get(device.id)
        values = {"sign": device.sign, "status": device.status, "up_run": device.up.run, "up_n": device.up.n}
        if before is None:
            D.insert(office=roster.office, device=device.id, **values).execute()
        elif (before.status, before.up_run, before.up_n) != (device.status, device.up.run, device.up.n):
            D.update(**values).where((D.office == roster.office) & (D.device == device.id)).execute()
        _forget_up(store, roster.office, device.id, device.up.run, device.up.n)


def _forget_up(store: Store, office: str, device_id: str, run: int, n: int) -> None:
    E = store.StoredEnvelope  # noqa: N806
    covered = (E.run < run) | ((E.run == run) & (E.n <= n))
    mine = (E.office == office) & (E.recipient == office) & (E.sender == device_id)
    E.delete().where(mine & ~E.review & covered).execute()
