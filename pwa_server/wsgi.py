"""What the web server's worker processes load: one role each, settings from the environment.

Both stand behind a front that reads bodies before they get a thread (front.py, RSGI). The thread that looks at the
relay starts here and nowhere else: a desk opened by a test or a command has none.
"""

import os
from typing import TYPE_CHECKING

from sync.limits import MAX_BATCH_BYTES

from . import create_app, fault_lines
from .config import Config, load
from .front import Front
from .processes import DESK_THREADS, RELAY_THREADS
from .proxies import Proxies
from .sentences import sentence
from .watchdog import Watchdog

if TYPE_CHECKING:
    from flask import Flask


def relay() -> Front:
    config, app = _made("relay")
    return Front(
        _watched(app, RELAY_THREADS, "relay"), RELAY_THREADS, MAX_BATCH_BYTES, Proxies(config.trusted_proxies)
    )


def desk() -> Front:
    config, app = _made("desk")
    from .desk.app import LONGEST_FORM
    from .desk.exchange.sync_round import start_thread

    start_thread(app.extensions["desk"])
    return Front(
        _watched(app, DESK_THREADS, "desk"), DESK_THREADS, LONGEST_FORM, Proxies(config.trusted_proxies)
    )


def _watched(app: "Flask", threads: int, role: str) -> "Flask":
    dog = Watchdog(app.wsgi_app, threads, role)
    app.wsgi_app = dog  # type: ignore[method-assign]
    app.extensions["watchdog"] = dog
    dog.start()
    return app


def _made(role: str) -> "tuple[Config, Flask]":
    """A fault that an operator can mend ends the process with its sentence instead of a trace."""
    fault_lines.set_up(f"sotto.{role}")
    config = load(os.environ)
    try:
        return config, create_app(role, config)
    except Exception as error:
        if said := sentence(config.lang, error):
            raise SystemExit(said) from None
        raise
