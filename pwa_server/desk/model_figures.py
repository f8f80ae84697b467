"""The read model's tables about figures and checklists."""

from peewee import IntegerField, TextField

from .rows import JsonField, Row


class MonthClosed(Row):
    """The figures of one month as they were handed in. They never change; a second closing is another version."""

    id = TextField(primary_key=True)  # event id
    month = TextField(index=True)  # YYYY-MM
    version = IntegerField()
    at = TextField()
    by = TextField()
    figures = JsonField()


FIGURE_TABLES: tuple[type[Row], ...] = (MonthClosed,)
