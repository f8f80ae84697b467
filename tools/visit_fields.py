"""Writes what follows from the table of a visit's fields: the phone's twin and the lines of EVENTS.md.

`python -m tools.visit_fields` after a change of `sync/visit_fields.json`; `tests/sync/test_visit_fields.py` holds both.
"""

import json
import re
from pathlib import Path

from sync.visit_fields import ADDED, VISIT_FIELDS, VisitField

ROOT = Path(__file__).parent.parent
TWIN = ROOT / "sync" / "visit_fields.js"
PAGE = ROOT / "sync" / "EVENTS.md"
BEGIN = "<!-- added fields: written by `python -m tools.visit_fields` -->\n"
END = "<!-- end of added fields -->\n"
HEAD = """// What a visit has, field by field, in the order of a page.
//
// Written by `python -m tools.visit_fields` from visit_fields.json, where a field is added.

/** @typedef {{ path: string, kind: "code" | "text", codes: readonly string[] }} AddedField */

"""


def twin() -> str:
    """The module of JavaScript: what screens and shapes need of the table."""
    paths = "".join(f"  {json.dumps(one.path)},\n" for one in VISIT_FIELDS)
    lines = "".join(
        f"  {{ path: {json.dumps(one.path)}, kind: {json.dumps(one.kind)}, codes: {json.dumps(list(one.codes))} }},\n"
        for one in ADDED
    )
    added = f"[\n{lines}]" if lines else "[]"
    return (
        f"{HEAD}/** @type {{readonly string[]}} */\nexport const PATHS = Object.freeze([\n{paths}])\n\n"
        "/** Fields that came later: a record of before lacks them.\n"
        " * @type {readonly AddedField[]}\n */\n"
        f"export const ADDED = Object.freeze({added})\n"
    )


def rows() -> str:
    """A line an added field, for EVENTS.md."""
    if not ADDED:
        return "None yet.\n"
    return "".join(
        ["| member | value |\n|---|---|\n", *(f"| `{one.path}` | {_value(one)} |\n" for one in ADDED)]
    )


def _value(one: VisitField) -> str:
    return "text" if one.kind == "text" else " ".join(f"`{code}`" for code in one.codes)


def page(text: str) -> str:
    """EVENTS.md with its lines anew."""
    return re.sub(
        f"(?<={re.escape(BEGIN)}).*?(?={re.escape(END)})", lambda _: f"\n{rows()}\n", text, flags=re.S
    )


if __name__ == "__main__":
    TWIN.write_text(twin(), "utf-8")
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
