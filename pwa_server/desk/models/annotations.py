"""The read model's rows of what staff write beside a record: a mark with a date, a comment, an option of the office."""

from peewee import IntegerField, TextField

from ..core.tables import JsonField, Row


class VisitFlag(Row):
    """A visit somebody wants to come back to on a day: a question for a conference, something to watch."""

    id = TextField(primary_key=True)
    visit = TextField(index=True)
    case = TextField(index=True)
    text = TextField()
    on = TextField()  # date
    by = TextField()
    at = TextField()
    settled_at = TextField(null=True)
    settled_by = TextField(null=True)
    comment = TextField()


class Comment(Row):
    """One word of the conversation beside a visit. Its writer and those who review read it, nobody else."""

    id = TextField(primary_key=True)
    visit = TextField(index=True)
    case = TextField(index=True)
    text = TextField()
    by = TextField()
    at = TextField()
    position = IntegerField()


class OfficeOption(Row):
    """A choice of the office, by name: on_call, quiet_hours, genogram."""

    id = TextField(primary_key=True)
    value = JsonField()
