"""The mailbox between phones and offices: it stores and forwards what it cannot open, and wakes phones.

It never imports what opens an envelope, and it holds no key but the one that signs web pushes.
"""

import time

from flask import Flask, Response, request

from pwa_server.config import BadSetting, Config
from pwa_server.phone import blueprint as phone_files
from sync.errors import SyncError

from . import desk_doors, phone_doors
from .blobs import WrongOffset
from .context import NAME, Relay
from .guards import AllRates, guard
from .log import set_up
from .push_hosts import Allowed
from .store import Store
from .times import Clock
from .wake_thread import WakeThread
from .webpush_out import PushSender


def create_relay(config: Config, *, clock: Clock = time.time, background: bool = True) -> Flask:
    """The relay and the phone app's files as one Flask app.

    `background`: start the thread that sends wake-ups and sweeps; `app.extensions["sotto_relay"]` has it.
    """
    set_up()
    store = Store(config.database)
    allowed = Allowed(config.push_hosts, config.allow_insecure_push)
    sender = _sender(config, allowed)
    here = Relay(
        config=config,
        store=store,
        clock=clock,
        rates=AllRates(),
        allowed=allowed,
        wakes=WakeThread(store, sender, clock),
        vapid=sender.public if sender else None,
    )
    app = Flask(__name__, static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # Flask types the base class
    app.extensions[NAME] = here
    guard(app, lambda error: _beside(here, error))
    app.register_blueprint(phone_doors.doors)
    app.register_blueprint(desk_doors.doors)
    app.register_blueprint(phone_files(config))
    app.add_url_rule("/healthz", "healthz", _healthz)
    if background:
        here.wakes.start()
    return app


def _beside(here: Relay, error: SyncError) -> dict[str, object]:
    """What goes with an error: the incarnation, the next nonce, the right offset."""
    if error.code == "full" or not request.path.startswith("/v1/"):
        return {}
    more: dict[str, object] = here.answer()
    return more | ({"offset": error.offset} if isinstance(error, WrongOffset) else {})


def _sender(config: Config, allowed: Allowed) -> PushSender | None:
    if config.vapid_key_file is None:
        return None
    subject = config.vapid_subject or config.phone_address
    if not subject.startswith(("https://", "mailto:")):
        subject = "mailto:nobody@sotto.invalid"  # a trial on this machine; push services want to see somebody
    try:
        return PushSender(config.vapid_key_file, subject, config.phone_address + "/phone/", allowed)
    except (OSError, ValueError) as error:
        raise BadSetting(
            f"SOTTO_VAPID_KEY_FILE is {config.vapid_key_file}, and no P-256 private key (PEM) can be read there. "
            "`sotto vapid FILE` writes one."
        ) from error


def _healthz() -> Response:
    return Response("ok\n", mimetype="text/plain")
