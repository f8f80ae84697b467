"""What the web server's worker processes load: one role each, settings from the environment.

Both stand behind a front that reads bodies before they get a thread (front.py, RSGI). The thread that looks at the
relay starts here and nowhere else: a desk opened by a test or a command has none.
"""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from sync.limits import MAX_BATCH_BYTES

from . import create_app, fault_lines
from .config import Config, load
from .front import Front
from .probes import Probes
from .processes import DESK_THREADS, RELAY_THREADS
from .proxies import Proxies
from .sentences import sentence
from .watchdog import Watchdog

if TYPE_CHECKING:
    from flask import Flask


def relay() -> Front:
    config, app = _made("relay")
    return _front(
        "relay", app, RELAY_THREADS, MAX_BATCH_BYTES, config, app.extensions["sotto_relay"].store.look
    )


def desk() -> Front:
    config, app = _made("desk")
    from .desk.app import LONGEST_FORM
    from .desk.exchange.sync_round import start_thread

    desk = app.extensions["desk"]
    start_thread(desk)
    return _front("desk", app, DESK_THREADS, LONGEST_FORM, config, desk.look)


def _front(
    role: str, app: "Flask", threads: int, largest: int, config: Config, look: Callable[[], None]
) -> Front:
    dog = Watchdog(app.wsgi_app, threads, role)
    app.wsgi_app = dog  # type: ignore[method-assign]
    dog.start()
    return Front(app, threads, largest, Proxies(config.trusted_proxies), Probes(role, dog.look, look))


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
