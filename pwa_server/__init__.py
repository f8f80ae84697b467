"""Sotto's server side: relay, desk and phone app. This file wires roles and holds nothing else."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    return app
