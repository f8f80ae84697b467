"""The desk as a Flask app: server-rendered pages, complete without JavaScript. Wires, nothing else."""

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, Response, jsonify

from . import guards, sign_in
from .clock import Clock, wall_clock
from .database import Desk, open_desk
from .pages import (
    access_log,
    assigned,
    begun,
    cases,
    checklists,
    covering,
    disclosure,
    drafts,
    emergency,
    followups,
    frame,
    held,
    household,
    ledger,
    lost,
    margin,
    meetings,
    neighbours,
    papers,
    people,
    person,
    phones,
    places,
    profile,
    readers,
    review,
    search,
    settings,
    statistics,
    today,
)
from .pages import sign_in as gate
from .pages.state import PAGE_TABLES, forget_old
from .quiet_forms import QuietForms

if TYPE_CHECKING:
    from pwa_server.config import Config

ROOT = Path(__file__).resolve().parents[2]
BLUEPRINTS = (
    gate,
    today,
    covering,
    review,
    margin,
    cases,
    begun,
    household,
    ledger,
    papers,
    search,
    assigned,
    emergency,
    followups,
    people,
    person,
    phones,
    lost,
    readers,
    held,
    checklists,
    disclosure,
    meetings,
    neighbours,
    places,
    profile,
    access_log,
    statistics,
    settings,
    drafts,
)
LONGEST_FORM = 6 * 1024 * 1024  # a paper of a case


def create_desk(config: "Config", desk: Desk | None = None, clock: Clock = wall_clock) -> Flask:
    """The desk's app over its encrypted database. `desk` and `clock` are given by tests and by `serve`.

    Raises DeskError when the desk cannot be opened (`database.open_desk`).
    """
    desk = desk or open_desk(config, clock)
    desk.db.bind(PAGE_TABLES, bind_refs=False, bind_backrefs=False)
    desk.db.create_tables(PAGE_TABLES)
    forget_old(desk.clock())
    app = Flask(
        "sotto.desk",
        root_path=str(ROOT),
        static_folder=str(ROOT / "static"),
        template_folder=str(ROOT / "templates"),
    )
    app.config.update(MAX_CONTENT_LENGTH=LONGEST_FORM, MAX_FORM_PARTS=500, TRAP_HTTP_EXCEPTIONS=False)
    app.extensions["desk"] = desk
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["asset"] = asset
    app.jinja_env.add_extension(QuietForms)
    frame.install(app)  # first: a form that is refused is told so in the person's language
    guards.install(app, secure=config.desk_address.startswith("https://"))
    sign_in.install(app)
    drafts.install(app)
    for module in BLUEPRINTS:
        app.register_blueprint(module.pages)

    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify({"ok": True, "role": "desk"})

    return app


@cache
def asset(name: str) -> str:
    """The address of a static file with the hash of its content, so that it may be kept for ever."""
    digest = hashlib.sha256((ROOT / "static" / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"
