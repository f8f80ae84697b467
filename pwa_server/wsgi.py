"""What the web server's worker processes load: one role each, settings from the environment.

The thread that looks at the relay starts here and nowhere else: a desk opened by a test or a command has none.
"""

import os
from typing import TYPE_CHECKING

from . import create_app
from .config import load
from .processes import DESK_THREADS, RELAY_THREADS
from .sentences import sentence
from .watchdog import Watchdog

if TYPE_CHECKING:
    from flask import Flask

    from .relay.front import Front


def relay() -> "Front":
    """Faces the internet: RSGI, so that a slow body holds no thread."""
    from .relay.front import Front

    return Front(_watched(_made("relay"), RELAY_THREADS, "relay"), RELAY_THREADS)


def desk() -> "Flask":
    app = _made("desk")
    from .desk.exchange.sync_round import start_thread

    start_thread(app.extensions["desk"])
    return _watched(app, DESK_THREADS, "desk")


def _watched(app: "Flask", threads: int, role: str) -> "Flask":
    dog = Watchdog(app.wsgi_app, threads, role)
    app.wsgi_app = dog  # type: ignore[method-assign]
    app.extensions["watchdog"] = dog
    dog.start()
    return app


def _made(role: str) -> "Flask":
    """A fault that an operator can mend ends the process with its sentence instead of a trace."""
    config = load(os.environ)
    try:
        return create_app(role, config)
    except Exception as error:
        if said := sentence(config.lang, error):
            raise SystemExit(said) from None
        raise
