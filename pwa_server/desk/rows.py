"""The base of every desk table, and JSON as one canonical text.

A row that is rebuilt from the log must be the same byte for byte, so JSON has one spelling:
sorted keys, no spaces, no escapes, no NaN.
"""

import json
from typing import Any

from peewee import Model, TextField


class Row(Model):
    """A table of the desk. The database is bound when a desk is opened (`database.open_desk`)."""

    @classmethod
    def put(cls, **values: object) -> None:
        """Insert the row, or take the place of the one with its key."""
        cls.replace(**values).execute()  # type: ignore[no-untyped-call]


class JsonField(TextField):
    """A JSON value kept as its canonical text."""

    def db_value(self, value: object) -> str:
        return canonical(value)

    def python_value(self, value: str | None) -> Any:
        return None if value is None else json.loads(value)


def canonical(value: object) -> str:
    """The one spelling of a JSON value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
