"""What an operator wants to know of a relay, in numbers. No office, no device, no address of anybody is among them."""

from dataclasses import dataclass

from peewee import fn

from pwa_server.gauges import gauge

from . import offices, wakes
from .store import Store
from .sweeper import LAST


@dataclass(frozen=True)
class RelayHealth:
    offices: int = gauge("Offices served", 0)
    devices: int = gauge("Devices in the rosters of all offices", 0)
    envelopes: int = gauge("Envelopes that wait to be fetched", 0)
    envelope_bytes: int = gauge("Bytes of these envelopes, sealed", 0)
    blob_bytes: int = gauge("Bytes of photos kept, sealed", 0)
    wakes_late_seconds: float = gauge("For how long the oldest due wake-up has waited to be sent", 0.0)
    swept_seconds: float | None = gauge("Since what is over was last swept")


def look(store: Store, named: tuple[str, ...], now: float) -> RelayHealth:
    """`named`: the offices of the settings. Raises SyncError unavailable."""
    E, D, B, F = store.StoredEnvelope, store.Device, store.Blob, store.Fact  # noqa: N806
    with store.connected():
        swept = F.get_or_none(F.key == LAST)
        due = wakes.next_due(store)
        return RelayHealth(
            offices=len(offices.served(store, named)),
            devices=D.select().count(),
            envelopes=E.select().count(),
            envelope_bytes=int(E.select(fn.COALESCE(fn.SUM(E.size), 0)).scalar()),
            blob_bytes=int(B.select(fn.COALESCE(fn.SUM(B.size), 0)).scalar()),
            wakes_late_seconds=0.0 if due is None else max(0.0, now - due),
            swept_seconds=None if swept is None else max(0.0, now - int(swept.value)),
        )
