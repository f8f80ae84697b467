"""What the doors share: settings, store, clock, rates, the wake thread; and how a signed request is read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import current_app, g, request

from pwa_server.config import Config
from pwa_server.proxies import counted
from sync.errors import SyncError
from sync.strict_json import Json, read_json
from sync.wire import SIGNATURE_HEADER, read_request

from . import guards, nonces
from .offices import Offices
from .push_hosts import Allowed
from .store import Store
from .sweeper import Sweeper
from .times import Clock
from .wake_thread import WakeThread

NAME = "sotto_relay"
Answer = TypeVar("Answer")


@dataclass
class Relay:
    """One serving process."""

    config: Config
    store: Store
    offices: Offices
    clock: Clock
    rates: guards.AllRates
    allowed: Allowed
    wakes: WakeThread
    sweeper: Sweeper
    vapid: str | None
    seen: dict[str, float] = field(
        default_factory=dict
    )  # when each office was heard of last, by this process

    def serves(self, office: object) -> str:
        """The office's id, if the operator has let it in."""
        return self.offices.check(office)

    def answer(self, **members: Any) -> Json:
        """A JSON answer with what every answer carries (SPEC 6.1, 6.5)."""
        return {"incarnation": self.store.incarnation, **members, **self.next_nonce()}

    def next_nonce(self) -> Json:
        return {"nonce": nonces.give(self.store, self.clock())} if g.get("signed") else {}


def relay() -> Relay:
    """The relay that serves this request."""
    found: Relay = current_app.extensions[NAME]
    return found


def address() -> str:
    """Whom to count a request by. Kept in memory for a while, never written."""
    return counted(request.remote_addr or "-")


def signed(
    tag: str, most: int, key_of: Callable[[Relay, Json], bytes], *, or_tag: str | None = None
) -> tuple[Json, bytes, str]:
    """(body, its bytes, its signature) of a request that its sender signed under `tag`, or an older form's `or_tag`.

    `key_of` finds the key in the unverified body; nothing else may be believed of it.
    """
    g.signed = True
    here = relay()
    data = guards.read_body(most)
    signature = request.headers.get(SIGNATURE_HEADER, "")
    key = key_of(here, read_json(data))
    try:
        return read_request(data, signature, tag, key), data, signature
    except SyncError as error:
        if or_tag is None or error.code != "bad_signature":
            raise
    return read_request(data, signature, or_tag, key), data, signature


def once(body: Json, act: Callable[[], Answer]) -> Answer:
    """Do what a signed request asks, in one transaction, and never again for the same nonce.

    A refusal undoes what was begun and still burns the nonce.
    """
    here = relay()

    def act_once() -> Answer | SyncError:
        nonces.use(here.store, body.get("nonce"), here.clock())
        try:
            with here.store.savepoint():
                return act()
        except SyncError as error:
            return error

    answer = here.store.transact(act_once)
    if isinstance(answer, SyncError):
        raise answer
    return answer
