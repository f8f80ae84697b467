"""Where each phone can be woken, and how that went, for the desk to see."""

from typing import Any

from sync.encoding import unb64u
from sync.errors import SyncError
from sync.signing import PUBLIC_BYTES, load_public
from sync.strict_json import Json

from . import wakes
from .push_hosts import Allowed
from .store import Store
from .times import written

LANGS = ("ja", "en")


def keep(store: Store, office: str, device: str, said: Json, allowed: Allowed) -> None:
    """Inside `write`: the phone's latest subscription; `"endpoint": null` takes it away."""
    values: dict[str, Any]
    if said.get("endpoint") is None:
        values = {"endpoint": "", "p256dh": "", "auth": "", "lang": "ja", "failures": 0, "problem": None}
    else:
        values = {**_read(said, allowed), "failures": 0, "problem": None}
    store.lock_name(office, device)  # a wake that is laid down now either sees this, or is seen by it
    store.put(store.Subscription, {"office": office, "device": device}, values)
    wakes.rouse(store, office, device) if values["endpoint"] else wakes.put_to_sleep(store, office, device)


def _read(said: Json, allowed: Allowed) -> dict[str, str]:
    endpoint = said.get("endpoint")
    allowed.check(endpoint)
    load_public(unb64u(said.get("p256dh"), PUBLIC_BYTES))
    unb64u(said.get("auth"), 16)
    if said.get("lang") not in LANGS:
        raise SyncError("malformed", "lang is ja or en")
    return {"endpoint": str(endpoint), "p256dh": said["p256dh"], "auth": said["auth"], "lang": said["lang"]}


def state(store: Store, office: str) -> list[Json]:
    """Per device: is there a subscription, when was it last delivered to, what goes wrong."""
    S = store.Subscription  # noqa: N806
    return [
        {
            "device": row.device,
            "subscribed": row.endpoint != "",
            "delivered": None if row.delivered is None else written(row.delivered),
            "failures": row.failures,
            "problem": row.problem,
        }
        for row in S.select().where(S.office == office).order_by(S.device)
    ]
