"""What the web server's worker processes load: one role each, settings from the environment."""

import os
from typing import TYPE_CHECKING

from . import create_app
from .config import load

if TYPE_CHECKING:
    from flask import Flask


def relay() -> "Flask":
    return create_app("relay", load(os.environ))


def desk() -> "Flask":
    return create_app("desk", load(os.environ))
