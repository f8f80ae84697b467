"""The base of every desk table, and JSON as one canonical text.

A row that is rebuilt from the log must be the same byte for byte, so JSON has one spelling:
sorted keys, no spaces, no escapes, no NaN.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Self, TypeVar, cast

from peewee import SQL, Model, ModelSelect, TextField
from peewee import __exception_wrapper__ as peewee_errors  # type: ignore[attr-defined]  # its stubs leave it out

Thing = TypeVar("Thing")


class Whole(ModelSelect):
    """A query whose rows are all fetched before the first is looked at.

    A statement left open holds the database as it was when it began. A write under it, after one of another thread, is
    refused at once (SQLITE_BUSY_SNAPSHOT, "database is locked"): no time-out waits for that.
    """

    def __iter__(self) -> Iterator[Any]:
        rows = self.execute()
        rows.fill_cache()
        return iter(rows)


class Row(Model):
    """A table of the desk. The database is bound when a desk is opened (`database.open_desk`)."""

    @classmethod
    def select(cls, *fields: Any) -> "ModelSelect[Self]":
        """Rows are read whole; `iterator()` is for what only reads."""
        return cast("ModelSelect[Self]", Whole(cls, fields or cls._meta.sorted_fields, is_default=not fields))

    @classmethod
    def put(cls, **values: object) -> None:
        """Insert the row, or take the place of the one with its key."""
        if len(values) == len(cls._meta.fields):  # a whole row needs no query built for it
            cls.put_many([values])
        else:
            cls.replace(**values).execute()  # type: ignore[no-untyped-call]

    @classmethod
    def put_many(cls, rows: Iterable[dict[str, Any]]) -> None:
        """The same for many whole rows, without building a query for each."""
        fields = cls._meta.sorted_fields
        names = ",".join(f'"{field.column_name}"' for field in fields)
        marks = ",".join("?" * len(fields))
        sql = f'replace into "{cls._meta.table_name}" ({names}) values ({marks})'  # noqa: S608 - our own names
        columns = [(field.name, field.db_value) for field in fields]
        rows_told = [[into(row[name]) for name, into in columns] for row in rows]
        execute_many(cls._meta.database, sql, rows_told)


def execute_many(database: Any, sql: str, rows: list[Any]) -> None:
    """One statement for many rows, with peewee's errors."""
    with peewee_errors:
        database.connection().executemany(sql, rows)


class Spelled(dict[str, Any]):
    """An object read from its canonical text, which it remembers: written again as it is, it is not spelled anew."""

    def __init__(self, text: str) -> None:
        super().__init__(json.loads(text))
        self.text = text

    def _fixed(self, *_: Any, **__: Any) -> Any:
        raise TypeError("what was read from the log is never changed")

    __setitem__ = __delitem__ = pop = popitem = update = setdefault = clear = __ior__ = _fixed


class JsonField(TextField):
    """A JSON value kept as its canonical text."""

    def db_value(self, value: object) -> str:
        return value.text if type(value) is Spelled else canonical(value)

    def python_value(self, value: str | None) -> Any:
        return None if value is None else json.loads(value)


def tuples(query: Any) -> list[tuple[Any, ...]]:
    """The rows of a query as plain tuples: for which peewee has no type."""
    return list(query.tuples())


def among(column: Any, ids: Sequence[object]) -> Any:
    """`column.in_(ids)` for long lists: one parameter, so that neither SQLite's bound nor building the query counts."""
    return column.in_(SQL("(select value from json_each(?))", (json.dumps(list(ids)),)))


def in_parts(rows: list[Thing], size: int) -> Iterator[list[Thing]]:
    """The rows, so many at a time."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def canonical(value: object) -> str:
    """The one spelling of a JSON value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
