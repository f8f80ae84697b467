"""The mailbox between phones and offices: it stores and forwards what it cannot open, and wakes phones.

It never imports what opens an envelope, and it holds no key but the one that signs web pushes.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Flask, request

from pwa_server.config import BadSetting, Config
from pwa_server.phone import blueprint as phone_files
from sync.errors import SyncError

from . import desk_doors, phone_doors
from .blobs import WrongOffset
from .context import NAME, Relay
from .guards import AllRates, guard
from .log import set_up
from .offices import Offices
from .push_hosts import Allowed
from .store import Store
from .sweeper import Sweeper
from .times import Clock
from .vapid import PushKey, read_push_key
from .wake_thread import WakeThread

if TYPE_CHECKING:
    from .webpush_out import PushSender


def create_relay(config: Config, *, clock: Clock = time.time, background: bool = True) -> Flask:
    """The relay and the phone app's files as one Flask app.

    `background`: start the threads that send wake-ups and sweep; `app.extensions["sotto_relay"]` has it.
    """
    set_up()
    store = Store(config.database)
    allowed = Allowed(config.push_hosts, config.allow_insecure_push)
    key = _push_key(config)
    here = Relay(
        config=config,
        store=store,
        offices=Offices(store, config.relay_offices),
        clock=clock,
        rates=AllRates(),
        allowed=allowed,
        wakes=WakeThread(store, _sender_of(config, allowed, key), clock),
        sweeper=Sweeper(store, clock),
        vapid=key.public if key else None,
    )
    app = Flask(__name__, static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # Flask types the base class
    app.extensions[NAME] = here
    guard(app, lambda error: _beside(here, error), config.hsts)
    app.register_blueprint(phone_doors.doors)
    app.register_blueprint(desk_doors.doors)
    app.register_blueprint(phone_files(config))
    if background:
        here.wakes.start()
        here.sweeper.start()
    return app


def _beside(here: Relay, error: SyncError) -> dict[str, object]:
    """What goes with an error: the incarnation, the next nonce, the right offset."""
    if error.code in ("full", "unavailable") or not request.path.startswith("/v1/"):
        return {}
    try:
        more: dict[str, object] = here.answer()
    except SyncError:  # the database went away while it refused
        return {}
    return more | ({"offset": error.offset} if isinstance(error, WrongOffset) else {})


def _push_key(config: Config) -> PushKey | None:
    if config.vapid_key_file is None:
        return None
    try:
        return read_push_key(config.vapid_key_file)
    except (OSError, ValueError) as error:
        raise BadSetting(
            f"SOTTO_VAPID_KEY_FILE is {config.vapid_key_file}, and no P-256 private key (PEM) can be read there. "
            "`sotto vapid FILE` writes one."
        ) from error


def _sender_of(config: Config, allowed: Allowed, key: PushKey | None) -> "Callable[[], PushSender] | None":
    if key is None:
        return None
    subject = config.vapid_subject or config.phone_address
    if not subject.startswith(("https://", "mailto:")):
        subject = "mailto:nobody@sotto.invalid"  # a trial on this machine; push services want to see somebody

    def make() -> "PushSender":
        # What it needs is a third of the start's time, and nobody waits for the first push.
        from .webpush_out import PushSender

        return PushSender(key, subject, config.phone_address + "/phone/", allowed)

    return make
