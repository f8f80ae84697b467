"""Forms of a plan as a person fills them in, made from the table of their fields: what is added there is
filled in here.
"""

from itertools import count
from typing import Any

from werkzeug.datastructures import MultiDict

from pwa_server.desk.queries.plan_fields import PLAN, Fields

DAYS = {"madeOn": "2026-11-20", "begins": "2026-12-01", "ends": "2027-03-31", "monitorOn": "2027-01-04"}
DAY = "2026-12-20"


def filled(
    fields: Fields = PLAN, mark: str = "ことば", rows: int = 2
) -> tuple[MultiDict[str, str], dict[str, list[str]]]:
    """(what a browser sends, every word by its field). Each word is its own, so that it is found where it stands."""
    form: MultiDict[str, str] = MultiDict()
    words: dict[str, list[str]] = {}
    numbers = count(1)

    def put(one: Any, name: str, row: int) -> None:
        if one.kind in ("line", "text"):
            text = f"{mark}{next(numbers)}番"
            words.setdefault(name, []).append(text)
            form.add(name, text)
        elif one.kind == "date":
            form.add(name, DAYS.get(one.name, DAY))
        elif one.kind == "number":
            form.add(name, str(row + 1))
        elif one.kind == "choice":
            form.add(name, one.codes[0])
        elif one.kind == "codes":
            for code in one.codes:
                form.add(name, code)
        elif one.kind == "id":
            form.add(name, "")

    for one in fields:
        if one.kind != "rows":
            put(one, one.name, 0)
            continue
        for row in range(rows):
            for part in one.parts:
                put(part, f"{one.name}.{part.name}", row)
        for part in one.parts:
            if part.kind == "flag":
                form.add(f"{one.name}.{part.name}", "0")
    return form, words
