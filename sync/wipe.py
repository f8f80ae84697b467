"""The order to erase a phone: signed, not sealed, so that a locked phone can check it (SPEC 9)."""

from dataclasses import dataclass

from sync.encoding import is_int, is_name, is_time, name_of, sha256
from sync.errors import SyncError
from sync.signing import SignKey, verify
from sync.strict_json import check_version, read_json, write_json

WIPE_TAG = "wipe"


@dataclass(frozen=True)
class Order:
    office: str
    device: str
    serial: int
    time: str


def make_order(sign_key: SignKey, device: str, serial: int, time: str) -> tuple[bytes, bytes]:
    """(bytes, sig) of an order by the office that holds `sign_key`."""
    office = name_of(sign_key.public)
    order = {"v": 1, "office": office, "device": device, "serial": serial, "time": time}
    data = write_json(order)
    return data, sign_key.sign(WIPE_TAG, sha256(data))


def read_order(data: bytes, sig: bytes, office_public: bytes, office: str, device: str) -> Order:
    """The order, if the pinned office signed it for this very device; else raises, and nothing is erased."""
    if name_of(office_public) != office:
        raise SyncError("bad_signature", "not the pinned office's key")
    verify(office_public, WIPE_TAG, sha256(data), sig)
    order = read_json(data)
    check_version(order, "wipe order")
    if order.get("office") != office:
        raise SyncError("unknown_office", "an order of another office")
    if order.get("device") != device or not is_name(device):
        raise SyncError("unknown_device", "an order for another device")
    if not is_int(order.get("serial")) or not is_time(order.get("time")):
        raise SyncError("malformed", "wipe order")
    return Order(office, device, order["serial"], order["time"])
