"""Sotto's server side: relay, desk and phone app. This file wires roles and holds nothing else."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from flask import Flask

    from .config import Config


def create_app(role: str, config: "Config") -> "Flask":
    """The Flask app of one role, `relay` or `desk`. Raises BadSetting if the role lacks a setting."""
    from .config import check_role

    check_role(config, role)
    if role == "relay":
        from .relay import create_relay

        app = create_relay(config)
    else:
        from .desk.app import create_desk

        app = create_desk(config)
    if config.behind_proxy:
        from werkzeug.middleware.proxy_fix import ProxyFix

        app.wsgi_app = ProxyFix(app.wsgi_app)
    app.wsgi_app = _Healthz(app.wsgi_app)
    return app


class _Healthz:
    """Answers GET /healthz before sign-in, sessions or any page: the process is up and its app was made."""

    def __init__(self, app: "WSGIApplication") -> None:
        self.app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        if environ.get("PATH_INFO") != "/healthz":
            return self.app(environ, start_response)
        start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")])
        return [b"ok\n"]
