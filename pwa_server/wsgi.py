"""What the web server's worker processes load: one role each, settings from the environment.

Both stand behind a front that reads bodies before they get a thread (front.py, RSGI). The thread that looks at the
relay starts here and nowhere else: a desk opened by a test or a command has none.
"""

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from sync.limits import MAX_BATCH_BYTES

from . import create_app, fault_lines
from .config import Config, load
from .front import DOOR, Front
from .metrics import Figures
from .probes import Probes
from .processes import DESK_THREADS, RELAY_THREADS
from .proxies import Proxies
from .sentences import sentence
from .status import certificate_seconds
from .watchdog import Watchdog

if TYPE_CHECKING:
    from flask import Flask, Response


def relay() -> Front:
    config, app = _made("relay")
    from .relay import health

    here = app.extensions["sotto_relay"]
    front = _front("relay", app, RELAY_THREADS, MAX_BATCH_BYTES, config, here.store.look)
    front.figures.watch(
        health.RelayHealth,
        lambda: health.look(here.store, config.relay_offices, time.time()),
        lambda: _certificate(config),
        here.seen,
    )
    return front


def desk() -> Front:
    config, app = _made("desk")
    from .desk import health
    from .desk.actions.imports import go_on
    from .desk.app import LONGEST_FORM
    from .desk.exchange.sync_round import start_thread

    desk = app.extensions["desk"]
    start_thread(desk)
    go_on(desk)
    front = _front("desk", app, DESK_THREADS, LONGEST_FORM, config, desk.look)
    front.figures.watch(health.DeskHealth, lambda: health.look(desk), lambda: _certificate(config))
    return front


def _front(
    role: str, app: "Flask", threads: int, largest: int, config: Config, look: Callable[[], None]
) -> Front:
    dog = Watchdog(app.wsgi_app, threads, role)
    app.wsgi_app = dog  # type: ignore[method-assign]
    dog.start()
    app.after_request(_name_door)
    proxies, probes = Proxies(config.trusted_proxies), Probes(role, dog.look, look)
    return Front(app, threads, largest, proxies, probes, Figures(role))


def _name_door(answer: "Response") -> "Response":
    from flask import request

    request.environ[DOOR] = request.endpoint or "-"
    return answer


def _certificate(config: Config) -> float | None:
    return certificate_seconds(config.tls_cert, time.time()) if config.tls_cert is not None else None


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
