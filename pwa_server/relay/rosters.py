"""The office's signed list of devices, as it lies here (SPEC 5): who may push and pull, and what may be forgotten."""

from typing import Any

from peewee import JOIN, Value, fn

from sync.encoding import b64u
from sync.errors import SyncError
from sync.roster import Roster, read_roster, roster_id
from sync.strict_json import Json

from .store import ROWS_AT_ONCE, Store


def keep(store: Store, office: str, data: bytes, sig: bytes) -> Roster:
    """Inside `write`: take a roster above the one held, and forget what its positions cover (SPEC 6.4)."""
    roster = read_roster(data, sig, office)
    R = store.Roster  # noqa: N806 - a table
    # Every store of a roster passes this row's lock, so that two cannot both be "above the one held".
    R.insert(office=office, serial=0, bytes=b"", sig=b"", sign=b"", name="").on_conflict_ignore().execute()
    held = store.locked(R.select(R.serial).where(R.office == office)).get().serial
    if roster.serial <= held:
        raise SyncError("old_roster", f"serial {roster.serial} is not above {held}")
    R.update(
        serial=roster.serial, bytes=data, sig=sig, sign=roster.sign, name=f"{roster.serial} {roster_id(data)}"
    ).where(R.office == office).execute()
    _keep_devices(store, roster)
    _forget_up(store, office)
    return roster


def read(store: Store, office: str) -> Any:
    """`serial`, `sign` and `name` of the office's roster, or `not_ready`. Its bytes may be megabytes: `written`."""
    R = store.Roster  # noqa: N806
    row = R.select(R.serial, R.sign, R.name).where(R.office == office).get_or_none()
    if row is None or row.serial == 0:
        raise SyncError("not_ready", "this office has sent no roster yet")
    return row


def name(store: Store, office: str) -> Json:
    """`serial` of the roster held, and `roster`, the id of its bytes (SPEC 7)."""
    row = read(store, office)
    serial, _, id_ = row.name.partition(" ")
    if serial != str(row.serial):  # kept by a program of before names were
        R = store.Roster  # noqa: N806
        id_ = roster_id(bytes(R.get(R.office == office).bytes))
    return {"serial": row.serial, "roster": id_}


def device(store: Store, office: str, id_: str) -> Any:
    """`sign status up_run up_n` of a device; `not_ready` without a roster, `unknown_device` if it does not name it."""
    R, D = store.Roster, store.Device  # noqa: N806
    here = (D.office == R.office) & (D.device == id_)
    columns = (R.serial, D.device, D.sign, D.status, D.up_run, D.up_n)
    query = R.select(*columns).join(D, JOIN.LEFT_OUTER, on=here).where(R.office == office)
    row = query.namedtuples().first()
    if row is None or row.serial == 0:
        raise SyncError("not_ready", "this office has sent no roster yet")
    if row.device is None:
        raise SyncError("unknown_device", "not a device of this office")
    return row


def written(store: Store, office: str) -> dict[str, str]:
    R = store.Roster  # noqa: N806
    row = R.get_or_none(R.office == office)
    if row is None or row.serial == 0:
        raise SyncError("not_ready", "this office has sent no roster yet")
    return {"bytes": b64u(bytes(row.bytes)), "sig": b64u(bytes(row.sig))}


def _keep_devices(store: Store, roster: Roster) -> None:
    """What the roster changes is written, and nothing else: of a thousand devices mostly one."""
    D = store.Device  # noqa: N806
    rows = D.select(D.device, D.status, D.up_run, D.up_n).where(D.office == roster.office)
    held = {row.device: (row.status, row.up_run, row.up_n) for row in rows}
    gone = sorted(set(held) - {device.id for device in roster.devices})
    for begin in range(0, len(gone), ROWS_AT_ONCE):
        part = gone[begin : begin + ROWS_AT_ONCE]
        D.delete().where((D.office == roster.office) & D.device.in_(part)).execute()
    changed = [
        {
            "office": roster.office,
            "device": device.id,
            "sign": device.sign,
            "status": device.status,
            "up_run": device.up.run,
            "up_n": device.up.n,
        }
        for device in sorted(roster.devices, key=lambda one: one.id)
        if held.get(device.id) != (device.status, device.up.run, device.up.n)
    ]
    store.put_all(D, changed, [D.office, D.device], [D.status, D.up_run, D.up_n])


def _forget_up(store: Store, office: str) -> None:
    """In one statement, whatever the number of devices: what their positions cover (SPEC 6.4)."""
    E, D = store.StoredEnvelope, store.Device  # noqa: N806
    covered = (E.run < D.up_run) | ((E.run == D.up_run) & (E.n <= D.up_n))
    by = D.select(Value(1)).where((D.office == office) & (D.device == E.sender) & covered)
    E.delete().where((E.office == office) & (E.recipient == office) & ~E.review & fn.EXISTS(by)).execute()
