"""Wipe orders (SPEC 9): signed by the office, given to whoever asks, so that a locked phone can ask."""

from typing import Any

from sync.encoding import b64u, unb64u
from sync.errors import SyncError
from sync.wipe import read_order

from .store import Store


def keep(store: Store, office: str, office_key: bytes, device: str, order: Any) -> bool:
    """Inside `write`: an order by this office for this device. False: held already, or older."""
    if not isinstance(order, dict):
        raise SyncError("malformed", "order")
    data, sig = unb64u(order.get("bytes")), unb64u(order.get("sig"), 64)
    said = read_order(data, sig, office_key, office, device)
    W = store.WipeOrder  # noqa: N806
    held = W.get_or_none((W.office == office) & (W.device == device))
    if held is not None and held.serial >= said.serial:
        return False
    store.put(W, {"office": office, "device": device}, {"serial": said.serial, "bytes": data, "sig": sig})
    return True


def read(store: Store, office: str, device: str) -> dict[str, str] | None:
    W = store.WipeOrder  # noqa: N806
    row = W.get_or_none((W.office == office) & (W.device == device))
    return {"bytes": b64u(bytes(row.bytes)), "sig": b64u(bytes(row.sig))} if row else None
