"""Every form of the desk says autocomplete="off", whoever writes it: browsers otherwise keep what was typed, readable,
in its form history and in the files from which it restores tabs (docs/proof.md, Canaries). A field that wants to be
filled in (sign-in) says so itself, and that counts.
"""

import re
from typing import Any

from jinja2.ext import Extension

FORM = re.compile(r"<form(?=[\s>])(?![^>]*\bautocomplete=)")


class QuietForms(Extension):
    """Written into the template before Jinja reads it."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> Any:
        return FORM.sub('<form autocomplete="off"', source)
